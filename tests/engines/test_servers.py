"""What the servers of the tests promise: the rows of a frame come back as they went in, and a table is gone after its test."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
import pytest
from engines.servers import REQUIRED, Load, Row, need, pytest_configure

TYPES = {"Net Amount": "number", "word": "text", "won": "boolean", "day": "date", "moment": "datetime"}
ROWS: list[Row] = [
    (1.5, 'it\'s ${java.version} \\ "né" 😀\n`', True, date(1, 1, 1), datetime(2024, 3, 31, 2, 30)),
    (-0.0, "", False, date(9999, 12, 31), datetime(9999, 12, 31, 23, 59, 59, 999999)),
    (5e-324, "\\u0041 %s", None, None, None),
    (1e308, None, None, None, None),
    (math.inf, None, None, None, None),
    (None, None, None, None, None),
]


@dataclass(frozen=True)
class Server:
    load: Load
    ask: Callable[[str], list[Row]]
    tables: str  # a query that shows the names of all tables
    quote: str


@pytest.fixture(params=["postgres", "spark"])
def server(request: pytest.FixtureRequest) -> Server:
    session, load = request.getfixturevalue(request.param), request.getfixturevalue(f"load_{request.param}")
    if request.param == "postgres":
        return Server(load, lambda text: session.execute(text).fetchall(), "SELECT relname FROM pg_class", '"')
    return Server(load, lambda text: [tuple(row) for row in session.sql(text).collect()], "SHOW TABLES", "`")


@pytest.fixture(scope="module")
def made() -> list[str]:
    """The tables of all tests of this module."""
    return []


def frame(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(TYPES), dtype=object)


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[-1:], []], ids=["all", "full", "missing", "none"])
def test_rows_come_back(server: Server, rows: list[Row], made: list[str]) -> None:
    made.append(server.load("rows", frame(rows), TYPES))
    names = ", ".join(f"{server.quote}{name}{server.quote}" for name in TYPES)
    back = server.ask(f"SELECT {names} FROM {made[-1]}")
    assert sorted(map(repr, back)) == sorted(map(repr, rows))


def test_two_tables_of_one_name(server: Server, made: list[str]) -> None:
    made += [server.load("rows", frame(rows), TYPES) for rows in (ROWS, ROWS[:2])]
    assert [server.ask(f"SELECT count(*) FROM {table}") for table in made[-2:]] == [[(len(ROWS),)], [(2,)]]


def test_pandas_spells_missing_in_many_ways(server: Server) -> None:
    given = pd.DataFrame({"a": [None, 1.0], "b": pd.to_datetime([None, "2024-01-31"]), "c": pd.array([pd.NA, True], "boolean")})
    table = server.load("rows", given, {"a": "number", "b": "date", "c": "boolean"})
    assert set(server.ask(f"SELECT a, b, c FROM {table}")) == {(None, None, None), (1.0, date(2024, 1, 31), True)}


def test_tables_are_gone_after_their_tests(server: Server, made: list[str]) -> None:
    names = {name for row in server.ask(server.tables) for name in row}
    assert names.isdisjoint(made)


@pytest.mark.parametrize(("asked", "outcome"), [("", pytest.skip.Exception), ("duckdb, spark", pytest.fail.Exception)])
def test_what_is_not_here_is_skipped_unless_required(
    monkeypatch: pytest.MonkeyPatch, asked: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv(REQUIRED, asked)
    with pytest.raises(outcome, match="spark is not here: no Java"):
        need("spark", "no Java")


def test_only_engines_can_be_required(monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config) -> None:
    monkeypatch.setenv(REQUIRED, "spork")
    with pytest.raises(pytest.UsageError, match="names spork; there are duckdb, postgres, spark"):
        pytest_configure(pytestconfig)
