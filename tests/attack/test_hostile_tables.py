"""Tables and files that hold odd things: the same number on every engine, or one clear sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import kpidsl

DEFINITIONS = """
sources:
  deals:
    key: id
    time: day
    columns: {id: text, day: date, at: datetime, amount: number, channel: text, won: boolean}
dimensions: {channel: [deals.channel]}
measures:
  deals: count(deals)
  total: sum(deals.amount)
  amounts: count(distinct deals.amount)
  channels: count(distinct deals.channel)
  webs: {formula: 'count(deals where channel = "web")', unit: number}
  late: {formula: 'count(deals where at >= 2026-02-01)', unit: number}
"""


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"a.yaml": DEFINITIONS}, strict=True)


def cells(catalog: kpidsl.Catalog, rows: object, kpis: Any, **asked: Any) -> tuple[list[tuple[str, object]], list[str]]:
    """The values by period, or the status where there is none, and the codes of what was found."""
    result = kpidsl.evaluate(catalog, kpis, data={"deals": rows}, **{"as_of": "2026-06-01", **asked})
    columns = (result.frame[name].tolist() for name in ("period", "value", "status"))
    shown = [(period, value if status == "value" else status) for period, value, status in zip(*columns, strict=True)]
    return shown, [finding.code for finding in result.diagnostics]


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_the_last_nanosecond_of_a_month_is_in_it(catalog: kpidsl.Catalog, engine: str) -> None:
    ends = np.array(["2025-12-31T23:59:59.999999999", "2026-01-31T23:59:59.999999999"], "M8[ns]")
    rows = pd.DataFrame({"id": ["1", "2"], "day": ends, "at": ends})
    assert cells(catalog, rows, "deals", every="month", engine=engine) == ([("2025-12", 1.0), ("2026-01", 1.0)], [])
    assert cells(catalog, rows, "late", engine=engine)[0][0][1] == 0.0


DAY = "'1' as id, date '2026-01-01' as day"
LISTS = {
    "of decimals": (f"select {DAY}, [1.5::decimal(9, 2)] as amount", "total"),
    "of enums": (f"select {DAY}, ['web'::enum('web')] as channel", "channels"),
    "of a length": (f"select {DAY}, ['web']::varchar[1] as channel", "channels"),
}


@pytest.mark.parametrize(("rows", "kpi"), LISTS.values(), ids=LISTS)
def test_a_list_is_no_value(catalog: kpidsl.Catalog, tmp_path: Path, rows: str, kpi: str) -> None:
    connection = duckdb.connect()
    connection.execute(f"create table deals as {rows}")
    assert cells(catalog, kpidsl.Table(connection, "deals"), kpi) == ([("", "error")], ["wrong-type"])
    connection.execute(f"copy deals to '{tmp_path / 'deals.parquet'}' (format parquet)")
    for engine in ("pandas", "duckdb"):
        found = kpidsl.evaluate(catalog, kpi, data=tmp_path, engine=engine)
        assert [finding.code for finding in found.diagnostics] == ["wrong-type"]


def test_the_words_of_an_enum_may_go_over_lines(catalog: kpidsl.Catalog) -> None:
    connection = duckdb.connect()
    connection.execute(f"create table deals as select {DAY}, 'web'::enum('a\nb', 'web') as channel")
    assert cells(catalog, kpidsl.Table(connection, "deals"), "webs")[0][0][1] == 1.0


@pytest.mark.parametrize("column", ["1::uhugeint as amount", "1::bignum as amount", "date 'infinity' as day"])
def test_what_fits_no_array_is_refused(catalog: kpidsl.Catalog, tmp_path: Path, column: str) -> None:
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as file:
        file.execute(f"create table deals as select {DAY if 'day' not in column else '1 as id'}, 0 as one, {column}")
    (tmp_path / "data.yaml").write_text("sources:\n  deals: {duckdb: crm.duckdb, table: deals}\n")
    kpi = "deals" if "day" in column else "total"
    found = kpidsl.evaluate(catalog, kpi, data=tmp_path / "data.yaml", engine="pandas")
    assert [finding.code for finding in found.diagnostics] == ["unreadable-file"]


# PostgreSQL


@pytest.fixture
def table(postgres: Any) -> Iterator[Any]:
    """A function that makes the table `deals` of a select."""

    def make(select: str) -> kpidsl.Table:
        postgres.execute(f"create temp table deals as {select}")
        return kpidsl.Table(postgres, "deals")

    yield make
    postgres.execute("drop table if exists deals")


def test_infinite_decimals_count_as_missing(catalog: kpidsl.Catalog, postgres: Any, table: Any) -> None:
    if postgres.info.server_version < 140_000:
        pytest.skip("decimals are infinite from PostgreSQL 14 on")
    values = "(values ('1.5'::numeric), ('Infinity'), ('-Infinity'), ('NaN'), ('2')) as listed(amount)"
    rows = table(f"select {DAY}, amount from {values}")
    assert cells(catalog, rows, "total") == ([("2026-01-01 to 2026-05-31", 3.5)], ["infinite-number"])
    assert cells(catalog, rows, "amounts")[0][0][1] == 2.0


def test_a_list_is_no_value_in_postgresql(catalog: kpidsl.Catalog, table: Any) -> None:
    rows = table(f"select {DAY}, array[1.5::numeric(9, 2)] as amount")
    assert cells(catalog, rows, "total") == ([("", "error")], ["wrong-type"])
