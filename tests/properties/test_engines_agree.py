"""Every engine against the oracle: the same cells, the same statuses, the same numbers.

The suite asks the first few of the random questions; KPIDSL_EXAMPLES=5000 asks so many. A question for which an engine differs
is made as small as it gets before it is shown.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd
import pytest
from engines.test_conformance_on_engines import in_memory, on_server
from oracle import Cell, Value, answer
from oracle_functions import UNDEFINED
from random_projects import Case, case, smallest

import kpidsl
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Type
from kpidsl.data.given import Given
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.plan.nodes import Question
from kpidsl.workflow.rows import Placing

EXAMPLES = int(os.environ.get("KPIDSL_EXAMPLES", "60"))
ENGINES = ("pandas", "duckdb")
DIGITS = 1e-9
Place = tuple[Any, ...]
LACKS = "engine-lacks"


@pytest.mark.parametrize("number", range(EXAMPLES))
def test_engines_agree(number: int) -> None:
    asked = case(number)
    for engine in ENGINES:
        if differences(asked, engine):
            small = smallest(asked, lambda other, engine=engine: bool(differences(other, engine)))
            pytest.fail("\n".join([f"{engine}, case {number}", str(small), *differences(small, engine)]), pytrace=False)


@pytest.mark.parametrize("number", range(EXAMPLES // 6))
@pytest.mark.parametrize("engine", ["postgres", "spark"])
def test_servers_agree(engine: str, number: int, request: pytest.FixtureRequest) -> None:
    if engine == "spark" and number % 3:
        pytest.skip("each question to Spark takes a second; it is asked every third")
    place = on_server(engine, request.getfixturevalue(engine), request.getfixturevalue(f"load_{engine}"))
    assert differences(case(number), engine, place) == []


def differences(asked: Case, engine: str, place: Placing = in_memory) -> list[str]:
    """In what an engine differs from the oracle; in nothing where the question is refused."""
    catalog = loaded(asked.definitions)
    question, _ = ask(catalog, asked.values, **asked.words)
    if catalog.diagnostics.errors or question is None or make_plan(catalog, question)[0] is None:
        return []
    try:
        found = evaluated(asked, catalog, question, engine, place)
    except Exception as error:  # whatever it is, it is no answer
        lacks = isinstance(error, kpidsl.AskError) and LACKS in {each.code for each in error.diagnostics.errors}
        return [] if lacks else [f"{type(error).__name__}: {error}"]
    return list(compared(found, expected(asked, catalog, question)))


@lru_cache(maxsize=16)
def loaded(definitions: str) -> Catalog:
    return kpidsl.load(texts={"definitions.yaml": definitions})


def expected(asked: Case, catalog: Catalog, question: Question) -> dict[Place, Mapping[str, Value]]:
    cells: Sequence[Cell] = answer(catalog, asked.data, question, asked.covers)
    return {(cell.period, *map(plain, cell.dimensions)): cell.values for cell in cells}


def evaluated(asked: Case, catalog: Catalog, question: Question, engine: str, place: Placing) -> dict[Place, dict[str, Value]]:
    """What an engine answers: values by cell, in the words of the oracle."""
    covers = {name: (first, last + timedelta(days=1)) for name, (first, last) in asked.covers.items()}
    frames = {name: Given(place(name, frame(catalog, name, rows), catalog.sources[name])) for name, rows in asked.data.items()}
    result = kpidsl.evaluate(catalog, asked.values, data=frames, engine=engine, covers=covers, **asked.words)
    rows: dict[Place, dict[str, Value]] = {}
    for row in result.frame.to_dict("records"):
        cell = (row["start"] if question.every is not None else None, *(plain(row[name]) for name in question.by))
        assert row["kpi"] not in rows.setdefault(cell, {}), f"{cell} twice"
        rows[cell][str(row["kpi"])] = status_or_value(row)
    return rows


def status_or_value(row: Mapping[Any, Any]) -> Value:
    words = {"value": float(row["value"]), "missing": None, "undefined": UNDEFINED}
    return words.get(row["status"], row["reason"])


def plain(value: Any) -> Any:
    """A dimension value, a date as its day."""
    if value is None or value != value:
        return None
    return value.date() if isinstance(value, datetime) else value


def frame(catalog: Catalog, name: str, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Rows as a frame, missing what is not there."""
    columns: dict[str, pd.Series[Any]] = {}
    for column, each in catalog.sources[name].columns.items():
        cells = [row.get(column) for row in rows]
        if each.formula is None and each.type is Type.NUMBER:
            columns[column] = pd.Series(cells, dtype="float64")
        elif each.formula is None and each.type in (Type.DATE, Type.DATETIME):
            columns[column] = pd.Series(pd.to_datetime(pd.Series(cells, dtype=object)), dtype="datetime64[us]")
        elif each.formula is None:
            columns[column] = pd.Series(cells, dtype=object)
    return pd.DataFrame(columns)


def compared(found: Mapping[Place, Mapping[str, Value]], wanted: Mapping[Place, Mapping[str, Value]]) -> Iterator[str]:
    for place in found.keys() ^ wanted.keys():
        whose, values = ("the engine", found[place]) if place in found else ("the oracle", wanted[place])
        yield f"{shown(place)}: only {whose} has this cell, with {dict(values)}"
    for place in found.keys() & wanted.keys():
        for name, value in wanted[place].items():
            if not is_same(found[place].get(name), value):
                yield f"{shown(place)} {name}: oracle {value}, engine {found[place].get(name)}"


def is_same(found: Value, wanted: Value) -> bool:
    if isinstance(found, float) and isinstance(wanted, float):
        return math.isclose(found, wanted, rel_tol=DIGITS, abs_tol=DIGITS)
    return found is wanted


def shown(place: Place) -> str:
    return ", ".join(str(part) for part in place if not (part is None and part is place[0])) or "the only cell"
