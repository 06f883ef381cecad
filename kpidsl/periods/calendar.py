"""How days fall into weeks, months, quarters and years."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week_starts` and `year_starts` count from 1 (Monday, January); `timezone` is an IANA name."""

    week_starts: int = 1
    year_starts: int = 1
    timezone: str = "UTC"


def weekday_number(word: str) -> int | None:
    """The number of a weekday, Monday is 1; None for another word."""
    return WEEKDAYS.index(word) + 1 if word in WEEKDAYS else None


def month_number(word: str) -> int | None:
    """The number of a month, January is 1; None for another word."""
    return MONTHS.index(word) + 1 if word in MONTHS else None
