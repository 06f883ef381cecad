"""The engine for rows in memory: a plan and its tables in, the slots of each piece of time out, by numpy kernels over columns.

Whole scans are read at once where their pieces overlap nowhere and nothing in them looks at the period; else piece by piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.catalog.core import Core, Reference, per_period
from kpidsl.data.bind import Bound, bind
from kpidsl.data.given import Given
from kpidsl.data.shelf import Shelf
from kpidsl.data.table import Table
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines.cells import cells_of, keys
from kpidsl.engines.collect import Column, Order, collect, holds
from kpidsl.engines.period import Period, moment_of
from kpidsl.engines.placing import Placed, place_all, place_each, place_stock, ticks, timeline
from kpidsl.engines.rows import Rows, Ticks
from kpidsl.engines.slots import Collected, Survey, Timeline
from kpidsl.engines.tables import Tables
from kpidsl.engines.uses import links_used
from kpidsl.plan.nodes import Closing, Count, Distinct, Moment, Plan, Scan, Slot, Stock, Timeless
from kpidsl.plan.schedule import Collect, Interval, Schedule, Span, date_of, dates_to_survey


class Pandas:
    """The readable reference: it lacks nothing, and every other engine is tested against it. What it reads stays on `shelf`."""

    name = "pandas"

    def __init__(self, shelf: Shelf | None = None) -> None:
        self._shelf = shelf

    def lacks(self, plan: Plan) -> tuple[Diagnostic, ...]:
        """Nothing."""
        return ()

    def bind(self, plan: Plan, given: Mapping[str, Given]) -> Memory:
        """The tables of the sources that are given and needed; one that fails stops no other."""
        needs = {source: columns for source, columns in plan.needs.items() if source in given}
        return Memory(plan, bind(plan.catalog, needs, given, links_used(plan), self._shelf))


class _Same(Struct, frozen=True):
    """Collects that read the same rows into the same cells are answered together; those read piece by piece each alone."""

    scan: int
    dimensions: tuple[int, ...]
    pieces: tuple[Interval, ...]
    alone: int | None


class _Part(Struct, frozen=True, eq=False):
    """The cells of some pieces; `rows` are those that were read."""

    piece: NDArray[np.int64]
    keys: tuple[NDArray[np.object_], ...]
    slots: Mapping[str, Column]
    rows: Rows


class Memory:
    """Tables in memory, bound for a plan."""

    def __init__(self, plan: Plan, bound: Bound) -> None:
        self.failed = bound.failed
        self.findings = bound.findings
        self._bound = bound.tables
        self._tables = Tables(plan.catalog, bound.tables, plan.as_of)
        self._dates: dict[tuple[str, Reference], Ticks] = {}

    @property
    def notices(self) -> tuple[Diagnostic, ...]:
        return tuple(self._tables.undefined.notices())

    def close(self) -> None:
        """Nothing is held open."""

    def survey(self, plan: Plan, scans: Sequence[int]) -> Survey:
        """The dates of these scans, and of the sources that are watched."""
        timelines: dict[tuple[str, Reference], Timeline] = {}
        for source, date in dates_to_survey(plan, scans, self._bound):
            timelines[source, date] = timeline(self._dates_of(source, date), self._tables.as_of)
        covers = {name: _covered(table, self._tables.as_of) for name, table in self._bound.items() if table.covers is not None}
        return Survey(timelines, covers)

    def collect(self, plan: Plan, schedule: Schedule, numbers: Sequence[int]) -> list[Collected]:
        """The answers to some Collects of the schedule, in the order of their numbers."""
        together: dict[_Same, list[int]] = {}
        for number in numbers:
            collect_ = schedule.collects[number]
            alone = number if _piece_by_piece(collect_, plan.scans[collect_.scan]) else None
            same = _Same(collect_.scan, collect_.dimensions, collect_.pieces, alone)
            together.setdefault(same, []).append(number)
        answers: dict[int, Collected] = {}
        for same, members in together.items():
            slots = {name: slot for number in members for name, slot in schedule.collects[number].slots.items()}
            found = self._answer(plan, schedule, same, slots)
            for number in members:
                own = {name: found.slots[name] for name in schedule.collects[number].slots}
                answers[number] = Collected(found.piece, found.keys, own, found.rows)
        return [answers[number] for number in numbers]

    def _answer(self, plan: Plan, schedule: Schedule, same: _Same, slots: Mapping[str, Slot]) -> Collected:
        scan = plan.scans[same.scan]
        paths = [scan.dimensions[number] for number in same.dimensions]
        periods = None if same.alone is None else _periods(plan, schedule, same.alone)
        read = np.zeros(self._bound[scan.source].rows, np.bool_)
        parts = []
        for placed in self._placed(scan, same):
            period = periods[placed.pieces] if periods is not None and isinstance(placed.pieces, int) else None
            part = self._part(scan, paths, slots, placed, period, max(1, len(same.pieces)))
            read[slice(None) if part.rows.positions is None else part.rows.positions] = True
            parts.append(part)
        return _joined(parts, paths, slots, int(np.count_nonzero(read)))

    def _placed(self, scan: Scan, same: _Same) -> Iterator[Placed]:
        """The rows of a scan in its pieces, all at once or piece by piece."""
        placement, as_of, pieces = scan.placement, self._tables.as_of, same.pieces
        match placement:
            case Timeless():
                yield from (Placed(None, number) for number in range(max(1, len(pieces))))
            case Stock(start=start, end=end):
                rows = self._tables.rows(scan.source)
                yield from place_stock(rows.values(start), None if end is None else rows.values(end), pieces, as_of)
            case _:
                dates, closing = self._dates_of(scan.source, placement.date), isinstance(placement, Closing)
                if same.alone is not None:
                    yield from place_each(dates, pieces, as_of, closing=closing)
                elif (placed := place_all(dates, pieces, as_of, closing=closing)) is not None:
                    yield placed

    def _part(
        self,
        scan: Scan,
        paths: Sequence[Reference],
        slots: Mapping[str, Slot],
        placed: Placed,
        period: Period | None,
        count: int,
    ) -> _Part:
        """The cells of some rows: those that pass the ask's condition make them, and those of them that add fill the slots."""
        date = date_of(scan.placement)
        dates = None if date is None else self._dates_of(scan.source, date)
        moments = dates if placed.moment is None else placed.moment
        rows = Rows(self._tables, scan.source, placed.positions, moments, period)
        report = self._tables.undefined.add
        places = None if scan.condition is None else holds(scan.condition, rows, report)
        pieces, adds = placed.pieces, placed.adds
        if places is not None:
            rows, adds = rows.among(places), None if adds is None else adds.take(places)
            pieces = pieces if isinstance(pieces, int) else pieces.take(places)
        vectors = [rows.values(path) for path in paths]
        cells = cells_of(vectors, None if isinstance(pieces, int) else pieces, count, rows.count)
        adding, codes = rows, cells.codes
        if adds is not None:
            adding, codes = rows.among(np.flatnonzero(adds)), codes.compress(adds)
        order = Order(dates, self._tables.catalog.sources[scan.source].key)
        found = collect(slots, scan.slots, adding, codes, cells.size, order, report)
        return _Part(
            np.full(len(cells.used), pieces) if isinstance(pieces, int) else pieces[cells.rows].astype(np.int64, copy=False),
            tuple(keys(vector, cells.rows, path.type) for vector, path in zip(vectors, paths, strict=True)),
            {name: values[cells.used] for name, values in found.items()},
            rows,
        )

    def _dates_of(self, source: str, path: Reference) -> Ticks:
        """The dates that place the rows of a source."""
        if (source, path) not in self._dates:
            self._dates[source, path] = ticks(self._tables.rows(source).values(path))
        return self._dates[source, path]


