"""Zones that leave values out, name them twice, hold none, or do not follow each other; and figures of another formula.

Zones are put in the order of their bounds; two that meet in one point may both hold it, because which of them it is in makes no
difference to a share of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from kpidsl.catalog.catalog import Benchmark, Value, Zone
from kpidsl.catalog.core import Constant, Core
from kpidsl.checks import benchmark_messages as messages
from kpidsl.checks.inspection import Inspection
from kpidsl.diagnostics import Diagnostic


def zones_follow(inspection: Inspection) -> Iterator[Diagnostic]:
    """`zone-empty`, `zones-overlap`, `zones-gap` and `zones-out-of-order`, at most one of each benchmark."""
    for kpi in inspection.catalog.kpis():
        for each in kpi.benchmarks:
            yield from _zones(kpi.name, each) if each.zones else ()


def _zones(kpi: str, benchmark: Benchmark) -> Iterator[Diagnostic]:
    zones = benchmark.zones
    empty = next((zone for zone in zones if _is_empty(zone)), None)
    if empty is not None:
        yield messages.zone_empty(kpi, benchmark, empty)
        return
    rising = sorted(zones, key=_first)
    for one, other in pairwise(rising):
        problem = _between(kpi, benchmark, one, other)
        if problem is not None:
            yield problem
            return
    if list(zones) not in (rising, rising[::-1]):
        yield messages.zones_out_of_order(kpi, benchmark, [zone.name for zone in rising])
    elif _torn(rising):
        yield messages.good_zones_apart(kpi, benchmark, [zone.name for zone in rising if zone.good])


def _between(kpi: str, benchmark: Benchmark, one: Zone, other: Zone) -> Diagnostic | None:
    """What lies between two zones that follow each other."""
    end, start = _number(one.high), _number(other.low)
    if end is None or start is None or start < end:
        return messages.zones_overlap(kpi, benchmark, one.name, other.name)
    if start > end or (one.high_open and other.low_open):
        return messages.zones_gap(kpi, benchmark, one.name, other.name)
    if not (one.high_open or other.low_open) and (_is_point(one) or _is_point(other)):
        return messages.zones_overlap(kpi, benchmark, one.name, other.name)  # a zone that is nothing but where others meet
    return None


def _is_point(zone: Zone) -> bool:
    return zone.low is not None and _number(zone.low) == _number(zone.high)


def _torn(rising: Sequence[Zone]) -> bool:
    """Whether a zone that is not good lies between good ones."""
    good = [number for number, zone in enumerate(rising) if zone.good]
    return good[-1] - good[0] >= len(good)


def _is_empty(zone: Zone) -> bool:
    low, high = _number(zone.low), _number(zone.high)
    if low is None or high is None:
        return False
    return low > high or (low == high and (zone.low_open or zone.high_open))


def _first(zone: Zone) -> tuple[bool, Fraction, bool, Fraction]:
    """Where a zone begins, then where it ends."""
    low, high = _number(zone.low), _number(zone.high)
    return low is not None, low or Fraction(0), high is None, high or Fraction(0)


def _number(bound: Core | None) -> Fraction | None:
    return bound.value if isinstance(bound, Constant) and isinstance(bound.value, Fraction) else None


def measured_for_this(inspection: Inspection) -> Iterator[Diagnostic]:
    """`benchmark-for-another-formula`: a figure that was measured for something else than the KPI."""
    for kpi in inspection.catalog.kpis():
        for each in kpi.benchmarks:
            if each.applies_to is not None and not _is_same(kpi, each.applies_to, inspection):
                yield messages.for_another_formula(kpi, each)


def _is_same(kpi: Value, formula: Core, inspection: Inspection) -> bool:
    return inspection.prints.tree(formula) == inspection.prints.tree(kpi.core) and inspection.same(kpi.core, formula)
