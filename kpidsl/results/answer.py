"""A plan and the slots that an engine returned to a result: cells, values, intervals, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import numpy as np

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Core
from kpidsl.diagnostics import Diagnostic, Diagnostics
from kpidsl.engines.slots import Slots
from kpidsl.periods.labels import label
from kpidsl.plan.nodes import Plan, Timeless
from kpidsl.plan.schedule import Schedule
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.cells import Cells
from kpidsl.results.columns import Bools, Codes, Objects, constant
from kpidsl.results.estimates import estimate, find_basis
from kpidsl.results.evidence import Witness, heavy_tails, without_interval
from kpidsl.results.figures import Ages, Axis, Figure, failed_figure, make_figure
from kpidsl.results.maturity import mature_on
from kpidsl.results.proportion import Shapes
from kpidsl.results.readings import Rows
from kpidsl.results.result import Result
from kpidsl.results.uses import Uses, uses


def answer(
    plan: Plan,
    slots: Slots,
    *,
    failures: Mapping[str, str] | None = None,
    asked: Iterable[str] = (),
    notices: Iterable[Diagnostic] = (),
    engine: str = "",
    reason: str = "",
    seconds: float = 0.0,
) -> Result:
    """The result of a question.

    `failures` says by name why a value could not be evaluated; `asked` is the order of all names, where it is not
    that of the plan's question followed by the failures.
    """
    question, failures = plan.question, failures or {}
    names = dict.fromkeys([*asked, *question.values, *failures])
    book = _Book.open(plan, slots)
    axis = _axis(plan, slots.schedule, book.rows.places.cells)
    figures = {name: book.figure(plan.values[name]) for name in names if name not in failures}
    if question.having is not None:
        kept = book.kept(question.having)
        axis, figures = axis.at(kept), {name: figure.at(kept) for name, figure in figures.items()}
    values = {**plan.catalog.values, **question.formulas, **plan.values}
    failed = {name: failed_figure(values[name], len(axis), failure) for name, failure in failures.items()}
    shown = {name: failed[name] if name in failed else figures[name] for name in names}
    found = Diagnostics([*slots.notices, *notices, *heavy_tails(shown)])
    return Result(axis, shown, found, engine, reason, _rows_read(plan, slots), seconds)


def _rows_read(plan: Plan, slots: Slots) -> int:
    """How many rows were read, those of each scan once."""
    read = [0] * len(plan.scans)
    for collect, collected in zip(slots.schedule.collects, slots.collected, strict=True):
        read[collect.scan] = max(read[collect.scan], collected.rows)
    return sum(read)


@dataclass(frozen=True, slots=True, eq=False)
class _Book:
    """Everything that the values of one answer share."""

    plan: Plan
    rows: Rows
    sheet: Sheet
    witness: Witness
    shapes: Shapes
    unfinished: Bools

    @staticmethod
    def open(plan: Plan, slots: Slots) -> _Book:
        rows = Rows.of(plan, slots)
        settings = plan.question.parameters or {}
        sheet = Sheet(plan.values, {name: constant(float(each)) for name, each in settings.items()}, rows)
        paths = {scan.source: scan.dimensions for scan in plan.scans}
        shapes = Shapes(plan.catalog, paths, formulas=plan.question.formulas)
        unfinished = _unfinished(plan, slots.schedule, rows.places.cells)
        return _Book(plan, rows, sheet, Witness(rows, sheet), shapes, unfinished)

    def figure(self, value: Value) -> Figure:
        under = uses(value.name, self.plan.values)
        length = len(self.unfinished)
        column = self.sheet.value(value.name).spread(length)
        census = not under.aggregates or value.census
        evidence = self.witness.evidence(value, under)
        note = without_interval(under, value.clusters, is_percentile=self.shapes.percentile(value.core) is not None)
        basis = find_basis(value, self.shapes, census=census, note=note, clustered=evidence.clustered)
        estimated = estimate(basis, column, self.sheet, evidence)
        every = self.plan.question.every
        benchmarks = [each for each in value.benchmarks if each.every in (None, every)]
        return make_figure(value, column, estimated, self._ages(under), self.sheet, benchmarks)

    def kept(self, having: Core) -> Codes:
        """The cells in which a condition is true."""
        condition = self.sheet.tree(having).spread(len(self.unfinished))
        return np.flatnonzero(condition.present & (condition.values != 0))

    def _ages(self, under: Uses) -> Ages:
        scans = (self.plan.scans[self.plan.readings[node].scan] for node, _ in under.aggregates)
        dated = any(not isinstance(scan.placement, Timeless) for scan in scans)
        partial = self.unfinished if dated else np.zeros(len(self.unfinished), dtype=np.bool_)
        return Ages(partial, mature_on(under, self.plan, self.rows.places))


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
