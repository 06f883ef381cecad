"""Which engine answers: by where the rows are and how many, as asked for, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import kpidsl
from kpidsl.engines import choose

DEFINITIONS = """
units: {entities: {deal: {}}}
sources:
  deals:
    row: deal
    time: day
    columns: {day: date, channel: {type: text, references: channels}, amount: number}
  spend: {time: day, columns: {day: date, amount: number}}
  channels: {key: name, columns: {name: text, kind: text}}
dimensions: {kind: [deals.channel.kind]}
measures:
  deals: count(deals)
  amount: sum(deals.amount)
  spent: sum(spend.amount)
  online: {formula: 'count(deals where channel.kind = "online")', unit: deal}
kpis:
  cost: {unit: number, formula: spent / amount}
"""
DEALS = pd.DataFrame({"day": ["2026-01-01", "2026-01-02", "2026-02-01"], "channel": ["web", "tv", "web"], "amount": [1, 2, 3]})
SPEND = pd.DataFrame({"day": ["2026-01-01", "2026-02-01"], "amount": [5, 7]})
CHANNELS = pd.DataFrame({"name": ["web", "tv"], "kind": ["online", "offline"]})
FRAMES = {"deals": DEALS, "spend": SPEND, "channels": CHANNELS}


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"company.yaml": DEFINITIONS}, strict=True)


@pytest.fixture
def warehouse() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, frame in FRAMES.items():
        connection.register("given", frame)
        day = "* replace (cast(day as date) as day)" if "day" in frame else "*"
        connection.execute(f"create table {name} as select {day} from given")
    return connection


def asked(catalog: kpidsl.Catalog, data: Any, *kpis: str, **words: Any) -> kpidsl.Result:
    return kpidsl.evaluate(catalog, kpis or ("cost", "online"), data=data, every="month", as_of="2026-03-01", **words)


def values(result: kpidsl.Result) -> dict[str, list[float]]:
    return {name: result[name].values.tolist() for name in result.kpis}


EXPECTED = {"cost": [5 / 3, 7 / 3], "online": [1.0, 1.0]}


def test_few_rows_in_memory_are_for_pandas(catalog: kpidsl.Catalog) -> None:
    result = asked(catalog, FRAMES)
    assert result.engine == "pandas" and "rows in memory" in result.reason
    assert values(result) == EXPECTED


def test_many_rows_in_memory_are_for_duckdb(catalog: kpidsl.Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "FEW", 4)
    monkeypatch.setattr(choose, "FEW_WITH_TEXTS", 4)
    result = asked(catalog, FRAMES)
    assert result.engine == "duckdb" and values(result) == EXPECTED


def test_texts_as_objects_of_python_are_for_pandas_longer(catalog: kpidsl.Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choose, "FEW", 4)
    texts = {name: frame.astype(dict.fromkeys(frame.select_dtypes("str"), object)) for name, frame in FRAMES.items()}
    assert asked(catalog, texts).engine == "pandas"


def test_files_are_for_duckdb(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    for name, frame in FRAMES.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    result = asked(catalog, tmp_path)
    assert (result.engine, result.reason) == ("duckdb", "the rows are in files")
    assert values(result) == EXPECTED
    assert values(asked(catalog, {**FRAMES, "spend": _given(tmp_path / "spend.csv")})) == EXPECTED


def _given(path: Path) -> object:
    from kpidsl.data.given import Csv, Given

    return Given(Csv(str(path)))


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_an_engine_that_is_asked_for(catalog: kpidsl.Catalog, engine: str) -> None:
    result = asked(catalog, FRAMES, engine=engine)
    assert (result.engine, result.reason) == (engine, "asked for")
    assert values(result) == EXPECTED


def test_tables_are_added_up_where_they_are(catalog: kpidsl.Catalog, warehouse: duckdb.DuckDBPyConnection) -> None:
    result = asked(catalog, {name: kpidsl.Table(warehouse, name) for name in FRAMES})
    assert (result.engine, result.reason) == ("duckdb", "the rows are in DuckDB")
    assert values(result) == EXPECTED


def test_sources_in_different_places_meet_as_sums(catalog: kpidsl.Catalog, warehouse: duckdb.DuckDBPyConnection) -> None:
    data = {"spend": SPEND, "deals": kpidsl.Table(warehouse, "deals"), "channels": kpidsl.Table(warehouse, "channels")}
    result = asked(catalog, data)
    assert result.engine == "pandas, duckdb" and values(result) == EXPECTED


def test_rows_do_not_meet_across_places(catalog: kpidsl.Catalog, warehouse: duckdb.DuckDBPyConnection) -> None:
    data = {"spend": SPEND, "channels": CHANNELS, "deals": kpidsl.Table(warehouse, "deals")}
    result = asked(catalog, data)
    assert result["cost"].values.tolist() == EXPECTED["cost"]
    assert set(result["online"].statuses) == {"error"}
    (finding,) = result.diagnostics.errors
    assert finding.code == "sources-apart" and "`deals` is in DuckDB" in finding.headline


def test_a_condition_on_a_value_that_cannot_be_computed(catalog: kpidsl.Catalog, warehouse: duckdb.DuckDBPyConnection) -> None:
    data = {"spend": SPEND, "channels": CHANNELS, "deals": kpidsl.Table(warehouse, "deals")}
    with pytest.raises(kpidsl.AskError) as refused:
        asked(catalog, data, "cost", having="online > 0")
    assert [finding.code for finding in refused.value.diagnostics] == ["sources-apart"]
    with pytest.raises(kpidsl.DataError) as failed:
        asked(catalog, {"spend": SPEND, "deals": DEALS}, "spent", having="online > 0")
    assert [finding.code for finding in failed.value.diagnostics] == ["source-not-bound"]


GATHERED = """
sources:
  people:
    key: name
    time: joined
    columns:
      name: text
      joined: date
      size: number
      good: {formula: count(buys where worth / price > 1)}
      worst: {formula: min(buys.worth)}
    references: {step: {source: steps, match: {good: number}}}
  steps: {key: number, columns: {number: number, bonus: number}}
  buys:
    time: day
    columns: {day: date, worth: number, price: number, by: {type: text, references: people}}
