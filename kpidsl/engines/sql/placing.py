"""Which rows are in which pieces of time, as conditions and as the number of a piece.

Pieces that are all periods of one length are told by what databases find fastest (`marks.py`), others by their bounds, or where
rows are looked at piece by piece by a join to the list of pieces. The whole time is one condition on the date that the rows are
read by.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from kpidsl.catalog.core import Reference
from kpidsl.engines.sql.cases import decided
from kpidsl.engines.sql.gathering import alive_until
from kpidsl.engines.sql.grouped import Grouped
from kpidsl.engines.sql.jobs import Job
from kpidsl.engines.sql.marks import Marks, marks_of, numbered
from kpidsl.engines.sql.relations import Bounds
from kpidsl.engines.sql.select import At, Derive, Select
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.sql.windows import Windows
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Closing, Dated, Stock
from kpidsl.plan.schedule import Interval


class Placed(Struct, frozen=True):
    """The rows of a job: `piece` says of each where it is, `adds` which of them add to slots, `date` what they are ordered by.

    With `marks` the piece is what they tell it by, which leads to its number in `places`, else its number. `day` tells on which
    day a row is.
    """

    select: Select
    piece: str
    conditions: Sequence[str]
    adds: Sequence[str] = ()
    date: str | None = None
    marks: Marks | None = None
    places: Mapping[int, int] | None = None
    day: str = ""


def placed(job: Job, statement: Statement, derive: Derive) -> Placed:
    """The rows that are in the pieces of a job."""
    windows = Windows(job.periods) if job.periods is not None else None
    select = Select(statement, job.scan.source, derive, windows)
    match job.scan.placement:
        case Dated(date=date):
            return _dated(job, date, select)
        case Closing(date=date):
            return _closing(job, date, select, derive)
        case Stock(start=start, end=end):
            return _stock(job, start, end, select)
        case _:
            return Placed(select, "0" if windows is None else f"{select.window}.i", [])


def _dated(job: Job, path: Reference, select: Select) -> Placed:
    date = select.value(path).text
    if job.marks is not None:
        return _wherever(job.marks, path, date, select)
    conditions = _within(job, path, date, select)
    select.place(At(date))
    if job.periods is not None:
        return Placed(select, f"{select.window}.i", [*conditions, *_in_piece(date, select.window)], date=date)
    calendar = select.statement.catalog.calendar
    marks = marks_of(job.pieces, calendar) if len(job.pieces) > 1 else None
    if marks is None:
        return Placed(select, _by_bounds(date, job.pieces, select), conditions, date=date)
    text = marks.text(select.stored_day(path.path) or date, select)
    return Placed(select, text, conditions, date=date, marks=marks, places=numbered(job.pieces, marks))


def _wherever(marks: Marks, path: Reference, date: str, select: Select) -> Placed:
    """All rows with a date; those that are not read are in no piece."""
    select.place(At(date))
    day = select.stored_day(path.path) or date
    read = f"case when {date} < {select.statement.as_of_text} then {marks.text(day, select)} end"
    return Placed(select, read, [select.dialect.in_time(date)], date=date, marks=marks, places={}, day=day)


def _within(job: Job, path: Reference, date: str, select: Select) -> list[str]:
    """That a row is read: its date is in the time of all pieces, and before `as_of`."""
    start = min(piece.start for piece in job.pieces)
    end = min(max(piece.end for piece in job.pieces), select.statement.as_of)
    if len(path.path) == 1:
        select.bounds = Bounds(path.path[0], start, end)
    literal = select.dialect.moment_literal
    after = [f"{date} >= {literal(start)}"] if start > datetime.min else []
    return [*after, f"{date} < {literal(end)}"]


def _in_piece(date: str, window: str) -> list[str]:
    return [f"{date} >= {window}.s", f"{date} < {window}.e"]


def _by_bounds(date: str, pieces: Sequence[Interval], select: Select) -> str:
    """The number of the piece that holds a date, null between pieces; all dates are within the first and the last."""
    edges: list[datetime] = []
    leaves = ["0"]
    for number, (piece, following) in enumerate(pairwise(pieces), 1):
        edges.append(piece.end)
        if following.start > piece.end:
            leaves.append(select.dialect.cast("null", select.dialect.whole))
            edges.append(following.start)
        leaves.append(str(number))
    return decided(date, [select.dialect.moment_literal(edge) for edge in edges], leaves)


def _closing(job: Job, path: Reference, select: Select, derive: Derive) -> Placed:
    """Of the rows of a piece those add that are on the last day on which any row is, whatever the question's filter."""
    date = select.value(path).text
    conditions = [*_within(job, path, date, select), *_in_piece(date, select.window)]
    select.place(At(date))
    alias = select.statement.alias("g")
    select.join(f"left join (\n{_last_days(job, path, select, derive)}\n) {alias} on {alias}.i = {select.window}.i")
    return Placed(select, f"{select.window}.i", conditions, [f"{date} >= {alias}.d"], date)


def _last_days(job: Job, path: Reference, select: Select, derive: Derive) -> str:
    inner = Select(select.statement, select.source, derive, select.windows)
    date = inner.value(path).text
    conditions = [*_within(job, path, date, inner), *_in_piece(date, inner.window)]
    grouped = Grouped(inner)
    piece, last = grouped.column(f"{inner.window}.i"), f"max({grouped.column(date)})"
    return grouped.text([(piece, "i"), (inner.dialect.truncated(Grain.DAY, last), "d")], [piece], conditions)


def _stock(job: Job, start: Reference, end: Reference | None, select: Select) -> Placed:
    stop = f"{select.window}.z"
    date = select.value(start).text
    alive = [] if end is None else [alive_until(select.value(end).text, stop)]
    last = min(max(piece.end for piece in job.pieces), select.statement.as_of)
    if len(start.path) == 1:
        select.bounds = Bounds(start.path[0], None, last)
    select.place(At(stop, just_before=True))
    return Placed(select, f"{select.window}.i", [f"{date} < {stop}"], alive, date)
