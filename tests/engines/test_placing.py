"""Which rows are read, and in which period they are: months' ends, years of their own, the range, `as_of`, missing dates."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from asking import Answer, answered

from kpidsl.data.given import Frame, Given
from kpidsl.plan.schedule import Span

SOURCES = """
project: {{language: 1, name: Test, calendar: {{timezone: {zone}, year_starts: {year_starts}}}}}
sources:
  rows:
    time: seen_at
    columns: {{seen_at: {kind}, paid_at: date, owner: {{type: text, references: owners}}}}
  owners: {{key: id, columns: {{id: text, born: date}}}}
measures:
  rows: count(rows)
  paid: count(rows at paid_at)
  born: count(rows at owner.born)
  owners: count(owners)
"""


def dated(dates: list[Any], *, kind: str = "date", zone: str = "UTC", year_starts: str = "january", **asked: Any) -> Answer:
    text = SOURCES.format(zone=zone, kind=kind, year_starts=year_starts)
    return answered(text, {"rows": {"seen_at": dates}}, "rows", **asked)


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("day", {"2024-02-29": 1, "2024-03-01": 1, "2024-12-30": 1}),
        ("week", {"2024-02-26": 2, "2024-12-30": 1}),
        ("month", {"2024-02-01": 1, "2024-03-01": 1, "2024-12-01": 1}),
        ("quarter", {"2024-01-01": 2, "2024-10-01": 1}),
        ("year", {"2024-01-01": 3}),
    ],
)
def test_periods(every: str, expected: dict[str, int]) -> None:
    assert dated(["2024-02-29", "2024-03-01", "2024-12-30"], every=every).cells("rows") == expected


def test_years_that_start_in_april() -> None:
    answer = dated(["2026-03-31", "2026-04-01"], every="year", year_starts="april")
    assert answer.cells("rows") == {"2025-04-01": 1, "2026-04-01": 1}


def test_without_a_grain_the_range_is_one_period() -> None:
    answer = dated(["2026-01-31", "2026-03-01"], as_of="2026-06-01")
    assert answer.cells("rows") == {(): 2}
    assert answer.periods == (date(2026, 1, 31), date(2026, 6, 1))


def test_the_range_defaults_to_the_first_row_up_to_as_of() -> None:
    answer = dated(["2026-01-31", None], every="month", as_of="2026-03-01")
    assert [str(start) for start in answer.periods] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    answer = dated(["2026-01-31"], every="month", as_of="2026-03-01T00:00:01")
    assert str(answer.periods[-1]) == "2026-04-01"


def test_bounds_move_out_to_whole_periods_with_a_notice() -> None:
    dates = ["2026-01-31", "2026-02-01", "2026-02-28", "2026-03-01"]
    answer = dated(dates, every="month", start="2026-02-10", end="2026-02-11")
    assert answer.cells("rows") == {"2026-02-01": 2}
    assert answer.notices == ["range-moved", "range-moved"]
    exact = dated(dates, every="month", start="2026-02-01", end="2026-03-01")
    assert exact.cells("rows") == {"2026-02-01": 2}
    assert exact.notices == []


def test_a_range_without_a_grain_is_exact() -> None:
    moments = ["2026-01-31T11:59", "2026-01-31T12:00", "2026-01-31T13:00"]
    answer = dated(moments, kind="datetime", start="2026-01-31T12:00", end="2026-01-31T13:00")
    assert answer.cells("rows") == {(): 1}
    assert answer.periods == (date(2026, 1, 31), date(2026, 2, 1))


def test_rows_at_or_after_as_of_are_not_read() -> None:
    moments = ["2026-01-31T23:59:59.999999", "2026-02-01T00:00", "9999-12-31"]
    answer = dated(moments, kind="datetime", every="month", as_of="2026-02-01", end="2026-04-01")
    assert answer.cells("rows") == {"2026-01-01": 1}
    assert len(answer.periods) == 4
    assert answer.span("rows") == Span(*[datetime(2026, 1, 31, 23, 59, 59, 999999)] * 2)


def test_rows_without_a_date_are_left_out_and_counted() -> None:
    answer = dated(["2026-01-31", None, None], every="month")
    assert answer.cells("rows") == {"2026-01-01": 1}
    assert answer.notices == ["dates-missing"]
    assert "2 of 3 rows" in answer.notes[0].headline
    assert answer.collect("rows").rows == 1


def test_no_rows_and_no_range() -> None:
    for dates in ([], [None], ["2027-01-01"]):
        answer = dated(dates, every="month")
        assert answer.periods == ()
        assert answer.cells("rows") == {}
        assert answer.span("rows") is None


def test_no_rows_in_the_range() -> None:
    answer = dated(["2026-01-31"], every="month", start="2026-03-01", end="2026-05-01")
    assert len(answer.periods) == 3
    assert answer.cells("rows") == {}
    assert answer.span("rows") == Span(*[datetime(2026, 1, 31)] * 2)


def test_the_first_and_the_last_day_there_are() -> None:
    answer = dated(["0001-01-01", "9999-12-31", "2026-01-31"], every="year", as_of="2026-06-01")
    assert answer.cells("rows") == {"0001-01-01": 1, "2026-01-01": 1}
    assert len(answer.periods) == 2027


def test_a_zoned_moment_at_midnight_is_in_the_project_s_month() -> None:
    moments = pd.Series(pd.to_datetime(["2026-01-31T22:59Z", "2026-01-31T23:00Z"], utc=True))
    answer = dated(list(moments), kind="datetime", zone="Europe/Berlin", every="month")
    assert answer.cells("rows") == {"2026-01-01": 1, "2026-02-01": 1}
    assert dated(list(moments), kind="date", zone="Europe/Berlin", every="month").cells("rows") == {"2026-01-01": 2}


def test_rows_are_placed_by_another_date_if_asked() -> None:
    text = SOURCES.format(zone="UTC", kind="date", year_starts="january")
    rows = {
        "seen_at": ["2026-01-10", "2026-01-20", "2026-02-10"],
        "paid_at": ["2026-02-01", None, "2026-03-01"],
        "owner": ["o1", "o2", "o9"],
    }
    owners = {"id": ["o2", "o1"], "born": [None, "2026-01-05"]}
    answer = answered(text, {"rows": rows, "owners": owners}, every="month")
    assert answer.cells("rows") == {"2026-01-01": 2, "2026-02-01": 1}
    assert answer.cells("paid") == {"2026-02-01": 1, "2026-03-01": 1}
    assert answer.cells("born") == {"2026-01-01": 1}
    assert answer.notices == ["dates-missing", "dates-missing"]
    assert list(answer.cells("owners").values()) == [2]
    assert {source for source, _ in answer.survey.timelines} == {"rows"}


def test_the_range_starts_with_the_first_row_of_all_scans() -> None:
    text = SOURCES.format(zone="UTC", kind="date", year_starts="january")
    rows = {"seen_at": ["2026-03-10"], "paid_at": ["2026-01-20"]}
    answer = answered(text, {"rows": rows}, "rows", "paid", every="month", as_of="2026-04-01")
    assert [str(start) for start in answer.periods] == ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"]


def test_what_the_binding_covers_is_observed() -> None:
    text = SOURCES.format(zone="UTC", kind="date", year_starts="january")
    given = Given(Frame(pd.DataFrame({"seen_at": ["2026-01-31"]})), covers=(date(2025, 1, 1), date(2026, 7, 1)))
    answer = answered(text, {"rows": given}, "rows", every="month")
    assert answer.survey.covers == {"rows": Span(datetime(2025, 1, 1), datetime(2026, 6, 30, 23, 59, 59, 999999))}


def days(*ranges: tuple[str, str], freq: str = "D") -> list[date]:
    return [day.date() for first, last in ranges for day in pd.date_range(first, last, freq=freq)]


@pytest.mark.parametrize(
    ("dates", "gap"),
    [
        (days(("2026-01-01", "2026-06-30")), None),
        (days(("2026-01-01", "2026-06-30"), freq="B"), None),
        (days(("2026-01-01", "2026-04-30"), ("2026-05-20", "2026-06-30")), "from 2026-05-01 to 2026-05-19, 19 days"),
        (days(("2026-01-01", "2026-01-10"), ("2026-03-20", "2026-06-30")), None),
        (days(("2026-01-01", "2026-03-31"), ("2026-04-10", "2026-04-30"), ("2026-05-10", "2026-06-30")), "from 2026-04-01"),
        (days(("2025-01-01", "2025-06-30"), ("2025-08-01", "2026-06-30")), None),
    ],
)
def test_a_gap_that_is_much_longer_than_any_before(dates: list[date], gap: str | None) -> None:
    answer = dated(list(dates), every="month", start="2026-01-01")
    assert answer.notices == (["gap-in-data"] if gap else [])
    assert gap is None or gap in answer.notes[0].headline


def test_no_gap_where_the_binding_says_what_it_covers() -> None:
    text = SOURCES.format(zone="UTC", kind="date", year_starts="january")
    rows = pd.DataFrame({"seen_at": days(("2026-01-01", "2026-04-30"), ("2026-05-20", "2026-06-30"))})
    given = Given(Frame(rows), covers=(date(2026, 1, 1), date(2026, 7, 1)))
    assert answered(text, {"rows": given}, "rows", every="month").notices == []