measures:
  size: sum(people.size)
  bonus: sum(people.step.bonus)
  worst: sum(people.worst where worst / size > 0)
"""


@pytest.mark.parametrize("buys", [{}, {"day": ["2026-01-01"]}, {"worth": ["x"], "price": [1.0], "by": ["a"]}], ids=str)
@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_rows_that_others_gather_cannot_be_used(engine: str, buys: dict[str, Any]) -> None:
    people = pd.DataFrame({"name": ["a"], "joined": ["2026-01-01"], "size": [2.0]})
    data = {"people": people, "steps": pd.DataFrame({"number": [0.0], "bonus": [5.0]}), "buys": pd.DataFrame(buys)}
    result = asked(kpidsl.load(texts={"a.yaml": GATHERED}, strict=True), data, "size", "bonus", "worst", engine=engine)
    assert [result[name].statuses for name in result.kpis] == [["value"], ["error"], ["error"]]


@pytest.mark.parametrize(
    ("engine", "code"),
    [("pandas", "engine-out-of-reach"), ("postgres", "engine-out-of-reach"), ("ducdb", "unknown-engine")],
)
def test_an_engine_that_cannot_read_a_source(
    catalog: kpidsl.Catalog, warehouse: duckdb.DuckDBPyConnection, engine: str, code: str
) -> None:
    with pytest.raises(kpidsl.AskError) as refused:
        asked(catalog, {name: kpidsl.Table(warehouse, name) for name in FRAMES}, engine=engine)
    assert {finding.code for finding in refused.value.diagnostics} == {code}


def test_what_a_data_yaml_says_of_the_engine(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    for name, frame in FRAMES.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    sources = "".join(f"  {name}: {{csv: {name}.csv}}\n" for name in FRAMES)
    (tmp_path / "data.yaml").write_text(f"engine: pandas\nmemory_limit: 1 GB\nsources:\n{sources}")
    assert asked(catalog, tmp_path / "data.yaml").engine == "pandas"
    assert asked(catalog, tmp_path / "data.yaml", engine="auto").engine == "duckdb"


def test_too_little_memory_is_said(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    for name, frame in FRAMES.items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    result = asked(catalog, tmp_path, memory_limit="100 KB")
    assert {finding.code for finding in result.diagnostics.errors} == {"out-of-memory"}
    with pytest.raises(kpidsl.AskError, match="no amount of memory"):
        asked(catalog, tmp_path, memory_limit="little")


def test_finished_rows_and_all_cells(catalog: kpidsl.Catalog) -> None:
    kept = asked(catalog, FRAMES, "growth(amount, 1 month) as grown", "amount", having="amount > 0", by="kind", cells="all")
    assert kept.kpis == ("grown", "amount")
    assert kept["amount"].values.tolist() == [2.0, 1.0, 3.0]


def test_postgres_from_a_data_yaml(
    catalog: kpidsl.Catalog, tmp_path: Path, postgres: Any, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE", postgres_url)
    postgres.execute("create schema crm; create table crm.deals (day date, channel text, amount integer)")
    postgres.execute("insert into crm.deals values ('2026-01-01', 'web', 1), ('2026-01-02', 'tv', 2), ('2026-02-01', 'web', 3)")
    postgres.execute("create table crm.channels (name text, kind text)")
    postgres.execute("insert into crm.channels values ('web', 'online'), ('tv', 'offline')")
    SPEND.to_csv(tmp_path / "spend.csv", index=False)
    (tmp_path / "data.yaml").write_text(
        "sources:\n  deals: {postgres: crm.deals, connect: WAREHOUSE}\n  spend: {csv: spend.csv}\n"
        "  channels: {postgres: crm.channels, connect: WAREHOUSE}\n"
    )
    try:
        result = asked(catalog, tmp_path / "data.yaml")
        assert sorted(result.engine.split(", ")) == ["duckdb", "postgres"] and values(result) == EXPECTED
    finally:
        postgres.execute("drop schema crm cascade")


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
@pytest.mark.parametrize(("wrong", "failed"), [("deals", {"amount", "online"}), ("spend", {"spent"})])
def test_a_file_with_a_column_of_another_type_stops_no_other(
    catalog: kpidsl.Catalog, tmp_path: Path, ending: str, wrong: str, failed: set[str]
) -> None:
    connection = duckdb.connect()
    for name, frame in FRAMES.items():
        connection.register("given", frame.assign(day="soon") if name == wrong else frame)
        connection.execute(f"copy given to '{tmp_path / name}.{ending}' (format {ending})")
    result = asked(catalog, str(tmp_path), "amount", "spent", "online", engine="duckdb")
    assert {name for name in result.kpis if "error" in result[name].statuses} == failed
    assert [finding.code for finding in result.diagnostics] == ["wrong-type"]
