"""Days moved by days and months.

Nothing here raises at the ends of time: what would lie before `date.min` is `date.min`, past `date.max` it is `date.max`.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def add_days(day: date, amount: int) -> date:
    """The day that many days later."""
    return date.fromordinal(max(1, min(day.toordinal() + amount, date.max.toordinal())))


def add_months(day: date, amount: int) -> date:
    """The same day that many months later; a day that the month does not have is the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    if year < date.min.year:
        return date.min
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
