"""A plan and the slots that an engine returned to a result: cells, values, intervals, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog import core
from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, Value
from kpidsl.catalog.core import Apply, Constant, Core
from kpidsl.catalog.over_time import LEAST_VALUES
from kpidsl.diagnostics import Diagnostic, Diagnostics
from kpidsl.engines.slots import Slots, Survey
from kpidsl.periods.labels import label
from kpidsl.plan.nodes import Earlier, Plan, Question, Seen, Timeless
from kpidsl.plan.pacing import elapsed_part, grows
from kpidsl.plan.projecting import by_age
from kpidsl.plan.references import ELAPSED, PLANNED, parts, reference_name
from kpidsl.plan.schedule import Schedule
from kpidsl.results import reasons
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.bounds import Interval
from kpidsl.results.cells import Cells
from kpidsl.results.columns import Bools, Codes, Column, Floats, Objects, constant
from kpidsl.results.estimates import Estimate, Method, estimate, find_basis
from kpidsl.results.evidence import Witness, as_census, heavy_tails, without_interval
from kpidsl.results.figures import Ages, Axis, Figure, direction_of, failed_figure, judged_interval, make_figure
from kpidsl.results.frames import Path
from kpidsl.results.freshness import late, stale
from kpidsl.results.judging import Reference, Scope
from kpidsl.results.maturity import mature_on
from kpidsl.results.pace import Landing, Pace, Standing, find_pace, land
from kpidsl.results.projection import Aged, Projected, by_step, project
from kpidsl.results.proportion import Shapes
from kpidsl.results.readings import Rows
from kpidsl.results.receipts.evidence import Evidence
from kpidsl.results.result import Result
from kpidsl.results.scorecards import score_cards
from kpidsl.results.series import Earlier as EarlierValues
from kpidsl.results.series import Series, earlier_values
from kpidsl.results.uses import Uses, uses
from kpidsl.results.verdicts import Verdict


def answer(
    plan: Plan,
    slots: Slots,
    *,
    failures: Mapping[str, str] | None = None,
    asked: Iterable[str] = (),
    notices: Iterable[Diagnostic] = (),
    survey: Survey | None = None,
    engine: str = "",
    reason: str = "",
    seconds: float = 0.0,
) -> Result:
    """The result of a question.

    `failures` says by name why a value could not be evaluated; `asked` is the order of all names, where it is not
    that of the plan's question followed by the failures. `survey` is what receipts say of the dates of sources.
    """
    question, failures = plan.question, failures or {}
    names = dict.fromkeys([*asked, *question.values, *failures])
    rows = Rows.of(plan, slots)
    axis = _axis(plan, slots.schedule, rows.places.cells)
    book = _Book.open(plan, slots, rows, axis, survey)
    figures = {name: book.figure(plan.values[name]) for name in names if name not in failures}
    kept = None
    if question.having is not None or slots.schedule.lead:
        kept = book.kept(question.having)
        axis, figures = axis.at(kept), {name: figure.at(kept) for name, figure in figures.items()}
    values = {**plan.catalog.values, **question.formulas, **plan.values}
    failed = {name: failed_figure(values[name], len(axis), failure) for name, failure in failures.items()}
    shown = {name: failed[name] if name in failed else figures[name] for name in names}
    evidence = Evidence(plan.catalog, book.sheet, book.rows, survey, kept)
    found = Diagnostics([*slots.notices, *notices, *heavy_tails(shown)])
    cards = score_cards((plan.catalog.scorecards[name] for name in question.scorecards), axis, shown)
    return Result(axis, shown, found, engine, reason, _rows_read(plan, slots), seconds, evidence, cards)


def _rows_read(plan: Plan, slots: Slots) -> int:
    """How many rows were read, those of each scan once."""
    read = [0] * len(plan.scans)
    for collect, collected in zip(slots.schedule.collects, slots.collected, strict=True):
        read[collect.scan] = max(read[collect.scan], collected.rows)
    return sum(read)


class _Book(Struct, frozen=True, eq=False):
    """Everything that the values of one answer share."""

    plan: Plan
    rows: Rows
    sheet: Sheet
    witness: Witness
    shapes: Shapes
    unfinished: Bools
    passed: Floats
    scope: Scope
    survey: Survey | None

    @staticmethod
    def open(plan: Plan, slots: Slots, rows: Rows, axis: Axis, survey: Survey | None) -> _Book:
        settings = plan.question.parameters or {}
        sheet = Sheet(plan.values, {name: constant(float(each)) for name, each in settings.items()}, rows)
        paths = {scan.source: scan.dimensions for scan in plan.scans}
        shapes = Shapes(plan.catalog, paths, formulas=plan.question.formulas)
        unfinished = _unfinished(plan, slots.schedule, rows.places.cells)
        passed, scope = _passed(axis), _scope(plan.question, axis)
        return _Book(plan, rows, sheet, Witness(rows, sheet), shapes, unfinished, passed, scope, survey)

    def figure(self, value: Value) -> Figure:
        under = uses(value.name, self.plan.values)
        column, estimated = self.estimated(value, under)
        every = self.plan.question.every
        benchmarks = [each for each in value.benchmarks if each.every in (None, every)]
        over_time = any(each.process or each.hold for each in benchmarks) and self.is_dated(under)
        figure = make_figure(
            value,
            column,
            estimated,
            self._ages(under),
            benchmarks=benchmarks,
            references=_References(self, value),
            scope=self.scope,
            series=self.series() if over_time else None,
            money=any(symbol in self.plan.catalog.units.currencies for symbol, _ in value.unit.powers),
            projected=self._projected(value, estimated),
        )
        if any((~np.isnan(each.needed)).any() for each in figure.judgements) and grows(value.name, self.plan.catalog):
            figure = figure.without_needed()
        return figure if figure.decided is None else replace(figure, pace=self._pace(figure, benchmarks, figure.decided))

    def _projected(self, value: Value, estimated: Estimate) -> Projected | None:
        """What young cohorts will come to."""
        if value.projection is None or estimated.numerator is None:
            return None
        length = len(self.unfinished)
        ages = by_age(value.projection, self.plan.catalog, self.plan.as_of)

        def aged(path: Path) -> Aged:
            won, waiting = ([self.rows.count(node, path) for node in nodes] for nodes in (ages.won, ages.open))
            return Aged(self.rows.count(ages.rows, path), by_step(won, length), by_step(waiting, length))

        census = estimated.method is Method.POINT
        return project(aged(()), aged((Seen(ages.days),)), estimated.numerator.values, census=census)

    def _pace(self, figure: Figure, benchmarks: list[Benchmark], decided: Codes) -> Pace | None:
        """How the values of periods that are not over stand."""
        cells: Bools = (figure.verdicts == Verdict.PARTIAL) & self.unfinished
        if not cells.any():
            return None
        references, own = _References(self, figure.value), judged_interval(figure.column, figure.estimate)
        standing = Standing(
            cells,
            self.passed,
            own,
            self._landing(figure),
            elapsed=references.elapsed,
            planned=references.planned,
            grows=grows(figure.value.name, self.plan.catalog),
        )
        return find_pace(
            standing,
            [each for each in benchmarks if each.process is None],
            figure.judgements,
            decided,
            direction_of(figure.value),
        )

    def _landing(self, figure: Figure) -> Landing:
        """Where values of a KPI that grows with the period will be at its end."""
        name, length = figure.value.name, len(figure)
        if name not in self.plan.paced:
            return Landing.nowhere(length, "")
        paths: list[Path] = [(Earlier(part),) for part in (True, False)]
        place = self.rows.places.at(paths[0])
        assert place.link is not None
        part, whole = (self.sheet.tree(core.Reference((name,)), path).spread(len(place)) for path in paths)
        return land(figure.column, part, whole, place.link, reasons.few_periods)

    def estimated(self, value: Value, under: Uses) -> tuple[Column, Estimate]:
        """A value in every cell, and how sure it is."""
        column = self.sheet.value(value.name).spread(len(self.unfinished))
        census = not under.aggregates or value.census
        support = self.witness.support(value, under)
        note = without_interval(under, value.clusters, is_percentile=self.shapes.percentile(value.core) is not None)
        basis = find_basis(value, self.shapes, census=census, note=note, clustered=support.clustered)
        found = estimate(basis, column, self.sheet, support)
        if census:
            found = as_census(found, is_proportion=self.shapes.proportion(value.core) is not None)
        return column, found

    def correlation(self, kpi: Value, other: Core) -> Floats:
        """How a KPI and a formula vary together, from -1 to 1; NaN where that is not known."""
        found = self.witness.tangent(kpi.clusters).correlation(kpi.core, other)
        return np.broadcast_to(found, (len(self.unfinished),))

    def kept(self, having: Core | None) -> Codes:
        """The cells that were asked for and in which a condition is true."""
        shown = self.rows.places.cells.periods >= self.rows.places.schedule.lead
        if having is None:
            return np.flatnonzero(shown)
        condition = self.sheet.tree(having).spread(len(self.unfinished))
        return np.flatnonzero(shown & condition.present & (condition.values != 0))

    def series(self) -> Series | None:
        """Which cells follow each other; none where no period is asked for."""
        schedule, cells = self.rows.places.schedule, self.rows.places.cells
        if self.plan.question.every is None or len(schedule.periods) < 2:
            return None
        return Series.of(cells.periods, cells.combinations, schedule.periods[:-1], self.plan.calendar)

    def is_dated(self, under: Uses) -> bool:
        """Whether a value is of its period, and not the same in all."""
        scans = (self.plan.scans[self.plan.readings[node].scan] for node, _ in under.aggregates)
        return any(not isinstance(scan.placement, Timeless) for scan in scans)

    def _ages(self, under: Uses) -> Ages:
        partial = self.unfinished if self.is_dated(under) else np.zeros(len(self.unfinished), dtype=np.bool_)
        places = self.rows.places
        outdated = stale(under, self.plan, places, self.survey) if self.survey is not None and self.plan.watched else None
        return Ages(partial, mature_on(under, self.plan, places), late(under, self.plan, places, self.survey), outdated)


class _References(Struct, frozen=True, eq=False):
    """What the benchmarks of a KPI hold it against, in the cells of an answer."""

    book: _Book
    kpi: Value
    estimates: dict[tuple[str, str], Estimate] = field(default_factory=dict)

    def of(self, benchmark: Benchmark, part: str, formula: Core) -> Reference | str:
        book, length = self.book, len(self.book.unfinished)
        if isinstance(formula, Constant):
            return Reference(Interval.point(book.sheet.tree(formula).spread(length).values))
        name, plan = reference_name(self.kpi.name, benchmark.name, part), book.plan
        if name not in plan.values:
            return plan.unreached.get((self.kpi.name, benchmark.name), "")
        under = uses(name, plan.values)
        if name not in plan.estimated or not under.aggregates:
            values = book.sheet.value(name).spread(length).values
            unplanned = benchmark.kind is BenchmarkKind.PLAN and bool(under.aggregates)
            return Reference(Interval.point(np.where(book.witness.fewest(under) == 0, np.nan, values) if unplanned else values))
        column, estimated = book.estimated(plan.values[name], under)
        self.estimates[benchmark.name, part] = estimated
        return Reference(judged_interval(column, estimated), book.correlation(self.kpi, formula))

    def doubts(self, benchmark: Benchmark) -> Objects | None:
        """Where an estimate has fewer rows than one that is judged needs, and where a plan has holes."""
        found: Objects = np.full(len(self.book.unfinished), "", dtype=object)
        for part in parts(benchmark):
            estimated = self.estimates.get((benchmark.name, part))
            if estimated is not None:
                clustered = self.kpi.clusters is not None
                for cell in np.flatnonzero(estimated.rows < estimated.needed):
                    rows = float(estimated.rows[cell])
                    found[cell] = reasons.few_behind(benchmark.kind, rows, estimated.needed, clustered=clustered)
        holes = self._holes(benchmark)
        if holes is not None:
            found[holes] = reasons.PLANNED_IN_PART
        return found if (found != "").any() else None

    def _holes(self, benchmark: Benchmark) -> Bools | None:
        """Where there is a plan for a part of a period only; None for what has no parts."""
        name = reference_name(self.kpi.name, benchmark.name, PLANNED)
        if name not in self.book.plan.values:
            return None
        holes: Bools = self.book.sheet.value(name).spread(len(self.book.unfinished)).values < 1
        return holes

    def earlier(self, benchmark: Benchmark, values: Floats, counted: Bools) -> EarlierValues | str:
        series = self.book.series() if self.book.plan.question.every is not None else None
        if series is None or benchmark.history is None or not self.book.is_dated(uses(self.kpi.name, self.book.plan.values)):
            return reasons.NO_PERIODS
        return earlier_values(series, values, counted, benchmark.history, LEAST_VALUES)

    def elapsed(self, benchmark: Benchmark) -> Reference | None:
        """The same part of the earlier period that a benchmark compares with."""
        formula = elapsed_part(benchmark)
        found = None if formula is None else self.of(benchmark, ELAPSED, formula)
        return found if isinstance(found, Reference) else None

    def planned(self, benchmark: Benchmark) -> Floats | None:
        """What is planned for the whole period."""
        if benchmark.kind is not BenchmarkKind.PLAN or benchmark.reference is None:
            return None
        found, holes = self.of(benchmark, "reference", benchmark.reference), self._holes(benchmark)
        if not isinstance(found, Reference):
            return None
        return found.interval.values if holes is None else np.where(holes, np.nan, found.interval.values)


def _passed(axis: Axis) -> Floats:
    """Which part of the period of each cell has passed at `as_of`."""
    assert axis.as_of is not None
    found = np.ones(len(axis))
    for cell, (start, end) in enumerate(zip(axis.starts, axis.ends, strict=True)):
        if start is not None and end is not None and _midnight(end) > axis.as_of:
            found[cell] = (axis.as_of - _midnight(start)) / (_midnight(end) - _midnight(start))
    return found


def _scope(question: Question, axis: Axis) -> Scope:
    fixed = dict(_fixed(question.where)) if question.where is not None else {}
    return Scope(axis.starts, axis.ends, axis.dimensions, fixed, whole=not question.by and question.where is None)


def _fixed(where: Core) -> Iterator[tuple[str, object]]:
    """The dimensions that a condition fixes to one value."""
    match where:
        case Apply(function="and", arguments=arguments):
            for argument in arguments:
                yield from _fixed(argument)
        case Apply(function="equal", arguments=(core.Reference(path=(name,)), Constant(value=value))):
            yield name, value
        case Apply(function="equal", arguments=(Constant(value=value), core.Reference(path=(name,)))):
            yield name, value
        case core.Reference(path=(name,)):
            yield name, True
        case Apply(function="not", arguments=(core.Reference(path=(name,)),)):
            yield name, False
        case Apply(function="is_missing", arguments=(core.Reference(path=(name,)),)):
            yield name, None
        case _:
            return


def _unfinished(plan: Plan, schedule: Schedule, cells: Cells) -> Bools:
    """Which cells lie in a period that is not over at `as_of`; without a grain and an end the range ends there itself."""
    question = plan.question
    if len(schedule.periods) < 2 or (question.every is None and question.end is None):
        return np.zeros(len(cells), dtype=np.bool_)
    over = np.array([_midnight(end) <= plan.as_of for end in schedule.periods[1:]])
    unfinished: Bools = ~over[cells.periods]
    return unfinished


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _axis(plan: Plan, schedule: Schedule, cells: Cells) -> Axis:
    days = schedule.periods
    starts, ends = _dates(days[:-1] or [None]), _dates(days[1:] or [None])
    labels = np.array([_label(plan, start, end) for start, end in zip(starts, ends, strict=True)], dtype=object)
    dimensions = dict(zip(plan.question.by, cells.keys, strict=True))
    return Axis(labels[cells.periods], starts[cells.periods], ends[cells.periods], dimensions, plan.as_of)


def _dates(days: Iterable[date | None]) -> Objects:
    return np.array(list(days), dtype=object)


def _label(plan: Plan, start: date | None, end: date | None) -> str:
    """The name of a period; without a grain its first and last day."""
    if start is None or end is None:
        return ""
    if plan.question.every is not None:
        return label(plan.calendar, plan.question.every, start)
    first, until = _moment(plan.question.start, start), _moment(plan.question.end or plan.as_of, end - timedelta(days=1))
    return first if until <= first else f"{first} to {until}"


def _moment(asked: date | datetime | None, day: date) -> str:
    """The day, or the moment that was asked for where it lies within a day."""
    if isinstance(asked, datetime) and asked.time() != time():
        return asked.isoformat(" ", "minutes")
    return day.isoformat()
