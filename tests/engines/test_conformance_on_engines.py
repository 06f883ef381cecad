"""Every conformance case on every engine: the same rows, as frames or as tables of a server, give the same answers.

What an engine does not do stands in `gaps.yaml`, with the reason, and is skipped; a gap that is none any more fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from engines.servers import Load

import kpidsl
from kpidsl.catalog.catalog import Source
from kpidsl.data.given import Frame, Place, Remote
from kpidsl.workflow.rows import Placing
from kpidsl.workflow.test import run_tests

HERE = Path(__file__).parent
FILES = sorted((HERE.parent / "conformance").glob("*.yaml"))
GAPS: dict[str, dict[str, str]] = yaml.safe_load((HERE / "gaps.yaml").read_text(encoding="utf-8"))["cases"]


@cache
def catalog(path: Path) -> kpidsl.Catalog:
    return kpidsl.load(path)


def cases() -> Iterator[Any]:
    for path in FILES:
        for test in catalog(path).tests:
            yield pytest.param(path, test.name.value, id=f"{path.stem}: {test.name.value}")


def compare(engine: str, path: Path, name: str, place: Placing) -> None:
    gap = GAPS.get(engine, {}).get(f"{path.stem}: {name}")
    outcomes = run_tests(catalog(path), name, engine=engine, place=place).outcomes
    (outcome,) = (each for each in outcomes if each.name == name and each.kind == "rows")
    if gap is None:
        assert outcome.differences == ()
    elif outcome.passed:
        pytest.fail(f"{engine} does this, and gaps.yaml says that it does not")
    else:
        pytest.skip(gap)


def in_memory(name: str, frame: pd.DataFrame, source: Source) -> Place:
    return Frame(frame)


def on_server(kind: str, connection: object, load: Load) -> Callable[[str, pd.DataFrame, Source], Place]:
    def place(name: str, frame: pd.DataFrame, source: Source) -> Place:
        types = {each.data_name: each.type for each in source.columns.values() if each.formula is None}
        return Remote(kind, (load(name, frame, types),), connection=connection)

    return place


@pytest.mark.parametrize(("path", "name"), list(cases()))
def test_duckdb(path: Path, name: str) -> None:
    compare("duckdb", path, name, in_memory)


@pytest.mark.parametrize(("path", "name"), list(cases()))
def test_postgres(path: Path, name: str, postgres: Any, load_postgres: Load) -> None:
    compare("postgres", path, name, on_server("postgres", postgres, load_postgres))


@pytest.mark.parametrize(("path", "name"), list(cases()))
def test_spark(path: Path, name: str, spark: Any, load_spark: Load) -> None:
    compare("spark", path, name, on_server("spark", spark, load_spark))
