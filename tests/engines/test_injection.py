"""Names and texts of definitions and data reach no database as anything but names and texts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from engines.servers import Load
from engines.test_conformance_on_engines import in_memory, on_server

import kpidsl
from kpidsl.data.given import Given
from kpidsl.workflow.rows import Placing

TEXTS = [
    "won'; drop table deals; --",
    'won" or 1 = 1 --',
    "won' or '1' = '1",
    "back\\slash\\' and \\",
    "${java.version} {0} %s %(x)s $1 :name ?",
    "/* comment */ -- comment",
    "`tick` [bracket] $$dollar$$",
    "ünïcode 日本 🙂 ʼ＇",
    "",
    "%_",
]
COLUMN = 'Net "Amount"; drop table `deals`; --\\'


def project(text: str) -> kpidsl.Catalog:
    """Definitions in which a text is compared, searched, listed, and given by a row."""
    quoted = in_yaml(text)
    formula = in_yaml(f"'{text}'" if '"' in text else f'"{text}"')
    return kpidsl.load(
        texts={
            "project.yaml": f"""
sources:
  deals:
    key: deal_id
    time: day
    columns:
      deal_id: number
      day: date
      outcome: {{type: text, values: ["{quoted}", other]}}
      amount: {{type: number, column: "{in_yaml(COLUMN)}"}}
dimensions: {{outcome: [deals.outcome]}}
measures:
  deals: count(deals)
  equal: "count(deals where outcome = {formula})"
  among: "count(deals where outcome in ({formula}, \\"x\\"))"
  holds: "count(deals where contains(outcome, {formula}))"
  begins: "count(deals where starts_with(outcome, {formula}))"
  ends: "count(deals where ends_with(outcome, {formula}))"
  amount: sum(deals.amount)
"""
        }
    )


def in_yaml(text: str) -> str:
    """A text as it stands between double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def frame(text: str) -> pd.DataFrame:
    outcomes = [text, text, "other", f"a{text}b", None, "line\nbreak\ttab\r"]
    days = pd.to_datetime(["2026-01-05"] * len(outcomes)).date
    return pd.DataFrame({"deal_id": range(len(outcomes)), "day": days, "outcome": outcomes, COLUMN: 2.0})


def answers(text: str, engine: str, place: Placing) -> list[dict[str, Any]]:
    catalog = project(text)
    assert [each.headline for each in catalog.diagnostics.errors] == []
    given = {"deals": Given(place("deals", frame(text), catalog.sources["deals"]))}
    names = ["deals", "equal", "among", "holds", "begins", "ends", "amount"]
    told = kpidsl.evaluate(catalog, names, data=given, by="outcome", every="month", as_of="2026-02-01", engine=engine)
    return (
        told.frame[["kpi", "outcome", "value", "status"]]
        .astype(object)
        .where(lambda each: each.notna(), None)
        .to_dict("records")
    )


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("engine", ["duckdb", "postgres", "spark"])
def test_texts_are_texts(engine: str, text: str, request: pytest.FixtureRequest) -> None:
    place: Placing = in_memory
    if engine != "duckdb":
        load: Load = request.getfixturevalue(f"load_{engine}")
        place = on_server(engine, request.getfixturevalue(engine), load)
    assert answers(text, engine, place) == answers(text, "pandas", in_memory)
