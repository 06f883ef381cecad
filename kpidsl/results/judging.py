"""What a benchmark says in every cell: a value with its interval in, the bounds that it is held against out, and for which
cells the benchmark is meant.

A plan is a fact, and so is a number; what is worked out from rows is an estimate with an interval of its own. A plan, and a
figure that has a tolerance, leave as much room below or above as the tolerance says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import compress
from math import nan
from operator import attrgetter
from typing import Protocol

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, Segment, Tolerance, Zone
from kpidsl.catalog.core import Constant, Core
from kpidsl.results import reasons
from kpidsl.results.bounds import Bound, Interval, estimated, known
from kpidsl.results.columns import Bools, Floats, Objects
from kpidsl.results.intervals import wilson
from kpidsl.results.series import Earlier
from kpidsl.results.verdicts import Bytes, Direction, Limits, Position, locate

_POINTS = frozenset({BenchmarkKind.AVERAGE, BenchmarkKind.COMPARE})


class Reference(Struct, frozen=True, eq=False):
    """What a formula of a benchmark is in every cell; `correlation` is that with the KPI, None for what is no estimate."""

    interval: Interval
    correlation: Floats | None = None


class References(Protocol):
    """Where benchmarks find what they hold values against."""

    def of(self, benchmark: Benchmark, part: str, core: Core) -> Reference | str:
        """A bound or reference of a benchmark; a sentence where it cannot be had."""

    def earlier(self, benchmark: Benchmark, values: Floats, counted: Bools) -> Earlier | str:
        """What was usual before each cell, of the values that count; a sentence where that cannot be had."""

    def doubts(self, benchmark: Benchmark) -> Objects | None:
        """For every cell why what was found for a benchmark is not to be relied on, else empty; None where it is in all."""


class Scope(Struct, frozen=True, eq=False):
    """The cells of an answer as benchmarks see them: period, dimension values, those that a condition of the ask fixes.

    `ends` has the day after the last one of each; where there are none, nothing is dated. `whole` says that the answer is not
    about a part of the business.
    """

    starts: Objects
    ends: Objects | None = None
    dimensions: Mapping[str, Objects] = field(default_factory=dict)
    fixed: Mapping[str, object] = field(default_factory=dict)
    whole: bool = True


def make_limits(
    benchmark: Benchmark, own: Interval, better: Direction | None, references: References, scope: Scope
) -> Limits | str:
    """The bounds of a benchmark; a sentence where they cannot be had."""
    if benchmark.figures:
        return _from_table(benchmark, own, scope)
    if benchmark.path:
        (_, first), (_, last) = benchmark.path[0], benchmark.path[-1]
        way = Direction.LOWER if last < first else Direction.HIGHER
        found = around(benchmark, own, better or way, Reference(Interval.point(_on_path(benchmark.path, scope))))
        return replace(found, rounded=True)
    if benchmark.reference is not None:
        reference = references.of(benchmark, "reference", benchmark.reference)
        if isinstance(reference, str):
            return reference
        if benchmark.trials is not None:
            reference = _published(reference.interval.values, benchmark.trials)
        return replace(around(benchmark, own, better, reference), rounded=not benchmark.fixed)
    low = None if benchmark.low is None else references.of(benchmark, "low", benchmark.low)
    high = None if benchmark.high is None else references.of(benchmark, "high", benchmark.high)
    if isinstance(low, str) or isinstance(high, str):
        return low if isinstance(low, str) else str(high)
    below, above = (None if each is None else _bound(own, each) for each in (low, high))
    return Limits(benchmark.name, below, above, benchmark.low_open, benchmark.high_open, rounded=not benchmark.plain)


def _published(share: Floats, trials: int) -> Reference:
    """A published proportion of so many observations, which have nothing to do with ours."""
    rows = np.full(len(share), float(trials))
    return Reference(Interval(share, *wilson(share * rows, rows)), np.zeros(len(share)))


def _on_path(path: Sequence[tuple[date, Fraction]], scope: Scope) -> Floats:
    """What is to be reached on the last day of each cell's period; NaN before the path begins, the target itself after it.

    What has no period is held against the target.
    """
    days = np.array([day.toordinal() for day, _ in path], dtype=np.float64)
    amounts = np.array([float(amount) for _, amount in path])
    ends: Sequence[date | None] = [None] * len(scope.starts) if scope.ends is None else scope.ends.tolist()
    last = [path[-1][0].toordinal() if end is None else end.toordinal() - 1 for end in ends]
    found: Floats = np.interp(np.array(last, dtype=np.float64), days, amounts, left=nan)
    return found


def _from_table(benchmark: Benchmark, own: Interval, scope: Scope) -> Limits:
    """The figures of a table, in every cell that of its row; NaN where the table has none."""
    rows = _rows_of(benchmark.by, scope)
    first = next(iter(benchmark.figures.values()))
    low, high = (
        None if side(first) is None else np.array([_figure(benchmark.figures.get(row), side) for row in rows], dtype=np.float64)
        for side in (_LOW, _HIGH)
    )
    if first.good:
        below, above = (None if each is None else known(own, each) for each in (low, high))
        return Limits(benchmark.name, below, above, first.low_open, first.high_open)
    assert low is not None
    reference = Reference(Interval.point(low))
    below, above = (_bound(own, _moved(reference, benchmark.tolerance, sign)) for sign in (-1, 1))
    return Limits(benchmark.name, below, above, level=True, reference=low)


def _rows_of(by: str, scope: Scope) -> Sequence[str]:
    """The row of a table in every cell: the value of its dimension, else `all`."""
    if by in scope.dimensions:
        return [_row(value) for value in scope.dimensions[by]]
    return [_row(scope.fixed.get(by, "all"))] * len(scope.starts)


def _row(value: object) -> str:
    """The row of a table for a value of a dimension, as definitions write it."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return "" if value is None else str(value)


