"""How days fall into weeks, months, quarters and years."""

from __future__ import annotations

from msgspec import Struct

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEK_PATTERNS = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}


class FiscalYear(Struct, frozen=True):
    """A year of whole weeks: `weeks` are those of the three months of each quarter.

    It ends with the week whose last day is nearest to that day of the month, or without `day` is the last in that month. A day
    that the month does not have every year, February 29, is the month's last.
    """

    weeks: tuple[int, int, int]
    month: int
    day: int | None = None


class Calendar(Struct, frozen=True):
    """`week_starts` and `year_starts` count from 1 (Monday, January); `timezone` is an IANA name.

    With `fiscal` the months, quarters and years are those of that year of whole weeks, and `year_starts` means nothing.
    """

    week_starts: int = 1
    year_starts: int = 1
    timezone: str = "UTC"
    fiscal: FiscalYear | None = None


def facts(calendar: Calendar) -> dict[str, str]:
    """The calendar in the words of a project; what it does not have is empty."""
    fiscal = calendar.fiscal
    return {
        "week_starts": WEEKDAYS[calendar.week_starts - 1],
        "year_starts": MONTHS[calendar.year_starts - 1],
        "timezone": calendar.timezone,
        "year": "" if fiscal is None else "-".join(map(str, fiscal.weeks)),
        "year_ends": "" if fiscal is None else " ".join(filter(None, (MONTHS[fiscal.month - 1], str(fiscal.day or "")))),
    }


def weekday_number(word: str) -> int | None:
    """The number of a weekday, Monday is 1; None for another word."""
    return WEEKDAYS.index(word) + 1 if word in WEEKDAYS else None


def month_number(word: str) -> int | None:
    """The number of a month, January is 1; None for another word."""
    return MONTHS.index(word) + 1 if word in MONTHS else None
