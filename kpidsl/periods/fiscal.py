"""The months of a fiscal year of whole weeks, as ordinals of days (`date.toordinal`), also beyond the ends of time.

The calendars of retail: 52 weeks are four quarters of 4-5-4, 4-4-5 or 5-4-4 weeks, which leaves a day or two of a year over, so
that after five or six years a week is added to the last month. When that is follows from the day on which the year ends, see
https://nrf.com/resources/4-5-4-calendar. A year is named by the calendar year of the day that its end is nearest to.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache
from itertools import accumulate

from kpidsl.periods.calendar import FiscalYear

# After so many years the same dates are the same weekdays again.
_CYCLE_YEARS, _CYCLE_DAYS = 400, 146_097


def year_of(fiscal: FiscalYear, week_starts: int, day: date) -> int:
    """The year that holds a day; it ends at most a few days away from the calendar year of that name."""
    ordinal, year = day.toordinal(), day.year - 1
    while month_starts(fiscal, week_starts, year)[-1] <= ordinal:
        year += 1
    return year


@lru_cache(maxsize=1024)
def month_starts(fiscal: FiscalYear, week_starts: int, year: int) -> tuple[int, ...]:
    """The first days of the twelve months of a year and, last, of the next year."""
    start, end = (_last_day(fiscal, week_starts, each) + 1 for each in (year - 1, year))
    weeks = accumulate((fiscal.weeks * 4)[:-1], initial=0)
    return (*(start + 7 * week for week in weeks), end)


def _last_day(fiscal: FiscalYear, week_starts: int, year: int) -> int:
    like = 2000 + year % _CYCLE_YEARS
    length = monthrange(like, fiscal.month)[1]
    wanted = date(like, fiscal.month, min(fiscal.day or length, length)).toordinal()
    wanted += (year - like) // _CYCLE_YEARS * _CYCLE_DAYS
    latest = wanted if fiscal.day is None else wanted + 3
    return latest - (latest + 1 - week_starts) % 7  # the first day of all, with ordinal 1, is a Monday