_LOW, _HIGH = attrgetter("low"), attrgetter("high")


def _figure(zone: Zone | None, side: Callable[[Zone], Core | None]) -> float:
    bound = None if zone is None else side(zone)
    return float(bound.value) if isinstance(bound, Constant) and isinstance(bound.value, Fraction) else nan


def _bound(own: Interval, reference: Reference) -> Bound:
    if reference.correlation is None:
        return known(own, reference.interval.values)
    return estimated(own, reference.interval, reference.correlation)


def around(benchmark: Benchmark, own: Interval, better: Direction | None, reference: Reference) -> Limits:
    """A figure with its tolerance. Of a plan only the bad side is bounded, because more than planned is not off."""
    low, high = (_bound(own, _moved(reference, benchmark.tolerance, sign)) for sign in (-1, 1))
    figure = reference.interval.values
    if benchmark.kind is BenchmarkKind.PEERS:
        return Limits(benchmark.name, low, high, across=True, reference=figure)
    if benchmark.kind in _POINTS:
        return Limits(benchmark.name, low, high, level=True, reference=figure)
    match better:
        case Direction.LOWER:
            return Limits(benchmark.name, None, high, reference=figure)
        case Direction.INSIDE:
            return Limits(benchmark.name, low, high, reference=figure)
        case _:
            return Limits(benchmark.name, low, None, reference=figure)


def _moved(reference: Reference, tolerance: Tolerance, sign: int) -> Reference:
    def moved(values: Floats) -> Floats:
        by = float(tolerance.amount) * (np.abs(values) if tolerance.share else 1.0)
        found: Floats = values + sign * by
        return found

    if not tolerance.amount:
        return reference
    interval = reference.interval
    return Reference(Interval(*(moved(each) for each in (interval.values, interval.low, interval.high))), reference.correlation)


def not_for(benchmark: Benchmark, limits: Limits, scope: Scope) -> Objects:
    """For every cell why the benchmark says nothing of it; empty where it does."""
    found: Objects = np.full(len(scope.starts), "", dtype=object)
    lacking = np.zeros(len(found), dtype=np.bool_)
    for bound in (limits.low, limits.high):
        if bound is not None:
            lacking |= np.isnan(bound.at)
    found[lacking] = reasons.not_begun(benchmark.path[0][0]) if benchmark.path else reasons.no_reference(benchmark.kind)
    if benchmark.kind is BenchmarkKind.PEERS and benchmark.by not in scope.dimensions:
        found[:] = reasons.ask_by(benchmark.by)
    for outside, why in _outside(benchmark, scope):
        found[outside] = why
    return found


def alone(benchmark: Benchmark, own: Interval, scope: Scope) -> Bools:
    """Where no other member of the dimension of a benchmark has a value: all of them together are then the member itself."""
    others = [scope.dimensions[name] for name in scope.dimensions if name != benchmark.by]
    groups = list(zip(scope.starts, *others, strict=True))
    members = Counter(compress(groups, ~np.isnan(own.values)))
    return np.array([members[group] < 2 for group in groups], dtype=np.bool_)


def is_meant(benchmark: Benchmark, scope: Scope) -> Bools:
    """For which cells a benchmark is."""
    found = np.ones(len(scope.starts), dtype=np.bool_)
    for outside, _ in _outside(benchmark, scope):
        found &= ~outside
    return found


def timed(benchmark: Benchmark, scope: Scope) -> str:
    """What is to be said of a benchmark that is for certain times, of values that have none, such as plain numbers."""
    if any(start is not None for start in scope.starts):
        return ""
    return reasons.valid_in(*benchmark.valid)


def _outside(benchmark: Benchmark, scope: Scope) -> Iterator[tuple[Bools, str]]:
    yield from _out_of_segment(benchmark.segment, scope)
    yield from _out_of_time(benchmark.valid, scope)


def _out_of_segment(segment: Segment | None, scope: Scope) -> Iterator[tuple[Bools, str]]:
    if segment is None:
        return
    if not segment.values:
        yield np.full(len(scope.starts), not scope.whole), reasons.FOR_THE_WHOLE
    for name, values in segment.values.items():
        if name in scope.dimensions:
            inside = np.array([any(each == value for value in values) for each in scope.dimensions[name]], dtype=np.bool_)
        else:
            inside = np.full(len(scope.starts), name in scope.fixed and scope.fixed[name] in values)
        yield ~inside, reasons.for_segment(name, values)


def _out_of_time(valid: tuple[date | None, date | None], scope: Scope) -> Iterator[tuple[Bools, str]]:
    first, until = valid
    for bound, is_first in ((first, True), (until, False)):
        if bound is not None:
            outside = [start is not None and (start < bound) is is_first for start in scope.starts]
            yield np.array(outside, dtype=np.bool_), reasons.valid(bound, is_first)


def zones_of(benchmark: Benchmark, own: Interval) -> tuple[tuple[str, ...], Bytes] | None:
    """The names of the zones, and in every cell the number of the one that holds the whole interval, -1 where none does."""
    if not benchmark.zones:
        return None
    found = np.full(len(own.values), -1, dtype=np.int8)
    for number, zone in enumerate(benchmark.zones):
        found[locate(_limits_of(zone, own), len(found)) == int(Position.INSIDE)] = number
    return tuple(zone.name for zone in benchmark.zones), found


def _limits_of(zone: Zone, own: Interval) -> Limits:
    low, high = (None if side(zone) is None else known(own, np.full(1, _figure(zone, side))) for side in (_LOW, _HIGH))
    return Limits(zone.name, low, high, zone.low_open, zone.high_open)
