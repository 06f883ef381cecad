"""Made-up rows give the aggregates only values that go together."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from small_company import company

from kpidsl.algebra.canonical import Keys
from kpidsl.catalog.core import Aggregate, aggregates
from kpidsl.checks.worlds import Worlds

KPIS = """
average: {formula: avg(deals.amount where outcome = "won")}
smallest: {formula: min(deals.amount where outcome = "won")}
largest: {formula: max(deals.amount where outcome = "won")}
small: {formula: 'count(deals where outcome = "won" and amount < 150 USD)'}
early: {formula: count(deals where day < 2026-02-01)}
different: {formula: count(distinct deals.id)}
"""


@pytest.fixture(scope="module")
def turns() -> list[dict[str, Any]]:
    catalog = company(KPIS)
    keys = Keys(catalog.sources)
    leaves = {name: value.core for name, value in catalog.values.items() if isinstance(value.core, Aggregate)}
    worlds = Worlds(catalog, leaves.values(), keys)
    inputs = [worlds.inputs(turn) for turn in range(60)]
    assert inputs == [worlds.inputs(turn) for turn in range(60)]
    return [{name: values[keys.of(core)] for name, core in leaves.items()} for values in inputs]


def test_what_go_together(turns: list[dict[str, Any]]) -> None:
    for row in turns:
        assert row["won"] + row["lost"] <= row["deals"] == row["different"]
        assert row["small"] <= row["won"] and row["early"] <= row["deals"] and row["owners"] <= row["deals"]
        assert row["signed"] <= row["proposals"] and row["signed_sent"] <= row["proposals_sent"]
        if row["won"] == 0:
            assert row["revenue"] == 0 and row["average"] is row["smallest"] is row["largest"] is None
        else:
            assert row["average"] * row["won"] == row["revenue"]
            assert row["smallest"] <= row["average"] <= row["largest"]


def test_they_differ_enough(turns: list[dict[str, Any]]) -> None:
    assert len({tuple(row.items()) for row in turns}) > 50
    assert any(row["small"] > 0 for row in turns) and any(0 < row["early"] < row["deals"] for row in turns)
    assert any(row["signed"] != row["signed_sent"] and row["proposals"] == row["proposals_sent"] for row in turns)
    assert turns[0]["conversations"] == Fraction(1)


def test_dates_are_extremes_too() -> None:
    catalog = company("age: {formula: max(deals.day where day > 2026-01-31) - min(deals.day)}")
    leaves = list(aggregates(catalog.values["age"].core))
    worlds, keys = Worlds(catalog, leaves, Keys(catalog.sources)), Keys(catalog.sources)
    found = [[worlds.inputs(turn)[keys.of(leaf)] for leaf in leaves] for turn in range(20)]
    assert all(last is None or (isinstance(first, date) and isinstance(last, date) and first <= last) for last, first in found)
    assert any(last is not None for last, _ in found)
