"""From a value to a judgement: values with their intervals and what they are held against in, verdicts out, for all cells.

With the two-sided 90% interval [L, U] of a value and a range [a, b] in which performance is good: the value lies below if U
< a, above if L > b, within if a <= L and U <= b, and else the data do not tell. A wrong firm verdict then happens at most
5% of the time. A census, and a formula that has no interval, is judged by its point: L = U. A bound belongs to its range
unless it is open; edges that differ by less than 1e-12 of their size are the same, so that the order of a summation decides
nothing.

Which side is the good one is the KPI's direction. Where it says none, `at least` means higher, `at most` lower, a range
with two ends inside. Held against a single figure, as an average or the value before, a value is `level` in place of within.

Beside the verdict stands how probable each side is: the interval read as that of a normal value, its half below the value and
its half above it each with a width of its own, so that a verdict is firm exactly where its side has at least 95%. `needed` is
how many rows would make it firm if the value stayed what it is: an interval narrows with the square root of the rows.

What stands before the rule, in this order: `error` (it could not be evaluated), `undefined`, `no_data` (missing), `stale` (a
source has not been brought up to date), `partial` (the period is not over, or rows of it may still come), `immature` (the
cohort is too young), `insufficient` (fewer rows than needed). They are the same for all benchmarks of a cell, but for
`not_applicable`: a benchmark for something else, or one whose reference is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, IntEnum
from statistics import NormalDist

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from kpidsl.results.bounds import Bound
from kpidsl.results.columns import Bools, Codes, Column, Floats, Objects, first_of
from kpidsl.results.intervals import Z

_SAME = 1e-12
_NORMAL = NormalDist()
_MOST_ROWS = 1e12
Bytes = NDArray[np.int8]


class Verdict(Enum):
    """What can be said of a value against its benchmark."""

    ERROR = "error"
    UNDEFINED = "undefined"
    NO_DATA = "no_data"
    STALE = "stale"
    PARTIAL = "partial"
    IMMATURE = "immature"
    INSUFFICIENT = "insufficient"
    SHORT = "short"
    OUTSIDE = "outside"
    INCONCLUSIVE = "inconclusive"
    LEVEL = "level"
    WITHIN = "within"
    BEYOND = "beyond"
    NOT_APPLICABLE = "not_applicable"

    @property
    def firm(self) -> bool:
        """Whether it says that performance is good or bad."""
        return self in _FIRM


_FIRM = frozenset({Verdict.SHORT, Verdict.OUTSIDE, Verdict.LEVEL, Verdict.WITHIN, Verdict.BEYOND})
VERDICTS = tuple(Verdict)
CODE = {verdict: np.int8(code) for code, verdict in enumerate(VERDICTS)}
RULE = np.int8(-1)


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


class Combination(Enum):
    """Which verdict is the KPI's own where several benchmarks judge it."""

    WORST = "worst"
    ALL = "all"
    ANY = "any"
    FIRST_WITH_DATA = "first_with_data"


class Range(Struct, frozen=True):
    """A benchmark's bounds; None is open to that side, `_open` leaves the bound itself out.

    One that is `level` is a figure with its tolerance, not a range: inside it a value is level with the figure. One that may be
    lain `across` has the width of the value's own interval: what is not clearly outside is within. Bounds that nobody wrote are
    shown `rounded`.
    """

    name: str
    low: float | None
    high: float | None
    low_open: bool = False
    high_open: bool = False
    level: bool = False
    rounded: bool = False
    across: bool = False


