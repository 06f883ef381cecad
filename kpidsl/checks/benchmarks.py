"""Benchmarks that no value can meet, or that do not fit what the KPI says is better.

Several benchmarks of one KPI may overlap or lie inside each other: an industry range beside a target of one's own is the normal
case. Only two that do not meet at all are worth a word, since no value is good by both.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from kpidsl.catalog.catalog import Benchmark, Value
from kpidsl.catalog.core import Constant, Core
from kpidsl.checks import messages
from kpidsl.checks.claims import Claims
from kpidsl.checks.inspection import Inspection
from kpidsl.checks.outcome import Answer
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model


def benchmark_ranges(inspection: Inspection) -> Iterator[Diagnostic]:
    """`empty-range`, `contradictory-benchmarks`, `unreachable-range` and what contradicts `better`."""
    claims = Claims(inspection)
    for kpi in inspection.catalog.kpis():
        reachable = []
        for each in kpi.benchmarks:
            if _is_empty(each.low, each.high, each.low_open or each.high_open):
                yield messages.empty_range(kpi.name, each)
            elif kpi.proportion is not None and _is_out_of_reach(each) and claims.share(kpi).answer is not Answer.REFUTED:
                yield messages.unreachable_range(kpi.name, each, kpi.proportion)
            else:
                reachable.append(each)
                yield from _direction(kpi, each)
        yield from _together(kpi, reachable)


def _is_empty(low: Core | None, high: Core | None, open_: bool) -> bool:
    if low is None or high is None:
        return False
    least, most = _number(low), _number(high)
    return least > most or (least == most and open_)


def _number(bound: Core) -> Fraction:
    assert isinstance(bound, Constant) and isinstance(bound.value, Fraction)
    return bound.value


def _is_out_of_reach(each: Benchmark) -> bool:
    """Whether a proportion, which lies within 0 to 1, cannot be within."""
    zero, one = Constant(Fraction(0)), Constant(Fraction(1))
    return _is_empty(each.low, one, each.low_open) or _is_empty(zero, each.high, each.high_open)


def _direction(kpi: Value, each: Benchmark) -> Iterator[Diagnostic]:
    better = kpi.definition.better if isinstance(kpi.definition, model.Kpi) else None
    if better is None:
        return
    match better.value:
        case "higher" if each.low is None:
            yield messages.direction_against_range(kpi.name, each, better, "lower bound")
        case "lower" if each.high is None:
            yield messages.direction_against_range(kpi.name, each, better, "upper bound")
        case "inside" if each.low is None or each.high is None:
            yield messages.inside_without_two_bounds(kpi.name, each, better)
        case "none":
            yield messages.benchmark_without_direction(kpi.name, each, better)
        case _:
            return


def _together(kpi: Value, benchmarks: list[Benchmark]) -> Iterator[Diagnostic]:
    for one, other in combinations(benchmarks, 2):
        if one.every is not other.every:
            continue
        below = _is_empty(one.low, other.high, one.low_open or other.high_open)
        above = _is_empty(other.low, one.high, other.low_open or one.high_open)
        if below or above:
            yield messages.contradictory_benchmarks(kpi.name, one, other)
