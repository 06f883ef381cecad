"""Judgements that look at several periods: by the KPI's own history, and by a budget of periods that met a range."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct

from kpidsl.catalog.catalog import Benchmark
from kpidsl.catalog.over_time import LEAST_VALUES
from kpidsl.results import reasons
from kpidsl.results.bounds import Interval, known
from kpidsl.results.columns import Bools, Floats, Objects
from kpidsl.results.judging import References, Scope, not_for
from kpidsl.results.verdicts import CODE, RULE, Bytes, Direction, Judgement, Limits, Verdict, judge


class Case(Struct, frozen=True, eq=False):
    """What benchmarks judge: values with their intervals, the rows behind them, the verdicts that stand before the rule, which
    values are there and final, which are better, what they are held against, the cells, and how a value is shown.
    """

    own: Interval
    rows: Floats
    before: Bytes
    final: Bools
    direction: Direction | None
    references: References
    scope: Scope
    show: Callable[[float], str]

    def judged(self, limits: Limits, why: Objects) -> Judgement:
        """The judgement by some limits; `why` says of cells why they are not for them."""
        return judge(self.own.values, self.rows, self.before, limits, self.direction, why)

    def left_out(self, benchmark: Benchmark, why: str) -> Judgement:
        """The judgement of a benchmark that is for no cell."""
        return self.judged(Limits(benchmark.name, None, None), np.full(len(self.own.values), why, dtype=object))


def by_history(benchmark: Benchmark, case: Case) -> Judgement:
    """Values against the usual ones before them."""
    found = case.references.earlier(benchmark, case.own.values, case.final)
    if isinstance(found, str):
        return case.left_out(benchmark, found)
    limits = Limits(benchmark.name, known(case.own, found.low), known(case.own, found.high), rounded=True)
    why, notes = not_for(benchmark, limits, case.scope), np.full(len(found.counts), "", dtype=object)
    few = np.isnan(found.middle)
    counts = found.counts.tolist()
    for cell in np.flatnonzero(few & case.final):
        why[cell] = reasons.few_earlier(counts[cell], LEAST_VALUES)
    for cell in np.flatnonzero(~few):
        notes[cell] = reasons.earlier(counts[cell], case.show(float(found.middle[cell])))
    return case.judged(limits, why).noted(notes)


def by_budget(benchmark: Benchmark, case: Case) -> Judgement:
    """The share of smaller periods that met a range, which is a count of them all and no estimate."""
    assert benchmark.met is not None and benchmark.low is not None
    met = case.references.of(benchmark, "met", benchmark.met)
    least = case.references.of(benchmark, "low", benchmark.low)
    if isinstance(met, str) or isinstance(least, str):
        return case.left_out(benchmark, met if isinstance(met, str) else str(least))
    share = Interval.point(met.interval.values)
    limits = Limits(benchmark.name, known(share, least.interval.values), None)
    before = np.where(case.before == CODE[Verdict.INSUFFICIENT], RULE, case.before).astype(np.int8)
    why = not_for(benchmark, limits, case.scope)
    why[np.isnan(share.values) & (why == "")] = reasons.no_reference(benchmark.kind)
    found = judge(share.values, np.full(len(share.values), np.nan), before, limits, Direction.HIGHER, why)
    written = benchmark.definition.within
    assert written is not None and written.tree is not None
    of, needed = written.tree.of.name, float(written.tree.share.value)
    said = np.full(len(share.values), "", dtype=object)
    for cell in np.flatnonzero(np.isfinite(share.values)):
        said[cell] = reasons.budget(float(share.values[cell]), of, needed)
    return found.saying(said)