class Limits(Struct, frozen=True, eq=False):
    """A benchmark's bounds in every cell; None is open to that side everywhere, a bound that is NaN is missing in that cell.

    `reference` is the figure that the bounds lie around, where there is one.
    """

    name: str
    low: Bound | None
    high: Bound | None
    low_open: bool = False
    high_open: bool = False
    level: bool = False
    rounded: bool = False
    across: bool = False
    reference: Floats | None = None

    def range(self, cell: int) -> Range:
        """The range that holds in a cell."""
        low, high = (None if bound is None else float(bound.at[cell]) for bound in (self.low, self.high))
        return Range(self.name, low, high, self.low_open, self.high_open, self.level, self.rounded, self.across)

    def at(self, cells: Codes) -> Limits:
        """The bounds of some of the cells."""
        low, high = (None if bound is None else bound.of(cells) for bound in (self.low, self.high))
        return replace(self, low=low, high=high, reference=None if self.reference is None else self.reference[cells])


class Judgement(Struct, frozen=True, eq=False):
    """One benchmark in every cell: where the interval lies, and the verdict as an index into `VERDICTS`.

    `needed` is how many rows a firm verdict takes, NaN where it is firm, or no number of rows would do. `reasons` says of cells
    why the benchmark is not for them. `scores` run from 0 to 100, NaN where a value has none. `zones` has the
    names of the zones, and the number of the one that holds the whole interval, -1 where none does. `notes` is what there is to
    add to the words of the rule, `sentences` what stands in their place.
    """

    limits: Limits
    values: Floats
    positions: Bytes
    codes: Bytes
    needed: Floats
    reasons: Objects
    zones: tuple[tuple[str, ...], Bytes] | None = None
    scores: Floats | None = None
    notes: Objects | None = None
    sentences: Objects | None = None

    @property
    def name(self) -> str:
        return self.limits.name

    def range(self, cell: int) -> Range:
        """The range that a cell was held against."""
        return self.limits.range(cell)

    def sides(self, cell: int) -> tuple[float, float, float]:
        """How probable it is that the true value of a cell lies below the range, inside it and above it."""
        below = 0.0 if self.limits.low is None else _beyond(self.values, self.limits.low, cell)
        above = 0.0 if self.limits.high is None else 1 - _beyond(self.values, self.limits.high, cell)
        return below, max(0.0, 1 - below - above), above

    def zone(self, cell: int) -> str:
        """The zone that holds the whole interval of a cell; empty where none does."""
        if self.zones is None or self.zones[1][cell] < 0:
            return ""
        return self.zones[0][int(self.zones[1][cell])]

    def noted(self, notes: Objects) -> Judgement:
        """The judgement with more to say; an empty note says nothing."""
        if self.notes is not None:
            notes = np.array([", ".join(filter(None, both)) for both in zip(notes, self.notes, strict=True)], dtype=object)
        return replace(self, notes=notes)

    def saying(self, sentences: Objects) -> Judgement:
        """The judgement in words of its own."""
        return replace(self, sentences=sentences)

    def at(self, cells: Codes) -> Judgement:
        """The judgement of some of the cells."""
        return replace(
            self,
            limits=self.limits.at(cells),
            values=self.values[cells],
            positions=self.positions[cells],
            codes=self.codes[cells],
            needed=self.needed[cells],
            reasons=self.reasons[cells],
            zones=None if self.zones is None else (self.zones[0], self.zones[1][cells]),
            scores=None if self.scores is None else self.scores[cells],
            notes=None if self.notes is None else self.notes[cells],
            sentences=None if self.sentences is None else self.sentences[cells],
        )


def locate(limits: Limits, length: int) -> Bytes:
    """The `Position` of each interval; UNKNOWN where it has no bounds."""
    below, over_low, blind_low = _against_low(limits, length)
    above, over_high, blind_high = _against_high(limits, length)
    cases: list[tuple[Bools, int]] = [
        (blind_low | blind_high, Position.UNKNOWN),
        (below, Position.BELOW),
        (above, Position.ABOVE),
        (over_low & over_high, Position.ACROSS_BOTH),
        (over_low, Position.ACROSS_LOW),
        (over_high, Position.ACROSS_HIGH),
    ]
    return first_of(cases, Position.INSIDE)


