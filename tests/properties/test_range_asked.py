"""The verdict of a period does not depend on the range that is asked."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import kpidsl

DEFINITIONS = """
project: {{calendar: {calendar}}}
units: {{currencies: [USD], entities: {{deal: {{}}, won: {{subset_of: deal}}}}}}
sources:
  deals:
    row: deal
    time: day
    columns: {{day: date, won: boolean, part: text, amount: {{type: number, unit: USD}}}}
dimensions: {{part: [deals.part]}}
measures:
  deals: count(deals)
  won: {{formula: count(deals where won), unit: won}}
kpis:
  rate:
    better: higher
    formula: won / deals
    matures_after: 10 days
    benchmarks:
      limits: {{process: laney, breaks: {{2024-03-01: a new team}}}}
      usual: {{history: 6 months, quantiles: 20% to 80%}}
      often: {{range: at least 30%, within: 70% of weeks over 3 months, severity: note}}
  revenue:
    better: higher
    formula: sum(deals.amount)
    inference: census
    benchmarks:
      limits: {{process: xmr}}
      monthly: {{range: at least 1500, every: month, for: 2 periods, clear: 3 periods}}
      weekly: {{range: at least 350, every: week, for: 3 periods}}
      quarterly: {{history: 24 months, every: quarter}}
"""
CALENDARS = ("{week_starts: sunday}", "{year: 4-4-5, year_ends: nearest saturday to january 31}")
SHOWN = ("value", "status", "verdict", "benchmark", "process", "reason")


@cache
def _catalog(calendar: str) -> kpidsl.Catalog:
    catalog = kpidsl.load(texts={"d.yaml": DEFINITIONS.format(calendar=calendar)})
    assert not catalog.diagnostics.errors
    return catalog


def _deals(seed: int) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    days = np.sort(random.integers(0, 900, 700))
    return pd.DataFrame(
        {
            "day": [date(2022, 6, 1) + timedelta(int(each)) for each in days],
            "won": random.random(700) < np.where(days < 500, 0.4, 0.6),
            "part": random.choice(["a", "b", "c"], 700, p=[0.6, 0.35, 0.05]),
            "amount": random.integers(1, 200, 700).astype(float),
        }
    )


def _rows(answer: kpidsl.Result) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    frame = answer.frame
    keys = [name for name in ("kpi", "period", "part") if name in frame]
    shown = frame[list(SHOWN)].astype(object).where(frame[list(SHOWN)].notna(), None)
    return dict(zip(zip(*(frame[key] for key in keys), strict=True), shown.itertuples(index=False, name=None), strict=True))


@pytest.mark.parametrize("calendar", CALENDARS)
@settings(max_examples=6, deadline=None)
@given(
    st.integers(0, 1000),
    st.sampled_from(["week", "month", "quarter"]),
    st.integers(0, 850),
    st.integers(1, 300),
    st.booleans(),
    st.sampled_from([None, "all"]),
    st.sampled_from([None, 'part != "c"']),
    st.integers(600, 950),
)
@example(0, "week", 335, 300, False, None, None, 635)  # ends on `as_of`, within a week
def test_the_range_asked_changes_no_verdict(
    calendar: str,
    seed: int,
    every: str,
    start: int,
    length: int,
    grouped: bool,
    cells: str | None,
    where: str | None,
    until: int,
) -> None:
    asked: dict[str, Any] = {
        "data": {"deals": _deals(seed)},
        "every": every,
        "by": ["part"] if grouped else [],
        "cells": cells,
        "where": where,
        "as_of": date(2022, 6, 1) + timedelta(until),
    }
    begin = date(2022, 6, 1) + timedelta(start)
    whole = _rows(kpidsl.evaluate(_catalog(calendar), ["rate", "revenue"], **asked))
    part = _rows(kpidsl.evaluate(_catalog(calendar), ["rate", "revenue"], **asked, start=begin, end=begin + timedelta(length)))
    common = whole.keys() & part.keys()
    assert {key: part[key] for key in common} == {key: whole[key] for key in common}
