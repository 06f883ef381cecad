"""Questions about a period that is not over: what benchmarks look at of earlier periods, so that like is compared with like.

A value before is held against the same part of the earlier period. For KPIs that grow with the period the whole earlier
periods are looked at too, and the same part of each, to tell where this one will land. Sources whose rows stand for a whole
period, such as plans, have no parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from kpidsl.algebra.formulas import Formulas
from kpidsl.algebra.growth import Growth
from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, Catalog, Kind
from kpidsl.catalog.core import Apply, Core, per_period
from kpidsl.periods.bounds import next_start, start_of
from kpidsl.plan.ask import midnight
from kpidsl.plan.frames import Framed
from kpidsl.plan.nodes import Earlier, Question


def is_unfinished(question: Question, catalog: Catalog) -> bool:
    """Whether a period asked for is not over at `as_of`; with a grain the range asked goes out to whole periods."""
    as_of = question.as_of
    assert as_of is not None
    if question.every is None:
        begun = question.start is None or midnight(question.start) < as_of
        return begun and question.end is not None and midnight(question.end) > as_of
    first = start_of(catalog.calendar, question.every, as_of.date())
    start, end = midnight(first), midnight(next_start(catalog.calendar, question.every, first))
    is_asked = (question.start is None or midnight(question.start) < end) and (
        question.end is None or midnight(question.end) > start
    )
    return is_asked and start < as_of < end


def elapsed_part(benchmark: Benchmark) -> Core | None:
    """The value before, for the part of the period that has passed; None for other kinds of benchmark."""
    core = benchmark.reference
    if benchmark.kind is not BenchmarkKind.COMPARE or not isinstance(core, Apply):
        return None
    return replace(core, function="elapsed")


def has_parts(nodes: tuple[Framed, ...], catalog: Catalog) -> bool:
    """Whether no row under a formula stands for a whole period."""
    return all(catalog.sources[node.aggregate.source].every is None for node in nodes)


def grows(name: str, catalog: Catalog) -> bool:
    """Whether a value of the catalog grows with the period."""
    value = catalog.values.get(name)
    return value is not None and value.kind is Kind.KPI and Growth(catalog, Formulas(catalog)).of(name)


def paced(question: Question, catalog: Catalog, used: Mapping[str, tuple[Framed, ...]]) -> Iterator[str]:
    """The KPIs that will land somewhere: those with a benchmark that grow with the period, and whose parts add up."""
    if question.every is None or not is_unfinished(question, catalog):
        return
    growth = Growth(catalog, Formulas(catalog))
    for name in question.values:
        value = catalog.values.get(name)
        judged = value is not None and any(each.every in (None, question.every) for each in value.benchmarks)
        if judged and growth.of(name) and has_parts(used[name], catalog) and all(map(_adds_up, used[name])):
            yield name


def earlier(nodes: tuple[Framed, ...]) -> Iterator[Framed]:
    """What is taken of the earlier periods."""
    for node in nodes:
        for part in (True, False):
            yield replace(node, times=(Earlier(part), *node.times))


def _adds_up(framed: Framed) -> bool:
    node = framed.aggregate
    plain = node.function in ("count", "sum", "avg") and not node.distinct and node.alive is None and not node.closing
    return plain and not any(part is not None and per_period(part) for part in (node.argument, node.where))
