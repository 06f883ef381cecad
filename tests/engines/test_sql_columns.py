"""Columns as a database stores them to what the definition declares, as for frames: numbers, clocks, days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import pytest
from databases import Database, Ran, database
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.catalog.core import Type
from kpidsl.data.dates import Clock, to_dates
from kpidsl.data.relations import Kind, Physical, Relation, StoredColumn
from kpidsl.engines.dialects.listed import DIALECTS
from kpidsl.engines.sql.relations import Bounds, subquery
from kpidsl.engines.sql.zones import to_utc

__all__ = ["database"]

KINDS: dict[Type, Kind] = {Type.NUMBER: "number", Type.TEXT: "text", Type.DATE: "moment", Type.DATETIME: "moment"}


def relation(physical: Physical, store: Ran, timezone: str = "UTC") -> Relation:
    return Relation("rows", ("main", "rows"), {"x": StoredColumn("X y", physical)}, timezone, store)


def read(
    kind: Type, physical: Physical, stored: str, values: list[Any], timezone: str = "UTC", project: str = "UTC"
) -> list[Any]:
    connection = duckdb.connect()
    connection.execute("set timezone = 'Asia/Tokyo'")
    connection.execute(f'create table rows ("X y" {stored})')
    connection.executemany("insert into rows values (?)", [[value] for value in values])
    store = Ran("duckdb", lambda text: connection.execute(text).fetchall())
    text = subquery(relation(physical, store, timezone), [("x", kind)], project, DIALECTS["duckdb"])
    if kind is Type.NUMBER:
        text = f"select cast(x as double) from ({text})"
    return store.run(text, [KINDS[kind]])[0].tolist()


CASES: list[tuple[Type, Physical, str, list[Any], list[Any]]] = [
    (Type.NUMBER, Physical.FLOAT, "double", [1.5, np.inf, -np.inf, np.nan], [1.5, None, None, None]),
    (Type.NUMBER, Physical.FLOAT, "float", [0.5, np.inf, None, np.nan], [0.5, None, None, None]),
    (Type.NUMBER, Physical.DECIMAL, "decimal(18, 2)", [Decimal("1.25"), None], [1.25, None]),
    (Type.NUMBER, Physical.INTEGER, "utinyint", [255, None], [255.0, None]),
    (Type.TEXT, Physical.INTEGER, "bigint", [7, -1, None], ["7", "-1", None]),
    (Type.TEXT, Physical.TEXT, "uuid", ["8c6a1b0e-0000-4000-8000-000000000000"], ["8c6a1b0e-0000-4000-8000-000000000000"]),
    (Type.TEXT, Physical.TEXT, "enum('a', 'b')", ["b", None], ["b", None]),
    (Type.DATE, Physical.DATE, "date", [date(1, 1, 1), date(9999, 12, 31)], [datetime(1, 1, 1), datetime(9999, 12, 31)]),
    (Type.DATE, Physical.MOMENT, "timestamp", [datetime(2026, 1, 31, 23, 59), None], [datetime(2026, 1, 31), None]),
    (Type.DATETIME, Physical.DATE, "date", [date(2026, 1, 31)], [datetime(2026, 1, 31)]),
    (Type.DATETIME, Physical.MOMENT, "timestamp_s", [datetime(2026, 1, 31, 12)], [datetime(2026, 1, 31, 12)]),
    (
        Type.DATETIME,
        Physical.NANOSECONDS,
        "timestamp_ns",
        ["1969-12-31 23:59:59.999999999", "2026-01-31 23:59:59.9999995", "2026-02-01", "2262-04-11 23:47:16.854775", None],
        [
            datetime(1969, 12, 31, 23, 59, 59, 999999),
            datetime(2026, 1, 31, 23, 59, 59, 999999),
            datetime(2026, 2, 1),
            datetime(2262, 4, 11, 23, 47, 16, 854775),
            None,
        ],
    ),
    (Type.DATE, Physical.NANOSECONDS, "timestamp_ns", ["2026-01-31 23:59:59.999999999"], [datetime(2026, 1, 31)]),
]


@pytest.mark.parametrize(("kind", "physical", "stored", "values", "expected"), CASES)
def test_columns_have_the_type_that_is_declared(
    kind: Type, physical: Physical, stored: str, values: list[Any], expected: list[Any]
) -> None:
    assert [None if each != each else each for each in read(kind, physical, stored, values)] == expected


UTC = ZoneInfo("UTC")


@pytest.mark.parametrize("project", ["UTC", "Europe/Berlin", "America/New_York"])
def test_a_moment_with_a_zone_goes_to_the_project(project: str) -> None:
    moments = [datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in range(3)]
    expected = [moment.astimezone(ZoneInfo(project)).replace(tzinfo=None) for moment in moments]
    assert read(Type.DATETIME, Physical.ZONED, "timestamptz", moments, project=project) == expected
    days = [datetime(moment.year, moment.month, moment.day) for moment in expected]
    assert read(Type.DATE, Physical.ZONED, "timestamptz", moments, project=project) == days


ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"]
around = st.sampled_from(
    [
        datetime(2026, 3, 29, 2),
        datetime(2026, 10, 25, 2),
        datetime(2026, 3, 8, 2),
        datetime(2026, 11, 1, 1),
        datetime(1985, 11, 2),
    ]
)
moments = st.builds(lambda base, minutes: base + timedelta(minutes=minutes), around, st.integers(-200, 200))


@settings(max_examples=30)
@given(st.lists(moments, min_size=1, max_size=6), st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_a_moment_moves_from_clock_to_clock_as_in_frames(values: list[datetime], local: str, project: str) -> None:
    found = read(Type.DATETIME, Physical.MOMENT, "timestamp", [*values, None], local, project)
    array = to_dates(pd.Series([*values, None], dtype="datetime64[us]"), Type.DATETIME, Clock(project, local)).array
    assert array is not None
    assert found == [None if pd.isna(each) else each for each in pd.Series(array.values).dt.to_pydatetime().tolist()]


def test_clocks_in_every_database(database: Database) -> None:
    dialect = DIALECTS[database.store.dialect]
    values = [datetime(2026, 3, 29, 2, 30), datetime(2026, 10, 25, 2, 30), datetime(2026, 7, 1), None]
    frame = pd.DataFrame({"x": values}, dtype=object)
    table = database.load("moments", frame, {"x": "datetime"})
    utc = to_utc("x", "Europe/Berlin", dialect)
    local = dialect.from_utc(utc, "America/New_York")
    columns = database.store.run(f"select x, {utc}, {local} from {dialect.table([table])}", ["moment"] * 3)
    expected = {
        values[0]: (datetime(2026, 3, 29, 1), datetime(2026, 3, 28, 21)),
        values[1]: (datetime(2026, 10, 25, 0, 30), datetime(2026, 10, 24, 20, 30)),
        values[2]: (datetime(2026, 6, 30, 22), datetime(2026, 6, 30, 18)),
        None: (None, None),
    }
    assert {x: (one, other) for x, one, other in zip(*columns, strict=True)} == expected


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_a_moment_in_utc_is_one(dialect: str, request: pytest.FixtureRequest) -> None:
    moment = datetime(2026, 1, 31, 23, 30)
    text = DIALECTS[dialect].to_local(DIALECTS[dialect].utc_literal(moment), "Europe/Berlin")
    if dialect == "duckdb":
        found = duckdb.connect().execute(f"select {text}").fetchone()
    else:
        session = request.getfixturevalue(dialect)
        found = session.execute(f"select {text}").fetchone() if dialect == "postgres" else session.sql(f"select {text}").first()
    assert found is not None and found[0] == datetime(2026, 2, 1, 0, 30)


def test_a_decimal_that_is_no_number_is_missing(postgres: Any) -> None:
    columns = "select 1.5::numeric as \"X y\" union all select 'NaN' union all select null"
    postgres.execute(f"create temp table decimals as {columns}")
    rows = Relation(
        "rows", ("decimals",), {"x": StoredColumn("X y", Physical.DECIMAL)}, "UTC", Ran("postgres", lambda text: [])
    )
    text = subquery(rows, [("x", Type.NUMBER)], "UTC", DIALECTS["postgres"])
    assert postgres.execute(f"select count(x), sum(x) from ({text}) r").fetchone() == (1, Decimal("1.5"))
    postgres.execute("drop table decimals")


BOUNDS = Bounds("x", datetime(2026, 1, 1), datetime(2026, 1, 15, 12))


@pytest.mark.parametrize(
    ("physical", "timezone", "condition"),
    [
        (Physical.DATE, "UTC", "\"X y\" >= date '2026-01-01' and \"X y\" < date '2026-01-16'"),
        (Physical.MOMENT, "UTC", "\"X y\" >= timestamp '2026-01-01 00:00:00' and \"X y\" < timestamp '2026-01-16 00:00:00'"),
        (
            Physical.MOMENT,
            "Asia/Tokyo",
            "\"X y\" >= timestamp '2025-12-30 00:00:00' and \"X y\" < timestamp '2026-01-18 00:00:00'",
        ),
        (
            Physical.ZONED,
            "UTC",
            "\"X y\" >= timestamptz '2025-12-30 00:00:00+00' and \"X y\" < timestamptz '2026-01-18 00:00:00+00'",
        ),
        (Physical.TEXT, "UTC", ""),
    ],
)
def test_the_time_is_a_condition_on_what_is_stored(physical: Physical, timezone: str, condition: str) -> None:
    rows = relation(physical, Ran("duckdb", lambda text: []), timezone)
    text = subquery(rows, [("x", Type.DATETIME)], "UTC", DIALECTS["duckdb"], BOUNDS)
    assert text.partition(" where ")[2] == condition
