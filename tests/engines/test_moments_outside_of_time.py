"""Moments that only databases have, infinite ones and those outside of the years 1 to 9999: they are missing."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

import kpidsl

SOURCES = """
sources:
  deals:
    key: id
    time: opened
    columns: {id: text, opened: %s, closed: %s, kind: text, days: {formula: closed - opened}, price: {formula: plan.price}}
    references: {plan: {source: plans, match: {kind: kind}, valid: [since, until]}}
  plans: {columns: {kind: text, since: date, until: date, price: number}}
measures:
  deals: count(deals)
  closed: count(deals at closed)
  alive: count(deals alive from opened to closed)
  days: avg(deals.days)
  price: sum(deals.price)
"""
PLANS = """('a', '-infinity', '2026-02-01', 1), ('a', '2026-02-01', 'infinity', 2)"""
BAD = ["infinity", "-infinity", "20226-01-01", "{before}"]
BEFORE = {"duckdb": "0044-03-15 (BC)", "postgres": "0044-03-15 BC"}


@pytest.fixture(params=["duckdb", "postgres"])
def connection(request: pytest.FixtureRequest) -> Any:
    """A connection of the host's with empty tables."""
    found = duckdb.connect() if request.param == "duckdb" else request.getfixturevalue("postgres")
    return request.param, found


def answers(connection: tuple[str, Any], type_: str, moment: str, every: str | None, **asked: Any) -> tuple[Any, list[str]]:
    """The values by measure and period, and the notices, over two good rows and one with a bad moment as both of its dates."""
    name, database = connection
    bad = moment.format(before=BEFORE[name])
    for table in ("deals", "plans"):
        database.execute(f"drop table if exists {table}")
    database.execute(f"create table deals (id text, opened {type_}, closed {type_}, kind text)")
    database.execute("create table plans (kind text, since date, until date, price double precision)")
    database.execute(f"insert into plans values {PLANS}")
    rows = f"('1', '2026-01-31', '2026-02-10', 'a'), ('2', '2026-02-01', '{bad}', 'a'), ('3', '{bad}', '2026-02-20', 'a')"
    database.execute(f"insert into deals values {rows}")
    kind = "date" if type_ == "date" else "datetime"
    catalog = kpidsl.load(texts={"kpidsl.yaml": SOURCES % (kind, kind)}, strict=True)
    data = {table: kpidsl.Table(database, table) for table in ("deals", "plans")}
    try:
        result = kpidsl.evaluate(catalog, data=data, every=every, as_of="2026-03-01", **asked)
    finally:
        for table in ("deals", "plans"):
            database.execute(f"drop table {table}")
    cells = result.frame[result.frame["value"].notna()]
    return list(zip(cells["kpi"], cells["period"], cells["value"], strict=True)), [each.headline for each in result.diagnostics]


@pytest.mark.parametrize("type_", ["date", "timestamp", "timestamptz"])
@pytest.mark.parametrize("moment", BAD)
@pytest.mark.parametrize("every", ["month", None])
def test_they_are_no_dates(connection: tuple[str, Any], type_: str, moment: str, every: str | None) -> None:
    cells, notices = answers(connection, type_, moment, every, kpis=["deals", "closed"])
    assert sum(value for name, _, value in cells if name == "deals") == 2
    assert sum(value for name, _, value in cells if name == "closed") == 2
    expected = [f"1 of 3 rows of source `deals` has no `{name}`" for name in ("closed", "opened")]
    assert sorted(each.split(",")[0] for each in notices) == expected


@pytest.mark.parametrize("every", ["month", "day", "year"])
def test_a_range_may_be_asked_for(connection: tuple[str, Any], every: str) -> None:
    cells, _ = answers(connection, "timestamp", "infinity", every, kpis="deals", start="2026-01-01", end="2026-03-01")
    assert sum(value for _, _, value in cells) == 2


def test_an_end_that_is_infinite_is_none(connection: tuple[str, Any]) -> None:
    cells, _ = answers(connection, "date", "infinity", "month", kpis=["alive", "days", "price"])
    assert cells == [
        ("alive", "2026-01", 1.0),
        ("alive", "2026-02", 1.0),
        ("days", "2026-01", 10.0),
        ("price", "2026-01", 1.0),
        ("price", "2026-02", 2.0),
    ]
