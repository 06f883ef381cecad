"""Benchmarks of values that add up over time, which mean nothing without the length of period that they are for: `at least
250` leads is met by two years of any business, and by no single day.
"""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.algebra.growth import Growth
from kpidsl.catalog.catalog import BenchmarkKind
from kpidsl.checks import benchmark_messages, messages
from kpidsl.checks.inspection import Inspection
from kpidsl.diagnostics import Diagnostic


def benchmark_periods(inspection: Inspection) -> Iterator[Diagnostic]:
    """`benchmark-without-period`: a range without `every` for what grows with the period; `peers-of-a-sum`."""
    growth = Growth(inspection.catalog, inspection.formulas)
    for kpi in inspection.catalog.kpis():
        bare = [each for each in kpi.benchmarks if each.every is None and each.fixed]
        if bare and growth.of(kpi.name):
            yield from (messages.benchmark_without_period(kpi.name, each) for each in bare)
        peers = [each for each in kpi.benchmarks if each.kind is BenchmarkKind.PEERS]
        if peers and growth.of(kpi.name):
            yield from (benchmark_messages.peers_of_a_sum(kpi.name, each) for each in peers)
