"""Times that a value is asked for, and the other times that windows ask it for: periods, shifts, rolling windows.

An interval is half-open. It knows what it is a period of and which windows it stands in, so that what lies before it, and
whether a source was there when they began, can be told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from oracle_functions import midnight_of, months_later

from kpidsl.periods.bounds import next_start, start_of
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain

DAY = timedelta(days=1)
_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True)
class Interval:
    """`grain` is that of the periods of the question, or of the average that it stands in.

    `step` says how far the one before is: a grain, the length of a window, or None for one just as long. `begun` are the
    beginnings of the shifted and rolling windows that it stands in, each with its grain.
    """

    start: datetime
    end: datetime
    grain: Grain | None = None
    step: Grain | tuple[int, Grain] | None = None
    begun: tuple[tuple[datetime, Grain | None], ...] = ()

    @property
    def last_day(self) -> date:
        return (self.end - timedelta(microseconds=1)).date()


def period(calendar: Calendar, grain: Grain, day: date) -> Interval:
    """The period that holds a day."""
    start = start_of(calendar, grain, day)
    return Interval(midnight_of(start), midnight_of(next_start(calendar, grain, start)), grain, grain)


def periods(calendar: Calendar, grain: Grain, start: datetime, end: datetime) -> list[Interval]:
    """All periods that have a part in a time."""
    found: list[Interval] = []
    while start < end:
        found.append(period(calendar, grain, start.date()))
        start = found[-1].end
    return found


def before(calendar: Calendar, interval: Interval) -> Interval:
    """The period before: of a window the window before, without either the equally long time just before."""
    end = interval.start
    match interval.step:
        case Grain() as grain:
            end = midnight_of(start_of(calendar, grain, end.date()))
            start = midnight_of(start_of(calendar, grain, (end - DAY).date()))
        case (amount, unit):
            start = _window_start(interval.grain, end, amount, unit)
        case _:
            start = end - (interval.end - interval.start)
    return _window(interval, start, end)


def shifted(calendar: Calendar, interval: Interval, amount: int, unit: Grain) -> Interval | None:
    """The interval so much earlier; None where the days have no counterpart."""
    if unit not in _MONTHS:
        days = amount * (7 if unit is Grain.WEEK else 1) * DAY
        return _window(interval, interval.start - days, interval.end - days)
    if interval.grain is Grain.WEEK:
        assert unit is Grain.YEAR
        days = _years_of_weeks(calendar, interval.start, amount)
        return None if days is None else _window(interval, interval.start - days, interval.end - days)
    months = amount * _MONTHS[unit]
    start, end = _counterpart(interval.start, months), _counterpart(interval.end, months)
    return _window(interval, start, end) if start < end else None


def _window(interval: Interval, start: datetime, end: datetime) -> Interval:
    return replace(interval, start=start, end=end, begun=(*interval.begun, (start, interval.grain)))


def _counterpart(moment: datetime, months: int) -> datetime:
    """The same day of an earlier month; past the month's end the first of the next."""
    earlier = months_later(moment, -months)
    return earlier if earlier.day == moment.day else midnight_of(earlier) + DAY


def _years_of_weeks(calendar: Calendar, start: datetime, years: int) -> timedelta | None:
    """How far back the week with the same number lies; a week is numbered by the year of its fourth day."""
    fourth = start + 3 * DAY
    number = _week_number(fourth)
    first = fourth.replace(year=fourth.year - years, month=1, day=1)
    candidate = first + (fourth - first) % (7 * DAY) + (number - 1) * 7 * DAY
    return fourth - candidate if candidate.year == first.year else None


def _week_number(fourth: datetime) -> int:
    return (fourth.timetuple().tm_yday - 1) // 7 + 1


def rolled(interval: Interval, amount: int, unit: Grain) -> Interval:
    """The window of that length that ends with the interval."""
    window = _window(interval, _window_start(interval.grain, interval.end, amount, unit), interval.end)
    return replace(window, step=(amount, unit))


def _window_start(grain: Grain | None, end: datetime, amount: int, unit: Grain) -> datetime:
    if unit not in _MONTHS:
        return end - amount * (7 if unit is Grain.WEEK else 1) * DAY
    months = amount * _MONTHS[unit]
    if grain in (Grain.DAY, Grain.WEEK):
        return months_later(end - DAY, -months) + DAY
    return _counterpart(end, months)


def to_date(calendar: Calendar, interval: Interval, unit: Grain | None, first_day: datetime | None) -> Interval | None:
    """From the beginning of the year, quarter, … to the end of the interval; without one from the first day of all rows."""
    if unit is None:
        if first_day is None:
            return None
        start = first_day
    elif interval.grain is Grain.WEEK:
        fourth = interval.end - 4 * DAY
        first = midnight_of(start_of(calendar, unit, fourth.date()))
        start = first + (fourth - first) % (7 * DAY) - 3 * DAY
    else:
        start = midnight_of(start_of(calendar, unit, interval.last_day))
    return replace(interval, start=start, step=None) if start < interval.end else None


def pieces(calendar: Calendar, interval: Interval, grain: Grain, as_of: datetime) -> list[Interval]:
    """The smaller periods of an interval that have begun, the first and the last cut at its ends."""
    found: list[Interval] = []
    for piece in periods(calendar, grain, interval.start, interval.end):
        start, end = max(piece.start, interval.start), min(piece.end, interval.end)
        if start < as_of:
            found.append(replace(piece, start=start, end=end, begun=interval.begun))
    return found
