"""The engine for rows in memory: a plan and its tables in, the slots of each cell out, by numpy kernels over whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference, walk
from kpidsl.data.table import Table
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines import messages
from kpidsl.engines.cells import cells_of, keys
from kpidsl.engines.collect import Column, Report, collect, columns_in, holds
from kpidsl.engines.placing import Range, Timeline, asked_range, gap, period_of, rows_in, ticks_of, timeline
from kpidsl.engines.rows import FUNCTIONS, Rows
from kpidsl.engines.slots import Partial, Slots
from kpidsl.engines.vectors import Undefined
from kpidsl.plan.nodes import (
    Closing,
    Count,
    Dated,
    Distinct,
    Fold,
    Frame,
    Moment,
    Ordered,
    Plan,
    Scan,
    Shift,
    Slot,
    Stock,
    Timeless,
    ToDate,
    Total,
    Window,
)

NAME = "pandas"

_FRAMES: dict[type[Frame], str] = {
    Shift: "previous",
    Window: "rolling",
    ToDate: "to_date",
    Fold: "average",
    Total: "total",
}


def lacks(plan: Plan) -> tuple[Diagnostic, ...]:
    """What of a plan this engine cannot do yet, by the words of the language."""
    words = dict.fromkeys(word for scan in plan.scans for word in _lacking(scan))
    return tuple(messages.not_evaluated_yet(word) for word in words)


def _lacking(scan: Scan) -> Iterator[str]:
    yield from (_FRAMES[type(frame)] for frame in scan.frames)
    if isinstance(scan.placement, Stock):
        yield "alive"
    if isinstance(scan.placement, Closing):
        yield "closing"
    if scan.grouping is not None:
        yield "derived column over rows"
    for slot in scan.slots.values():
        if isinstance(slot, Ordered):
            yield slot.function
    for core in _cores(scan):
        for node in walk(core):
            if isinstance(node, Aggregate) or (isinstance(node, Apply) and node.function not in FUNCTIONS):
                yield node.function


def run(plan: Plan, tables: Mapping[str, Table]) -> Slots:
    """The slots of each cell that has rows; a scan that needs a table that is not there has no cells."""
    return _Run(plan, tables).slots()


@dataclass
class _Run:
    plan: Plan
    tables: Mapping[str, Table]
    lines: dict[tuple[str, Reference], Timeline] = field(default_factory=dict)
    notices: list[Diagnostic] = field(default_factory=list)
    undefined: dict[tuple[str, tuple[str, ...], frozenset[str]], int] = field(default_factory=dict)

    def slots(self) -> Slots:
        ready = [_sources(scan, self.plan.catalog) <= self.tables.keys() for scan in self.plan.scans]
        for scan, can in zip(self.plan.scans, ready, strict=True):
            if can and isinstance(scan.placement, Dated):
                self._read_dates(scan.source, scan.placement.date)
        question = self.plan.question
        asked, moved = asked_range(question, self.plan.calendar, self.plan.as_of, self.lines.values())
        self.notices.extend(moved)
        partials = tuple(
            self._partial(scan, asked) if can else _empty(scan, None) for scan, can in zip(self.plan.scans, ready, strict=True)
        )
        self._note_gaps(asked)
        for (source, columns, reasons), count in self.undefined.items():
            self.notices.append(messages.undefined_rows(source, columns, reasons, count))
        return Slots(asked.periods if asked is not None else (), partials, tuple(self.notices))

    def _read_dates(self, source: str, path: Reference) -> None:
        if (source, path) in self.lines:
            return
        dates = Rows(self.plan.catalog, self.tables, source).values(path)
        line = timeline(dates, ticks_of(self.plan.as_of))
        self.lines[source, path] = line
        if line.missing:
            self.notices.append(messages.dates_missing(source, path.name, line.missing, len(line.ticks)))

    def _note_gaps(self, asked: Range | None) -> None:
        for (source, path), line in self.lines.items():
            found = gap(line, asked) if asked is not None and self.tables[source].covers is None else None
            if found is not None:
                self.notices.append(messages.gap_in_data(source, path.name, *found))

    def _partial(self, scan: Scan, asked: Range | None) -> Partial:
        """The cells of one scan."""
        rows = Rows(self.plan.catalog, self.tables, scan.source)
        if isinstance(scan.placement, Timeless):
            return replace(self._collected(scan, rows, None, 0, None), known=_is_known(self.tables[scan.source]))
        assert isinstance(scan.placement, Dated)
        line = self.lines[scan.source, scan.placement.date]
        observed = _observed(self.tables[scan.source], line, self.plan.as_of)
        if asked is None or not asked.periods:
            return _empty(scan, observed)
        positions = rows_in(line, asked)
        if positions is not None:
            rows = rows.among(positions)
        grained = self.plan.question.every is not None
        ticks = line.ticks if positions is None else line.ticks.take(positions)
        period = period_of(ticks, asked.periods) if grained else None
        return self._collected(scan, rows, period, len(asked.periods) - 1, observed)

    def _collected(
        self,
        scan: Scan,
        rows: Rows,
        period: NDArray[np.intp] | None,
        periods: int,
        observed: tuple[np.datetime64, np.datetime64] | None,
    ) -> Partial:
        if scan.condition is not None:
            report = self._reporter(scan.source)
            places = holds(scan.condition, rows, report)
            if places is not None:
                rows, period = rows.among(places), None if period is None else period.take(places)
        dimensions = [rows.values(path) for path in scan.dimensions]
        cells = cells_of(dimensions, period, periods, rows.count)
        slots = collect(scan.slots, rows, cells.codes, cells.size, self._reporter(scan.source))
        return Partial(
            period=np.zeros(len(cells.used), np.int64) if period is None else period[cells.rows],
            keys=tuple(keys(vector, cells.rows, path.type) for vector, path in zip(dimensions, scan.dimensions, strict=True)),
            slots={name: values[cells.used] for name, values in slots.items()},
            observed=observed,
            rows_read=rows.count,
            timeless=isinstance(scan.placement, Timeless),
        )

    def _reporter(self, source: str) -> Report:
        def report(core: Core, undefined: Undefined) -> None:
            count = int(np.count_nonzero(undefined.rows))
            key = (source, columns_in(core), undefined.reasons)
            if count:
                self.undefined[key] = max(count, self.undefined.get(key, 0))

        return report


def _cores(scan: Scan) -> Iterator[Core]:
    """The expressions of a scan."""
    yield from scan.dimensions
    if scan.condition is not None:
        yield scan.condition
    if isinstance(scan.placement, Dated):
        yield scan.placement.date
    for slot in scan.slots.values():
        if not isinstance(slot, Moment):
            yield from (core for core in (slot.term.argument, slot.term.where) if core is not None)


def _sources(scan: Scan, catalog: Catalog) -> set[str]:
    """The sources that a scan reads, on the way to others too."""
    sources = {scan.source}
    for core in _cores(scan):
        for node in walk(core):
            if isinstance(node, Reference):
                sources.update(source for source, _ in catalog.steps(scan.source, node.path))
    return sources


def _observed(table: Table, line: Timeline, as_of: datetime) -> tuple[np.datetime64, np.datetime64] | None:
    """The first and the last moment for which the data are taken to be complete; what comes after `as_of` is not known."""
    if table.covers is not None:
        first, end = table.covers
        end = min(end, np.datetime64(as_of, "us"))
        return (first, end - np.timedelta64(1, "us")) if first < end else None
    if line.bounds is None:
        return None
    first, last = (np.datetime64(bound, "us") for bound in line.bounds)
    return first, last


def _is_known(table: Table) -> bool:
    """Whether the rows of a timeless source are known: it says that they are not by covering no time at all."""
    return table.covers is None or bool(table.covers[0] < table.covers[1])


def _empty(scan: Scan, observed: tuple[np.datetime64, np.datetime64] | None) -> Partial:
    return Partial(
        period=np.zeros(0, np.int64),
        keys=tuple(np.empty(0, object) for _ in scan.dimensions),
        slots={name: _nothing(slot) for name, slot in scan.slots.items()},
        observed=observed,
        rows_read=0,
        timeless=isinstance(scan.placement, Timeless),
    )


def _nothing(slot: Slot) -> Column:
    return np.zeros(0, np.int64) if isinstance(slot, Count | Distinct) else np.zeros(0)
