"""What is said about units that nobody declared: those that their uses settle, and those that are asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.units.holes import Open
from kpidsl.units.unit import Unit, show, spell

_MOST_PLACES = 4
_SHORT = re.compile(r"[ ]*:[ ]+")


class Defined(Struct, frozen=True):
    """Where a column or parameter has its name, and where its type or value."""

    name: Label
    body: Label
    key: str


def unit_inferred(definition: Defined, name: str, unit: Unit, place: Label) -> Diagnostic:
    labels = (definition.name, Label(place.file, place.span, "from this"))
    headline = f"no unit is declared for `{name}`, which is taken to be in {show(unit)}"
    help_ = (f"`unit: {spell(unit)}` says so",)
    return Diagnostic("unit-inferred", Severity.NOTE, headline, labels, help=help_, edit=_declared(definition, unit))


def unit_unclear(left: Open, definitions: Mapping[str, Defined], places: Sequence[Label]) -> Diagnostic:
    """Asks for a unit that the uses leave open."""
    names = [f"`{name}`" for name in left.holes]
    defined = [Label(each.name.file, each.name.span, "no unit") for each in (definitions[name] for name in left.holes)]
    used = [Label(place.file, place.span, "used here") for place in places[:_MOST_PLACES]]
    labels = (defined[0], *used, *defined[1:_MOST_PLACES])
    if left.times:
        times = " and ".join(sorted(left.times))
        headline = f"no unit is declared for {names[0]}, and its uses name {times}, so it may be in either"
        units = [f"`unit: {spell(_in_time(left.first, time))}`" for time in sorted(left.times)]
        return _unclear(headline, labels, (f"declare {' or '.join(units)}",))
    if len(names) == 1:
        headline = f"no unit is declared for {names[0]}, and more than one fits its use"
        return _unclear(headline, labels, (f"for example `unit: {spell(left.first)}`",))
    headline = f"no units are declared for {_listed(names)}, and their use does not tell the one from the other"
    others = f"{_listed(names[1:])} {'is a plain number' if len(names) == 2 else 'are plain numbers'}"
    help_ = (f"if {others}, `unit: {spell(left.first)}` on {names[0]} says all",)
    return _unclear(headline, labels, help_)


def _unclear(headline: str, labels: tuple[Label, ...], help_: tuple[str, ...]) -> Diagnostic:
    return Diagnostic("unit-unclear", Severity.ERROR, headline, labels, help=help_)


def inferred_here(place: Label, units: Mapping[str, Unit]) -> Label:
    """The place from which the units of some names follow, beside a use that they contradict."""
    said = [f"`{name}` is in {show(unit)}" for name, unit in units.items()]
    return Label(place.file, place.span, f"from this, {_listed(said)}" if said else "in contradiction to this")


def _listed(words: Sequence[str]) -> str:
    *first, last = words[:_MOST_PLACES]
    return f"{', '.join(first)} and {last}" if first else last


def _in_time(unit: Unit, time: str) -> Unit:
    symbols = {unit.time[0]: time} if unit.time else {}
    return Unit(tuple(sorted((symbols.get(symbol, symbol), exponent) for symbol, exponent in unit.powers)))


def _declared(definition: Defined, unit: Unit) -> Edit | None:
    """The unit written to a definition: in its short form, in braces, or on a line of its own; None where that is not sure."""
    body, text, written = definition.body, definition.body.file.text, f"unit: {spell(unit)}"
    own = text[body.span.start : body.span.end]
    if _SHORT.fullmatch(text[definition.name.span.end : body.span.start]):
        return Edit(body.file, body.span, f"{{{definition.key}: {own}, {written}}}")
    if text[body.span.end :].lstrip(" ")[:1] in (",", "}"):
        return Edit(body.file, body.span, f"{own}, {written}")
    line = text[text.rfind("\n", 0, body.span.start) + 1 : body.span.start]
    before, colon, after = line.partition(":")
    if before.strip() == definition.key and colon and not after.strip():
        return Edit(body.file, body.span, f"{own}\n{before[: -len(before.lstrip())]}{written}")
    return None
