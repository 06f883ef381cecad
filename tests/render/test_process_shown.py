"""The process of a KPI beside its verdict: in the table, on a card, in Markdown and in JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd

import kpidsl
from kpidsl.render.results import json as json_format
from kpidsl.render.results import markdown, text

DEFINITIONS = """
sources: {months: {time: day, columns: {day: date, v: number}}}
kpis:
  level:
    inference: census
    better: higher
    formula: sum(months.v)
    benchmarks:
      limits: {process: xmr, every: month}
      plan: {range: at least 11, every: month}
"""
VALUES = [10, 12] * 6 + [2, 14, 30]
ROWS = pd.DataFrame({"day": [date(2025 + at // 12, at % 12 + 1, 5) for at in range(15)], "v": [float(v) for v in VALUES]})


def _asked(**more: Any) -> kpidsl.Result:
    catalog = kpidsl.load(texts={"d.yaml": DEFINITIONS})
    return kpidsl.evaluate(catalog, data={"months": ROWS}, every="month", as_of="2026-04-01", **more)


def test_a_table_has_both_axes() -> None:
    shown = text.show(_asked(start="2026-01", end="2026-04"))
    states = [line for line in shown.splitlines() if line.startswith("2026-")]
    assert ["changing and short" in states[0], "steady and good" in states[1], "changing and good" in states[2]] == [True] * 3
    assert "below the lower limit 5.68" in states[0]
    assert "| process |" in markdown.show(_asked(start="2026-01", end="2026-04"))


def test_a_card_has_the_limits() -> None:
    assert "process    changing and short (limits 5.68 to 16.3)" in text.show(_asked(start="2026-01", end="2026-02"))


def test_programs_get_state_and_limits() -> None:
    result = _asked(start="2026-01", end="2026-02")
    assert result["level"].process == "signal"
    (row,) = json.loads(json_format.show(result))["rows"]
    assert row["process"] == "signal"
    assert row["limits"]["points"] == 12
    assert (round(row["limits"]["low"], 6), row["limits"]["centre"]) == (5.68, 11)
