"""Which rows a question reads, and in which of its periods each of them is.

Dates are counted in microseconds since 1970 and periods are whole days, so that a row's period is read off a list by its day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from kpidsl.diagnostics import Diagnostic
from kpidsl.engines import messages
from kpidsl.engines.dates import DAY
from kpidsl.engines.vectors import Vector
from kpidsl.periods.bounds import next_start, starts
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Question

Ticks = NDArray[np.int64]
_MISSING = np.iinfo(np.int64).min
_EPOCH = datetime(1970, 1, 1)
_ENOUGH_DAYS = 30


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """The dates that place the rows of a source, in ticks, and the first and last of them that is read, if there is any."""

    ticks: Ticks
    missing: int
    bounds: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Range:
    """The asked time: `periods` as in Slots, and the half-open ticks of the rows that are read."""

    periods: tuple[date, ...]
    start: int
    end: int


def ticks_of(moment: date | datetime) -> int:
    """Microseconds since 1970."""
    exact = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    return (exact - _EPOCH) // timedelta(microseconds=1)


def timeline(dates: Vector, as_of: int) -> Timeline:
    """The dates of all rows of a source; those at or after `as_of` are not read."""
    ticks: Ticks = dates.values.view(np.int64)
    missing = 0
    if dates.valid is not None:
        ticks = np.where(dates.valid, ticks, _MISSING)
        missing = len(ticks) - int(np.count_nonzero(dates.valid))
    if len(ticks) == missing:
        return Timeline(ticks, missing, None)
    if not missing and ticks.max() < as_of:
        return Timeline(ticks, 0, (int(ticks.min()), int(ticks.max())))
    read = ticks[(ticks != _MISSING) & (ticks < as_of)]
    return Timeline(ticks, missing, (int(read.min()), int(read.max())) if len(read) else None)


MOST_PERIODS = 50_000
_SHORTEST = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 89, Grain.YEAR: 365}


def asked_range(
    question: Question, calendar: Calendar, as_of: datetime, lines: Iterable[Timeline]
) -> tuple[Range | None, list[Diagnostic]]:
    """The range that is asked, moved out to whole periods; by default from the first row up to `as_of`.

    None where nothing says when it starts.
    """
    firsts = [line.bounds[0] for line in lines if line.bounds is not None]
    start = question.start or (_EPOCH + timedelta(microseconds=min(firsts)) if firsts else None)
    if start is None:
        return None, []
    end = question.end or as_of
    if ticks_of(start) >= ticks_of(end):
        return Range((), 0, 0), []
    first, after = _day(start), _day_after(end)
    if question.every is None:
        return Range((first, after), ticks_of(start), min(ticks_of(end), ticks_of(as_of))), []
    if (after - first).days > MOST_PERIODS * _SHORTEST[question.every]:
        return None, [messages.too_many_periods(first, after, question.every.value, MOST_PERIODS)]
    begun = starts(calendar, question.every, first, after)
    periods = (*begun, next_start(calendar, question.every, begun[-1]))
    return Range(periods, ticks_of(periods[0]), min(ticks_of(periods[-1]), ticks_of(as_of))), _moved(question, periods)


def _moved(question: Question, periods: tuple[date, ...]) -> list[Diagnostic]:
    assert question.every is not None
    bounds = [("from", question.start, periods[0]), ("to", question.end, periods[-1])]
    return [
        messages.range_moved(word, given, moved, question.every.value)
        for word, given, moved in bounds
        if given is not None and ticks_of(given) != ticks_of(moved)
    ]


def rows_in(line: Timeline, asked: Range) -> NDArray[np.int64] | None:
    """The rows whose date is in the range; None for all."""
    inside = (line.ticks >= asked.start) & (line.ticks < asked.end)
    return None if inside.all() else np.flatnonzero(inside)


def period_of(ticks: Ticks, periods: tuple[date, ...]) -> NDArray[np.intp]:
    """The index of the period of each date, which must be within them."""
    edges = np.array([ticks_of(period) // DAY for period in periods])
    by_day = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    days = ticks // DAY
    days -= edges[0]
    return by_day.take(days)


def gap(line: Timeline, asked: Range) -> tuple[date, date, int] | None:
    """The first and last day and the length of the longest time without rows, if it is remarkable.

    It is if it touches the asked range and is more than twice as long as any before it. Between dates at random the longest
    gap is so in few of a hundred sources; where rows come every working day it takes a week without any.
    """
    if line.bounds is None:
        return None
    first, last = (bound // DAY for bound in line.bounds)
    filled = np.zeros(last - first + 1, np.bool_)
    days = line.ticks // DAY - first
    filled[days[(days >= 0) & (days < len(filled))]] = True
    present = np.flatnonzero(filled)
    steps = np.diff(present)
    if len(steps) < _ENOUGH_DAYS:
        return None
    longest = int(np.argmax(steps))
    begin, end = int(present[longest]) + first + 1, int(present[longest + 1]) + first - 1
    if (
        longest < _ENOUGH_DAYS
        or steps[longest] <= 2 * steps[:longest].max()
        or end < asked.start // DAY
        or begin > asked.end // DAY
    ):
        return None
    return _date(begin), _date(end), end - begin + 1


def _date(day: int) -> date:
    return date.fromordinal(day + _EPOCH.toordinal())


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _day_after(moment: date | datetime) -> date:
    """The first day that is wholly after a half-open end."""
    day = _day(moment)
    whole = not isinstance(moment, datetime) or ticks_of(moment) == ticks_of(day)
    return day if whole or day == date.max else day + timedelta(days=1)
