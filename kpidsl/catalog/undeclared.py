"""Columns and parameters that declare no unit: read as plain numbers, as holes whose uses are noted down, or as was found out.

A catalog is first built with plain numbers. Only where units then differ is it built with holes, which nothing complains about;
what the uses settle is what the catalog is built with for good. So a project that is right as it stands costs nothing more, and
plain numbers, where they fit, are what is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog import undeclared_messages as messages
from kpidsl.catalog.undeclared_messages import Defined
from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.units.holes import Demand, Solution, hole, holes, solve
from kpidsl.units.system import UnitSystem
from kpidsl.units.unit import NUMBER, Unit


class Inferred(Struct, frozen=True):
    """A unit that follows from the uses at `places`, the first of which settled it."""

    unit: Unit
    places: tuple[Label, ...]


class Undeclared(Struct):
    """What is known of the units that are not declared, by name: `source.column`, or that of a parameter.

    While `seeking`, they are holes, and `demands` grows by each place that says something of them.
    """

    known: Mapping[str, Inferred] = field(default_factory=dict)
    open: frozenset[str] = frozenset()
    seeking: bool = False
    demands: list[tuple[Demand, Label]] = field(default_factory=list)
    definitions: dict[str, Defined] = field(default_factory=dict)

    def unit_of(self, name: str, definition: Defined) -> Unit | None:
        """The unit of something that declares none; None where it is open, which is reported."""
        self.definitions[name] = definition
        if self.seeking:
            return hole(name)
        if name in self.open:
            return None
        return self.known[name].unit if name in self.known else NUMBER

    def place_of(self, name: str) -> Label | None:
        """The place from which the unit of a name was inferred."""
        return self.known[name].places[0] if name in self.known else None

    def note(self, left: Unit, right: Unit, place: Label, system: UnitSystem | None = None) -> bool:
        """Whether one of two units that must be one has holes; if so, the demand is noted down, and there is nothing to check.

        With a `system` its liberties count: parts of one parent, and proportions for plain numbers.
        """
        if not self.seeking or not (holes(left) or holes(right)):
            return False
        loose = system is not None and any(system.has_relatives(symbol) for symbol, _ in (*left.powers, *right.powers))
        self.demands.append((Demand(left, right, loose), place))
        return True


def solved(seeking: Undeclared, system: UnitSystem) -> tuple[Undeclared, Solution]:
    """What the noted demands settle, to build the catalog with, and the solution itself."""

    def may_be_plain(unit: Unit) -> bool:
        return unit.is_number or system.proportion(unit) is not None

    solution = solve([demand for demand, _ in seeking.demands], may_be_plain)
    known = {
        name: Inferred(each.unit, tuple(seeking.demands[index][1] for index in each.because))
        for name, each in solution.settled.items()
    }
    still_open = frozenset(name for each in solution.open for name in each.holes)
    return Undeclared({name: each for name, each in known.items() if name not in still_open}, still_open), solution


def tell(solution: Solution, seeking: Undeclared) -> Iterable[Diagnostic]:
    """What is to be said of the units themselves: those that were inferred, and those that are asked for."""
    places = [place for _, place in seeking.demands]
    still_open = {name for each in solution.open for name in each.holes}
    for name, each in solution.settled.items():
        if name not in still_open:
            yield messages.unit_inferred(seeking.definitions[name], name, each.unit, places[each.because[0]])
    said: set[str] = set()
    for left in solution.open:
        if not said.intersection(left.holes):
            yield messages.unit_unclear(left, seeking.definitions, [places[index] for index in left.because])
        said.update(left.holes)


def with_origins(found: Sequence[Diagnostic], solution: Solution, seeking: Undeclared) -> list[Diagnostic]:
    """The findings; to those about a use that contradicts an inferred unit comes the place that it was inferred from."""
    places = [place for _, place in seeking.demands]
    against = {_spot(places[index]): earlier for index, earlier in solution.against.items() if earlier}
    return [_with_origin(each, against, solution, places) for each in found]


def _with_origin(
    finding: Diagnostic,
    against: Mapping[tuple[object, ...], tuple[int, ...]],
    solution: Solution,
    places: Sequence[Label],
) -> Diagnostic:
    index = next((against[_spot(label)][0] for label in finding.labels if _spot(label) in against), None)
    if finding.code != "unit-mismatch" or index is None:
        return finding
    names = {name: each.unit for name, each in solution.settled.items() if index in each.because}
    return replace(finding, labels=(*finding.labels, messages.inferred_here(places[index], names)))


def _spot(label: Label) -> tuple[object, ...]:
    return label.file.name, label.span
