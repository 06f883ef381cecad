"""Months by number, calendar months or fiscal ones: 12 times the year that they are in, and their place in it from 0.

So months, quarters and years are counted alike in all calendars. A year that does not start in January is named by the one in
which it ends, hence its months have the numbers of a calendar year that starts later.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from kpidsl.periods.calendar import Calendar
from kpidsl.periods.fiscal import month_starts, year_of
from kpidsl.periods.shift import add_days, add_months


def month_of(calendar: Calendar, day: date) -> int:
    """The number of the month that holds a day."""
    if calendar.fiscal is None:
        return day.year * 12 + day.month - 1 + _ahead(calendar)
    year, ordinal = year_of(calendar.fiscal, calendar.week_starts, day), day.toordinal()
    starts = month_starts(calendar.fiscal, calendar.week_starts, year)
    return year * 12 + sum(start <= ordinal for start in starts) - 1


@lru_cache(maxsize=1024)
def month_start(calendar: Calendar, month: int) -> date:
    """The first day of a month; one beyond the ends of time is `date.min` or `date.max`."""
    if calendar.fiscal is None:
        return add_months(date.min, month - _ahead(calendar) - 12 * date.min.year)
    year, place = divmod(month, 12)
    return add_days(date.min, month_starts(calendar.fiscal, calendar.week_starts, year)[place] - date.min.toordinal())


def year_number(calendar: Calendar, day: date) -> int:
    """The year that a day is in, such as 2026."""
    return month_of(calendar, day) // 12


def quarter_number(calendar: Calendar, day: date) -> int:
    """The quarter of its year that a day is in, from 1 to 4."""
    return month_of(calendar, day) % 12 // 3 + 1


def month_number_of(calendar: Calendar, day: date) -> int:
    """The month that a day is in, from 1 to 12: the calendar's, unless years have whole weeks."""
    return day.month if calendar.fiscal is None else month_of(calendar, day) % 12 + 1


def _ahead(calendar: Calendar) -> int:
    """How many months the years of this calendar are ahead of those that start in January."""
    return 0 if calendar.year_starts == 1 else 13 - calendar.year_starts
