"""From a value to a judgement: values with their intervals and a range in, verdicts out, for all cells at once.

With the two-sided 90% interval [L, U] of a value and a range [a, b] in which performance is good: the value lies below if U
< a, above if L > b, within if a <= L and U <= b, and else the data do not tell. A wrong firm verdict then happens at most
5% of the time. A census, and a formula that has no interval, is judged by its point: L = U. A bound belongs to its range
unless it is open; edges that differ by less than 1e-12 of their size are the same, so that the order of a summation decides
nothing.

Which side is the good one is the KPI's direction. Where it says none, `at least` means higher, `at most` lower, a range
with two ends inside.

What stands before the rule, in this order: `error` (it could not be evaluated), `undefined`, `no_data` (missing), `partial`
(the period is not over), `immature` (the cohort is too young), `insufficient` (fewer rows than needed). Several benchmarks
give a verdict each; the KPI's own is the worst: `error`, `undefined`, `no_data`, `partial`, `immature`, `insufficient`,
`short`, `outside`, `inconclusive`, `within`, `beyond`. The first six are the same for all benchmarks of a cell, so what
decides between them is short before outside before inconclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, IntEnum

import numpy as np
from numpy.typing import NDArray

from kpidsl.results.columns import Bools, Codes, Column, Floats, Status

_SAME = 1e-12
Bytes = NDArray[np.int8]


class Verdict(Enum):
    """What can be said of a value against its benchmark; worst first."""

    ERROR = "error"
    UNDEFINED = "undefined"
    NO_DATA = "no_data"
    PARTIAL = "partial"
    IMMATURE = "immature"
    INSUFFICIENT = "insufficient"
    SHORT = "short"
    OUTSIDE = "outside"
    INCONCLUSIVE = "inconclusive"
    WITHIN = "within"
    BEYOND = "beyond"

    @property
    def firm(self) -> bool:
        """Whether it says that performance is good or bad."""
        return self in (Verdict.SHORT, Verdict.OUTSIDE, Verdict.WITHIN, Verdict.BEYOND)


VERDICTS = tuple(Verdict)
CODE = {verdict: np.int8(code) for code, verdict in enumerate(VERDICTS)}
_RULE = np.int8(-1)


class Direction(Enum):
    """Which values are better."""

    HIGHER = "higher"
    LOWER = "lower"
    INSIDE = "inside"
    NONE = "none"


class Position(IntEnum):
    """Where an interval lies against a range."""

    INSIDE = 0
    BELOW = 1
    ABOVE = 2
    ACROSS_LOW = 3
    ACROSS_HIGH = 4
    ACROSS_BOTH = 5
    UNKNOWN = 6


@dataclass(frozen=True, slots=True)
class Range:
    """A benchmark's bounds; None is open to that side, `_open` leaves the bound itself out."""

    name: str
    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """One benchmark in every cell: where the interval lies, and the verdict as an index into `VERDICTS`."""

    range: Range
    positions: Bytes
    codes: Bytes

    def at(self, cells: Codes) -> Judgement:
        """The judgement of some of the cells."""
        return Judgement(self.range, self.positions[cells], self.codes[cells])


def locate(low: Floats, high: Floats, range: Range) -> Bytes:
    """The `Position` of each interval; UNKNOWN where it has no bounds."""
    false = np.zeros(low.shape, dtype=np.bool_)
    below = false if range.low is None else _before(high, range.low, range.low_open)
    above = false if range.high is None else _before(range.high, low, range.high_open)
    over_low = false if range.low is None else ~below & ~_before(range.low, low, not range.low_open)
    over_high = false if range.high is None else ~above & ~_before(high, range.high, not range.high_open)
    conditions = [np.isnan(low) | np.isnan(high), below, above, over_low & over_high, over_low, over_high]
    found = [Position.UNKNOWN, Position.BELOW, Position.ABOVE, Position.ACROSS_BOTH, Position.ACROSS_LOW, Position.ACROSS_HIGH]
    return np.select(conditions, [np.int8(position) for position in found], np.int8(Position.INSIDE)).astype(np.int8)


def _before(left: Floats | float, right: Floats | float, or_same: bool) -> Bools:
    alike = np.abs(left - right) <= _SAME * np.maximum(np.abs(left), np.abs(right))
    found: Bools = (left < right) | alike if or_same else (left < right) & ~alike
    return found


def same(left: float, right: float) -> bool:
    """Whether two numbers are the same but for the order in which they were summed."""
    return abs(left - right) <= _SAME * max(abs(left), abs(right))


def judge(low: Floats, high: Floats, before: Bytes, range: Range, direction: Direction | None) -> Judgement:
    """The verdict of one benchmark; `before` has the verdicts that stand before the rule, -1 where the rule decides."""
    positions = locate(low, high, range)
    by_position = np.array([CODE[_verdict(position, range, direction)] for position in Position], dtype=np.int8)
    return Judgement(range, positions, np.where(before == _RULE, by_position[positions], before))


def _verdict(position: Position, range: Range, direction: Direction | None) -> Verdict:
    match position, _side(range, direction):
        case Position.INSIDE, _:
            return Verdict.WITHIN
        case (Position.BELOW, Direction.HIGHER) | (Position.ABOVE, Direction.LOWER):
            return Verdict.SHORT
        case (Position.ABOVE, Direction.HIGHER) | (Position.BELOW, Direction.LOWER):
            return Verdict.BEYOND
        case ((Position.BELOW | Position.ABOVE), _):
            return Verdict.OUTSIDE
        case _:
            return Verdict.INCONCLUSIVE


def _side(range: Range, direction: Direction | None) -> Direction:
    if direction is not None:
        return direction
    if range.low is not None and range.high is not None:
        return Direction.INSIDE
    return Direction.HIGHER if range.high is None else Direction.LOWER


def before_rule(column: Column, partial: Bools, immature: Bools, rows: Floats, needed: int) -> Bytes:
    """The verdicts that stand before the rule, as indexes into `VERDICTS`, -1 where there is none.

    `rows` is what stands behind a value, NaN where nothing is counted, `needed` the fewest that are enough.
    """
    conditions = [column.status == Status.UNDEFINED, column.status == Status.MISSING, partial, immature, rows < needed]
    found = [Verdict.UNDEFINED, Verdict.NO_DATA, Verdict.PARTIAL, Verdict.IMMATURE, Verdict.INSUFFICIENT]
    return np.select(conditions, [CODE[verdict] for verdict in found], _RULE).astype(np.int8)


def worst(judgements: Sequence[Judgement]) -> Codes:
    """For each cell the number of the benchmark with the worst verdict, the first of several."""
    decided: Codes = np.argmin(np.stack([judgement.codes for judgement in judgements]), axis=0)
    return decided
