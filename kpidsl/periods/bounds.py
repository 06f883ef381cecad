"""Where the period that holds a day starts, and where the next one does.

A period is half-open, from its start to the next start. One that would reach beyond the ends of time is cut there: it
starts at `date.min`, or ends at `date.max`.
"""

from __future__ import annotations

from datetime import date

from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.periods.months import month_of, month_start
from kpidsl.periods.shift import add_days


def start_of(calendar: Calendar, grain: Grain, day: date) -> date:
    """The first day of the period that holds the day."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return add_days(day, -_days_into_week(calendar, day))
        case _:
            return month_start(calendar, _first_month(calendar, grain, day))


def next_start(calendar: Calendar, grain: Grain, start: date) -> date:
    """The first day of the period after the one that holds `start`."""
    match grain:
        case Grain.DAY:
            return add_days(start, 1)
        case Grain.WEEK:
            return add_days(start, 7 - _days_into_week(calendar, start))
        case _:
            return month_start(calendar, _first_month(calendar, grain, start) + grain.months)


def starts(calendar: Calendar, grain: Grain, first: date, end: date) -> tuple[date, ...]:
    """The starts of all periods that have a day in the half-open range, in order."""
    if first >= end:
        return ()
    found = [start_of(calendar, grain, first)]
    while (following := next_start(calendar, grain, found[-1])) < end:
        found.append(following)
    return tuple(found)


def _days_into_week(calendar: Calendar, day: date) -> int:
    return (day.isoweekday() - calendar.week_starts) % 7


def _first_month(calendar: Calendar, grain: Grain, day: date) -> int:
    month = month_of(calendar, day)
    return month - month % grain.months
