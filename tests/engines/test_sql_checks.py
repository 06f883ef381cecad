"""What is wrong with rows in a database is told as of rows in memory: keys, times, references, listed values, infinities."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd
import pytest
from asking import planned
from databases import answer_of, in_duckdb, opened, relations_of

from kpidsl.data.given import Frame, Given
from kpidsl.engines.pandas import Pandas
from kpidsl.engines.sql.engine import Stored
from kpidsl.plan.nodes import Plan

SOURCES = """
units:
  entities: {order: {}, paid_order: {subset_of: order}}
sources:
  orders:
    key: order_id
    row: order
    time: day
    columns:
      order_id: number
      day: date
      kind: {type: text, values: [new, old]}
      customer: {type: text, references: customers}
      amount: number
    references:
      price: {source: prices, match: {kind: kind}, valid: [since, until]}
      spot: {source: places, match: {customer: name, day: day}}
  paid:
    key: order
    row: paid_order
    columns: {order: {type: number, references: orders}, sum: number}
  customers: {key: id, columns: {id: text, region: text}}
  prices: {columns: {kind: text, since: date, until: date, list: number}}
  places: {key: [name, day], columns: {name: text, day: date, size: number}}
dimensions:
  region: [customers.region]
  kind: [orders.kind]
measures:
  amount: sum(orders.amount)
  lists: sum(orders.price.list)
  size: sum(orders.spot.size)
  paid: sum(paid.sum where order.kind = "new")
  buyers: count(distinct orders.customer)
  names: count(distinct customers.id)
"""
DAY = date(2026, 1, 31)
ROWS: dict[str, dict[str, list[Any]]] = {
    "orders": {"order_id": [1, 2], "day": [DAY, DAY], "kind": ["new", "old"], "customer": ["a", None], "amount": [1.0, 2.0]},
    "paid": {"order": [1], "sum": [1.0]},
    "customers": {"id": ["a", "b", None, None], "region": ["n", "s", "n", "n"]},
    "prices": {
        "kind": ["new", "new", "old"],
        "since": [date(2025, 1, 1), date(2026, 1, 1), date(2025, 1, 1)],
        "until": [date(2026, 1, 1), None, None],
        "list": [1.0, 2.0, 3.0],
    },
    "places": {"name": ["a", "a"], "day": [DAY, date(2026, 1, 1)], "size": [1.0, 2.0]},
}


def told(changes: Mapping[str, Mapping[str, list[Any]]], *values: str, **asked: Any) -> tuple[list[Any], list[Any]]:
    """What DuckDB and pandas say: the codes, and which sources failed."""
    plan = planned(SOURCES, *values, as_of="2026-06-01", **asked)
    frames = {name: pd.DataFrame({**rows, **changes.get(name, {})}) for name, rows in ROWS.items()}
    return _stored(plan, frames), _in_memory(plan, frames)


def _stored(plan: Plan, frames: Mapping[str, pd.DataFrame]) -> list[Any]:
    database = in_duckdb()
    stored = Stored(plan, opened(relations_of(plan, frames, database), database))
    if not stored.failed:
        answer_of(plan, stored)  # infinite numbers are found where rows are read
    return [sorted({finding.code for finding in stored.findings}), stored.failed, stored.findings]


def _in_memory(plan: Plan, frames: Mapping[str, pd.DataFrame]) -> list[Any]:
    memory = Pandas().bind(plan, {name: Given(Frame(frame)) for name, frame in frames.items()})
    return [sorted({finding.code for finding in memory.findings}), memory.failed, memory.findings]


CASES = [
    ({}, "amount", [], []),
    ({"customers": {"id": ["a", "a", "b", "b"]}}, "amount", ["key-repeated"], ["customers"]),
    ({"customers": {"id": ["a"] * 4}, "orders": {"customer": ["a", "x"]}}, "amount", ["key-repeated"], ["customers"]),
    ({"places": {"day": [DAY, DAY]}}, "size", ["key-repeated"], ["places"]),
    ({"prices": {"until": [date(2026, 1, 2), None, None]}}, "lists", ["validity-overlaps"], ["prices"]),
    ({"prices": {"until": [None, None, None]}}, "lists", ["validity-overlaps"], ["prices"]),
    ({"prices": {"since": [date(2026, 1, 1)] * 3, "until": [date(2025, 1, 1), None, None]}}, "lists", [], []),
    ({"orders": {"customer": ["a", "x"]}}, "amount", ["reference-unmatched"], []),
    ({"orders": {"kind": ["nwe", "old"]}}, "lists", ["reference-unmatched", "unknown-value"], []),
    ({"orders": {"amount": [float("inf"), float("nan")]}}, "amount", ["infinite-number"], []),
    ({"prices": {"list": [1.0, float("-inf"), 3.0]}}, "lists", ["infinite-number"], []),
    ({"paid": {"order": [1, 1], "sum": [1.0, 2.0]}}, "paid", ["subset-repeated"], []),
]


@pytest.mark.parametrize(("changes", "value", "codes", "failed"), CASES)
def test_findings_are_those_of_pandas(
    changes: Mapping[str, Mapping[str, list[Any]]], value: str, codes: list[str], failed: list[str]
) -> None:
    by = ["region"] if value == "amount" else []
    stored, memory = told(changes, value, by=by)
    assert stored[:2] == memory[:2] == [codes, frozenset(failed)]


def test_a_reference_that_nothing_follows_says_nothing_though_both_of_its_sides_are_read() -> None:
    stored, memory = told({"orders": {"customer": ["x", "a"]}, "customers": {"id": ["a", "a", "b", "b"]}}, "buyers", "names")
    assert stored[:2] == memory[:2] == [[], frozenset()]


def test_a_headline_has_what_is_known_of_a_row_in_a_database() -> None:
    (finding,) = told({"orders": {"customer": ["a", "x"]}}, "amount", by=["region"])[0][2]
    assert finding.headline == ("1 of 2 rows of source `orders` has a `customer` that is not in `customers`, such as `x`")
    (finding,) = told({"places": {"day": [DAY, DAY]}}, "size")[0][2]
    assert finding.headline == (
        "the key `name`, `day` of source `places` is not unique: `a, 2026-01-31` stands in one row and in another"
    )
    (finding,) = told({"prices": {"until": [None, None, None]}}, "lists")[0][2]
    assert finding.headline == (
        "two rows of source `prices` with `new` as `kind` are valid at the same time: "
        "one from 2025-01-01 on and another from 2026-01-01 on"
    )
    (finding,) = told({"paid": {"order": [1, 1], "sum": [1.0, 2.0]}}, "paid")[0][2]
    assert finding.headline.endswith("first `1` in one row and another")
    (finding,) = told({"orders": {"amount": [float("inf"), float("-inf")]}}, "amount")[0][2]
    assert finding.headline == "2 rows of source `orders` have an infinite `amount`, which counts as missing"


def test_an_unlisted_text_is_told_by_how_often_it_stands() -> None:
    rows = {"order_id": list(range(6)), "day": [DAY] * 6, "customer": ["a"] * 6, "amount": [1.0] * 6}
    kinds = ["x", "y", "y", "z", "w", "new"]
    stored, _ = told({"orders": {**rows, "kind": kinds}}, "amount", by=["kind"])
    (finding,) = (each for each in stored[2] if each.code == "unknown-value")
    assert "5 rows" in finding.headline and "`y`, `w`, `x` and 1 more" in finding.headline
