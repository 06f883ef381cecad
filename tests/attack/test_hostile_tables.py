"""Tables and files that hold odd things: the same number on every engine, or one clear sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import kpidsl

DEFINITIONS = """
sources:
  deals:
    key: id
    time: day
    columns: {id: text, day: date, at: datetime, amount: number, channel: text, won: boolean}
dimensions: {channel: [deals.channel]}
measures:
  deals: count(deals)
  total: sum(deals.amount)
  channels: count(distinct deals.channel)
  webs: {formula: 'count(deals where channel = "web")', unit: number}
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
