"""Half-open times moved back in the calendar, begun earlier, and cut into smaller ones.

Days and weeks are exact. Months are counted by place: the first day of a month goes to the first of another, the tenth to the
tenth, and past the end of a shorter month everything goes to the first of the next. Both bounds of a time move like that, so
that the days of one month, moved, tile the other: its last day takes what a longer month has more, and days without a
counterpart become empty times, which are None. In fiscal months places are counted from their first day.

What lies beyond the ends of time is moved to them, as in `shift.py`; nothing here raises.
"""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import pairwise
from typing import Literal

from kpidsl.periods.bounds import start_of, starts
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain, fits_into
from kpidsl.periods.months import month_of, month_start
from kpidsl.periods.shift import add_days

Bounds = tuple[datetime, datetime]
Problem = Literal["shorter", "weeks-by-months", "months-by-days", "does-not-fit"]

_DAYS = {Grain.DAY: 1, Grain.WEEK: 7}
# Months count 30 days here: only lengths of one family, days or months, are ever close to each other.
_LENGTHS = {**_DAYS, Grain.MONTH: 30, Grain.QUARTER: 90, Grain.YEAR: 360}


def moved(calendar: Calendar, grain: Grain | None, start: datetime, end: datetime, amount: int, unit: Grain) -> Bounds | None:
    """The same time so many units earlier, `grain` being what it is a period of; None where there is none.

    A week moves by years to the week of the same number.
    """
    if unit in _DAYS:
        bounds = _days_later(start, -amount * _DAYS[unit]), _days_later(end, -amount * _DAYS[unit])
    elif grain is Grain.WEEK and unit is Grain.YEAR:
        week = _same_week(start.date(), amount)
        if week is None:
            return None
        days = (week - start.date()).days
        bounds = _days_later(start, days), _days_later(end, days)
    else:
        months = amount * unit.months
        bounds = _months_before(calendar, start, months), _months_before(calendar, end, months)
    return bounds if bounds[0] < bounds[1] else None


def previous_of(calendar: Calendar, grain: Grain | None, start: datetime, end: datetime) -> Bounds:
    """The period before, or without a grain the equally long time just before; empty at the beginning of time."""
    if grain is None:
        return start - min(end - start, start - datetime.min), start
    first = start_of(calendar, grain, start.date())
    return _midnight(start_of(calendar, grain, add_days(first, -1))), _midnight(first)


def window_start(calendar: Calendar, grain: Grain | None, end: datetime, amount: int, unit: Grain) -> datetime:
    """Where a window of that length begins that ends with a period of a grain, or with any other time.

    By months it is so many before `end`; but one that ends with a day or a week begins the day after that which is so many
    months before its last: the month that ends on February 28 begins on January 29.
    """
    if unit in _DAYS:
        return _days_later(end, -amount * _DAYS[unit])
    months = amount * unit.months
    if grain not in _DAYS:
        return _months_before(calendar, end, months)
    last = add_days(end.date(), -1)
    month = month_of(calendar, last)
    return _midnight(_day_at(calendar, month - months, (last - month_start(calendar, month)).days + 1))


def to_date_start(calendar: Calendar, grain: Grain | None, start: datetime, end: datetime, unit: Grain) -> datetime:
    """Where the unit begins that holds a period; it holds a week by its fourth day, and begins with its first such week.

    Any other time is held by its last day.
    """
    match grain:
        case None:
            day = max(start, end - min(datetime.resolution, end - datetime.min)).date()
        case Grain.WEEK:
            first = start_of(calendar, unit, add_days(start.date(), 3))
            return _midnight(start_of(calendar, Grain.WEEK, add_days(first, 3)))
        case _:
            day = start.date()
    return _midnight(start_of(calendar, unit, day))


def split(calendar: Calendar, unit: Grain, start: datetime, end: datetime) -> tuple[Bounds, ...]:
    """The periods of a unit in a time, the first and the last cut at its ends."""
    if start >= end:
        return ()
    edges = map(_midnight, starts(calendar, unit, start.date(), add_days(end.date(), 1)))
    return tuple(pairwise((start, *(edge for edge in edges if start < edge < end), end)))


def ending_in(calendar: Calendar, unit: Grain, start: datetime, end: datetime) -> tuple[Bounds, ...]:
    """The periods of a unit that end in a time, whole also where they begin before it: so times that tile share none."""
    if start >= end:
        return ()
    edges = [_midnight(edge) for edge in starts(calendar, unit, start.date(), add_days(end.date(), 1))]
    return tuple((one, other) for one, other in pairwise(edges) if start < other <= end)


def shift_problem(calendar: Calendar, grain: Grain | None, amount: int, unit: Grain) -> Problem | None:
    """Why periods cannot be moved by that: weeks move by whole weeks or years, months, quarters and years by months."""
    if grain is None:
        return None
    if grain is Grain.WEEK and unit in (Grain.MONTH, Grain.QUARTER):
        return "weeks-by-months"
    problem = window_problem(calendar, grain, amount, unit)
    if problem is None and grain is Grain.WEEK and unit is Grain.DAY and amount % 7:
        return "does-not-fit"
    return problem


def window_problem(calendar: Calendar, grain: Grain | None, amount: int, unit: Grain) -> Problem | None:
    """Why no window of that length can end with each period."""
    if grain is not None and grain.months and not unit.months:
        return "months-by-days"
    return "shorter" if amount * _LENGTHS[unit] < _LENGTHS[grain or Grain.DAY] else None


def to_date_problem(calendar: Calendar, grain: Grain | None, unit: Grain) -> Problem | None:
    """Why periods cannot be counted from the start of the unit that holds them."""
    return "shorter" if grain is not None and _LENGTHS[unit] < _LENGTHS[grain] else None


def average_problem(calendar: Calendar, grain: Grain | None, unit: Grain) -> Problem | None:
    """Why periods are not made of units; weeks make fiscal months where years have whole weeks."""
    if grain is None or fits_into(unit, grain) or (calendar.fiscal and unit is Grain.WEEK and grain.months):
        return None
    return "does-not-fit"


def _months_before(calendar: Calendar, moment: datetime, months: int) -> datetime:
    """The same place in the month that is so many before, past its end the first of the next."""
    month = month_of(calendar, moment.date())
    day = _day_at(calendar, month - months, (moment.date() - month_start(calendar, month)).days)
    return datetime.combine(day, moment.time() if day < month_start(calendar, month - months + 1) else time())


def _day_at(calendar: Calendar, month: int, place: int) -> date:
    """The day at a place in a month, from 0; past its last day the first of the next."""
    return min(add_days(month_start(calendar, month), place), month_start(calendar, month + 1))


def _same_week(start: date, years: int) -> date | None:
    """The start of the week with the same number so many years before; None if that year has no such week.

    The week of a number is found by its fourth day, which is in the year that numbers it.
    """
    fourth = add_days(start, 3)
    year = fourth.year - years
    if not date.min.year <= year <= date.max.year:
        return None
    first = date(year, 1, 1)
    weeks = (fourth.timetuple().tm_yday - 1) // 7
    found = add_days(first, (fourth.weekday() - first.weekday()) % 7 + 7 * weeks)
    return add_days(found, -3) if found.year == year else None


def _days_later(moment: datetime, days: int) -> datetime:
    return datetime.combine(add_days(moment.date(), days), moment.time())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
