"""The units of one project: in go its currencies and entities with their parents, out comes which units may meet and how.

Two units that are added, compared or chosen between must have the same powers, after the right one has moved to the time
symbol of the left. Beyond that there are two liberties, and nothing is ever erased in a product:

- a *proportion*, a subset over what it is a subset of, stands where a plain number may;
- two entities under one parent count things of their nearest common parent, also within a larger unit: won / month and
  lost / month are both opportunity / month. Below the line they do not: USD / won is never USD / opportunity.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from kpidsl.units.unit import NUMBER, PERCENT, Unit, merge, power, time_symbol, to_time_of

Operation = Literal["+", "-", "compare", "choose"]
Kind = Literal["currency", "entity", "time"]


class Reason(Enum):
    """Why two units do not meet."""

    UNITS = "units"
    POPULATIONS = "populations"


class Mismatch(Struct, frozen=True):
    reason: Reason


class Joined(Struct, frozen=True):
    """The unit in which two values meet: the left as it is, the right times `right_factor`."""

    unit: Unit
    right_factor: Fraction = Fraction(1)
    nominal: bool = False
    double_count: bool = False


class Fit(Struct, frozen=True):
    """How a value gets into its declared unit: times `factor`."""

    factor: Fraction = Fraction(1)
    nominal: bool = False


_AS_IT_IS = Fit()


class UnitSystem(Struct, frozen=True):
    """`parents` holds every entity, with what it is a subset of."""

    currencies: frozenset[str]
    parents: Mapping[str, str | None]

    def kind(self, name: str) -> Kind | None:
        """What a name in a unit is; a time may be in the plural."""
        if name in self.currencies:
            return "currency"
        if name in self.parents:
            return "entity"
        return "time" if time_symbol(name) else None

    def ancestors(self, entity: str) -> tuple[str, ...]:
        """The entity and everything it is a subset of, nearest first; a cycle, reported elsewhere, is walked once."""
        found: dict[str, None] = {}
        step: str | None = entity
        while step is not None and step not in found:
            found[step] = None
            step = self.parents.get(step)
        return tuple(found)

    def is_subset(self, child: str, parent: str) -> bool:
        """Whether every `child` is a `parent`; each entity is a subset of itself."""
        return parent in self.ancestors(child)

    def has_relatives(self, symbol: str) -> bool:
        """Whether a symbol is an entity that is a subset, or has subsets."""
        return self.parents.get(symbol) is not None or symbol in self.parents.values()

    def common_parent(self, left: str, right: str) -> str | None:
        """The nearest entity that both are subsets of."""
        above = self.ancestors(right)
        return next((entity for entity in self.ancestors(left) if entity in above), None)

    def entity(self, unit: Unit) -> str | None:
        """The entity that a unit is, and nothing else."""
        match unit.powers:
            case ((symbol, exponent),) if exponent == 1 and symbol in self.parents:
                return symbol
            case _:
                return None

    def proportion(self, unit: Unit) -> tuple[str, str] | None:
        """The subset and its population, where the unit is the one over the other."""
        found = self.rate(unit) if len(unit.powers) == 2 else None
        return found if found and self.is_subset(*found) else None

    def rate(self, unit: Unit) -> tuple[str, str] | None:
        """The entity counted for each of another, where the unit is the one over the other."""
        if len(unit.powers) != 2:
            return None
        (above, up), (below, down) = unit.powers
        if up < 0:
            (above, up), (below, down) = (below, down), (above, up)
        is_rate = up == 1 and down == -1 and above in self.parents and below in self.parents
        return (above, below) if is_rate else None

    def join(self, left: Unit, right: Unit, operation: Operation) -> Joined | Mismatch:
        """The unit in which two values are added, subtracted, compared or chosen between."""
        right, factor, nominal = to_time_of(left, right)
        if left == right:
            percent = left.percent or right.percent
            return Joined(PERCENT if percent else left, factor, nominal)
        if family := self._family(left, right):
            child, other, parent = family
            joined = merge(merge(left, Unit.of(child, -1)), Unit.of(parent))
            double_count = operation == "+" and parent in (child, other)
            return Joined(_as_share(joined), factor, nominal, double_count)
        return self._join_shares(left, right, operation)

    def _join_shares(self, left: Unit, right: Unit, operation: Operation) -> Joined | Mismatch:
        if not (self._is_share(left) and self._is_share(right)):
            return Mismatch(Reason.UNITS)
        if left.is_number or right.is_number or operation == "compare":
            return Joined(PERCENT)
        return Mismatch(Reason.POPULATIONS)

    def fits(self, declared: Unit, inferred: Unit, *, count: bool = False, filtered: bool = False) -> Fit | None:
        """How a value in the inferred unit gets into the declared one, or None if it may not.

        A `count` of an entity may be declared a plain number; a `filtered` one may be declared a subset of the entity.
        """
        moved, factor, nominal = to_time_of(declared, inferred)
        if declared == moved:
            return Fit(factor, nominal)
        if declared.is_number and self.proportion(inferred):
            return _AS_IT_IS
        entity, narrower = self.entity(inferred), self.entity(declared)
        counts = count and entity and declared.is_number and not declared.percent
        narrows = filtered and entity and narrower and self.is_subset(narrower, entity)
        return _AS_IT_IS if counts or narrows else None

    def _is_share(self, unit: Unit) -> bool:
        return unit.is_number or self.proportion(unit) is not None

    def _family(self, left: Unit, right: Unit) -> tuple[str, str, str] | None:
        """The entities in which alone two units differ, and their nearest common parent."""
        one = self.entity(_rest(left, right))
        other = self.entity(_rest(right, left))
        if one is None or other is None:
            return None
        parent = self.common_parent(one, other)
        return (one, other, parent) if parent else None


def missing_factor(want: Unit, have: Unit) -> Unit:
    """What a value in `have` must be multiplied by to be in `want`."""
    return merge(want, power(to_time_of(want, have)[0], Fraction(-1)))


def _rest(unit: Unit, other: Unit) -> Unit:
    return Unit(tuple(power for power in unit.powers if power not in other.powers))


def _as_share(unit: Unit) -> Unit:
    """Parts of one population that add up to the population itself are shown as percent."""
    return PERCENT if unit == NUMBER else unit
