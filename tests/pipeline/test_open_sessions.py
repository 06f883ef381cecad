"""A session: what it keeps, what it looks at anew, and that its answers are those of single questions."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

import kpidsl
from kpidsl import session as sessions
from kpidsl.data.given import Given, Parquet

DEFINITIONS = """
units: {currencies: [USD], entities: {deal: {}, won_deal: {subset_of: deal}}}
sources:
  deals:
    row: deal
    key: deal_id
    time: created_at
    columns:
      deal_id: number
      created_at: datetime
      channel: {type: text, references: channels}
      stage: {type: text, values: [won, lost]}
      amount: {type: number, unit: USD}
  channels: {key: name, columns: {name: text, kind: text}}
dimensions: {channel: [deals.channel], kind: [deals.channel.kind]}
measures:
  deals: count(deals)
  won: {formula: 'count(deals where stage = "won")', unit: won_deal}
  amount: sum(deals.amount)
kpis:
  win_rate: {formula: won / deals, benchmarks: {goal: {range: at least 40%, cite: the plan}}}
  average: {formula: amount / deals}
  typical: {formula: median(deals.amount)}
  last: {formula: last(deals.amount)}
"""
QUESTIONS: list[dict[str, Any]] = [
    {"kpis": "deals"},
    {"kpis": "win_rate", "by": "channel"},
    {"kpis": "average", "by": "kind", "every": "month"},
    {"every": "month"},
    {"every": "week", "by": ["kind"], "cells": "all"},
    {"kpis": "typical", "where": 'kind = "online"'},
    {"kpis": "growth(amount) as grown", "every": "month"},
    {"kpis": ["average", "won"], "every": "day", "start": "2026-01-10", "end": "2026-01-20", "having": "won > 0"},
    {"kpis": "deals", "as_of": "2026-01-15 09:30"},
    {"by": "channel", "every": "month"},
]
COUNT = 200


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"company.yaml": DEFINITIONS}, strict=True)


def frames(count: int = COUNT) -> dict[str, pd.DataFrame]:
    rows = range(count)
    deals = {
        "deal_id": list(rows),
        "created_at": pd.Timestamp("2026-01-01") + pd.to_timedelta([row * 7919 % 90 * 24 + row % 24 for row in rows], unit="h"),
        "channel": [("web", "tv", None)[row % 3] for row in rows],
        "stage": [("won", "lost")[row % 7 % 2] for row in rows],
        "amount": [None if row % 11 == 0 else row * 1.5 for row in rows],
    }
    return {"deals": pd.DataFrame(deals), "channels": pd.DataFrame({"name": ["web", "tv"], "kind": ["online", "offline"]})}


def in_files(folder: Path, ending: str, data: dict[str, pd.DataFrame]) -> Path:
    for name, frame in data.items():
        connection = duckdb.connect()
        connection.register("rows", frame)
        connection.execute(f"copy (from rows) to '{folder / name}.{ending}'")
    return folder


@pytest.fixture(params=["frames", "frames in DuckDB", "parquet", "csv", "json", "parquet, much", "table", "duckdb file"])
def words(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Data and engine, in all kinds of places."""
    match request.param:
        case "frames":
            return {"data": frames()}
        case "frames in DuckDB":
            return {"data": frames(), "engine": "duckdb"}
        case "parquet, much":
            monkeypatch.setattr(sessions, "_SMALL", 0)
            return {"data": in_files(tmp_path, "parquet", frames())}
        case "table":
            connection = duckdb.connect()
            for name, frame in frames().items():
                connection.register(f"{name}_frame", frame)
                connection.execute(f"create table {name} as from {name}_frame")
            return {"data": {name: kpidsl.Table(connection, name) for name in frames()}}
        case "duckdb file":
            connection = duckdb.connect(str(tmp_path / "all.duckdb"))
            for name, frame in frames().items():
                connection.register(f"{name}_frame", frame)
                connection.execute(f"create table {name} as from {name}_frame")
            connection.close()
            bound = "\n".join(f"  {name}: {{duckdb: all.duckdb, table: {name}}}" for name in frames())
            (tmp_path / "data.yaml").write_text(f"sources:\n{bound}\n")
            return {"data": tmp_path / "data.yaml"}
        case ending:
            return {"data": in_files(tmp_path, ending, frames())}


