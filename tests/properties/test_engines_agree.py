"""Every engine against the oracle: the same cells, the same statuses, the same numbers.

KPIDSL_EXAMPLES=5000 asks for a long run of new questions; otherwise the same few are asked every time.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from oracle import Cell, Value, answer
from oracle_functions import UNDEFINED
from random_projects import Case, cases

import kpidsl
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Type
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.plan.nodes import Question

EXAMPLES = int(os.environ.get("KPIDSL_EXAMPLES", "0"))
LIMIT = settings(
    max_examples=EXAMPLES or 150,
    derandomize=not EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=bool(EXAMPLES),
)
DIGITS = 1e-9


@LIMIT
@given(cases())
def test_pandas(case: Case) -> None:
    compare(case, "pandas")


@LIMIT
@given(cases())
def test_duckdb(case: Case) -> None:
    compare(case, "duckdb")


def compare(case: Case, engine: str) -> None:
    catalog = kpidsl.load(texts={"definitions.yaml": case.definitions})
    assert not catalog.diagnostics.errors, [error.headline for error in catalog.diagnostics.errors]
    question, _ = ask(catalog, case.values, **case.words)
    assume(question is not None)
    assert question is not None
    assume(make_plan(catalog, question)[0] is not None)
    found = evaluated(case, catalog, question, engine)
    expected = {(cell.period, tuple(map(plain, cell.dimensions))): cell for cell in answer(catalog, case.data, question, case.covers)}
    note(f"{case.values} {case.words}")
    assert found.keys() == expected.keys()
    for place, cell in expected.items():
        assert_same(found[place], cell, place)


def evaluated(case: Case, catalog: Catalog, question: Question, engine: str) -> dict[Any, dict[str, Value]]:
    """What an engine answers: values by cell, in the words of the oracle."""
    try:
        result = kpidsl.evaluate(
            catalog, case.values, data=frames(catalog, case.data), engine=engine, covers=covers(case), **case.words
        )
    except kpidsl.AskError as error:
        lacking = {"engine-lacks"} & {finding.code for finding in error.diagnostics.errors}
        assume(not lacking)
        raise
    rows: dict[Any, dict[str, Value]] = {}
    every = question.every is not None
    for row in result.frame.to_dict("records"):
        place = (row["start"] if every else None, tuple(plain(row[name]) for name in question.by))
        assert row["kpi"] not in rows.setdefault(place, {})
        rows[place][str(row["kpi"])] = value_of(row)
    return rows


def value_of(row: Mapping[Any, Any]) -> Value:
    match row["status"]:
        case "value":
            return float(row["value"])
        case "missing":
            return None
        case "undefined":
            return UNDEFINED
        case _:
            raise AssertionError(row["reason"])


def covers(case: Case) -> dict[str, tuple[date, date]]:
    return {name: (first, date.fromordinal(last.toordinal() + 1)) for name, (first, last) in case.covers.items()}


def plain(value: Any) -> Any:
    """A dimension value, a date as its day."""
    if value is None or value != value:
        return None
    return value.date() if isinstance(value, datetime) else bool(value) if type(value).__name__ == "bool_" else value


def frames(catalog: Catalog, data: Mapping[str, list[dict[str, Any]]]) -> dict[str, pd.DataFrame]:
    return {name: frame(catalog, name, rows) for name, rows in data.items()}


def frame(catalog: Catalog, name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a frame of the types that a reader of files would give."""
    columns = {}
    for column, each in catalog.sources[name].columns.items():
        if each.formula is not None:
            continue
        cells = [row.get(column) for row in rows]
        match each.type:
            case Type.NUMBER:
                columns[column] = pd.Series(cells, dtype="float64")
            case Type.DATE | Type.DATETIME:
                columns[column] = pd.Series(pd.to_datetime(pd.Series(cells, dtype=object)), dtype="datetime64[us]")
            case _:
                columns[column] = pd.Series(cells, dtype=object)
    return pd.DataFrame(columns)


def assert_same(found: Mapping[str, Value], expected: Cell, place: Any) -> None:
    for name, value in expected.values.items():
        other = found[name]
        if isinstance(value, float) and isinstance(other, float):
            assert math.isclose(value, other, rel_tol=DIGITS, abs_tol=DIGITS), (name, place, "oracle", value, "engine", other)
        else:
            assert value is other, (name, place, "oracle", value, "engine", other)


@pytest.fixture(autouse=True)
def quiet() -> None:
    pd.set_option("display.width", 200)
