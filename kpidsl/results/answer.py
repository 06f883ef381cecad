"""A plan and the slots that an engine returned to a result: cells, values, intervals, verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce

import numpy as np

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Aggregate, aggregates
from kpidsl.diagnostics import Diagnostic, Diagnostics
from kpidsl.documents import model
from kpidsl.engines.slots import Slots
from kpidsl.periods.labels import label
from kpidsl.plan.build import values_under
from kpidsl.plan.nodes import Plan
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.cells import Cells, unite
from kpidsl.results.columns import Bools, constant
from kpidsl.results.estimates import estimate, find_basis
from kpidsl.results.figures import Axis, Figure, Objects, failed_figure, make_figure
from kpidsl.results.linear import Tangent
from kpidsl.results.proportion import Shapes
from kpidsl.results.readings import Rows
from kpidsl.results.result import Result
from kpidsl.results.spelling import spell

_NO_INTERVAL = frozenset({"min", "max"})


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
    question = plan.question
    cells = unite(slots, question.every is not None, len(question.by))
    axis = _axis(plan, cells)
    failures = failures or {}
    names = dict.fromkeys([*asked, *question.values, *failures])
    book = _Book.open(plan, slots, cells)
    values = plan.catalog.values
    figures = {
        name: failed_figure(values[name], len(axis), failures[name]) if name in failures else book.figure(values[name])
        for name in names
    }
    read = sum(partial.rows_read for partial in slots.partials)
    return Result(axis, figures, Diagnostics([*slots.notices, *notices]), engine, reason, read, seconds)


@dataclass(frozen=True, slots=True, eq=False)
class _Book:
    """Everything that the values of one answer share."""

    plan: Plan
    rows: Rows
    sheet: Sheet
    tangent: Tangent
    shapes: Shapes
    unfinished: Bools

    @staticmethod
    def open(plan: Plan, slots: Slots, cells: Cells) -> _Book:
        rows = Rows(plan, slots, cells)
        settings = plan.question.parameters or {}
        sheet = Sheet(plan.catalog.values, {name: constant(float(each)) for name, each in settings.items()}, rows.column)
        paths = {scan.source: scan.dimensions for scan in plan.scans}
        return _Book(plan, rows, sheet, Tangent(sheet, rows), Shapes(plan.catalog, paths), _unfinished(plan, cells))

    def figure(self, value: Value) -> Figure:
        under = self._under(value)
        readings = [self.plan.readings[node] for node in under]
        length = len(self.rows.cells)
        column = self.sheet.value(value.name).spread(length)
        basis = find_basis(value, self.shapes, census=not under or _is_census(value), note=_note(under))
        fewest = reduce(np.minimum, [self.rows.count(reading) for reading in readings], np.full(1, np.inf))
        fewest = np.where(np.isinf(fewest), np.nan, fewest)
        dated = any(self.rows.cells.dated[reading.scan] for reading in readings)
        partial = self.unfinished if dated else np.zeros(length, dtype=np.bool_)
        every = self.plan.question.every
        benchmarks = [each for each in value.benchmarks if each.every in (None, every)]
        estimated = estimate(basis, column, fewest, self.sheet, self.tangent)
        return make_figure(value, column, estimated, partial, self.sheet, benchmarks)

    def _under(self, value: Value) -> tuple[Aggregate, ...]:
        catalog = self.plan.catalog
        return tuple(node for name in values_under(value.name, catalog) for node in aggregates(catalog.values[name].core))


def _is_census(value: Value) -> bool:
    return isinstance(value.definition, model.Kpi) and value.definition.inference == "census"


def _note(under: Iterable[Aggregate]) -> str:
    without = [spell(node) for node in under if node.function in _NO_INTERVAL]
    return f"no interval: {', '.join(dict.fromkeys(without))}" if without else ""


def _unfinished(plan: Plan, cells: Cells) -> Bools:
    """Which cells lie in a period that is not over at `as_of`; without a grain and an end the range ends there itself."""
    question = plan.question
    if len(cells.starts) < 2 or (question.every is None and question.end is None):
        return np.zeros(len(cells), dtype=np.bool_)
    over = np.array([_midnight(end) <= plan.as_of for end in cells.starts[1:]])
    unfinished: Bools = ~over[cells.periods]
    return unfinished


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _axis(plan: Plan, cells: Cells) -> Axis:
    starts, ends = _dates(cells.starts[:-1] or [None]), _dates(cells.starts[1:] or [None])
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
