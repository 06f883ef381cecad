"""A session answers as if each question were the first: random questions, asked one after another and again.

KPIDSL_EXAMPLES says how many projects are asked, as for the engines.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from random_projects import Case, case
from test_engines_agree import ENGINES, EXAMPLES, frame, loaded

import kpidsl


@pytest.mark.parametrize("number", range(EXAMPLES // 5))
@pytest.mark.parametrize("engine", ENGINES)
def test_sessions_agree(engine: str, number: int) -> None:
    asked = case(number)
    catalog = loaded(asked.definitions)
    if catalog.diagnostics.errors:
        return
    data = {name: frame(catalog, name, rows) for name, rows in asked.data.items()}
    covers = {name: (first, last + timedelta(days=1)) for name, (first, last) in asked.covers.items()}
    once: dict[str, tuple[str, list[str]]] = {}
    with kpidsl.Session(catalog, data=data, covers=covers, engine=engine) as session:
        for words in questions(asked):
            if str(words) not in once:
                alone = told(lambda words=words: kpidsl.evaluate(catalog, data=data, covers=covers, engine=engine, **words))
                once[str(words)] = alone
            assert told(lambda words=words: session.evaluate(**words)) == once[str(words)]


def questions(asked: Case) -> Iterator[dict[str, Any]]:
    """Each value alone, then all of them, twice, and at other cut-offs."""
    everything = {"kpis": asked.values, **asked.words}
    for value in asked.values:
        yield {**everything, "kpis": [value], "having": None}
    yield from (everything, everything)
    for moment in ("2024-02-01", "2024-02-29 12:00", "2024-03-20 00:30"):
        yield {**everything, "as_of": moment}
    yield everything


def told(ask: Any) -> tuple[str, list[str]]:
    """The table and what is said of it, or why there is none."""
    try:
        result = ask()
    except kpidsl.KpidslError as error:
        return "", [finding.headline for finding in error.diagnostics]
    table: pd.DataFrame = result.frame
    return table.round(9).to_csv(float_format="%.9g"), [finding.headline for finding in result.diagnostics]
