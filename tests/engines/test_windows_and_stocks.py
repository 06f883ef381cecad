"""Stocks, closing snapshots, windows that are collected anew, and columns that look at the period: small cases by hand."""

from __future__ import annotations

from typing import Any

from asking import Answer, answered

from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Shift, Window

SOURCES = """
sources:
  customers:
    key: id
    columns:
      id: text
      region: text
      started: date
      mrr_now: {formula: sum(subscriptions.mrr alive from started_at to ended_at)}
      mrr_before: {formula: previous(mrr_now)}
      kept: {formula: mrr_before > 0 and mrr_now > 0}
      first_plan: {formula: first(subscriptions.plan)}
  subscriptions:
    key: sub_id
    time: started_at
    columns:
      sub_id: number
      started_at: date
      ended_at: date
      mrr: number
      plan: text
      customer: {type: text, references: customers}
    references:
      price: {source: prices, match: plan, valid: [since, until]}
  prices:
    columns: {plan: text, since: date, until: date, list: number}
  stock:
    key: [day, item]
    time: day
    columns: {day: date, item: text, value: number}
dimensions:
  region: [customers.region]
  first_plan: [customers.first_plan]
  list: [subscriptions.plan]
  item: [stock.item]
measures:
  active: count(subscriptions alive from started_at to ended_at)
  lists: sum(subscriptions.price.list)
  lists_alive: sum(subscriptions.price.list alive from started_at to ended_at)
  kept: count(customers alive from started where kept)
  payers: count(distinct subscriptions.customer)
  value: sum(stock.value closing)
  middle: median(subscriptions.mrr)
  newest: last(subscriptions.mrr)
kpis:
  rolled: {formula: 'rolling(payers, 2 months)'}
  before: {formula: previous(active)}
"""
DATA: dict[str, Any] = {
    "customers": {"id": ["a", "b"], "region": ["north", "south"], "started": ["2026-01-01", "2026-02-10"]},
    "subscriptions": {
        "sub_id": [1, 2, 3],
        "started_at": ["2026-01-05", "2026-02-10", "2026-02-20"],
        "ended_at": ["2026-02-20", None, None],
        "mrr": [10, 20, 30],
        "plan": ["s", "s", "l"],
        "customer": ["a", "b", "a"],
    },
    "prices": {
        "plan": ["s", "s", "l"],
        "since": ["2026-01-01", "2026-02-01", "2026-01-01"],
        "until": ["2026-02-01", None, None],
    },
    "stock": {
        "day": ["2026-01-30", "2026-01-31", "2026-01-30", "2026-02-03"],
        "item": ["x", "x", "y", "y"],
        "value": [5, 6, 7, 8],
    },
}
DATA["prices"]["list"] = [1, 2, 5]
JANUARY, FEBRUARY, MARCH = "2026-01-01", "2026-02-01", "2026-03-01"


def asked(*values: str, **question: Any) -> Answer:
    return answered(SOURCES, DATA, *values, **{"every": "month", "as_of": "2026-03-15", **question})


def test_a_stock_is_what_is_alive_at_the_end() -> None:
    assert asked("active").cells("active") == {JANUARY: 1, FEBRUARY: 2, MARCH: 2}
    assert asked("active", every="day", start="2026-02-19", end="2026-02-21").cells("active") == {
        "2026-02-19": 1 + 1,
        "2026-02-20": 2,
    }


def test_a_stock_has_cells_from_its_first_start_on() -> None:
    cells = asked("active", by=["first_plan"]).cells("active")
    assert cells == {(JANUARY, "s"): 1, (FEBRUARY, "s"): 2, (MARCH, "s"): 2}
    cells = asked("active", by=["list"]).cells("active")
    assert cells == {(JANUARY, "s"): 1, (FEBRUARY, "s"): 1, (FEBRUARY, "l"): 1, (MARCH, "s"): 1, (MARCH, "l"): 1}


def test_a_stock_of_an_unfinished_period_is_that_of_now() -> None:
    assert asked("active", as_of="2026-02-15").cells("active") == {JANUARY: 1, FEBRUARY: 2}


def test_references_for_a_time_are_read_when_the_row_is_placed() -> None:
    assert asked("lists").cells("lists") == {JANUARY: 1.0, FEBRUARY: 7.0}
    assert asked("lists_alive").cells("lists_alive") == {JANUARY: 1.0, FEBRUARY: 7.0, MARCH: 7.0}


def test_closing_is_one_date_for_all_cells() -> None:
    assert asked("value").cells("value") == {JANUARY: 6.0, FEBRUARY: 8.0}
    by_item = asked("value", by=["item"]).cells("value")
    assert by_item == {(JANUARY, "x"): 6.0, (JANUARY, "y"): None, (FEBRUARY, "y"): 8.0}


def test_columns_worked_out_for_each_period() -> None:
    assert asked("kept", "active").cells("kept") == {JANUARY: 0, FEBRUARY: 1, MARCH: 2}
    assert asked("kept", "active", every=None, start="2026-02-15", end="2026-03-01").cells("kept") == {(): 2}


def test_distinct_counts_of_a_window_are_taken_anew() -> None:
    answer = asked("payers", "rolled")
    assert answer.cells("payers") == {JANUARY: 1, FEBRUARY: 2}
    assert answer.cells("payers", (Window(2, Grain.MONTH),)) == {JANUARY: 1, FEBRUARY: 2, MARCH: 2}


def test_a_stock_of_the_period_before() -> None:
    assert asked("before").cells("active", (Shift(),)) == {FEBRUARY: 1, MARCH: 2}


def test_what_needs_an_order() -> None:
    assert asked("middle").cells("middle") == {JANUARY: 10.0, FEBRUARY: 25.0}
    assert asked("newest").cells("newest") == {JANUARY: 10.0, FEBRUARY: 30.0}
    assert asked("newest", every=None).cells("newest") == {(): 30.0}


def test_rows_read_count_once() -> None:
    assert asked("active").collect("active").rows == 3
    assert asked("payers", "rolled").collect("payers", (Window(2, Grain.MONTH),)).rows == 3