def shown(result: kpidsl.Result) -> tuple[str, list[str]]:
    return result.frame.to_csv(float_format="%.10g"), [finding.headline for finding in result.diagnostics]


def dated(question: dict[str, Any]) -> dict[str, Any]:
    return {"as_of": "2026-05-01", **question}


def test_answers_are_those_of_single_questions(catalog: kpidsl.Catalog, words: dict[str, Any]) -> None:
    once = [shown(kpidsl.evaluate(catalog, **dated(question), **words)) for question in QUESTIONS]
    numbers = range(len(QUESTIONS))
    with kpidsl.Session(catalog, **words) as session:
        for number in (*numbers, *reversed(numbers), *numbers):
            assert shown(session.evaluate(**dated(QUESTIONS[number]))) == once[number], QUESTIONS[number]


def test_without_a_cut_off_it_is_now(catalog: kpidsl.Catalog, words: dict[str, Any]) -> None:
    with kpidsl.Session(catalog, **words) as session:
        first, second = (session.evaluate("deals") for _ in range(2))
        assert first["deals"].value == second["deals"].value
        assert first.axis.as_of < second.axis.as_of


def test_what_is_wrong_concerns_the_questions_that_need_it(catalog: kpidsl.Catalog) -> None:
    for engine in ("pandas", "duckdb"):
        data = frames()
        data["deals"] = data["deals"].assign(amount="many", stage=["won", "lots"] * (COUNT // 2))
        with kpidsl.Session(catalog, data=data, engine=engine) as session:
            for kpis in (["deals"], ["average"], ["win_rate"], ["average", "deals"], ["deals"], ["average"], ["win_rate"]):
                question = dated({"kpis": kpis})
                once = kpidsl.evaluate(catalog, data=data, engine=engine, **question)
                assert shown(session.evaluate(**question)) == shown(once)


@pytest.mark.parametrize("ending", ["parquet", "csv"])
@pytest.mark.parametrize("engine", [None, "duckdb"])
def test_a_changed_file_is_read_anew(catalog: kpidsl.Catalog, tmp_path: Path, ending: str, engine: str | None) -> None:
    with kpidsl.Session(catalog, data=in_files(tmp_path, ending, frames()), engine=engine) as session:
        ask = dated({"kpis": "deals"})
        assert session.evaluate(**ask)["deals"].value == COUNT
        in_files(tmp_path, ending, frames(COUNT + 5))
        assert session.evaluate(**ask)["deals"].value == COUNT + 5
        os.remove(tmp_path / f"deals.{ending}")
        gone = session.evaluate(**ask)
        assert gone["deals"].status == "error" and "file-not-found" in {each.code for each in gone.diagnostics.errors}
        in_files(tmp_path, ending, frames())
        assert session.evaluate(**ask)["deals"].value == COUNT


def test_files_that_a_pattern_names_may_become_more(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    data = {"deals": Given(Parquet(str(tmp_path / "part*.parquet")))}
    connection = duckdb.connect()
    connection.register("rows", frames()["deals"])
    with kpidsl.Session(catalog, data=data) as session:
        for number in (1, 2, 3):
            connection.execute(f"copy (from rows) to '{tmp_path}/part{number}.parquet'")
            assert session.evaluate("deals", as_of="2026-05-01")["deals"].value == number * COUNT


def test_a_table_is_asked_each_time(catalog: kpidsl.Catalog) -> None:
    connection = duckdb.connect()
    connection.register("rows", frames()["deals"])
    connection.execute("create table deals as from rows")
    with kpidsl.Session(catalog, data={"deals": kpidsl.Table(connection, "deals")}) as session:
        ask = dated({"kpis": "deals", "every": "month"})
        before = session.evaluate(**ask)["deals"].values.sum()
        connection.execute("insert into deals values (9999, timestamp '2025-11-05', 'web', 'won', 1)")
        after = session.evaluate(**ask)["deals"]
        assert (before, after.values.sum()) == (COUNT, COUNT + 1)
        assert after.frame["period"].tolist()[0] == "2025-11"


def test_rows_are_kept_in_memory_once_there_are_many_questions(catalog: kpidsl.Catalog, tmp_path: Path, large: None) -> None:
    with kpidsl.Session(catalog, data=in_files(tmp_path, "parquet", frames())) as session:
        ask = dated({"kpis": "average", "by": "channel"})
        engines = [session.evaluate(**ask).engine for _ in range(5)]
        assert engines == ["duckdb"] * 3 + ["pandas"] * 2
        assert session.evaluate(**ask).reason == "up to 1,000,000 rows, kept in memory"
    with kpidsl.Session(catalog, data=tmp_path, memory_limit="1 GB") as scarce:
        assert [scarce.evaluate(**ask).engine for _ in range(5)] == ["duckdb"] * 5


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "_SMALL", 0)


def test_small_files_are_kept_in_memory(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    with kpidsl.Session(catalog, data=in_files(tmp_path, "csv", frames())) as session:
        result = session.evaluate("average", as_of="2026-05-01")
        assert (result.engine, result.reason) == ("pandas", "small files, kept in memory")


def test_a_closed_session_says_so(catalog: kpidsl.Catalog, words: dict[str, Any]) -> None:
    session = kpidsl.Session(catalog, **words)
    session.evaluate("deals")
    session.close()
    session.close()
    with pytest.raises(ValueError, match="the session is closed"):
        session.evaluate("deals")


def test_questions_and_data_that_mean_nothing(catalog: kpidsl.Catalog) -> None:
    with pytest.raises(kpidsl.DataError):
        kpidsl.Session(catalog, data=7)  # type: ignore[arg-type]
    with pytest.raises(kpidsl.AskError):
        kpidsl.Session(catalog, data=frames(), memory_limit="much")
    with kpidsl.Session(catalog, data=frames()) as session:
        with pytest.raises(kpidsl.AskError):
            session.evaluate("no_such_kpi")
        assert session.evaluate("deals", as_of="2026-05-01")["deals"].value == COUNT


def test_threads_may_ask_the_same_session(catalog: kpidsl.Catalog, words: dict[str, Any]) -> None:
    once = [(dated(question), shown(kpidsl.evaluate(catalog, **dated(question), **words))) for question in QUESTIONS]
    asked, expected = zip(*(each for each in once for _ in range(3)), strict=True)
    with kpidsl.Session(catalog, **words) as session, ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda question: shown(session.evaluate(**question)), asked)) == list(expected)


def test_two_sessions_over_the_same_files(catalog: kpidsl.Catalog, tmp_path: Path, large: None) -> None:
    folder = in_files(tmp_path, "parquet", frames())
    with kpidsl.Session(catalog, data=folder) as one:
        with kpidsl.Session(catalog, data=folder) as other:
            ask = dated({"every": "month"})
            assert shown(one.evaluate(**ask)) == shown(other.evaluate(**ask))
        assert shown(one.evaluate(**ask)) == shown(kpidsl.evaluate(catalog, data=folder, **ask))


def test_a_connection_that_the_host_closed_is_lost(catalog: kpidsl.Catalog) -> None:
    connection = duckdb.connect()
    for name, frame in frames().items():
        connection.register(f"{name}_frame", frame)
        connection.execute(f"create table {name} as from {name}_frame")
    data = {name: kpidsl.Table(connection, name) for name in frames()}
    with kpidsl.Session(catalog, data=data) as session:
        assert session.evaluate("deals")["deals"].value == COUNT
        connection.close()
        results = [session.evaluate("deals"), kpidsl.evaluate(catalog, "deals", data=data)]
    for result in results:
        (found,) = result.diagnostics
        assert found.code == "connection-failed" and "DuckDB was lost" in found.headline
