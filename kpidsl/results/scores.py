"""Scores: a value and the benchmark that it was held against in, a number from 0 to 100 out, for all cells.

A score tells how good a value is on one scale for all KPIs: 50 at the bound between what is short of the benchmark and what
meets it, 100 at its good edge and past it, 0 at the far edge of what is bad, and straight between. So a value is below 50
exactly where it falls short by itself, however sure that is. The edges are, for values of which more is better (the other way
round for those of which less is):

- the good one: where the best of several good zones begins; else the upper bound of the range; else as far above the bound as
  that is from 0, of a proportion from the nearer of 0% and 100%;
- the far one: the lower bound of the worst zone; else as far below the bound as the good edge is above it, and not below 0
  where the bound is above it.

So for `at least 40` the score is 0 at 0, 50 at 40 and 100 at 80, for `at most 40` the other way round, and for a proportion
`at least 97%` it is 0 at 94% and 100 at 100%. A band has 100 in its middle, 50 at its bounds, and 0 half its width outside of
them. A figure (an average, an earlier value, the peers) is the bound itself, whatever its tolerance; of a plan or a path to a
target that is the figure less its tolerance. Of a path the edges are as far from the bound as the target is from the start.
Levels end at the first and the last. Where the bound is 0, nothing says how far off a value is, and without a scale of its own
there is no score.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, Value, Zone
from kpidsl.catalog.reading import constant_value
from kpidsl.results.columns import Floats
from kpidsl.results.verdicts import JUDGED, Direction, Judgement, Limits, side_of

_LOWEST, _MIDDLE, _HIGHEST = 0.0, 50.0, 100.0


def scores(benchmark: Benchmark, judgement: Judgement, direction: Direction | None, value: Value) -> Floats:
    """The score of every cell by one benchmark; NaN where that could not judge the value, or has no scale."""
    limits, values = judgement.limits, judgement.values
    if limits.low is None and limits.high is None:
        return np.full(len(values), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        if benchmark.scale:
            found = _by_scale(benchmark, limits, values)
        elif benchmark.kind is BenchmarkKind.BUDGET:
            found = _by_edges(benchmark, limits, values, value, 1)
        elif side_of(limits, direction) is Direction.INSIDE:
            found = _in_band(limits, values, value)
        else:
            found = _by_edges(benchmark, limits, values, value, 1 if side_of(limits, direction) is Direction.HIGHER else -1)
    # What differs by the order of a summation only has the same score.
    return np.where(JUDGED[judgement.codes], np.round(found, 9), np.nan)


def _by_scale(benchmark: Benchmark, limits: Limits, values: Floats) -> Floats:
    """A scale that is given: of values, or of shares of the figure."""
    points, figure = [], limits.reference
    for score, number in benchmark.scale:
        at = np.full(len(values), float(number)) if figure is None else figure + (float(number) - 1) * np.abs(figure)
        points.append((at, float(score)))
    rising = benchmark.scale[-1][1] > benchmark.scale[0][1]
    return _along(points, values, 1 if rising else -1)


def _in_band(limits: Limits, values: Floats, value: Value) -> Floats:
    if limits.low is None or limits.high is None:
        return np.full(len(values), np.nan)
    low, high = limits.low.at, limits.high.at
    middle = (low + high) / 2
    sides = [
        _along([(_within_reach(2 * bound - middle, bound, value), _LOWEST), (bound, _MIDDLE), (middle, _HIGHEST)], values, sign)
        for bound, sign in ((low, 1), (high, -1))
    ]
    return np.where(low == high, np.nan, np.minimum(*sides))


def _by_edges(benchmark: Benchmark, limits: Limits, values: Floats, value: Value, sign: int) -> Floats:
    """`sign` is 1 where more is better, -1 where less is."""
    around = limits.level or limits.across
    near, other = (limits.low, limits.high) if sign > 0 else (limits.high, limits.low)
    bound = limits.reference if around else None if near is None else near.at
    if bound is None:
        return np.full(len(values), np.nan)
    open_edge = _within_reach(bound + sign * _reach(benchmark, bound, value, sign), bound, value)
    good = open_edge if around or other is None else other.at
    best, worst = _best_zone(benchmark, sign), _worst_zone(benchmark, sign)
    good = good if best is None else np.where(sign * best > sign * bound, best, good)
    if worst is not None:
        far = np.full(len(values), worst)
    elif value.levels:
        far = np.full(len(values), 1.0 if sign > 0 else float(len(value.levels)))
    else:
        distance = _reach(benchmark, bound, value, sign) if good is open_edge else np.abs(good - bound)
        far = _within_reach(bound - sign * distance, bound, value)
    found = _along([(far, _LOWEST), (bound, _MIDDLE), (good, _HIGHEST)], values, sign)
    return np.where((far == bound) & (good == bound), np.nan, found)


def _reach(benchmark: Benchmark, bound: Floats, value: Value, sign: int) -> Floats:
    """How far an open side of a bound is looked at."""
    if value.levels:
        return np.abs((len(value.levels) if sign > 0 else 1) - bound)
    if len(benchmark.path) > 1:
        return np.full(len(bound), abs(float(benchmark.path[-1][1] - benchmark.path[0][1])))
    is_share = value.proportion is not None or benchmark.kind is BenchmarkKind.BUDGET
    return np.minimum(np.abs(bound), np.abs(1 - bound)) if is_share else np.abs(bound)


def _within_reach(edge: Floats, bound: Floats, value: Value) -> Floats:
    """An edge no further than values can be: not below 0 where the bound is above it, and a proportion not above 1."""
    found = np.where(bound > 0, np.maximum(edge, 0), edge)
    return np.clip(found, 0, 1) if value.proportion is not None else found


def _best_zone(benchmark: Benchmark, sign: int) -> float | None:
    """Where the best zone begins, if there are several good ones."""
    if sum(zone.good for zone in benchmark.zones) < 2:
        return None
    best = _ordered(benchmark.zones, sign)[-1]
    return _number(best, low=sign > 0)


def _worst_zone(benchmark: Benchmark, sign: int) -> float | None:
    """The far edge of the worst zone, if that is not a good one and has one."""
    if not benchmark.zones:
        return None
    worst = _ordered(benchmark.zones, sign)[0]
    return None if worst.good else _number(worst, low=sign > 0)


def _ordered(zones: Sequence[Zone], sign: int) -> list[Zone]:
    """Zones from the worst to the best."""

    def low(zone: Zone) -> float:
        number = _number(zone, low=True)
        return -np.inf if number is None else number

    return sorted(zones, key=low, reverse=sign < 0)


def _number(zone: Zone, low: bool) -> float | None:
    bound = zone.low if low else zone.high
    number = None if bound is None else constant_value(bound)
    return None if number is None else float(number)


def _along(points: Sequence[tuple[Floats, float]], values: Floats, sign: int) -> Floats:
    """The score of values on a way through points, flat before the first and after the last one."""
    found = np.full(len(values), points[0][1])
    for (start, low), (end, high) in pairwise(points):
        step = sign * values >= sign * end  # where both are one, the score jumps there
        share = np.where(start == end, step, np.clip((values - start) / (end - start), 0, 1))
        found = found + (high - low) * share
    return found
