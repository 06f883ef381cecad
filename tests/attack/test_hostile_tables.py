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
from kpidsl.data.given import DuckDbTable, Given

DEFINITIONS = """
sources:
  deals:
    key: id
    time: day
    columns: {id: text, day: date, at: datetime, amount: number, channel: text, region: {type: text, references: regions}}
  regions: {key: name, columns: {name: text, big: boolean}}
dimensions: {channel: [deals.channel]}
measures:
  deals: count(deals)
  total: sum(deals.amount)
  amounts: count(distinct deals.amount)
  channels: count(distinct deals.channel)
  webs: {formula: 'count(deals where channel = "web")', unit: number}
  has_we: {formula: 'count(deals where contains(channel, "we"))', unit: number}
  big: {formula: count(deals where region.big), unit: number}
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


def test_small_and_capital_letters_differ_whatever_the_column_says(catalog: kpidsl.Catalog) -> None:
    connection = duckdb.connect()
    connection.execute("create table deals (id text, day date, channel text collate nocase)")
    connection.execute("insert into deals values ('1', '2026-01-01', 'web'), ('2', '2026-01-01', 'WEB')")
    rows = kpidsl.Table(connection, "deals")
    assert [value for _, value in cells(catalog, rows, ["channels", "webs", "has_we"])[0]] == [2.0, 1.0, 1.0]


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_columns_of_a_stream_that_have_one_name(catalog: kpidsl.Catalog, engine: str) -> None:
    rows = duckdb.connect().sql(f"select {DAY}, 1 as amount, 2 as amount, 'a' as Channel, 'web' as channel")
    assert cells(catalog, rows, "total", engine=engine) == ([("", "error")], ["column-repeated"])
    assert cells(catalog, rows, "webs", engine=engine) == ([("2026-01-01 to 2026-05-31", 1.0)], [])


@pytest.mark.parametrize("gone", ["gone", "old_deals"])
def test_a_view_of_a_table_that_is_gone_is_there(catalog: kpidsl.Catalog, tmp_path: Path, gone: str) -> None:
    broken = [
        f"create table {gone} as select 1 as one",
        f"create view deals as select {DAY}, one from {gone}",
        f"drop table {gone}",
    ]
    connection = duckdb.connect()
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as file:
        for statement in broken:
            connection.execute(statement)
            file.execute(statement)
    place = Given(DuckDbTable(str(tmp_path / "crm.duckdb"), ("deals",)))
    for rows, code in ((kpidsl.Table(connection, "deals"), "query-failed"), (place, "unreadable-file")):
        found = kpidsl.evaluate(catalog, "deals", data={"deals": rows})
        assert [finding.code for finding in found.diagnostics] == [code]
        assert f"Table with name {gone} does not exist" in found.diagnostics[0].headline
    absent = kpidsl.Table(connection, "sales.deals")
    assert cells(catalog, absent, "deals")[1] == ["table-not-found"]


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


def test_collations_of_postgresql_change_no_number(catalog: kpidsl.Catalog, postgres: Any) -> None:
    """One that ignores case, and two that cannot be compared with each other."""
    postgres.execute("create collation any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    columns = 'id text collate "C", day date, channel text collate any_case, region text collate any_case'
    postgres.execute(f'create temp table deals ({columns}); create temp table regions (name text collate "C", big boolean)')
    try:
        postgres.execute("insert into deals values ('1', '2026-01-01', 'web', 'N'), ('2', '2026-01-01', 'WEB', 'n')")
        postgres.execute("insert into regions values ('N', true), ('n', false)")
        data = {name: kpidsl.Table(postgres, name) for name in ("deals", "regions")}
        found = kpidsl.evaluate(catalog, ["channels", "webs", "has_we", "big"], data=data, as_of="2026-06-01")
        assert found.frame["value"].tolist() == [2.0, 1.0, 1.0, 1.0] and not found.diagnostics
    finally:
        postgres.execute("drop table deals, regions; drop collation any_case")


def test_a_list_is_no_value_in_postgresql(catalog: kpidsl.Catalog, table: Any) -> None:
    rows = table(f"select {DAY}, array[1.5::numeric(9, 2)] as amount")
    assert cells(catalog, rows, "total") == ([("", "error")], ["wrong-type"])
