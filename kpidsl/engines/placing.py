"""Which rows of a source are in which pieces of time, and which of them add to slots.

Dates are counted in microseconds since 1970. Pieces that overlap nowhere are looked up for all rows at once, from a list by day
where their bounds are whole days; else each piece takes its rows from those in order of their dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.engines.gathering import alive_at
from kpidsl.engines.period import moment_of, ticks_of
from kpidsl.engines.rows import MISSING, Positions, Ticks
from kpidsl.engines.slots import Timeline
from kpidsl.engines.vectors import DAY, Bools, Vector
from kpidsl.plan.schedule import Interval, Span

Codes = NDArray[np.intp]


class Placed(Struct, frozen=True, eq=False):
    """Rows of a source in pieces of time; `positions` is None for all of them.

    `pieces` has the piece of each, or is the only one. `adds` says which of them add to slots, None all. `moment` is when
    they are looked at, where that is not each row's own date.
    """

    positions: Positions | None
    pieces: Codes | int
    adds: Bools | None = None
    moment: int | None = None


def ticks(dates: Vector) -> Ticks:
    """The moments, MISSING where there is none."""
    found: Ticks = dates.values.view(np.int64)
    return found if dates.valid is None else np.where(dates.valid, found, MISSING)


def timeline(dates: Ticks, as_of: int) -> Timeline:
    """What is known of the dates of a source; those at or after `as_of` are not read."""
    missing = int(np.count_nonzero(dates == MISSING))
    read = dates if not missing and len(dates) and dates.max() < as_of else dates[(dates != MISSING) & (dates < as_of)]
    if not len(read):
        return Timeline(len(dates), missing, None)
    days = read // DAY
    first, last = int(days.min()), int(days.max())
    seen = np.zeros(last - first + 1, np.bool_)
    seen[days - first] = True
    seen_days = (np.flatnonzero(seen) + first).tolist()
    return Timeline(len(dates), missing, Span(moment_of(int(read.min())), moment_of(int(read.max())), seen_days))


def place_all(dates: Ticks, pieces: Sequence[Interval], as_of: int, *, closing: bool) -> Placed | None:
    """The rows in pieces that overlap nowhere, at once; None where there are no pieces."""
    if not pieces:
        return None
    starts, ends = (np.array([ticks_of(bound) for bound in bounds]) for bounds in zip(*map(_bounds, pieces), strict=True))
    inside = (dates >= starts[0]) & (dates < min(int(ends[-1]), as_of))
    positions = None if inside.all() else np.flatnonzero(inside)
    held = dates if positions is None else dates.take(positions)
    if len(pieces) == 1:
        return Placed(positions, 0, _on_last_day(held, np.zeros(len(held), np.intp), 1) if closing else None)
    found = _pieces_of(held, starts, ends)
    if (starts[1:] > ends[:-1]).any():
        between = np.flatnonzero(found >= 0)
        positions = between if positions is None else positions.take(between)
        found, held = found.take(between), held.take(between)
    return Placed(positions, found, _on_last_day(held, found, len(pieces)) if closing else None)


def _bounds(piece: Interval) -> tuple[datetime, datetime]:
    return piece.start, piece.end


def _pieces_of(dates: Ticks, starts: Ticks, ends: Ticks) -> Codes:
    """The piece of each date, -1 for none; all are between the first start and the last end."""
    if not (starts % DAY).any() and not (ends % DAY).any():
        return _by_day(dates // DAY, starts // DAY, ends // DAY)
    place = np.searchsorted(starts, dates, "right") - 1
    return np.where(dates < ends[place], place, -1)


def _by_day(days: NDArray[np.int64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Codes:
    if not len(days):
        return np.zeros(0, np.intp)
    first = int(days.min())
    edges = np.clip(np.column_stack([starts, ends]).ravel(), first, int(days.max()) + 1)
    # After each start comes its piece, after each end a time that is in none.
    named = np.column_stack([np.arange(len(starts)), np.full(len(starts), -1)]).ravel()[:-1]
    return np.repeat(named, np.diff(edges)).take(days - first)


def _on_last_day(dates: Ticks, pieces: Codes, count: int) -> Bools:
    """Which rows are on the last day that any has in its piece."""
    days = dates // DAY
    last = np.full(count, np.iinfo(np.int64).min)
    np.maximum.at(last, pieces, days)
    found: Bools = days == last[pieces]
    return found


def place_each(dates: Ticks, pieces: Sequence[Interval], as_of: int, *, closing: bool) -> Iterator[Placed]:
    """The rows of each piece, which may overlap others."""
    order = np.argsort(dates, kind="stable")
    ordered = dates[order]
    for number, piece in enumerate(pieces):
        start, end = ticks_of(piece.start), min(ticks_of(piece.end), as_of)
        low, high = np.searchsorted(ordered, [start, end])
        rows = order[low : max(low, high)]
        on_last_day = _on_last_day(dates[rows], np.zeros(len(rows), np.intp), 1) if closing else None
        yield Placed(rows, number, on_last_day)


def place_stock(start: Vector, end: Vector | None, pieces: Sequence[Interval], as_of: int) -> Iterator[Placed]:
    """The rows that started before the end of each piece, or before `as_of`; those that are still alive then add to slots."""
    dates = ticks(start)
    order = np.argsort(dates, kind="stable")
    ordered = dates[order]
    begun = int(np.searchsorted(ordered, MISSING, "right"))
    for number, piece in enumerate(pieces):
        moment = min(ticks_of(piece.end), as_of)
        rows = order[begun : max(begun, int(np.searchsorted(ordered, moment)))]
        alive = alive_at(start.at(rows), end and end.at(rows), moment)
        yield Placed(rows, number, alive, moment - 1)
