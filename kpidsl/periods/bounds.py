"""Where the period that holds a day starts, and where the next one does.

A period is half-open, from its start to the next start. One that would reach beyond the ends of time is cut there: it
starts at `date.min`, or ends at `date.max`.
"""

from __future__ import annotations

from datetime import date

from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.periods.shift import add_days, add_months, shift


def start_of(calendar: Calendar, grain: Grain, day: date) -> date:
    """The first day of the period that holds the day."""
    match grain:
        case Grain.DAY:
            return day
        case Grain.WEEK:
            return add_days(day, -((day.isoweekday() - calendar.week_starts) % 7))
        case _:
            return add_months(day.replace(day=1), -months_into(calendar, grain, day))


def next_start(calendar: Calendar, grain: Grain, start: date) -> date:
    """The first day of the period after the one that holds `start`."""
    following = shift(start_of(calendar, grain, start), 1, grain.value)
    # A first period that was cut at `date.min` is shorter, so the day found may lie inside the next one.
    return following if following == date.max else start_of(calendar, grain, following)


def starts(calendar: Calendar, grain: Grain, first: date, end: date) -> tuple[date, ...]:
    """The starts of all periods that have a day in the half-open range, in order."""
    if first >= end:
        return ()
    found = [start_of(calendar, grain, first)]
    while (following := next_start(calendar, grain, found[-1])) < end:
        found.append(following)
    return tuple(found)


def months_into(calendar: Calendar, grain: Grain, day: date) -> int:
    """How many months the month of the day is after the first of its period, a month, quarter or year."""
    return (day.month - calendar.year_starts) % grain.months
