"""Fiscal years of whole weeks."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.periods.bounds import next_start, start_of, starts
from kpidsl.periods.calendar import WEEK_PATTERNS, Calendar, FiscalYear
from kpidsl.periods.grain import Grain
from kpidsl.periods.labels import label, parse_label
from kpidsl.periods.months import month_number_of, quarter_number, year_number

RETAIL = Calendar(week_starts=7, fiscal=FiscalYear((4, 5, 4), month=1, day=31))
LAST_IN_SEPTEMBER = Calendar(week_starts=7, fiscal=FiscalYear((4, 4, 5), month=9))
NEW_YEAR = Calendar(week_starts=1, fiscal=FiscalYear((4, 4, 5), month=12, day=31))
WEEK = timedelta(days=7)

patterns = st.sampled_from([*WEEK_PATTERNS.values()])
calendars = st.builds(
    Calendar,
    week_starts=st.integers(1, 7),
    fiscal=st.builds(FiscalYear, patterns, st.integers(1, 12), st.one_of(st.none(), st.integers(1, 31))),
)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("calendar", "grain", "some", "start", "name"),
    [
        (RETAIL, Grain.YEAR, "2024-02-03", "2023-01-29", "FY2024"),
        (RETAIL, Grain.YEAR, "2024-02-04", "2024-02-04", "FY2025"),
        (RETAIL, Grain.YEAR, "2026-01-31", "2025-02-02", "FY2026"),
        (RETAIL, Grain.MONTH, "2025-02-02", "2025-02-02", "FY2026-P01"),
        (RETAIL, Grain.MONTH, "2025-04-05", "2025-03-02", "FY2026-P02"),
        (RETAIL, Grain.MONTH, "2024-02-03", "2023-12-31", "FY2024-P12"),
        (RETAIL, Grain.QUARTER, "2025-05-04", "2025-05-04", "FY2026-Q2"),
        (RETAIL, Grain.QUARTER, "2024-02-03", "2023-10-29", "FY2024-Q4"),
        (RETAIL, Grain.WEEK, "2026-01-31", "2026-01-25", "2026-W04"),
        (RETAIL, Grain.DAY, "2026-01-31", "2026-01-31", "2026-01-31"),
        (LAST_IN_SEPTEMBER, Grain.YEAR, "2023-09-30", "2022-09-25", "FY2023"),
        (LAST_IN_SEPTEMBER, Grain.YEAR, "2023-10-01", "2023-10-01", "FY2024"),
        # The year 2020 ends on Sunday, January 3, 2021: nearest to the end of 2020.
        (NEW_YEAR, Grain.YEAR, "2021-01-03", "2019-12-30", "FY2020"),
        (NEW_YEAR, Grain.YEAR, "2021-01-04", "2021-01-04", "FY2021"),
    ],
)
def test_periods(calendar: Calendar, grain: Grain, some: str, start: str, name: str) -> None:
    assert start_of(calendar, grain, day(some)) == day(start)
    assert label(calendar, grain, day(start)) == name
    assert parse_label(calendar, name) == (grain, day(start))


def test_the_years_of_retail_with_53_weeks() -> None:
    """As published: those that retail names 2006, 2012, 2017 and 2023, for the year in which they begin."""
    bounds = starts(RETAIL, Grain.YEAR, day("2005-06-01"), day("2028-06-01"))
    long = [label(RETAIL, Grain.YEAR, start) for start, following in pairwise(bounds) if following - start == 53 * WEEK]
    assert long == ["FY2007", "FY2013", "FY2018", "FY2024"]


def test_the_extra_week_is_in_the_last_month() -> None:
    months = starts(RETAIL, Grain.MONTH, day("2023-01-29"), day("2024-03-03"))
    weeks = [(following - start) // WEEK for start, following in pairwise(months)]
    assert weeks == [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5]


@settings(max_examples=100)
@given(calendars, st.dates(date(2, 1, 1), date(9997, 1, 1)))
def test_years_have_52_or_53_weeks_and_follow_each_other(calendar: Calendar, some: date) -> None:
    start = start_of(calendar, Grain.YEAR, some)
    following = next_start(calendar, Grain.YEAR, start)
    assert following - start in (52 * WEEK, 53 * WEEK)
    assert year_number(calendar, following) == year_number(calendar, start) + 1
    assert start_of(calendar, Grain.WEEK, start) == start
    months = [(end - begin) // WEEK for begin, end in pairwise((*starts(calendar, Grain.MONTH, start, following), following))]
    assert calendar.fiscal is not None
    assert months[:11] == [*calendar.fiscal.weeks * 4][:11] and months[11] - calendar.fiscal.weeks[2] in (0, 1)


@settings(max_examples=100)
@given(calendars, st.integers(2, 9998))
def test_a_year_ends_as_it_is_said(calendar: Calendar, year: int) -> None:
    assert calendar.fiscal is not None
    found = parse_label(calendar, f"FY{year:04}")
    assert found is not None
    last = next_start(calendar, Grain.YEAR, found[1]) - timedelta(days=1)
    assert last.isoweekday() % 7 + 1 == calendar.week_starts
    if calendar.fiscal.day is None:
        assert (last.year, last.month) == (year, calendar.fiscal.month)
        assert (last + WEEK).month != last.month
    elif calendar.fiscal.day <= 28:
        assert abs(last - date(year, calendar.fiscal.month, calendar.fiscal.day)) <= timedelta(days=3)


@given(calendars, st.integers(1995, 2040))
def test_the_weeks_of_a_year_fit_into_its_months(calendar: Calendar, year: int) -> None:
    for week in starts(calendar, Grain.WEEK, date(year, 1, 1), date(year + 1, 1, 1)):
        assert start_of(calendar, Grain.MONTH, week) == start_of(calendar, Grain.MONTH, week + timedelta(days=6))


def test_the_numbers_of_a_day() -> None:
    some = day("2025-03-02")
    assert [read(RETAIL, some) for read in (year_number, quarter_number, month_number_of)] == [2026, 1, 2]
    april = Calendar(year_starts=4)
    assert [read(april, some) for read in (year_number, quarter_number, month_number_of)] == [2025, 4, 3]


@pytest.mark.parametrize(
    "text", ["2026", "2026-Q1", "2026-01", "2026-P01", "FY2026-01", "FY2026-P00", "FY2026-P13", "FY2026-W01", "FY0000"]
)
def test_what_is_no_label(text: str) -> None:
    assert parse_label(RETAIL, text) is None
