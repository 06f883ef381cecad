"""Times moved in the calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.periods import moves
from kpidsl.periods.bounds import next_start, start_of, starts
from kpidsl.periods.calendar import WEEK_PATTERNS, Calendar, FiscalYear
from kpidsl.periods.grain import Grain
from kpidsl.periods.labels import label

PLAIN = Calendar()
RETAIL = Calendar(week_starts=7, fiscal=FiscalYear((4, 5, 4), month=1, day=31))
DAY = timedelta(days=1)
D, W, M, Q, Y = Grain

calendars = st.one_of(
    st.builds(Calendar, week_starts=st.integers(1, 7), year_starts=st.integers(1, 12)),
    st.builds(
        Calendar,
        week_starts=st.integers(1, 7),
        fiscal=st.builds(
            FiscalYear, st.sampled_from([*WEEK_PATTERNS.values()]), st.integers(1, 12), st.none() | st.integers(1, 31)
        ),
    ),
)
grains = st.sampled_from(Grain)
months = st.sampled_from([M, Q, Y])
days = st.dates(date(1000, 1, 1), date(5000, 1, 1))
amounts = st.integers(1, 40)
moments = st.datetimes(datetime(1000, 1, 1), datetime(5000, 1, 1))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def period(calendar: Calendar, grain: Grain, day: date) -> tuple[datetime, datetime]:
    start = start_of(calendar, grain, day)
    return midnight(start), midnight(next_start(calendar, grain, start))


def before(calendar: Calendar, grain: Grain, bounds: tuple[datetime, datetime], amount: int) -> tuple[datetime, datetime]:
    for _ in range(amount):
        bounds = moves.previous_of(calendar, grain, *bounds)
    return bounds


# Moved


@pytest.mark.parametrize(
    ("grain", "time_", "amount", "unit", "expected"),
    [
        (D, "2026-03-15 2026-03-16", 1, M, "2026-02-15 2026-02-16"),
        (D, "2026-02-28 2026-03-01", 1, M, "2026-01-28 2026-02-01"),
        (D, "2024-02-28 2024-02-29", 1, M, "2024-01-28 2024-01-29"),
        (D, "2026-03-28 2026-03-29", 1, M, "2026-02-28 2026-03-01"),
        (D, "2026-03-29 2026-03-30", 1, M, None),
        (D, "2026-03-31 2026-04-01", 1, M, None),
        (D, "2024-02-29 2024-03-01", 1, Y, None),
        (D, "2025-02-28 2025-03-01", 1, Y, "2024-02-28 2024-03-01"),
        (D, "2026-03-01 2026-03-02", 10, D, "2026-02-19 2026-02-20"),
        (D, "2026-03-01 2026-03-02", 2, W, "2026-02-15 2026-02-16"),
        (M, "2026-03-01 2026-04-01", 1, M, "2026-02-01 2026-03-01"),
        (M, "2026-03-01 2026-04-01", 1, Y, "2025-03-01 2025-04-01"),
        (Q, "2026-01-01 2026-04-01", 1, Q, "2025-10-01 2026-01-01"),
        (W, "2026-01-05 2026-01-12", 2, W, "2025-12-22 2025-12-29"),
        (W, "2026-01-05 2026-01-12", 1, Y, "2025-01-06 2025-01-13"),  # both are W02
        (W, "2025-12-29 2026-01-05", 1, Y, "2024-12-30 2025-01-06"),
        (W, "2020-12-28 2021-01-04", 1, Y, None),  # 2020-W53
        (W, "2026-12-28 2027-01-04", 6, Y, "2020-12-28 2021-01-04"),
        (None, "2026-03-10 2026-03-21", 1, M, "2026-02-10 2026-02-21"),
        (None, "2026-02-01 2026-03-01", 1, M, "2026-01-01 2026-02-01"),
        (None, "2026-03-01 2026-03-31", 1, M, "2026-02-01 2026-03-01"),
        (None, "2026-03-10T06:30 2026-03-15T10:30", 1, M, "2026-02-10T06:30 2026-02-15T10:30"),
        (None, "2026-03-10T06:30 2026-03-31T10:30", 1, M, "2026-02-10T06:30 2026-03-01"),
        (None, "2026-03-10T06:30 2026-03-15T10:30", 3, D, "2026-03-07T06:30 2026-03-12T10:30"),
    ],
)
def test_moved(grain: Grain | None, time_: str, amount: int, unit: Grain, expected: str | None) -> None:
    start, end = map(at, time_.split())
    wanted = tuple(map(at, expected.split())) if expected is not None else None
    assert moves.moved(PLAIN, grain, start, end, amount, unit) == wanted


def test_a_fiscal_day_keeps_its_place() -> None:
    # FY2024-P12 has five weeks and begins on 2023-12-31, FY2024-P11 has five, FY2025-P01 begins on 2024-02-04 and has four.
    first, last = (
        (midnight(date(2024, 2, 4)), midnight(date(2024, 2, 5))),
        (midnight(date(2024, 3, 2)), midnight(date(2024, 3, 3))),
    )
    assert moves.moved(RETAIL, D, *first, 1, M) == (at("2023-12-31"), at("2024-01-01"))
    assert moves.moved(RETAIL, D, *last, 1, M) == (at("2024-01-27"), at("2024-02-04"))
    assert moves.moved(RETAIL, D, at("2024-02-03"), at("2024-02-04"), 1, Y) is None


@settings(max_examples=100)
@given(calendars, days, st.integers(-30, 30))
def test_the_days_of_a_month_tile_an_earlier_one(calendar: Calendar, some: date, amount: int) -> None:
    start, end = period(calendar, M, some)
    each = [moves.moved(calendar, D, start + DAY * n, start + DAY * (n + 1), amount, M) for n in range((end - start).days)]
    found = [bounds for bounds in each if bounds is not None]
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert (found[0][0], found[-1][1]) == moves.moved(calendar, M, start, end, amount, M)


@settings(max_examples=100)
@given(calendars, months, months, days, amounts)
def test_whole_periods_move_to_whole_periods(calendar: Calendar, grain: Grain, unit: Grain, some: date, amount: int) -> None:
    bounds = period(calendar, grain, some)
    if unit.months >= grain.months:
        assert moves.shift_problem(calendar, grain, amount, unit) is None
        found = moves.moved(calendar, grain, *bounds, amount, unit)
        assert found == before(calendar, grain, bounds, amount * unit.months // grain.months)


@settings(max_examples=100)
@given(calendars, grains, grains, moments, moments, amounts)
def test_what_follows_in_time_follows_moved(
    calendar: Calendar, grain: Grain, unit: Grain, one: datetime, other: datetime, amount: int
) -> None:
    first, last = sorted((one, other))
    second = first + (last - first) / 2
    found = [moves.moved(calendar, None, *bounds, amount, unit) for bounds in ((first, second), (second, last))]
    parts = [bounds for bounds in found if bounds is not None]
    whole = moves.moved(calendar, None, first, last, amount, unit)
    assert (whole is None) == (not parts)
    if whole is not None:
        assert (parts[0][0], parts[-1][1]) == whole
    ends = [moves.window_start(calendar, grain, end, amount, unit) for end in (first, last)]
    assert ends == sorted(ends)
    assert all(start <= end for start, end in zip(ends, (first, last), strict=True))


@settings(max_examples=100)
@given(calendars, days, st.integers(0, 30))
def test_weeks_move_by_years_to_the_same_number(calendar: Calendar, some: date, years: int) -> None:
    bounds = period(calendar, W, some)
    year, number = label(calendar, W, bounds[0].date()).split("-W")
    found = moves.moved(calendar, W, *bounds, years, Y)
    if found is None:
        assert number == "53"
    else:
        assert label(calendar, W, found[0].date()) == f"{int(year) - years:04}-W{number}"
        assert found == period(calendar, W, found[0].date())


# Before, windows, to date, pieces


def test_the_time_before() -> None:
    assert moves.previous_of(PLAIN, None, at("2026-01-10T12:00"), at("2026-01-20")) == (
        at("2026-01-01"),
        at("2026-01-10T12:00"),
    )
    assert moves.previous_of(PLAIN, M, at("2026-03-01"), at("2026-04-01")) == (at("2026-02-01"), at("2026-03-01"))
    assert moves.previous_of(RETAIL, Y, at("2024-02-04"), at("2025-02-02")) == (at("2023-01-29"), at("2024-02-04"))


@pytest.mark.parametrize(
    ("grain", "end", "amount", "unit", "expected"),
    [
        (D, "2026-03-16", 2, M, "2026-01-16"),
        (D, "2026-03-01", 1, M, "2026-01-29"),
        (D, "2026-04-01", 1, M, "2026-03-01"),
        (D, "2026-03-31", 1, M, "2026-03-01"),
        (D, "2026-03-16", 7, D, "2026-03-09"),
        (D, "2024-03-01", 1, Y, "2023-03-01"),
        (W, "2026-03-02", 1, M, "2026-02-02"),
        (W, "2026-03-02", 4, W, "2026-02-02"),
        (M, "2026-03-01", 3, M, "2025-12-01"),
        (Q, "2026-04-01", 1, Y, "2025-04-01"),
        (None, "2026-03-01", 1, M, "2026-02-01"),
        (None, "2026-03-16", 1, M, "2026-02-16"),
        (None, "2026-03-16T10:30", 1, M, "2026-02-16T10:30"),
        (None, "2026-03-31", 1, M, "2026-03-01"),
    ],
)
def test_where_a_window_begins(grain: Grain | None, end: str, amount: int, unit: Grain, expected: str) -> None:
    assert moves.window_start(PLAIN, grain, at(end), amount, unit) == at(expected)


@settings(max_examples=100)
@given(calendars, months, days, amounts)
def test_a_window_by_periods_is_made_of_them(calendar: Calendar, grain: Grain, some: date, amount: int) -> None:
    bounds = period(calendar, grain, some)
    for asked in (grain, None):
        start = moves.window_start(calendar, asked, bounds[1], amount, grain)
        assert start == before(calendar, grain, bounds, amount - 1)[0]


@pytest.mark.parametrize(
    ("grain", "time_", "unit", "expected"),
    [
        (D, "2026-03-15 2026-03-16", Y, "2026-01-01"),
        (D, "2026-03-15 2026-03-16", W, "2026-03-09"),
        (M, "2026-03-01 2026-04-01", Q, "2026-01-01"),
        (Y, "2026-01-01 2027-01-01", Y, "2026-01-01"),
        (W, "2025-12-29 2026-01-05", Y, "2025-12-29"),
        (W, "2026-03-30 2026-04-06", M, "2026-03-30"),
        (W, "2026-03-30 2026-04-06", W, "2026-03-30"),
        (None, "2025-11-20 2026-02-01", M, "2026-01-01"),
        (None, "2025-11-20 2026-02-01T00:01", M, "2026-02-01"),
    ],
)
def test_to_date(grain: Grain | None, time_: str, unit: Grain, expected: str) -> None:
    start, end = map(at, time_.split())
    assert moves.to_date_start(PLAIN, grain, start, end, unit) == at(expected)


def test_pieces_are_cut_at_the_ends() -> None:
    assert moves.split(PLAIN, M, at("2026-01-20T12:00"), at("2026-03-02")) == (
        (at("2026-01-20T12:00"), at("2026-02-01")),
        (at("2026-02-01"), at("2026-03-01")),
        (at("2026-03-01"), at("2026-03-02")),
    )
    assert moves.split(PLAIN, M, at("2026-01-20"), at("2026-01-20")) == ()


@settings(max_examples=100)
@given(calendars, grains, st.datetimes(datetime(1999, 1, 1), datetime(2001, 1, 1)), st.timedeltas(timedelta(0), 400 * DAY))
def test_pieces_tile(calendar: Calendar, unit: Grain, start: datetime, length: timedelta) -> None:
    end = start + length
    found = moves.split(calendar, unit, start, end)
    bounds = [begin for begin, _ in found] + [end]
    assert [*found] == ([*pairwise([start, *bounds[1:]])] if length else [])
    assert [begin.date() for begin, _ in found[1:]] == [
        each for each in starts(calendar, unit, start.date(), end.date() + DAY) if start < midnight(each) < end
    ]


# The ends of time, and what does not fit


@pytest.mark.parametrize("edge", [date.min, date.min + DAY, date.max - DAY])
@pytest.mark.parametrize("grain", [*Grain, None])
@settings(max_examples=50)
@given(calendar=calendars, unit=grains, amount=st.sampled_from([-(10**12), -1, 0, 1, 10**12]))
def test_nothing_raises_at_the_ends_of_time(
    calendar: Calendar, grain: Grain | None, unit: Grain, amount: int, edge: date
) -> None:
    start, end = period(calendar, grain, edge) if grain is not None else (midnight(edge), midnight(edge + DAY))
    for bounds in ((start, end), (datetime.min, end), (start, datetime.max), (datetime.min, datetime.min)):
        found = moves.moved(calendar, grain, *bounds, amount, unit)
        assert found is None or found[0] < found[1]
        assert moves.previous_of(calendar, grain, *bounds)[0] <= bounds[0]
        moves.window_start(calendar, grain, bounds[1], amount, unit)
        moves.to_date_start(calendar, grain, *bounds, unit)
    pieces = moves.split(calendar, unit, start, end)
    assert (pieces[0][0], pieces[-1][1]) == (start, end)


@pytest.mark.parametrize(
    ("grain", "amount", "unit", "shift", "window"),
    [
        (None, 1, D, None, None),
        (D, 1, D, None, None),
        (D, 1, M, None, None),
        (D, 0, D, "shorter", "shorter"),
        (W, 3, D, "shorter", "shorter"),
        (W, 7, D, None, None),
        (W, 10, D, "does-not-fit", None),
        (W, 2, W, None, None),
        (W, 1, M, "weeks-by-months", None),
        (W, 12, M, "weeks-by-months", None),
        (W, 1, Y, None, None),
        (M, 1, M, None, None),
        (M, 5, W, "months-by-days", "months-by-days"),
        (Y, 400, D, "months-by-days", "months-by-days"),
        (Q, 2, M, "shorter", "shorter"),
        (Q, 3, M, None, None),
        (Y, 3, Q, "shorter", "shorter"),
        (Y, 4, Q, None, None),
    ],
)
def test_amounts_that_fit(grain: Grain | None, amount: int, unit: Grain, shift: str | None, window: str | None) -> None:
    assert moves.shift_problem(PLAIN, grain, amount, unit) == shift
    assert moves.window_problem(PLAIN, grain, amount, unit) == window


def test_units_that_fit() -> None:
    shorter = [(grain, unit) for grain in Grain for unit in Grain if moves.to_date_problem(PLAIN, grain, unit) == "shorter"]
    assert shorter == [(W, D), (M, D), (M, W), (Q, D), (Q, W), (Q, M), (Y, D), (Y, W), (Y, M), (Y, Q)]
    assert all(moves.to_date_problem(PLAIN, None, unit) is None for unit in Grain)
    fitting = {grain: [unit for unit in Grain if moves.average_problem(PLAIN, grain, unit) is None] for grain in (*Grain, None)}
    assert fitting == {D: [D], W: [D, W], M: [D, M], Q: [D, M, Q], Y: [D, M, Q, Y], None: [*Grain]}
    assert [moves.average_problem(calendar, M, W) for calendar in (PLAIN, RETAIL)] == ["does-not-fit", None]