def _against_low(limits: Limits, length: int) -> tuple[Bools, Bools, Bools]:
    """Whether an interval lies below the lower bound, whether across it, and whether it cannot be told."""
    bound = limits.low
    if bound is None:
        return (np.zeros(length, dtype=np.bool_),) * 3
    below = _before(bound.high, bound.at, limits.low_open)
    return below, ~below & ~_before(bound.at, bound.low, not limits.low_open), _blind(bound)


def _against_high(limits: Limits, length: int) -> tuple[Bools, Bools, Bools]:
    bound = limits.high
    if bound is None:
        return (np.zeros(length, dtype=np.bool_),) * 3
    above = _before(bound.at, bound.low, limits.high_open)
    return above, ~above & ~_before(bound.high, bound.at, not limits.high_open), _blind(bound)


def _blind(bound: Bound) -> Bools:
    unknown: Bools = np.isnan(bound.low) | np.isnan(bound.high) | np.isnan(bound.at)
    return unknown


def _before(left: Floats, right: Floats, or_same: bool) -> Bools:
    alike = np.abs(left - right) <= _SAME * np.maximum(np.abs(left), np.abs(right))
    found: Bools = (left < right) | alike if or_same else (left < right) & ~alike
    return found


def same(left: float, right: float) -> bool:
    """Whether two numbers are the same but for the order in which they were summed."""
    return abs(left - right) <= _SAME * max(abs(left), abs(right))


def judge(
    values: Floats, rows: Floats, before: Bytes, limits: Limits, direction: Direction | None, reasons: Objects
) -> Judgement:
    """The verdict of one benchmark; `before` has the verdicts that stand before the rule, -1 where the rule decides.

    `rows` is what stands behind a value. A benchmark is not applicable where `reasons` says why.
    """
    positions = locate(limits, len(values))
    by_position = np.array([CODE[_verdict(position, limits, direction)] for position in Position], dtype=np.int8)
    codes = np.where(before == RULE, by_position[positions], before)
    codes = np.where((reasons != "") & ~_NO_VALUE[before], CODE[Verdict.NOT_APPLICABLE], codes).astype(np.int8)
    return Judgement(limits, values, positions, codes, _needed(values, rows, positions, codes, limits), reasons)


def _beyond(values: Floats, bound: Bound, cell: int) -> float:
    """How probable it is that the true value of a cell lies below a bound."""
    one = np.array([cell])
    return float(_NORMAL.cdf(standard_errors(values[one], bound.of(one))[0]))


def _needed(values: Floats, rows: Floats, positions: Bytes, codes: Bytes, limits: Limits) -> Floats:
    """How many rows would make a verdict firm if the value stayed what it is."""
    most = np.zeros(len(values))
    lying = ((limits.low, Position.ACROSS_LOW), (limits.high, Position.ACROSS_HIGH))
    for bound, position in lying:
        if bound is not None:
            across = (positions == int(position)) | (positions == int(Position.ACROSS_BOTH))
            gap = bound.at - values
            half = np.where(gap < 0, values - bound.low, bound.high - values)
            with np.errstate(all="ignore"):
                times = (half / gap) ** 2
            most = np.where(across, np.maximum(most, times), most)
    with np.errstate(invalid="ignore"):
        needed = np.ceil(rows * most)
    told = (codes == CODE[Verdict.INCONCLUSIVE]) & np.isfinite(needed) & (needed < _MOST_ROWS)
    return np.where(told, needed, np.nan)


def _verdict(position: Position, limits: Limits, direction: Direction | None) -> Verdict:
    match position, side_of(limits, direction):
        case Position.INSIDE, _:
            return Verdict.LEVEL if limits.level else Verdict.WITHIN
        case ((Position.ACROSS_LOW | Position.ACROSS_HIGH | Position.ACROSS_BOTH), _) if limits.across:
            return Verdict.WITHIN
        case (Position.BELOW, Direction.HIGHER) | (Position.ABOVE, Direction.LOWER):
            return Verdict.SHORT
        case (Position.ABOVE, Direction.HIGHER) | (Position.BELOW, Direction.LOWER):
            return Verdict.BEYOND
        case ((Position.BELOW | Position.ABOVE), _):
            return Verdict.OUTSIDE
        case _:
            return Verdict.INCONCLUSIVE


