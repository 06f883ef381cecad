"""What there is to say of a period that is not over: its value so far in, what it is to be held against and where it will land
out.

A value before is compared for the same part of the earlier period, both as estimates. A plan is compared by as much of it as
the part of the period that has passed, where the KPI grows with the period.

Where such a KPI will land follows from which share of the earlier whole periods, at least 4 and at most 12, had been done by
then: the landing is the value so far over the geometric mean of the shares, and its two-sided 90% interval is the prediction
interval of one more such share, normal on the log scale, by Student's t for so few. Shares hold both how the days of a period
differ and how chance makes the counts differ, so the interval needs no other variance. The pace is that of the landing against
the whole benchmark; of values that do not grow only the comparison with an earlier part says something.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from math import isnan

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Benchmark, BenchmarkKind
from kpidsl.results.bounds import Interval, known
from kpidsl.results.columns import Bools, Codes, Column, Floats, Objects
from kpidsl.results.judging import Reference, around
from kpidsl.results.verdicts import CODE, VERDICTS, Bytes, Direction, Judgement, Limits, Verdict, judge

FEWEST = 4
# Quantiles of Student's t at 95%, by degrees of freedom from 3.
_T = np.array([2.3534, 2.1318, 2.0150, 1.9432, 1.8946, 1.8595, 1.8331, 1.8125, 1.7959])


class PaceVerdict(Enum):
    """How a period that is not over stands to a benchmark."""

    AHEAD = "ahead"
    ON_PACE = "on pace"
    BEHIND = "behind"
    UNKNOWN = "unknown"


_PACES: Objects = np.array(list(PaceVerdict), dtype=object)
_WORDS = {
    Verdict.BEYOND: PaceVerdict.AHEAD,
    Verdict.WITHIN: PaceVerdict.ON_PACE,
    Verdict.LEVEL: PaceVerdict.ON_PACE,
    Verdict.SHORT: PaceVerdict.BEHIND,
    Verdict.OUTSIDE: PaceVerdict.BEHIND,
}
_BY_CODE = np.array([_PACES.tolist().index(_WORDS.get(verdict, PaceVerdict.UNKNOWN)) for verdict in VERDICTS], dtype=np.int8)
_UNKNOWN = np.int8(_PACES.tolist().index(PaceVerdict.UNKNOWN))


class Landing(Struct, frozen=True, eq=False):
    """Where values will be at the end of their periods, with an interval; NaN where that is not known, `why` says why not.

    `periods` is how many earlier ones tell so.
    """

    value: Floats
    low: Floats
    high: Floats
    why: Objects
    periods: Floats

    @staticmethod
    def nowhere(length: int, why: str) -> Landing:
        nothing = np.full(length, np.nan)
        return Landing(nothing, nothing, nothing, np.full(length, why, dtype=object), np.zeros(length))

    def at(self, cells: Codes) -> Landing:
        """The landing of some of the cells."""
        return Landing(self.value[cells], self.low[cells], self.high[cells], self.why[cells], self.periods[cells])


class Pace(Struct, frozen=True, eq=False):
    """The values of periods that are not over, in every cell; NaN in all others.

    `to_date` is the value so far, `expected` what the benchmark that decides would have by now, NaN where it says nothing of
    that; `codes` count in `PaceVerdict`.
    """

    to_date: Floats
    expected: Floats
    landing: Landing
    codes: Bytes

    @property
    def verdicts(self) -> Objects:
        """The `PaceVerdict` of every cell, None of a period that is over."""
        found: Objects = _PACES[self.codes]
        found[np.isnan(self.to_date)] = None
        return found

    def verdict(self, cell: int) -> PaceVerdict | None:
        """The verdict of a cell; None of a period that is over."""
        found: PaceVerdict = _PACES[self.codes[cell]]
        return None if isnan(self.to_date[cell]) else found

    def record(self, cell: int) -> dict[str, object] | None:
        """What there is of a cell as plain data; None of a period that is over."""
        verdict = self.verdict(cell)
        if verdict is None:
            return None
        landing = self.landing
        numbers = {
            "to_date": self.to_date,
            "expected_to_date": self.expected,
            "landing": landing.value,
            "landing_low": landing.low,
            "landing_high": landing.high,
        }
        known = {name: float(each[cell]) for name, each in numbers.items()}
        return {**{name: None if isnan(each) else each for name, each in known.items()}, "verdict": verdict.value}

    def at(self, cells: Codes) -> Pace:
        """The pace of some of the cells."""
        return Pace(self.to_date[cells], self.expected[cells], self.landing.at(cells), self.codes[cells])


def land(to_date: Column, part: Column, whole: Column, cells: Codes, why_not: Callable[[int], str]) -> Landing:
    """Where values will land, from parts of earlier periods and the whole of them; `cells` has the cell of each.

    `why_not` says why so few whole periods do not do.
    """
    length = len(to_date)
    both = part.present & whole.present & ~((part.values == 0) & (whole.values == 0))
    usable = both & (part.values > 0) & (whole.values > 0)
    count = np.bincount(cells[usable], minlength=length)
    odd = np.bincount(cells[both & ~usable], minlength=length) > 0
    with np.errstate(all="ignore"):
        logs = np.where(usable, np.log(part.values / whole.values), 0.0)
        mean = np.bincount(cells, logs, length) / count
        apart = np.where(usable, (logs - mean[cells]) ** 2, 0.0)
        deviation = np.sqrt(np.bincount(cells, apart, length) / (count - 1))
        half = _T[np.clip(count - FEWEST, 0, len(_T) - 1)] * deviation * np.sqrt(1 + 1 / count)
        value, low, high = (to_date.values / np.exp(mean + move) for move in (0.0, half, -half))
    only_grew = np.bincount(cells[usable & (part.values > whole.values)], minlength=length) == 0
    low = np.where(only_grew, np.maximum(low, to_date.values), low)
    why: Objects = np.full(length, "", dtype=object)
    why[~(to_date.present & (to_date.values > 0))] = NOTHING_YET
    why[odd] = NOT_BY_THEN
    for cell in np.flatnonzero(count < FEWEST):
        why[cell] = why_not(int(count[cell]))
    told = why == ""
    value, low, high = (np.where(told, each, np.nan) for each in (value, low, high))
    return Landing(value, low, high, why, count.astype(np.float64))


NOTHING_YET = "nothing is there yet"
NOT_BY_THEN = "in an earlier period nothing was there by then"


class Standing(Struct, frozen=True, eq=False):
    """What a pace is found from: the cells that are not over, the part of each period that has passed, the value so far with
    its interval, where it lands.

    `elapsed` gives the same part of an earlier period by benchmark; `grows` says whether the value does with the period.
    """

    cells: Bools
    passed: Floats
    own: Interval
    landing: Landing
    elapsed: Callable[[Benchmark], Reference | None]
    planned: Callable[[Benchmark], Floats | None]
    grows: bool


def find_pace(
    standing: Standing,
    benchmarks: list[Benchmark],
    judgements: tuple[Judgement, ...],
    decided: Codes,
    direction: Direction | None,
) -> Pace:
    """The pace by the benchmark that decides in each cell."""
    found = [_against(standing, *pair, direction) for pair in zip(benchmarks, judgements, strict=True)]
    expected = np.take_along_axis(np.stack([each for each, _ in found]), decided[None], axis=0)[0]
    codes = np.take_along_axis(np.stack([each for _, each in found]), decided[None], axis=0)[0]
    to_date = np.where(standing.cells, standing.own.values, np.nan)
    expected = np.where(standing.cells, expected, np.nan)
    landing = standing.landing
    value, low, high = (np.where(standing.cells, each, np.nan) for each in (landing.value, landing.low, landing.high))
    return Pace(to_date, expected, Landing(value, low, high, landing.why, landing.periods), codes)


def _against(
    standing: Standing, benchmark: Benchmark, judgement: Judgement, direction: Direction | None
) -> tuple[Floats, Bytes]:
    """What the benchmark would have by now, and the pace."""
    length = len(standing.passed)
    nothing, unknown = np.full(length, np.nan), np.full(length, _UNKNOWN)
    match benchmark.kind:
        case BenchmarkKind.COMPARE:
            earlier = standing.elapsed(benchmark)
            if earlier is None:
                return nothing, unknown
            limits = around(benchmark, standing.own, direction, earlier)
            return earlier.interval.values, _judged(standing.own, limits, judgement, direction)
        case BenchmarkKind.PEERS | BenchmarkKind.BUDGET:
            return nothing, unknown
        case _:
            planned = standing.planned(benchmark)
            if planned is not None:
                nothing = planned * standing.passed if standing.grows else planned
            if not standing.grows:
                return nothing, unknown
            landing = Interval(standing.landing.value, standing.landing.low, standing.landing.high)
            return nothing, _judged(landing, _held(judgement.limits, landing), judgement, direction)


def _held(limits: Limits, landing: Interval) -> Limits:
    """The bounds of a benchmark against where values land."""
    low, high = (None if each is None else known(landing, each.at) for each in (limits.low, limits.high))
    return replace(limits, low=low, high=high)


def _judged(own: Interval, limits: Limits, judgement: Judgement, direction: Direction | None) -> Bytes:
    unjudged = np.isnan(own.values) | np.isnan(own.low) | np.isnan(own.high)
    before = np.where(unjudged, CODE[Verdict.INSUFFICIENT], -1).astype(np.int8)
    found = judge(own.values, np.zeros(len(own.values)), before, limits, direction, judgement.reasons)
    return _BY_CODE[found.codes]
