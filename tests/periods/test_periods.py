"""Periods, their bounds and labels."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.periods.bounds import next_start, start_of, starts
from kpidsl.periods.calendar import WEEK_PATTERNS, Calendar, FiscalYear, month_number, weekday_number
from kpidsl.periods.grain import Grain, fits_into
from kpidsl.periods.labels import label, parse_label
from kpidsl.periods.months import month_number_of, quarter_number, year_number
from kpidsl.periods.shift import add_days, add_months

PLAIN = Calendar()
APRIL = Calendar(year_starts=4)
DAY = timedelta(days=1)

RETAIL = Calendar(week_starts=7, fiscal=FiscalYear((4, 5, 4), month=1, day=31))

ordinary = st.builds(Calendar, week_starts=st.integers(1, 7), year_starts=st.integers(1, 12))
years = st.builds(
    FiscalYear, st.sampled_from([*WEEK_PATTERNS.values()]), st.integers(1, 12), st.one_of(st.none(), st.integers(1, 29))
)
fiscal = st.builds(Calendar, week_starts=st.integers(1, 7), fiscal=years)
calendars = st.one_of(ordinary, fiscal)
grains = st.sampled_from(Grain)
days = st.dates(date(2, 1, 1), date(9998, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@settings(max_examples=100)
@given(calendars, grains, days)
def test_a_day_lies_in_its_period(calendar: Calendar, grain: Grain, some: date) -> None:
    start = start_of(calendar, grain, some)
    following = next_start(calendar, grain, start)
    assert start <= some < following
    assert start_of(calendar, grain, following - DAY) == start
    assert start_of(calendar, grain, following) == following


@settings(max_examples=100)
@given(calendars, grains, days)
def test_a_label_reads_back(calendar: Calendar, grain: Grain, some: date) -> None:
    start = start_of(calendar, grain, some)
    assert parse_label(calendar, label(calendar, grain, start)) == (grain, start)


@settings(max_examples=100)
@given(calendars, grains, st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(1, 400))
def test_starts_are_those_of_the_days(calendar: Calendar, grain: Grain, first: date, length: int) -> None:
    each = [start_of(calendar, grain, first + timedelta(days=number)) for number in range(length)]
    assert starts(calendar, grain, first, first + timedelta(days=length)) == tuple(dict.fromkeys(each))


def test_an_empty_range_has_no_periods() -> None:
    assert starts(PLAIN, Grain.MONTH, day("2026-01-15"), day("2026-01-15")) == ()


@settings(max_examples=100)
@given(calendars, grains, grains, days)
def test_smaller_periods_fit_into_larger(calendar: Calendar, smaller: Grain, larger: Grain, some: date) -> None:
    if fits_into(smaller, larger):
        assert start_of(calendar, larger, start_of(calendar, smaller, some)) == start_of(calendar, larger, some)


def test_weeks_fit_only_into_weeks() -> None:
    assert [grain for grain in Grain if fits_into(Grain.WEEK, grain)] == [Grain.WEEK]
    assert [grain for grain in Grain if fits_into(grain, Grain.WEEK)] == [Grain.DAY, Grain.WEEK]
    assert fits_into(Grain.MONTH, Grain.QUARTER) and not fits_into(Grain.YEAR, Grain.QUARTER)


def test_weeks_from_monday_are_iso_weeks() -> None:
    for monday in starts(PLAIN, Grain.WEEK, date(1900, 1, 1), date(2200, 1, 1)):
        year, week, _ = monday.isocalendar()
        assert label(PLAIN, Grain.WEEK, monday) == f"{year:04}-W{week:02}"


@given(st.integers(1, 7), st.integers(1990, 2060))
def test_weeks_are_numbered_without_gaps(week_starts: int, year: int) -> None:
    calendar = Calendar(week_starts=week_starts)
    names = [
        label(calendar, Grain.WEEK, start) for start in starts(calendar, Grain.WEEK, date(year, 1, 1), date(year + 1, 1, 1))
    ]
    for name, following in pairwise(names):
        weeks = int(name[-2:])
        assert int(following[-2:]) == weeks + 1 or (weeks >= 52 and following.endswith("W01")) or name[:4] != following[:4]


@pytest.mark.parametrize(
    ("calendar", "grain", "some", "start", "name"),
    [
        (PLAIN, Grain.YEAR, "2026-07-09", "2026-01-01", "2026"),
        (PLAIN, Grain.QUARTER, "2026-03-31", "2026-01-01", "2026-Q1"),
        (PLAIN, Grain.MONTH, "2024-02-29", "2024-02-01", "2024-02"),
        (PLAIN, Grain.DAY, "2026-01-05", "2026-01-05", "2026-01-05"),
        (PLAIN, Grain.WEEK, "2026-02-01", "2026-01-26", "2026-W05"),
        (PLAIN, Grain.WEEK, "2021-01-03", "2020-12-28", "2020-W53"),
        (Calendar(week_starts=7), Grain.WEEK, "2026-01-03", "2025-12-28", "2025-W53"),
        (Calendar(week_starts=7), Grain.WEEK, "2026-01-05", "2026-01-04", "2026-W01"),
        (APRIL, Grain.YEAR, "2026-04-01", "2026-04-01", "FY2027"),
        (APRIL, Grain.YEAR, "2026-03-31", "2025-04-01", "FY2026"),
        (APRIL, Grain.QUARTER, "2026-05-20", "2026-04-01", "FY2027-Q1"),
        (APRIL, Grain.QUARTER, "2027-01-20", "2027-01-01", "FY2027-Q4"),
        (APRIL, Grain.MONTH, "2026-04-09", "2026-04-01", "2026-04"),
        (Calendar(year_starts=12), Grain.QUARTER, "2026-02-28", "2025-12-01", "FY2026-Q1"),
    ],
)
def test_labels(calendar: Calendar, grain: Grain, some: str, start: str, name: str) -> None:
    assert start_of(calendar, grain, day(some)) == day(start)
    assert label(calendar, grain, day(start)) == name
    assert parse_label(calendar, name) == (grain, day(start))


NO_LABELS = [
    *("", "26", "0000", "２０２６", "2026 ", "2026-1", "2026-1-5", "2026-01\n", "2026-13", "2025-02-29"),
    *("2026-Q0", "2026-Q5", "2026-W00", "2026-W54", "2025-W53", "FY2026", "FY2026-Q1", "FY2026-01"),
]


@pytest.mark.parametrize("text", NO_LABELS)
def test_what_is_no_label(text: str) -> None:
    assert parse_label(PLAIN, text) is None


def test_a_fiscal_year_needs_its_mark() -> None:
    assert [parse_label(APRIL, text) for text in ("2026", "2026-Q1", "FY2026-W01")] == [None] * 3
    assert parse_label(APRIL, "2026-W01") == (Grain.WEEK, day("2025-12-29"))


@pytest.mark.parametrize(
    ("some", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-01-31", -13, "2024-12-31"),
    ],
)
def test_adding_months_stops_at_the_end_of_a_month(some: str, months: int, expected: str) -> None:
    assert add_months(day(some), months) == day(expected)


@settings(max_examples=100)
@given(days, st.integers(-500, 500))
def test_months_go_back_to_the_day_or_the_end_of_a_shorter_month(some: date, amount: int) -> None:
    moved = add_months(some, amount)
    back = add_months(moved, -amount)
    if date.min < moved < date.max:
        assert back == some.replace(day=min(some.day, moved.day))


@pytest.mark.parametrize("edge", [date.min, date.min + DAY, date.max - DAY, date.max])
@pytest.mark.parametrize("grain", Grain)
@given(calendar=calendars)
def test_the_ends_of_time_are_where_periods_are_cut(calendar: Calendar, grain: Grain, edge: date) -> None:
    start = start_of(calendar, grain, edge)
    assert start <= edge <= next_start(calendar, grain, start)
    assert label(calendar, grain, start)


def test_days_and_months_stop_at_the_ends_of_time() -> None:
    for add in (add_days, add_months):
        assert [add(day("2026-01-31"), amount) for amount in (-(10**9), 10**9)] == [date.min, date.max]


@given(calendars, grains)
def test_the_first_and_last_periods_are_listed(calendar: Calendar, grain: Grain) -> None:
    early = starts(calendar, grain, date.min, date(3, 1, 1))
    late = starts(calendar, grain, date(9997, 1, 1), date.max)
    for found in (early, late):
        assert list(found) == sorted(set(found))
        assert all(start_of(calendar, grain, start) == start for start in found)
    assert early[0] == date.min
    assert early[1] == start_of(calendar, grain, early[1] + DAY * (grain is not Grain.DAY))


def test_words_of_a_calendar() -> None:
    assert (weekday_number("monday"), weekday_number("sunday"), weekday_number("mon")) == (1, 7, None)
    assert (month_number("january"), month_number("december"), month_number("")) == (1, 12, None)


@settings(max_examples=100)
@given(calendars, days)
def test_numbers_of_a_day_are_those_in_labels(calendar: Calendar, some: date) -> None:
    quarter = label(calendar, Grain.QUARTER, start_of(calendar, Grain.QUARTER, some)).removeprefix("FY")
    month = label(calendar, Grain.MONTH, start_of(calendar, Grain.MONTH, some))
    assert f"{year_number(calendar, some):04}-Q{quarter_number(calendar, some)}" == quarter
    assert f"{month_number_of(calendar, some):02}" == month[-2:]
