"""The numbers of dates on rows are those of the calendar."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kpidsl.catalog.core import Apply
from kpidsl.engines.dates import DATES
from kpidsl.engines.vectors import Vector
from kpidsl.periods.calendar import Calendar, FiscalYear
from kpidsl.periods.months import month_number_of, quarter_number, year_number

CALENDARS = [
    Calendar(),
    Calendar(year_starts=4),
    Calendar(week_starts=7, fiscal=FiscalYear((4, 5, 4), month=1, day=31)),
    Calendar(week_starts=1, fiscal=FiscalYear((4, 4, 5), month=12, day=31)),
]
NUMBERS = {"year": year_number, "quarter": quarter_number, "month": month_number_of}
NODE = Apply("year", ())
DAYS = np.arange(np.datetime64("1968-12-01"), np.datetime64("1975-03-01"))


@pytest.mark.parametrize("calendar", CALENDARS, ids=str)
@pytest.mark.parametrize("function", NUMBERS)
def test_numbers(function: str, calendar: Calendar) -> None:
    moments = DAYS.astype("M8[us]") + np.timedelta64(23, "h")
    found = DATES[function](NODE, [Vector(moments)], calendar)
    days: list[date] = DAYS.tolist()
    assert found.values.tolist() == [NUMBERS[function](calendar, day) for day in days]


def test_a_missing_date_has_no_number() -> None:
    moments = np.array(["NaT", "2024-02-03"], "M8[us]")
    vector = Vector(moments, np.array([False, True]))
    found = DATES["year"](NODE, [vector], CALENDARS[2])
    assert found.valid is not None and found.valid.tolist() == [False, True]
    assert found.values[1] == 2024
