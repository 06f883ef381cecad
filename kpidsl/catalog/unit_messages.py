"""Everything that units can complain about: one function for one complaint."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from kpidsl.catalog import repair_messages
from kpidsl.catalog.core import Constant, Core, walk
from kpidsl.catalog.messages import error, warning
from kpidsl.catalog.reading import Reading
from kpidsl.catalog.repair import Repair, Way, alike, factors, names_of_values
from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.documents import model
from kpidsl.text import Span
from kpidsl.units.system import Reason, UnitSystem, missing_factor
from kpidsl.units.unit import Unit, divide, show, spell

_VERBS = {"+": "added", "-": "subtracted", "compare": "compared", "choose": "put in each other's place"}
_SIGNS = {Way.MULTIPLY: "*", Way.DIVIDE: "/"}


def units_differ(reading: Reading, operation: str, left: Core, right: Core, reason: Reason) -> Diagnostic:
    labels = (reading.label(left.span, show(left.unit)), reading.label(right.span, show(right.unit)))
    verb = _VERBS[operation]
    if reason is Reason.POPULATIONS:
        headline = f"shares of different populations cannot be {verb}: {show(left.unit)} and {show(right.unit)}"
        help_: tuple[str, ...] = ("weight each share by its own population, then divide by the total",)
        return error("unit-mismatch", headline, *labels, help=help_)
    if rates := _rates(left.unit, right.unit, reading.world.units):
        return error("unit-mismatch", f"{show(left.unit)} and {show(right.unit)} cannot be {verb}", *labels, help=(rates,))
    headline = f"{show(left.unit)} and {show(right.unit)} cannot be {verb}"
    if edit := _bare_amount(reading, left, right):
        return error("unit-mismatch", headline, *labels, help=(f"`{edit.replacement}` is an amount with its unit",), edit=edit)
    named, edit = _named(reading, left, right)
    if right.unit.percent or not named:
        named = _ways_out(reading, operation, left, right)
    return error("unit-mismatch", headline, *labels, help=named, edit=edit)


def _named(reading: Reading, left: Core, right: Core) -> tuple[tuple[str, ...], Edit | None]:
    """What other names would make of one of two operands, and the edit if there is one way only."""
    names = reading.names() if reading.names is not None else names_of_values(reading.world)
    found = factors(left, right, names)
    if found:
        texts = [f"{repair_messages.operand(reading.excerpt, core)} {_SIGNS[each.way]} {each.name}" for core, each in found]
        start = "currencies never convert by themselves: " if _are_currencies(reading, left, right) else ""
        help_ = tuple(f"{start}`{text}` is in {show(each.unit)}" for text, (_, each) in zip(texts, found, strict=True))
        return help_, _put(reading, found[0][0], texts[0]) if len(found) == 1 else None
    if other := alike(left, right, names):
        core, each = other
        help_ = (f"`{each.name}` in place of `{reading.words(core.span)}` is in {show(each.unit)}",)
        return help_, _put(reading, core, each.name)
    return (), None


def _are_currencies(reading: Reading, left: Core, right: Core) -> bool:
    return _currencies(missing_factor(left.unit, right.unit), reading.world.units) is not None


def _put(reading: Reading, core: Core, text: str) -> Edit:
    place = reading.label(core.span)
    return Edit(place.file, place.span, text)


def _bare_amount(reading: Reading, left: Core, right: Core) -> Edit | None:
    """A number written without the unit of what it meets, such as `amount > 1500`."""
    for amount, other in ((right, left), (left, right)):
        if isinstance(amount, Constant) and amount.unit.is_number and not amount.unit.percent and _is_simple(other.unit):
            place = reading.label(amount.span)
            return Edit(place.file, place.span, f"{reading.words(amount.span)} {spell(other.unit).replace(' / ', ' per ')}")
    return None


def _is_simple(unit: Unit) -> bool:
    """Whether the unit can follow a number: single factors, at least one of them above the line."""
    exponents = [exponent for _, exponent in unit.powers]
    return 1 in exponents and all(abs(exponent) == 1 for exponent in exponents)


def _ways_out(reading: Reading, operation: str, left: Core, right: Core) -> tuple[str, ...]:
    words = reading.words(right.span)
    if right.unit.percent and operation in "+-":
        return (f"a change by a percent is a factor: `{reading.words(left.span)} * (1 {operation} {words})`",)
    missing = missing_factor(left.unit, right.unit)
    if currency := _currencies(missing, reading.world.units):
        have, want = currency
        return (f"currencies never convert by themselves: multiply `{words}` by a rate in {want} / {have}",)
    if _plain_inverse(left.unit, right.unit):
        return (f"turned round, `1 / ({words})` is in {show(left.unit)}",)
    if len(missing.powers) == 1:
        symbol, exponent = missing.powers[0]
        verb = "multiplied" if exponent > 0 else "divided"
        return (f"`{words}` {verb} by something in {show(Unit.of(symbol, abs(exponent)))} would be in {show(left.unit)}",)
    return (f"`{words}` multiplied by something in {show(missing)} would be in {show(left.unit)}",)


def _rates(left: Unit, right: Unit, system: UnitSystem) -> str | None:
    """What is to be done about two rates of which each counts something for each of a population."""
    one, other = system.rate(left), system.rate(right)
    if one is None or other is None:
        return None
    if one[1] != other[1]:
        return f"the one is per {one[1]}, the other per {other[1]}: weight each by its own population, then divide by the total"
    stranger = next((child for child, parent in (other, one) if not system.is_subset(child, parent)), None)
    if stranger is None or system.has_relatives(stranger):
        return None
    return f"if every {stranger} is a {one[1]}, `{stranger}: {{subset_of: {one[1]}}}` makes both shares of it"


def _plain_inverse(left: Unit, right: Unit) -> bool:
    return not right.is_number and divide(Unit(), right).unit == left


def _currencies(missing: Unit, system: UnitSystem) -> tuple[str, str] | None:
    """The currency that there is and the one that is wanted, if only that is between two units."""
    if len(missing.powers) != 2 or any(system.kind(symbol) != "currency" for symbol, _ in missing.powers):
        return None
    want, have = sorted(missing.powers, key=lambda power: -power[1])
    return (have[0], want[0]) if want[1] == 1 and have[1] == -1 else None


def declared_unit_differs(
    name: str,
    formula: model.Formula[Any],
    unit_label: Label,
    declared: Unit,
    core: Core,
    repairs: Sequence[Repair],
    system: UnitSystem,
) -> Diagnostic:
    """The formula is not in the unit that is declared: each name with its own unit, and what would repair it."""
    leaves = _leaves(core)
    labels = tuple(formula.label(leaf.span, show(leaf.unit)) for leaf in leaves) or (formula.label(),)
    helps = [repair_messages.in_words(each, core, formula.excerpt, system) for each in repairs]
    edit = repair_messages.edit_of(repairs, core, formula.excerpt)
    subset = _subset(declared, core.unit, system)
    if subset and (not repairs or repairs[0].way is Way.REPLACE):
        helps, edit = [*subset, *helps[:1]], None
    if not repairs:
        helps = [_missing(declared, core.unit), *subset]
    headline = f"`{name}` is declared {_in(declared)}, but its formula is in {show(core.unit)}"
    return error("unit-mismatch", headline, *labels, unit_label, help=helps, edit=edit)


def _subset(declared: Unit, inferred: Unit, system: UnitSystem) -> Sequence[str]:
    """That one entity may be a subset of another, which nobody has said yet."""
    rate = system.rate(inferred)
    if rate is None or not declared.is_number or system.has_relatives(rate[0]):
        return ()
    return (f"if every {rate[0]} is a {rate[1]}, `{rate[0]}: {{subset_of: {rate[1]}}}` makes it a proportion",)


def _missing(declared: Unit, inferred: Unit) -> str:
    if declared.percent and any(exponent < 0 for _, exponent in inferred.powers):
        return f"declare `unit: {spell(inferred)}`, and `display: percent` if it is to be shown as percent"
    if declared.percent or inferred.is_number:
        return f"declare `unit: {spell(inferred)}`"
    factor = missing_factor(declared, inferred)
    return f"declare `unit: {spell(inferred)}`, or multiply by something in {show(factor)}"


def _leaves(core: Core) -> list[Core]:
    """The names and aggregates of a formula, each place once, an aggregate as a whole."""
    found: dict[Span, Core] = {}
    inside: Span | None = None
    for node in walk(core):
        if inside is not None and inside.start <= node.span.start and node.span.end <= inside.end:
            continue
        kind = type(node).__name__
        if kind in ("Reference", "Aggregate"):
            found.setdefault(node.span, node)
            inside = node.span
    return sorted(found.values(), key=lambda node: node.span)


def _in(unit: Unit) -> str:
    return show(unit) if unit.is_number else f"in {show(unit)}"


def counted_twice(reading: Reading, left: Core, right: Core, span: Span) -> Diagnostic:
    labels = (reading.label(left.span, show(left.unit)), reading.label(right.span, show(right.unit)))
    headline = f"{show(left.unit)} + {show(right.unit)} counts some twice: one is a subset of the other"
    return warning("counted-twice", headline, *labels)


def _nominal(headline: str, *labels: Label) -> Diagnostic:
    return Diagnostic("nominal-length", Severity.NOTE, headline, labels)


def nominal_length(reading: Reading, left: Core, right: Core) -> Diagnostic:
    labels = (reading.label(left.span, show(left.unit)), reading.label(right.span, show(right.unit)))
    return _nominal("days and months meet here; a month counts as 30.436875 days", *labels)


def nominal_declared(label: Label, inferred: Unit, declared: Unit) -> Diagnostic:
    headline = f"from {show(inferred)} to {show(declared)} a month counts as 30.436875 days"
    return _nominal(headline, label)


def amount_in_other_unit(label: Label, of: str, unit: Unit, given: Unit) -> Diagnostic:
    return error("unit-mismatch", f"`{of}` is {_in(unit)}, but this amount is {_in(given)}", label)


def needs_plain_number(reading: Reading, name: str, core: Core) -> Diagnostic:
    help_ = (f"divide `{reading.words(core.span)}` by a reference amount in {show(core.unit)}",)
    label = reading.label(core.span, show(core.unit))
    return error("unit-mismatch", f"`{name}` needs a plain number, but this is in {show(core.unit)}", label, help=help_)


# Exponents and the spelling of units


def exponent_with_unit(reading: Reading, exponent: Core) -> Diagnostic:
    words, unit = reading.words(exponent.span), exponent.unit
    help_: tuple[str, ...] = ()
    if unit.time and len(unit.powers) == 1 and abs(unit.powers[0][1]) == 1:
        symbol, power = unit.powers[0]
        repair = f"({words}) / 1 {symbol}" if power > 0 else f"1 {symbol} * ({words})"
        help_ = (f"`{repair}` is a plain number",)
    label = reading.label(exponent.span, show(unit))
    return error("exponent", f"an exponent must be a plain number, and this one is in {show(unit)}", label, help=help_)


def exponent_beyond(reading: Reading, exponent: Core, value: Fraction, most: int) -> Diagnostic:
    what = "an exponent" if most > 8 else "the exponent of a value with a unit"
    shown = f"{float(value):g}" if abs(value) < 10**300 else "this"
    headline = f"{what} may be at most {most} either way, and {shown} is more"
    return error("exponent", headline, reading.label(exponent.span))


def exponent_not_constant(reading: Reading, base: Core, exponent: Core) -> Diagnostic:
    labels = (reading.label(base.span, show(base.unit)), reading.label(exponent.span, "not a constant"))
    headline = f"the base is in {show(base.unit)}, so the exponent must be a constant"
    return error("exponent", headline, *labels)


def exponent_too_large(reading: Reading, span: Span, what: str = "product") -> Diagnostic:
    return error("exponent", f"the exponents in the unit of this {what} grow beyond all use", reading.label(span))


def unit_too_large(label: Label) -> Diagnostic:
    return error("unit-spelling", "the exponents in this unit are beyond all use", label)


def two_times_in_unit(label: Label, name: str) -> Diagnostic:
    return error("unit-spelling", f"a unit holds one length of time, and `{name}` is a second one", label)


def percent_in_product(label: Label) -> Diagnostic:
    return error("unit-spelling", "`percent` stands alone, not in a product with other units", label)
