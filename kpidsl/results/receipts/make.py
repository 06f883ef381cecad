"""A figure with the evidence of its result to receipts: one for each cell that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import isfinite, isnan

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

import kpidsl
from kpidsl.catalog.catalog import Benchmark, Value
from kpidsl.catalog.core import Aggregate
from kpidsl.documents import model
from kpidsl.documents.benchmark_words import benchmark_words
from kpidsl.periods.calendar import facts
from kpidsl.plan.definition_hash import definition_hash
from kpidsl.plan.nodes import Question
from kpidsl.plan.schedule import date_of
from kpidsl.results import table
from kpidsl.results.figures import Axis, Figure, shown_as_percent
from kpidsl.results.receipts import steps
from kpidsl.results.receipts.evidence import Evidence, whole
from kpidsl.results.receipts.held import held, landing_of, limits_of, projection_of, shown, state_of
from kpidsl.results.receipts.receipt import About, Asked, Judged, Parameter, Plain, Receipt, SourceRead
from kpidsl.results.receipts.words import amount, dated_by, iso
from kpidsl.results.spelling import spell
from kpidsl.results.verdicts import VERDICTS, Judgement
from kpidsl.units import unit as units


class Receipts(Struct, frozen=True, eq=False):
    """The receipts of one figure over the cells of an axis; what they share is worked out once."""

    axis: Axis
    figure: Figure
    evidence: Evidence
    about: About
    outline: tuple[steps.Outline, ...]

    @staticmethod
    def of(axis: Axis, figure: Figure, evidence: Evidence, engine: str = "") -> Receipts:
        """Of a figure that failed there are no steps."""
        outline = () if figure.failure else steps.outline(figure.value.name, evidence)
        return Receipts(axis, figure, evidence, _about(figure, axis.as_of, evidence, outline, engine), outline)

    def all(self) -> Iterator[Receipt]:
        """The receipts of all cells, in their order."""
        return self.at(range(len(self.figure)))

    def at(self, cells: Iterable[int]) -> Iterator[Receipt]:
        """The receipts of some cells, by number."""
        numbers = np.array(list(cells), dtype=np.int64)
        axis, figure = self.axis.at(numbers), self.figure.at(numbers)
        dimensions = dict(zip(axis.dimensions, table.column_names(axis)[3:], strict=False))
        aside = {"kpi", "unit", *dimensions.values()}
        rows = table.records(axis, {figure.value.name: figure}) if len(numbers) else []
        for place, (cell, row) in enumerate(zip(numbers.tolist(), rows, strict=True)):
            yield Receipt(
                about=self.about,
                dimensions={name: _plain(row[column]) for name, column in dimensions.items()},
                end=iso(axis.ends[place]),
                shown=self._shown(cell),
                interval=_interval(figure, place),
                row={name: _plain(each) for name, each in row.items() if name not in aside},
                benchmarks=tuple(_judged(figure, place)),
                steps=tuple(steps.worked_out(step, cell, self.evidence) for step in self.outline),
                projection=projection_of(figure, place),
                landing=landing_of(figure, place),
            )

    def _shown(self, cell: int) -> str:
        if not self.outline:
            return self.figure.statuses[cell]  # type: ignore[no-any-return]
        top = self.outline[0]
        (found,) = self.evidence.taken(top.node, (), self.evidence.cells(cell, ()))
        if self.figure.value.levels and isinstance(found.value, int | float):
            return shown(self.figure, float(found.value))
        return found.shown


def _interval(figure: Figure, cell: int) -> str:
    bounds = float(figure.estimate.low[cell]), float(figure.estimate.high[cell])
    if not all(map(isfinite, bounds)):
        return ""
    return " to ".join(shown(figure, bound) for bound in bounds)


def _plain(cell: object) -> Plain:
    assert cell is None or isinstance(cell, str | float | int | bool), cell
    return cell


def _about(
    figure: Figure, as_of: datetime | None, evidence: Evidence, outline: tuple[steps.Outline, ...], engine: str
) -> About:
    value, plan = figure.value, evidence.plan
    definition = value.definition
    written = None if isinstance(definition, model.Parameter) else definition
    question = None if plan is None else plan.question
    formulas = None if question is None else question.formulas
    return About(
        kpi=value.name,
        of=value.kind.value,
        title=written.title if written else "",
        unit=units.show(value.unit),
        percent=figure.percent,
        better=written.better.value if written and written.better else "",
        formula=steps.written(value),
        definition_hash=definition_hash(value.name, evidence.catalog, formulas),
        ask=_asked(question, evidence),
        as_of=None if as_of is None else as_of.isoformat(),
        calendar=facts(evidence.catalog.calendar),
        parameters=tuple(_parameter(evidence.values[name], evidence) for name in steps.parameters(outline)),
        sources=tuple(_sources(steps.aggregates(outline), evidence)),
        engine=engine,
        kpidsl=kpidsl.__version__,
        failure=figure.failure,
    )


def _asked(question: Question | None, evidence: Evidence) -> Asked:
    if question is None:
        given = {name: whole(float(number)) for name, number in evidence.given.items()}
        return Asked((), None, None, None, "", "", "", given)
    return Asked(
        by=question.by,
        every=question.every.value if question.every else None,
        start=iso(question.start),
        end=iso(question.end),
        where="" if question.where is None else spell(question.where),
        having="" if question.having is None else spell(question.having),
        cells="all" if question.all_cells else "",
        given={},
    )


def _parameter(value: Value, evidence: Evidence) -> Parameter:
    number = float(evidence.sheet.value(value.name).values[0])  # the same in every cell, also where there is none
    shown = amount(number, value.unit, shown_as_percent(value))
    overridden = value.name in evidence.sheet.given
    default = steps.written(value) if overridden else ""
    return Parameter(value.name, whole(number), shown, units.show(value.unit), overridden, default)


def _sources(nodes: Iterable[Aggregate], evidence: Evidence) -> Iterator[SourceRead]:
    """Each source once for each date by which its rows are placed."""
    found: dict[tuple[str, str], SourceRead] = {}
    for node in nodes:
        key = node.source, dated_by(node, evidence.catalog)
        if key not in found:
            found[key] = _read(node, *key, evidence)
    yield from found.values()


def _read(node: Aggregate, source: str, dated: str, evidence: Evidence) -> SourceRead:
    plan, survey = evidence.plan, evidence.survey
    if plan is None or survey is None:
        return SourceRead(source, dated, None, None, None, None, None)
    date = date_of(plan.scans[plan.readings[node].scan].placement)
    line = None if date is None else survey.timelines.get((source, date))
    span = None if line is None else line.span
    covered = survey.covers.get(source)
    return SourceRead(
        source,
        dated,
        None if span is None else iso(span.first),
        None if span is None else iso(span.last),
        None if line is None else line.rows,
        None if line is None else line.missing,
        None if covered is None else (str(iso(covered.first)), str(iso(covered.last))),
    )


def _judged(figure: Figure, cell: int) -> Iterator[Judged]:
    """Every benchmark in a cell of a figure, the one that decided first."""
    deciding = None if figure.decided is None else figure.judgements[int(figure.decided[cell])]
    by_name = {each.name: each for each in figure.judgements}
    found = [(each, by_name.get(each.name)) for each in figure.value.benchmarks]
    for benchmark, judgement in sorted(found, key=lambda pair: pair[1] is None or pair[1] is not deciding):
        told = _benchmark(benchmark, judgement, cell, decided=deciding is not None and judgement is deciding)
        yield _held(told, benchmark, judgement, figure, cell)


def _held(told: Judged, benchmark: Benchmark, judgement: Judgement | None, figure: Figure, cell: int) -> Judged:
    """A benchmark with what the value was held against here."""
    process = figure.process
    if judgement is not None:
        return replace(told, held=held(benchmark, judgement, figure, cell))
    if benchmark.process is None or process is None:
        return told
    low, high = (_finite(float(each[cell])) for each in (process.lower, process.upper))
    return replace(told, low=low, high=high, held=limits_of(process, figure, cell), why=state_of(process, figure, cell))


def _finite(bound: float | None) -> float | None:
    return None if bound is None or not isfinite(bound) else bound


def _benchmark(benchmark: Benchmark, judgement: Judgement | None, cell: int, *, decided: bool) -> Judged:
    written = benchmark.definition
    range = None if judgement is None else judgement.range(cell)
    chances = None if judgement is None else judgement.sides(cell)
    return Judged(
        name=benchmark.name,
        range=benchmark_words(replace(written, every=None)),
        held="",
        low=None if range is None else _finite(range.low),
        high=None if range is None else _finite(range.high),
        verdict=None if judgement is None else VERDICTS[int(judgement.codes[cell])].value,
        decided=decided,
        chances=None if chances is None or any(map(isnan, chances)) else chances,
        needed=None if judgement is None or isnan(judgement.needed[cell]) else int(judgement.needed[cell]),
        zone="" if judgement is None else judgement.zone(cell),
        why="" if judgement is None else str(judgement.reasons[cell]),
        severity=benchmark.severity,
        every=benchmark.every.value if benchmark.every else "",
        cite=written.cite,
        vintage=written.vintage,
        population=written.population,
        observations=written.n,
    )
