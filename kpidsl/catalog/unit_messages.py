"""Everything that units can complain about: one function for one complaint."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from kpidsl.catalog.core import Constant, Core, walk
from kpidsl.catalog.messages import error, warning
from kpidsl.catalog.reading import Reading
from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.documents import model
from kpidsl.text import Span
from kpidsl.units.system import Reason, UnitSystem, missing_factor
from kpidsl.units.unit import Unit, divide, show, spell

_VERBS = {"+": "added", "-": "subtracted", "compare": "compared", "choose": "put in each other's place"}


def units_differ(reading: Reading, operation: str, left: Core, right: Core, span: Span, reason: Reason) -> Diagnostic:
    labels = (reading.label(left.span, show(left.unit)), reading.label(right.span, show(right.unit)))
    verb = _VERBS[operation]
    if reason is Reason.POPULATIONS:
        headline = f"shares of different populations cannot be {verb}: {show(left.unit)} and {show(right.unit)}"
        help_: tuple[str, ...] = ("weight each share by its own population, then divide by the total",)
        return error("unit-mismatch", headline, *labels, help=help_)
    headline = f"{show(left.unit)} and {show(right.unit)} cannot be {verb}"
    edit = _bare_amount(reading, left, right)
    help_ = (f"`{edit.replacement}` is an amount with its unit",) if edit else _ways_out(reading, operation, left, right)
    return error("unit-mismatch", headline, *labels, help=help_, edit=edit)


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
    replacements: Sequence[tuple[str, str, Unit]],
    system: UnitSystem,
) -> Diagnostic:
    """The formula is not in the unit that is declared: each name with its own unit, and what would repair it."""
    leaves = _leaves(core)
    labels = tuple(formula.label(leaf.span, show(leaf.unit)) for leaf in leaves) or (formula.label(),)
    helps = [_replacement(each, leaves, system) for each in replacements]
    edit = None
    if len(replacements) == 1 or (replacements and not declared.powers):
        old, new, _ = replacements[0]
        place = next(formula.label(leaf.span) for leaf in leaves if getattr(leaf, "name", "") == old)
        edit = Edit(place.file, place.span, new)
    if not helps:
        helps = [_missing(declared, core.unit)]
    headline = f"`{name}` is declared {_in(declared)}, but its formula is in {show(core.unit)}"
    return error("unit-mismatch", headline, *labels, unit_label, help=helps, edit=edit)


def _replacement(each: tuple[str, str, Unit], leaves: Sequence[Core], system: UnitSystem) -> str:
    old, new, unit = each
    proportion = ", a proportion" if system.proportion(unit) else ""
    return f"`{new}` in place of `{old}` gives {show(unit)}{proportion}"


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


def exponent_too_large(reading: Reading, span: Span) -> Diagnostic:
    return error("exponent", "the exponents in the unit of this product grow beyond all use", reading.label(span))


def unit_too_large(label: Label) -> Diagnostic:
    return error("unit-spelling", "the exponents in this unit are beyond all use", label)


def two_times_in_unit(label: Label, name: str) -> Diagnostic:
    return error("unit-spelling", f"a unit holds one length of time, and `{name}` is a second one", label)


def percent_in_product(label: Label) -> Diagnostic:
    return error("unit-spelling", "`percent` stands alone, not in a product with other units", label)
