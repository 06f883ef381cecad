"""Columns of dates and moments: their own day, the project's clock, the gaps and folds of summer time, the ends of time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest

from kpidsl.catalog.core import Type
from kpidsl.data.dates import Clock, reads_dates, to_dates
from kpidsl.data.table import Dates

BERLIN = Clock("Europe/Berlin", "Europe/Berlin")
IN_UTC = Clock("Europe/Berlin", "UTC")
PLUS_TWO = timezone(timedelta(hours=2))


def shown(values: Any, kind: Type, clock: Clock = BERLIN) -> list[str]:
    converted = to_dates(pd.Series(values), kind, clock)
    assert isinstance(converted.array, Dates), converted
    assert converted.array.values.dtype == np.dtype("M8[us]")
    return [str(moment).replace(".000000", "").removesuffix("T00:00:00") for moment in converted.array.values]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_every_unit_of_pandas(unit: str) -> None:
    values = pd.Series(np.array(["2026-01-31T10:00", "NaT"], f"M8[{unit}]"))
    assert shown(values, Type.DATETIME) == ["2026-01-31T10:00:00", "NaT"]
    assert shown(values, Type.DATE) == ["2026-01-31", "NaT"]


def test_python_dates_and_moments() -> None:
    values = pd.Series(
        [date(2026, 1, 31), datetime(2026, 1, 31, 10), None, pd.NaT, np.nan, pd.Timestamp("2026-02-01")], dtype=object
    )
    assert shown(values, Type.DATETIME) == ["2026-01-31", "2026-01-31T10:00:00", "NaT", "NaT", "NaT", "2026-02-01"]
    assert shown(values, Type.DATE) == ["2026-01-31", "2026-01-31", "NaT", "NaT", "NaT", "2026-02-01"]


def test_text_in_iso_8601() -> None:
    values = ["2026-01-31", "2026-01-31T10:00", "2026-01-31 10:00:00.5", "20260131", "", None, " 2026-01-31 "]
    told = ["2026-01-31", "2026-01-31T10:00:00", "2026-01-31T10:00:00.500000", "2026-01-31", "NaT", "NaT", "2026-01-31"]
    assert shown(values, Type.DATETIME) == told


def test_many_texts_are_read_as_few_are() -> None:
    days = pd.date_range("2020-01-01", periods=400, freq="7h").astype(str)
    assert shown(days, Type.DATETIME, IN_UTC) == [shown([day], Type.DATETIME, IN_UTC)[0] for day in days]
    mixed = [*days, "2026-06-01T00:00Z", "9999-12-31"]
    assert shown(mixed, Type.DATETIME)[-2:] == ["2026-06-01T02:00:00", "9999-12-31"]


def test_text_in_another_form() -> None:
    clock = Clock("UTC", "UTC", "%d.%m.%Y")
    texts = ["31.01.2026", "01.02.2026 10:30", " 2.2.2026 1:00:05 "]
    assert shown(texts, Type.DATETIME, clock) == ["2026-01-31", "2026-02-01T10:30:00", "2026-02-02T01:00:05"]
    assert shown(["31.01.2026 10:30", None, date(2026, 2, 1)], Type.DATE, clock) == ["2026-01-31", "NaT", "2026-02-01"]
    days = pd.Series(pd.date_range("2020-01-01", periods=400)).dt.strftime("%d.%m.%Y")
    assert shown(days, Type.DATE, clock)[-1] == "2021-02-03"


FORMS = ["%Y-%m-%d", "%Y/%m/%d", "%Y-%d-%m", "%d.%m.%Y", "%d%m%y%H", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H", "%m/%d/%Y %I:%M %p"]
ODD = [
    "{}",
    " {}",
    "{} 10:30",
    "{}T10:30",
    "{}Z",
    "{}.",
    "0{}",
    "2026-02-15",
    "2026/02/15",
    "2026-02-15T24:00",
    "20260215",
    "now",
]


@pytest.mark.parametrize("written", [None, *FORMS])
@pytest.mark.parametrize("odd", ODD)
def test_what_a_text_means_does_not_hang_on_how_many_there_are(written: str | None, odd: str) -> None:
    """So few are read one by one, and so many at once."""
    clock = Clock("Europe/Berlin", "UTC", written)
    many = [day.strftime(written or "%Y-%m-%d") for day in pd.date_range("2021-01-01", periods=300)]
    text = odd.format(datetime(2026, 2, 3, 14, 5).strftime(written or "%Y-%m-%d"))
    for kind in (Type.DATE, Type.DATETIME):
        few = to_dates(pd.Series([text], dtype=object), kind, clock)
        both = to_dates(pd.Series([*many, text], dtype=object), kind, clock)
        assert (few.array is None) == (both.array is None)
        if isinstance(few.array, Dates) and isinstance(both.array, Dates):
            assert few.array.values[-1] == both.array.values[-1]
        else:
            assert both.misfit is not None and (both.misfit.row, both.misfit.value) == (300, text)


@pytest.mark.parametrize("written", [*FORMS, "%c", "%x", "%j %Y", "%G-%V-%u", "%Y-%m", "%d. %B %Y", "%Y-%m-%dT%H:%M%z"])
def test_formats_that_can_be_read_with(written: str) -> None:
    assert reads_dates(written)


@pytest.mark.parametrize(
    "written",
    [
        "%Q",
        "%",
        "%Y-%m-%d%",
        "",
        "dd.mm.yyyy",
        "%d.%m.",
        "%d.%d.%Y",
        "%-d.%m.%Y",
        "%Y week %W",
        "%Y\0",
        "%H:%M",
        "%Y-%m-%d %I:%M",
    ],
)
def test_formats_that_cannot_be_read_with(written: str) -> None:
    """No year would be 1900, an hour of half a day may be one of two, and a week alone would be the first of January."""
    assert not reads_dates(written)


def test_the_first_nanoseconds_of_pandas_do_not_wrap_around() -> None:
    first = pd.Series([pd.Timestamp.min, pd.NaT])
    assert shown(first, Type.DATE) == ["1677-09-21", "NaT"]
    assert shown(first, Type.DATETIME) == ["1677-09-21T00:12:43.145224", "NaT"]
    assert shown(first.dt.tz_localize("UTC"), Type.DATE) == ["1677-09-21", "NaT"]
    assert shown(first.dt.tz_localize("UTC"), Type.DATETIME)[0].startswith("1677-09-21T01:06")


@pytest.mark.parametrize("kind", [Type.DATE, Type.DATETIME])
def test_beyond_the_years_1_to_9999_there_are_no_dates(kind: Type) -> None:
    far = pd.Series(np.array(["2026-01-01", "300000-01-01"], "M8[s]"))
    for values in (far, far.dt.tz_localize("UTC"), pd.Series(np.array(["2026-01-01", "10000-01-01"], "M8[us]"))):
        misfit = to_dates(values, kind, IN_UTC).misfit
        assert misfit is not None and misfit.row == 1


def test_a_zoned_moment_moves_to_the_project_and_a_date_never_does() -> None:
    late = pd.Series(pd.to_datetime(["2026-01-31T23:30:00Z", None], utc=True))
    assert shown(late, Type.DATETIME) == ["2026-02-01T00:30:00", "NaT"]
    assert shown(late, Type.DATE) == ["2026-01-31", "NaT"]
    midnight = late.dt.floor("D").dt.tz_convert("America/New_York")
    assert shown(midnight, Type.DATE) == ["2026-01-30", "NaT"]


def test_zoned_python_moments_and_texts() -> None:
    values = pd.Series(
        [datetime(2026, 1, 31, 23, 30, tzinfo=UTC), datetime(2026, 2, 1, 0, 30), "2026-06-30T22:30Z"], dtype=object
    )
    assert shown(values, Type.DATETIME) == ["2026-02-01T00:30:00", "2026-02-01T00:30:00", "2026-07-01T00:30:00"]
    assert shown(["2026-01-31T23:30:00-05:00"], Type.DATE) == ["2026-01-31"]


def test_moments_without_a_zone_are_on_the_binding_s_clock() -> None:
    assert shown(["2026-01-31T23:30"], Type.DATETIME, IN_UTC) == ["2026-02-01T00:30:00"]
    assert shown(pd.to_datetime(["2026-01-31T23:30"]), Type.DATETIME, IN_UTC) == ["2026-02-01T00:30:00"]
    assert shown(pd.to_datetime(["2026-01-31T23:30"]), Type.DATE, IN_UTC) == ["2026-01-31"]
    assert shown(["2026-01-31T23:30"], Type.DATETIME, BERLIN) == ["2026-01-31T23:30:00"]


def test_hours_that_the_clocks_skip_or_show_twice() -> None:
    from_berlin = Clock("UTC", "Europe/Berlin")
    skipped, twice = "2026-03-29T02:30", "2026-10-25T02:30"
    assert shown([skipped, twice], Type.DATETIME, from_berlin) == ["2026-03-29T01:00:00", "2026-10-25T00:30:00"]
    assert shown([skipped, twice], Type.DATETIME, BERLIN) == ["2026-03-29T02:30:00", "2026-10-25T02:30:00"]
    both = ["2026-10-25T00:30Z", "2026-10-25T01:30Z"]
    assert shown(both, Type.DATETIME, BERLIN) == ["2026-10-25T02:30:00", "2026-10-25T02:30:00"]


def test_the_ends_of_time() -> None:
    ends = ["0001-01-01", "9999-12-31T23:59:59.999999"]
    for clock in (BERLIN, IN_UTC, Clock("America/New_York", "UTC"), Clock("UTC", "Asia/Tokyo")):
        assert shown(ends, Type.DATE, clock) == ["0001-01-01", "9999-12-31"]
        assert all(moment[:4] in ("0001", "9999") for moment in shown(ends, Type.DATETIME, clock))
    objects = pd.Series([datetime(1, 1, 1, tzinfo=PLUS_TWO), date.max, date.min], dtype=object)
    assert shown(objects, Type.DATETIME, Clock("UTC", "UTC")) == ["0001-01-01", "9999-12-31", "0001-01-01"]


def test_periods_and_categories_of_pandas() -> None:
    assert shown(pd.Series(pd.period_range("2026-01", periods=2, freq="M")), Type.DATE) == ["2026-01-01", "2026-02-01"]
    assert shown(pd.Series(pd.to_datetime(["2026-01-31", None])).astype("category"), Type.DATE) == ["2026-01-31", "NaT"]
    assert shown(pd.Series([], dtype=object), Type.DATE) == []


@pytest.mark.parametrize(
    ("values", "row"),
    [
        (["2026-01-31", "31.01.2026"], 1),
        (["2026-02-30"], 0),
        (["2026-01"], 0),
        ([*pd.date_range("2020-01-01", periods=200).astype(str), "2026-01-5"], 200),
        (["yesterday"], 0),
        ([20260131], 0),
        ([1.5], 0),
        ([True], 0),
        (pd.Series([None, np.array([1])], dtype=object), 1),
        (pd.Series(np.array(["2026-01-01", "12026-01-01"], "M8[s]")), 1),
        (pd.Series(np.array(["0000-06-01"], "M8[us]")), 0),
        (pd.Series([pd.Timedelta(days=1)]), 0),
    ],
)
def test_what_is_no_date(values: Any, row: int) -> None:
    misfit = to_dates(pd.Series(values), Type.DATE, BERLIN).misfit
    assert misfit is not None
    assert misfit.row == row
