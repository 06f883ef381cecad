"""An engine by hand for the tests of frames: a few rows, each looked at by plain Python, to the slots of any plan on them."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Apply, Constant, Core, Reference
from kpidsl.engines.slots import Collected, Slots
from kpidsl.plan.ask import midnight
from kpidsl.plan.nodes import (
    Closing,
    Count,
    Dated,
    Distinct,
    Extreme,
    Moment,
    Plan,
    Rank,
    Scan,
    Slot,
    Stock,
    Sum,
    Term,
    Timeless,
)
from kpidsl.plan.ranks import places
from kpidsl.plan.schedule import Collect, Interval, Span, date_of
from kpidsl.plan.timing import make_schedule
from kpidsl.results.answer import answer
from kpidsl.results.result import Result

Row = Mapping[str, object]


def ask_by_hand(catalog: Catalog, rows: Mapping[str, Sequence[Row]], *names: str, **asked: object) -> Result:
    """The result of a question on rows by source; missing values are None or left out."""
    from company import plan_of

    plan = plan_of(catalog, *names, **asked)  # type: ignore[arg-type]
    return answer(plan, collect_by_hand(plan, rows))


def collect_by_hand(plan: Plan, rows: Mapping[str, Sequence[Row]]) -> Slots:
    """What an engine would collect for a plan."""
    spans = {}
    for scan in plan.scans:
        placed = date_of(scan.placement)
        if placed is not None:
            dates = [moment for row in rows[scan.source] if (moment := _moment(row, placed)) and moment < plan.as_of]
            spans[scan.source, placed] = Span(min(dates), max(dates)) if dates else None
    schedule, found = make_schedule(plan, spans, {})
    assert schedule is not None, found
    return Slots(schedule, tuple(_collected(each, plan, rows) for each in schedule.collects))


def _collected(collect: Collect, plan: Plan, rows: Mapping[str, Sequence[Row]]) -> Collected:
    scan = plan.scans[collect.scan]
    cells: dict[tuple[int, tuple[object, ...]], list[Row]] = {}
    for number, piece in enumerate(collect.pieces or [None]):
        for row in rows[scan.source]:
            if _is_in(row, scan, piece, plan) and (scan.condition is None or _value(row, scan.condition)):
                key = tuple(_value(row, scan.dimensions[place]) for place in collect.dimensions)
                cells.setdefault((number, key), []).append(row)
    keys = [np.empty(len(cells), dtype=object) for _ in collect.dimensions]
    for place, column in enumerate(keys):
        column[:] = [key[place] for _, key in cells]
    slots = {}
    for name, slot in collect.slots.items():
        whole = isinstance(slot, Count | Distinct)
        found = [
            _slot(slot, scan, _adding(each, scan, piece and collect.pieces[piece[0]], plan))
            for each, piece in ((each, (number,) if collect.pieces else None) for (number, _), each in cells.items())
        ]
        slots[name] = np.array(found, dtype=np.int64 if whole else np.float64)
    return Collected(np.array([number for number, _ in cells], dtype=np.int64), tuple(keys), slots, len(rows[scan.source]))


def _moment(row: Row, at: Reference) -> datetime | None:
    day = row.get(at.name)
    return midnight(day) if isinstance(day, date) else None


def _is_in(row: Row, scan: Scan, piece: Interval | None, plan: Plan) -> bool:
    match scan.placement:
        case Timeless():
            return True
        case Dated(date=at) | Closing(date=at):
            moment = _moment(row, at)
            return piece is not None and moment is not None and piece.start <= moment < min(piece.end, plan.as_of)
        case Stock(start=start):
            moment = _moment(row, start)
            return piece is not None and moment is not None and moment < min(piece.end, plan.as_of)


def _adding(rows: list[Row], scan: Scan, piece: Interval | None, plan: Plan) -> list[Row]:
    match scan.placement:
        case Stock(end=Reference() as end) if piece is not None:
            until = min(piece.end, plan.as_of)
            return [row for row in rows if (moment := _moment(row, end)) is None or moment >= until]
        case _:
            return rows


def _slot(slot: Slot, scan: Scan, rows: Sequence[Row]) -> float:
    match slot:
        case Moment(left=left, right=right, cluster=Reference() as cluster):
            return _of_clusters(slot, scan, rows, cluster)
        case Rank(term=term, fraction=fraction, upper=upper):
            numbers = sorted(_numbers(rows, term))
            place = places(fraction, upper=upper).of(len(numbers))
            return numbers[place - 1] if 1 <= place <= len(numbers) else np.nan
        case Moment(left=left, right=right):
            pairs = [(_added(row, _term(scan, left)), _added(row, _term(scan, right))) for row in rows]
            return sum((one or 0.0) * (other or 0.0) for one, other in pairs)
        case Count(term=term):
            return len(_numbers(rows, term))
        case Sum(term=term):
            numbers = _numbers(rows, term)
            return sum(numbers) if numbers else np.nan
        case Extreme(function=function, term=term):
            numbers = _numbers(rows, term)
            return (max if function == "max" else min)(numbers) if numbers else np.nan
        case Distinct(term=term):
            return len(set(_numbers(rows, term)))
        case _:
            assert slot.function == "median", slot
            numbers = _numbers(rows, slot.term)
            return statistics.median(numbers) if numbers else np.nan


def _of_clusters(moment: Moment, scan: Scan, rows: Sequence[Row], cluster: Reference) -> float:
    groups: dict[object, list[Row]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(row.get(cluster.name) or f"alone {place}", []).append(row)
    sums = [[sum(_numbers(group, _term(scan, name))) for name in (moment.left, moment.right)] for group in groups.values()]
    return sum(one * other for one, other in sums)


def _term(scan: Scan, name: str) -> Term:
    slot = scan.slots[name]
    assert isinstance(slot, Count | Sum)
    return slot.term


def _numbers(rows: Sequence[Row], term: Term) -> list[float]:
    return [number for row in rows if (number := _added(row, term)) is not None]


def _added(row: Row, term: Term) -> float | None:
    if term.where is not None and not _value(row, term.where):
        return None
    value = 1.0 if term.argument is None else _value(row, term.argument)
    match value:
        case date():
            return (midnight(value) - datetime(1970, 1, 1)) / timedelta(days=1)
        case str():
            return float(hash(value))
        case _:
            return value  # type: ignore[return-value]


def _value(row: Row, core: Core) -> object:
    match core:
        case Reference():
            return row.get(core.name)
        case Constant(value=value):
            return value
        case Apply(function="equal", arguments=(left, right)):
            return _value(row, left) == _value(row, right)
        case Apply(function="not", arguments=(part,)):
            return not _value(row, part)
        case Apply(function="is_missing", arguments=(part,)):
            return _value(row, part) is None
        case _:
            raise AssertionError(core)
