"""What rows get from other rows, in DuckDB and in pandas, on random frames: references, aggregates, neighbours, periods."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from asking import planned, run
from databases import in_duckdb, relations_of, run_stored, same
from hypothesis import given, settings
from test_other_rows import DATA, LABELS, PLANS, RATES, Data

import kpidsl
from kpidsl.data.given import Frame, Given
from kpidsl.plan.nodes import Plan

SOURCES = """
sources:
  customers:
    key: id
    time: joined
    columns:
      id: text
      joined: date
      region: text
      deals: {formula: count(deals)}
      total: {formula: sum(deals.amount where amount > 0)}
      mean: {formula: avg(deals.amount)}
      first_seen: {formula: min(deals.day)}
      most: {formula: max(deals.amount)}
      middle: {formula: median(deals.amount)}
      spread: {formula: stddev(deals.amount)}
      high: {formula: 'percentile(deals.amount, 90%)'}
      first_word: {formula: first(deals.word)}
      last_a: {formula: 'last(deals.day where word = "a")'}
      words: {formula: count(distinct deals.word)}
      open: {formula: sum(deals.amount alive from day to ended)}
      open_before: {formula: previous(open)}
      open_year: {formula: 'previous(open, 1 year)'}
      recent: {formula: count(deals where day >= period_start)}
      per_word: {formula: total / words}
      touched: {formula: count(touches)}
      named: {formula: 'if deals > 1 then "many" else region'}
      shared: {formula: sum(deals.share)}
      waited: {formula: max(deals.before)}
    references:
      rate: {source: rates, match: {region: region}, valid: [since, until]}
      label: {source: labels, match: {named: name}}
  deals:
    key: deal_id
    time: day
    columns:
      deal_id: number
      day: date
      ended: date
      amount: number
      word: text
      customer: {type: text, references: customers}
      before: {formula: prior(amount where amount > 1) per customer}
      after: {formula: next(word) per customer}
      before_touch: {formula: prior(touches.word) per customer}
      next_touch: {formula: 'next(touches.at where word != "b") per customer'}
      value: {formula: customer.rate.value}
      share: {formula: amount / customer.total}
      size: {formula: plan.size}
      label: {formula: customer.label.text}
      since_period: {formula: day - previous_period_start}
      twice: {formula: prior(before) per customer}
      by_customer: {formula: prior(customer.total) per word}
    references:
      plan: {source: plans, match: {customer: customer, word: word}}
  touches:
    key: touch_id
    time: at
    columns: {touch_id: number, at: datetime, word: text, customer: {type: text, references: customers}}
  rates: {columns: {region: text, since: date, until: date, value: number}}
  plans: {key: [customer, word], columns: {customer: text, word: text, size: number}}
  labels: {key: name, columns: {name: text, text: text}}
dimensions:
  region: [customers.region, deals.customer.region]
  first_word: [customers.first_word, deals.customer.first_word]
  label: [deals.label]
  after: [deals.after]
  touch: [deals.before_touch]
  first_seen: [customers.first_seen]
measures:
  deals: sum(customers.deals)
  total: sum(customers.total)
  mean: sum(customers.mean)
  first_seen: min(customers.first_seen - joined)
  most: max(customers.most)
  middle: avg(customers.middle)
  spread: sum(customers.spread)
  high: max(customers.high)
  firsts: count(distinct customers.first_word)
  last_a: max(customers.last_a - joined)
  words: sum(customers.words)
  open: sum(customers.open)
  open_before: sum(customers.open_before)
  open_year: sum(customers.open_year)
  recent: sum(customers.recent)
  per_word: sum(customers.per_word)
  touched: sum(customers.touched)
  shared: sum(customers.shared)
  waited: sum(customers.waited)
  before: sum(deals.before)
  after: count(deals where after = "a")
  before_touch: count(distinct deals.before_touch)
  next_touch: last(deals.next_touch - day)
  value: sum(deals.value)
  shares: sum(deals.share)
  size: sum(deals.size where customer.region = "north")
  label: count(distinct deals.label)
  since: sum(deals.since_period)
  twice: sum(deals.twice)
  by_customer: sum(deals.by_customer)
  seen: sum(deals.customer.open)
  alive: sum(deals.value alive from day to ended)
  closing: sum(deals.amount closing)
  elsewhere: sum(deals.amount at customer.joined)
  middle_deal: median(deals.customer.total)
"""
QUESTIONS = [
    {"every": "month"},
    {"every": None},
    {"every": "year", "by": ["region"]},
    {"every": "month", "by": ["first_word"]},
    {"every": "quarter", "where": 'region = "north"'},
]
AS_OF = "2026-03-15"


def plans() -> list[Plan]:
    names = list(planned(SOURCES, as_of=AS_OF).question.values)
    own = [planned(SOURCES, *names, as_of=AS_OF, **question) for question in QUESTIONS]
    deals = ["shares", "since", "value", "next_touch", "alive", "closing"]
    return [*own, *(planned(SOURCES, *deals, as_of=AS_OF, every="month", by=[by]) for by in ("label", "after", "touch"))]


PLANS_ASKED = plans()


def framed(plan: Plan, data: Data) -> dict[str, pd.DataFrame]:
    everything = {**data, "rates": RATES, "plans": PLANS, "labels": LABELS}
    columns = {
        name: [column.name for column in plan.catalog.sources[name].columns.values() if column.formula is None]
        for name in everything
    }
    return {name: pd.DataFrame(rows, columns=columns[name], dtype=object) for name, rows in everything.items()}


@pytest.mark.parametrize("number", range(len(PLANS_ASKED)))
@settings(max_examples=2)
@given(data=DATA)
def test_duckdb_agrees_with_pandas(number: int, data: Data) -> None:
    plan, database = PLANS_ASKED[number], in_duckdb()
    frames = framed(plan, data)
    expected = run(plan, {name: Given(Frame(frame)) for name, frame in frames.items() if name in plan.needs})
    same(expected, run_stored(plan, relations_of(plan, frames, database), database))


PER_PERIOD = """
sources:
  customers: {key: id, columns: {id: text, paid: {formula: sum(plans.price alive from begun to ended)}}}
  plans: {time: begun, columns: {customer: {type: text, references: customers}, begun: date, ended: date, price: number}}
  orders: {time: day, columns: {day: date, amount: number, customer: {type: text, references: customers}}}
measures: {parts: sum(orders.amount / customer.paid)}
"""


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_undefined_rows_of_all_periods_are_counted(engine: str) -> None:
    frames = {
        "customers": pd.DataFrame({"id": ["a"]}),
        "plans": pd.DataFrame({"customer": ["a"], "begun": [date(2026, 1, 1)], "ended": [date(2026, 1, 2)], "price": [5.0]}),
        "orders": pd.DataFrame(
            {"day": [date(2026, month, 5) for month in (1, 2, 2, 3)], "customer": ["a"] * 4, "amount": [2.0] * 4}
        ),
    }
    result = kpidsl.evaluate(
        kpidsl.load(texts={"": PER_PERIOD}), "parts", data=frames, every="month", as_of=AS_OF, engine=engine
    )
    assert [str(notice.headline).split(":")[0] for notice in result.diagnostics] == [
        "4 rows of source `orders` count as missing"
    ]
