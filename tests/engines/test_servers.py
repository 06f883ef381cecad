"""What the servers of the tests promise: the rows of a frame come back as they went in, and a table is gone after its test."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

TYPES = {"Net Amount": "number", "word": "text", "won": "boolean", "day": "date", "moment": "datetime"}
ROWS: list[tuple[Any, ...]] = [
    (1.5, 'it\'s ${java.version} \\ "né" 😀\n`', True, date(1, 1, 1), datetime(2024, 3, 31, 2, 30)),
    (-0.0, "", False, date(9999, 12, 31), datetime(9999, 12, 31, 23, 59, 59, 999999)),
    (5e-324, "\\u0041 %s", None, None, None),
    (1e308, None, None, None, None),
    (math.inf, None, None, None, None),
    (None, None, None, None, None),
]

Query = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(params=["postgres", "spark"])
def server(request: pytest.FixtureRequest) -> tuple[Any, Query, str]:
    """How to load, how to ask, and the quote of a name."""
    load, session = request.getfixturevalue(f"load_{request.param}"), request.getfixturevalue(request.param)
    if request.param == "spark":
        return load, lambda text: [tuple(row) for row in session.sql(text).collect()], "`"
    return load, lambda text: session.execute(text).fetchall(), '"'


def frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(TYPES), dtype=object)


@pytest.mark.parametrize("rows", [ROWS, ROWS[:1], ROWS[-1:], []], ids=["all", "full", "missing", "none"])
def test_rows_come_back(server: tuple[Any, Query, str], rows: list[tuple[Any, ...]]) -> None:
    load, ask, quote = server
    names = ", ".join(f"{quote}{name}{quote}" for name in TYPES)
    back = ask(f"SELECT {names} FROM {load('rows', frame(rows), TYPES)}")
    assert sorted(map(repr, back)) == sorted(map(repr, rows))


def test_two_tables_of_one_name(server: tuple[Any, Query, str]) -> None:
    load, ask, _ = server
    first, second = load("rows", frame(ROWS), TYPES), load("rows", frame(ROWS[:2]), TYPES)
    assert [ask(f"SELECT count(*) FROM {table}") for table in (first, second)] == [[(len(ROWS),)], [(2,)]]


def test_pandas_spells_missing_in_many_ways(server: tuple[Any, Query, str]) -> None:
    load, ask, _ = server
    given = pd.DataFrame({"a": [None, 1.0], "b": pd.to_datetime([None, "2024-01-31"]), "c": pd.array([pd.NA, True], "boolean")})
    table = load("rows", given, {"a": "number", "b": "date", "c": "boolean"})
    assert set(ask(f"SELECT a, b, c FROM {table}")) == {(None, None, None), (1.0, date(2024, 1, 31), True)}


INNER = """
import pandas as pd

held = []

def test_first(load_{engine}):
    held.append(load_{engine}("rows", pd.DataFrame({{"a": [1]}}), {{"a": "number"}}))

def test_second({engine}):
    if "{engine}" == "spark":
        assert not {engine}.catalog.tableExists(held[0])
    else:
        assert {engine}.execute("SELECT to_regclass(%s)", held).fetchone() == (None,)
"""


def run_inner(folder: Path, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A test run of its own, over one file beside the servers."""
    (folder / "test_inner.py").write_text(text)
    words = ["-p", "engines.servers", "-p", "no:cacheprovider", "-rs", "--rootdir", str(folder), str(folder)]
    tests = Path(__file__).parents[1]
    where = os.pathsep.join([str(tests), str(tests.parent)])
    surroundings = {**os.environ, "PYTHONPATH": where, **environment}
    command = [sys.executable, "-m", "pytest", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=surroundings)


def test_a_table_is_dropped_after_its_test_in_postgres(postgres: Any, tmp_path: Path) -> None:
    done = run_inner(tmp_path, INNER.format(engine="postgres"))
    assert "2 passed" in done.stdout, done.stdout


NOT_HERE = "import pytest\nfrom engines import servers\n\ndef test_it():\n    servers.need('spark', 'no Java runtime')\n"


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("", "spark is not here: no Java runtime"),
        ("postgres", "1 skipped"),
        ("spark, postgres", "1 failed"),
        ("spork", "KPIDSL_REQUIRE_ENGINES names spork; there are duckdb, postgres, spark"),
    ],
)
def test_what_is_not_here_is_skipped_unless_required(tmp_path: Path, asked: str, shown: str) -> None:
    done = run_inner(tmp_path, NOT_HERE, KPIDSL_REQUIRE_ENGINES=asked)
    assert shown in done.stdout + done.stderr
