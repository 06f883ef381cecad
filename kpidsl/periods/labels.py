"""The names of periods: 2026, 2026-Q1, 2026-01, 2026-W05, 2026-01-05, and with another start of the year FY2027, FY2027-Q1.

A week is numbered by the year that holds its fourth day, so with weeks from Monday the numbers are those of ISO 8601. A
fiscal year is named by the year it ends in; where it has whole weeks, its months are periods: FY2026-P01.
"""

from __future__ import annotations

import re
from datetime import date

from kpidsl.periods.bounds import start_of
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.periods.months import month_number_of, month_start, quarter_number, year_number
from kpidsl.periods.shift import add_days

_LABEL = re.compile(
    r"(?:FY)?(?P<year>[0-9]{4})"
    r"(?:-Q(?P<quarter>[1-4])|-W(?P<week>[0-9]{2})|-P(?P<period>[0-9]{2})|-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?"
)


def label(calendar: Calendar, grain: Grain, start: date) -> str:
    """The name of the period that starts on a day."""
    match grain:
        case Grain.DAY:
            return start.isoformat()
        case Grain.WEEK:
            fourth = add_days(start, 3)
            return f"{fourth.year:04}-W{(fourth.timetuple().tm_yday - 1) // 7 + 1:02}"
        case Grain.MONTH if calendar.fiscal is not None:
            return f"{_year(calendar, start)}-P{month_number_of(calendar, start):02}"
        case Grain.MONTH:
            return f"{start.year:04}-{start.month:02}"
        case Grain.QUARTER:
            return f"{_year(calendar, start)}-Q{quarter_number(calendar, start)}"
        case Grain.YEAR:
            return _year(calendar, start)


def parse_label(calendar: Calendar, text: str) -> tuple[Grain, date] | None:
    """The grain and start of the period that a text names in this calendar, or None; exactly the labels are read."""
    found = _LABEL.fullmatch(text)
    if found is None:
        return None
    try:
        grain, start = _named(calendar, {part: int(digits) for part, digits in found.groupdict().items() if digits})
    except ValueError:
        return None
    # Also turns away week 53 of a shorter year, and a fiscal label where years start in January.
    return (grain, start) if label(calendar, grain, start) == text else None


def _named(calendar: Calendar, parts: dict[str, int]) -> tuple[Grain, date]:
    year = parts["year"]
    match parts:
        case {"day": day, "month": month}:
            return Grain.DAY, date(year, month, day)
        case {"month": month}:
            return Grain.MONTH, date(year, month, 1)
        case {"period": period}:
            return Grain.MONTH, month_start(calendar, year * 12 + period - 1)
        case {"week": week}:
            first = start_of(calendar, Grain.WEEK, date(year, 1, 4))
            return Grain.WEEK, add_days(first, (week - 1) * 7)
        case {"quarter": quarter}:
            return Grain.QUARTER, month_start(calendar, year * 12 + (quarter - 1) * 3)
        case _:
            return Grain.YEAR, month_start(calendar, year * 12)


def _year(calendar: Calendar, day: date) -> str:
    mark = "" if calendar.year_starts == 1 and calendar.fiscal is None else "FY"
    return f"{mark}{year_number(calendar, day):04}"
