"""Formulas that are proportions: a core tree in; what is counted above and below the line out, if the one is part of the
other.

Only then does a Wilson interval hold. What is recognised, through measures and KPIs:

- counts of one source, placed in the same way: every count above has all the conditions of one below, and where there are
  several above or below they exclude each other: `won / all`, `won / (won + lost)`;
- two counts of different values of one column, where the upper one has the conditions of the lower;
- a count of rows that refer to the counted ones, placed by those' date, where the upper unit is a subset of the lower
  (at most one row for each, which is checked on data);
- one minus a proportion;
- a proportion in another frame, such as `previous(won / all)`: it is that of its parts there. Parts in different frames make
  none, and neither does a mean over smaller periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog, Kind, Value
from kpidsl.catalog.core import WINDOW_FUNCTIONS, Aggregate, Apply, Constant, Core, Reference, Type
from kpidsl.catalog.filters import exclusive, implies
from kpidsl.catalog.inline import prefixed
from kpidsl.units.unit import Unit, divide

_MOST = 20
_KEEPING = WINDOW_FUNCTIONS - {"average"}  # windows that work out everything below them in one other frame
Paths = Mapping[str, Sequence[Reference]]


class Proportion(Struct, frozen=True):
    """What is counted above and below the line, as formulas."""

    numerator: Core
    denominator: Core


class _Counted(Struct, frozen=True):
    """One count of a formula: its unit, the date that places its rows, and the condition that holds for all of them."""

    aggregate: Aggregate
    unit: Unit
    placed: tuple[str, ...]
    condition: Core | None


class Shapes(Struct, frozen=True):
    """What a formula is, seen through the names in it: a proportion, a ratio, a count.

    `paths` leads each source to the dimensions asked for; `given` names what is not looked through. `by_unit` takes two
    counts for a proportion where the unit of the one is a subset of the other's, without looking at their rows. `formulas` are
    those of a question, by their names in it.
    """

    catalog: Catalog
    paths: Paths = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    by_unit: bool = False
    formulas: Mapping[str, Value] = field(default_factory=dict)

    def proportion(self, core: Core) -> Proportion | None:
        """The proportion that a formula is, or None."""
        match self.peeled(core):
            case Apply(function="divide", arguments=(above, below)):
                return Proportion(above, below) if self._holds(above, below) else None
            case Apply(function="add", arguments=(Constant(value=1), Apply(function="negate", arguments=(part,)))):
                return self._rest(self.proportion(part))
            case Apply(function=function, arguments=(part, *_)) as window if function in _KEEPING:
                inside = self.proportion(part)
                return inside and Proportion(_framed(window, inside.numerator), _framed(window, inside.denominator))
            case _:
                return None

    def ratio(self, core: Core) -> tuple[Core, Core] | None:
        """What stands above and below the line of a formula that is a quotient, or None."""
        match self.peeled(core):
            case Apply(function="divide", arguments=(above, below)):
                return above, below
            case Apply(function=function, arguments=(part, *_)) as window if function in _KEEPING:
                inside = self.ratio(part)
                return inside and (_framed(window, inside[0]), _framed(window, inside[1]))
            case _:
                return None

    def is_count(self, core: Core) -> bool:
        """Whether a formula is one count."""
        match self.peeled(core):
            case Aggregate(function="count"):
                return True
            case Apply(function=function, arguments=(part, *_)) if function in _KEEPING:
                return self.is_count(part)
            case _:
                return False

    def percentile(self, core: Core) -> Fraction | None:
        """The fraction of a formula that is one median or percentile, or None."""
        match self.peeled(core):
            case Aggregate(function="median"):
                return Fraction(1, 2)
            case Aggregate(function="percentile", fraction=fraction):
                return fraction
            case Apply(function=function, arguments=(part, *_)) if function in _KEEPING:
                return self.percentile(part)
            case _:
                return None

    def peeled(self, core: Core) -> Core:
        """The formula behind a name, and behind that."""
        while isinstance(core, Reference) and core.name not in self.given:
            value = self._value(core.name)
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
            by_unit = self.by_unit and self._is_subset(upper[0].unit, lower[0].unit)
            return by_unit or _is_part(upper[0], lower[0]) or self._refers(upper[0], lower[0])
        if any(count.aggregate.distinct for count in (*upper, *lower)):
            return False
        return _apart(upper) and _apart(lower) and all(any(_is_part(one, whole) for whole in lower) for one in upper)

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
        return self._value(core.name).unit if isinstance(core, Reference) else core.unit

    def _value(self, name: str) -> Value:
        return self.formulas[name] if name in self.formulas else self.catalog.values[name]

    def _counted(self, aggregate: Aggregate, unit: Unit) -> _Counted:
        time = self.catalog.sources[aggregate.source].time
        placed = aggregate.at.path if aggregate.at else (time,) if time else ()
        condition = aggregate.where
        if aggregate.argument is not None and not aggregate.distinct:
            condition = _joined(condition, _present(aggregate.argument))
        return _Counted(aggregate, unit, placed, condition)

    def _refers(self, child: _Counted, parent: _Counted) -> bool:
        """Whether each row above refers to a row below, at most one to each, and falls into its cell."""
        name, *date = child.placed or ("",)
        link = self.catalog.sources[child.aggregate.source].links.get(name)
        if link is None or link.valid is not None or link.target != parent.aggregate.source or tuple(date) != parent.placed:
            return False
        if not (_is_plain(child.aggregate) and _is_plain(parent.aggregate) and self._is_subset(child.unit, parent.unit)):
            return False
        wanted = None if parent.condition is None else prefixed(parent.condition, (name,))
        same_cells = self._same_cells(name, child.aggregate.source, parent.aggregate.source)
        return same_cells and implies(child.condition, wanted)

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
    same_rows = (upper.alive, upper.closing) == (lower.alive, lower.closing)
    return alike and same_values and same_rows and implies(one.condition, whole.condition)


def _is_plain(aggregate: Aggregate) -> bool:
    return not (aggregate.distinct or aggregate.alive or aggregate.closing)


def _framed(window: Apply, part: Core) -> Core:
    """A part of what a window works out, in the frame of the window."""
    return replace(window, arguments=(part, *window.arguments[1:]), unit=part.unit)


def _apart(counts: Sequence[_Counted]) -> bool:
    """Whether no row is counted twice."""
    return all(exclusive(one.condition, other.condition) for one, other in combinations(counts, 2))


def _present(argument: Core) -> Core:
    missing = Apply("is_missing", (argument,), type=Type.BOOLEAN)
    return Apply("not", (missing,), type=Type.BOOLEAN)


def _joined(condition: Core | None, other: Core) -> Core:
    return other if condition is None else Apply("and", (condition, other), type=Type.BOOLEAN)
