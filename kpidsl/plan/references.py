"""What benchmarks of asked KPIs are held against where that is no number: formulas as values of the question, under names that
no definition can have.

A benchmark whose formula does not fit the question (a source that does not lead to a dimension asked for, a window that is
shorter than the period) takes nothing away from the KPI: it is left out, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, Catalog, Kind, Value
from kpidsl.catalog.core import Constant, Core
from kpidsl.diagnostics import Diagnostic
from kpidsl.plan import messages
from kpidsl.plan.fits import finer_than_source, out_of_reach
from kpidsl.plan.frames import Framed, TooManyFrames, framed, misfits
from kpidsl.plan.needs import read_by
from kpidsl.plan.nodes import Question
from kpidsl.plan.pacing import elapsed_part, has_parts, is_unfinished
from kpidsl.plan.planned import share_planned

Key = tuple[str, str]  # a KPI, and a benchmark of it


class References(Struct, frozen=True):
    """`values` are the formulas by their own names, `frames` what each takes; `estimated` are those that are no facts, with
    their KPI. `unreached` says of a benchmark why it cannot be asked here.
    """

    values: Mapping[str, Value] = field(default_factory=dict)
    frames: Mapping[str, tuple[Framed, ...]] = field(default_factory=dict)
    estimated: Mapping[str, str] = field(default_factory=dict)
    unreached: Mapping[Key, str] = field(default_factory=dict)


ELAPSED, PLANNED = "elapsed", "planned"


def reference_name(kpi: str, benchmark: str, part: str) -> str:
    """The name of a formula of a benchmark: a `low` or `high` bound, a `reference`, what is `ELAPSED` or `PLANNED`."""
    return f"{kpi} / {benchmark} / {part}"


def parts(benchmark: Benchmark) -> dict[str, Core]:
    """What a benchmark is held against, as far as it is no number."""
    found = {"low": benchmark.low, "high": benchmark.high, "reference": benchmark.reference, "met": benchmark.met}
    return {part: core for part, core in found.items() if core is not None and not isinstance(core, Constant)}


def find_references(question: Question, catalog: Catalog, unusable: frozenset[str]) -> References:
    """The formulas of the benchmarks of all KPIs asked for; one that reads an `unusable` source is left out."""
    finder = _Finder(question, catalog, unusable, {**catalog.values, **question.formulas})
    for name in question.values:
        for benchmark in finder.known[name].benchmarks:
            if benchmark.every in (None, question.every):
                finder.add(finder.known[name], benchmark)
    return References(finder.values, finder.frames, finder.estimated, finder.unreached)


class _Finder(Struct, frozen=True):
    question: Question
    catalog: Catalog
    unusable: frozenset[str]
    known: Mapping[str, Value]
    values: dict[str, Value] = field(default_factory=dict)
    frames: dict[str, tuple[Framed, ...]] = field(default_factory=dict)
    estimated: dict[str, str] = field(default_factory=dict)
    unreached: dict[Key, str] = field(default_factory=dict)

    def add(self, kpi: Value, benchmark: Benchmark) -> None:
        """Take up the formulas of a benchmark, or why they cannot be."""
        taken: dict[str, tuple[Framed, ...]] = {}
        for part, core in parts(benchmark).items():
            try:
                taken[part] = framed(core, self.known, self.question.by)
            except TooManyFrames:
                problem = messages.too_many_windows(benchmark.name).headline
            else:
                problem = next(self._problems(benchmark.name, taken[part]), "")
            if problem:
                self.unreached[kpi.name, benchmark.name] = problem
                return
        for part, core in (*parts(benchmark).items(), *self._elapsed(benchmark, taken), *self._planned(benchmark, taken)):
            name = reference_name(kpi.name, benchmark.name, part)
            self.values[name] = replace(kpi, name=name, kind=Kind.FORMULA, core=core, benchmarks=())
            self.frames[name] = taken[part]
            if benchmark.kind not in (BenchmarkKind.PLAN, BenchmarkKind.BUDGET):
                self.estimated[name] = kpi.name

    def _elapsed(self, benchmark: Benchmark, taken: dict[str, tuple[Framed, ...]]) -> Iterator[tuple[str, Core]]:
        """What stands beside an earlier value where a period is not over: the same part of it."""
        core = elapsed_part(benchmark)
        if core is not None and is_unfinished(self.question, self.catalog) and has_parts(taken["reference"], self.catalog):
            taken[ELAPSED] = framed(core, self.known, self.question.by)
            yield ELAPSED, core

    def _planned(self, benchmark: Benchmark, taken: dict[str, tuple[Framed, ...]]) -> Iterator[tuple[str, Core]]:
        """What stands beside a plan for parts of the period: in how many of them there is one."""
        is_plan = benchmark.kind is BenchmarkKind.PLAN and "reference" in taken
        core = share_planned(taken["reference"], self.question, self.catalog) if is_plan else None
        if core is not None:
            taken[PLANNED] = framed(core, self.known, self.question.by)
            yield PLANNED, core

    def _problems(self, benchmark: str, nodes: tuple[Framed, ...]) -> Iterator[str]:
        read = {source for node in nodes for source, _ in read_by(node.aggregate, self.catalog)}
        if lacking := sorted(read & self.unusable):
            yield f"source {' and '.join(lacking)} could not be used"
        yield from (each.headline for each in self._misfits(benchmark, nodes))

    def _misfits(self, benchmark: str, nodes: tuple[Framed, ...]) -> Iterator[Diagnostic]:
        if nodes:
            yield from out_of_reach(self.question, self.catalog, {benchmark: nodes})
        for times in dict.fromkeys(node.times for node in nodes):
            yield from misfits(benchmark, times, self.question.every, self.catalog.calendar)
        yield from finer_than_source(benchmark, nodes, self._whole, self.catalog)

    @property
    def _whole(self) -> Question:
        """The question with the end that its range has: what is asked up to the cut-off is whole, but a plan goes beyond it."""
        question = self.question
        return replace(question, end=question.as_of) if question.every is None and question.end is None else question
