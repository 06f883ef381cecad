"""The lengths that periods come in."""

from __future__ import annotations

from enum import Enum


class Grain(Enum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        """How many months a period has; 0 for days and weeks, which are counted in days."""
        return _MONTHS.get(self, 0)


_MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


def fits_into(smaller: Grain, larger: Grain) -> bool:
    """Whether every period of the smaller grain lies within one of the larger; weeks lie only within themselves."""
    return smaller in (larger, Grain.DAY) or 0 < smaller.months < larger.months