def _piece_by_piece(collect_: Collect, scan: Scan) -> bool:
    """Whether a row may add to several pieces, or to one differently than to another."""
    if isinstance(scan.placement, Stock):
        return True
    if isinstance(scan.placement, Timeless):
        return bool(collect_.pieces)
    return not collect_.tiling or any(per_period(core) for core in _cores(collect_, scan))


def _cores(collect_: Collect, scan: Scan) -> Iterator[Core]:
    yield from (scan.dimensions[number] for number in collect_.dimensions)
    if scan.condition is not None:
        yield scan.condition
    for slot in collect_.slots.values():
        if not isinstance(slot, Moment):
            yield from (core for core in (slot.term.argument, slot.term.where) if core is not None)


def _periods(plan: Plan, schedule: Schedule, number: int) -> list[Period]:
    """The pieces of a Collect as periods; those of one chain of frames are as long as its line says."""
    chains = [where.times for where, found in schedule.found.items() if found.collect == number]
    line = schedule.lines[chains[0] if len(chains) == 1 else ()]
    every = plan.question.every
    return [Period(piece, plan.calendar, line.grain, line.length, every) for piece in schedule.collects[number].pieces]


def _joined(parts: Sequence[_Part], paths: Sequence[Reference], slots: Mapping[str, Slot], rows: int) -> Collected:
    if len(parts) == 1:
        return Collected(parts[0].piece, parts[0].keys, parts[0].slots, rows)
    return Collected(
        np.concatenate([np.zeros(0, np.int64), *(part.piece for part in parts)]),
        tuple(
            np.concatenate([np.zeros(0, np.object_), *(part.keys[number] for part in parts)]) for number in range(len(paths))
        ),
        {
            name: np.concatenate([np.zeros(0, _kind(slot)), *(part.slots[name] for part in parts)])
            for name, slot in slots.items()
        },
        rows,
    )


def _kind(slot: Slot) -> type[np.int64] | type[np.float64]:
    return np.int64 if isinstance(slot, Count | Distinct) else np.float64


def _covered(table: Table, as_of: int) -> Span | None:
    """The first and the last moment for which the data are taken to be complete; what comes after `as_of` is not known."""
    assert table.covers is not None
    start, end = (int(bound.astype("M8[us]").view(np.int64)) for bound in table.covers)
    end = min(end, as_of)
    return Span(moment_of(start), moment_of(end - 1)) if start < end else None