def side_of(limits: Limits, direction: Direction | None) -> Direction:
    """Which values are better by a benchmark: the KPI's direction, else the open side of the range."""
    if direction is not None:
        return direction
    if limits.low is not None and limits.high is not None:
        return Direction.INSIDE
    return Direction.HIGHER if limits.high is None else Direction.LOWER


def standard_errors(values: Floats, bound: Bound) -> Floats:
    """How many standard errors a bound lies above each value, the interval being read as that of a normal value."""
    gap = bound.at - values
    half = np.where(gap < 0, values - bound.low, bound.high - values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(gap == 0, 0.0, np.where(half > 0, Z * gap / half, np.sign(gap) * np.inf))


def before_rule(column: Column, stale: Bools, partial: Bools, immature: Bools, rows: Floats, needed: int) -> Bytes:
    """The verdicts that stand before the rule, as indexes into `VERDICTS`, -1 where there is none.

    `rows` is what stands behind a value, NaN where nothing is counted, `needed` the fewest that are enough.
    """
    cases = [
        (column.undefined, Verdict.UNDEFINED),
        (column.missing, Verdict.NO_DATA),
        (stale, Verdict.STALE),
        (partial, Verdict.PARTIAL),
        (immature, Verdict.IMMATURE),
        (rows < needed, Verdict.INSUFFICIENT),
    ]
    return first_of([(where, CODE[verdict]) for where, verdict in cases], RULE)


def decide(judgements: Sequence[Judgement], combination: Combination) -> Codes:
    """For each cell the number of the benchmark whose verdict is the KPI's own, the first of several."""
    codes = np.stack([judgement.codes for judgement in judgements])
    match combination:
        case Combination.FIRST_WITH_DATA:
            chosen: Codes = np.argmax(JUDGED[codes], axis=0)
            none = ~JUDGED[codes].any(axis=0)
            return np.where(none, np.argmin(_RANKS[Combination.WORST][codes], axis=0), chosen)
        case _:
            ranked: Codes = np.argmin(_RANKS[combination][codes], axis=0)
            return ranked


def _ranks(order: Sequence[Verdict]) -> Bytes:
    return np.array([order.index(verdict) for verdict in VERDICTS], dtype=np.int8)


_NOTHING = (Verdict.ERROR, Verdict.UNDEFINED, Verdict.NO_DATA, Verdict.STALE, Verdict.PARTIAL, Verdict.IMMATURE)
_BAD = (Verdict.SHORT, Verdict.OUTSIDE)
_GOOD = (Verdict.LEVEL, Verdict.WITHIN, Verdict.BEYOND)
_OPEN = (Verdict.INSUFFICIENT, Verdict.INCONCLUSIVE)
_RANKS = {
    Combination.WORST: _ranks((*_NOTHING, *_BAD, *_OPEN, *_GOOD, Verdict.NOT_APPLICABLE)),
    Combination.ALL: _ranks((*_NOTHING, *_BAD, *_OPEN, Verdict.NOT_APPLICABLE, *_GOOD)),
    Combination.ANY: _ranks((*_NOTHING, *reversed(_GOOD), *reversed(_OPEN), *reversed(_BAD), Verdict.NOT_APPLICABLE)),
}
JUDGED: Bools = np.array([verdict.firm or verdict is Verdict.INCONCLUSIVE for verdict in VERDICTS])
_NO_VALUE: Bools = np.array([*(verdict in (Verdict.ERROR, Verdict.UNDEFINED, Verdict.NO_DATA) for verdict in VERDICTS), False])
