"""Formulas that are proportions: a core tree in, the rows counted above and below the line out, if those above are among those below.

Only then does a Wilson interval hold. What is recognised, through measures and KPIs:

- counts of one source, placed by one date: every count above has all the conditions of one below, and where there are several
  above or below they exclude each other: `won / all`, `won / (won + lost)`;
- two counts of different values of one column, where the upper one has the conditions of the lower;
- a count of rows that refer to the counted ones, placed by those' date, where the upper unit is a subset of the lower
  (at most one row for each, which is checked on data);
- one minus a proportion.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from kpidsl.catalog.catalog import Catalog, Kind
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference
from kpidsl.results.disjoint import conditions, exclude
from kpidsl.units.unit import Unit, divide

_MOST = 20
Paths = Mapping[str, Sequence[Reference]]


@dataclass(frozen=True, slots=True)
class Proportion:
    """What is counted above and below the line, as formulas."""

    numerator: Core
    denominator: Core


@dataclass(frozen=True, slots=True)
class _Counted:
    """One count of a formula: its unit, where its rows are placed, and the conditions that hold for all of them."""

    aggregate: Aggregate
    unit: Unit
    placed: tuple[str, ...]
    conditions: frozenset[Core]


def find_proportion(core: Core, catalog: Catalog, paths: Paths | None = None, given: frozenset[str] = frozenset()) -> Proportion | None:
    """The proportion that a formula is, or None.

    `paths` leads each source to the dimensions asked for; `given` names what is not looked through.
    """
    return _Search(catalog, paths or {}, given).proportion(core)


@dataclass(frozen=True, slots=True)
class _Search:
    catalog: Catalog
    paths: Paths
    given: frozenset[str]

    def proportion(self, core: Core) -> Proportion | None:
        match self.peeled(core):
            case Apply(function="divide", arguments=(above, below)):
                return Proportion(above, below) if self._holds(above, below) else None
            case Apply(function="add", arguments=(Constant(value=1), Apply(function="negate", arguments=(part,)))):
                return self._rest(self.proportion(part))
            case _:
                return None

    def peeled(self, core: Core) -> Core:
        """The formula behind a name, and behind that."""
        while isinstance(core, Reference) and core.name not in self.given:
            value = self.catalog.values[core.name]
            if value.kind is Kind.PARAMETER:
                break
            core = value.core
        return core

    def _rest(self, part: Proportion | None) -> Proportion | None:
        if part is None:
            return None
        without = Apply("negate", (part.numerator,), unit=part.numerator.unit)
        return Proportion(Apply("add", (part.denominator, without), unit=part.denominator.unit), part.denominator)

    def _holds(self, above: Core, below: Core) -> bool:
        upper, lower = self._counts(above), self._counts(below)
        if not upper or not lower or len(upper) + len(lower) > _MOST:
            return False
        if len(upper) == len(lower) == 1:
            return _is_part(upper[0], lower[0]) or self._refers(upper[0], lower[0])
        if any(count.aggregate.distinct for count in (*upper, *lower)):
            return False
        apart = all(exclude(one.conditions, other.conditions) for side in (upper, lower) for one, other in combinations(side, 2))
        return apart and all(any(_is_part(one, whole) for whole in lower) for one in upper)

    def _counts(self, core: Core) -> list[_Counted]:
        """The counts that a formula adds up; empty if it is anything else."""
        match self.peeled(core):
            case Aggregate(function="count") as aggregate:
                return [self._counted(aggregate, self._unit(core))]
            case Apply(function="add", arguments=terms):
                found = [self._counts(term) for term in terms]
                return [count for counts in found for count in counts] if all(found) else []
            case _:
                return []

    def _unit(self, core: Core) -> Unit:
        """A measure may declare its count to be of a subset."""
        return self.catalog.values[core.name].unit if isinstance(core, Reference) else core.unit

    def _counted(self, aggregate: Aggregate, unit: Unit) -> _Counted:
        time = self.catalog.sources[aggregate.source].time
        placed = aggregate.at.path if aggregate.at else (time,) if time else ()
        found = conditions(aggregate.where)
        if aggregate.argument is not None and not aggregate.distinct:
            found |= {Apply("not", (Apply("is_missing", (aggregate.argument,)),))}
        return _Counted(aggregate, unit, placed, frozenset(_bare(condition) for condition in found))

    def _refers(self, child: _Counted, parent: _Counted) -> bool:
        """Whether each row above refers to a row below, at most one to each, and falls into its cell."""
        link, *date = child.placed or ("",)
        column = self.catalog.sources[child.aggregate.source].columns.get(link)
        if column is None or column.references != parent.aggregate.source or tuple(date) != parent.placed:
            return False
        if child.aggregate.distinct or parent.aggregate.distinct or not self._is_subset(child.unit, parent.unit):
            return False
        wanted = {_through(link, condition) for condition in parent.conditions}
        return wanted <= child.conditions and self._same_cells(link, child.aggregate.source, parent.aggregate.source)

    def _is_subset(self, child: Unit, parent: Unit) -> bool:
        ratio = divide(child, parent).unit
        return self.catalog.units.proportion(ratio) is not None

    def _same_cells(self, link: str, child: str, parent: str) -> bool:
        lower = [(link, *path.path) for path in self.paths.get(parent, ())]
        return lower == [path.path for path in self.paths.get(child, ())]


def _is_part(one: _Counted, whole: _Counted) -> bool:
    """Whether the rows of one count are among those of another of the same source."""
    upper, lower = one.aggregate, whole.aggregate
    alike = (upper.source, upper.distinct, one.placed) == (lower.source, lower.distinct, whole.placed)
    same_values = not upper.distinct or upper.argument == lower.argument
    plain = not (upper.alive or lower.alive or upper.closing or lower.closing)
    return alike and same_values and plain and whole.conditions <= one.conditions


def _bare(core: Core) -> Core:
    """The tree without what does not matter for its truth: an argument's unit may be written differently."""
    return core


def _through(link: str, core: Core) -> Core:
    """A condition on a row, as one on a row that refers to it."""
    match core:
        case Reference(path=path):
            return replace(core, path=(link, *path))
        case Apply(arguments=arguments):
            return replace(core, arguments=tuple(_through(link, argument) for argument in arguments))
        case _:
            return core
