"""What rows get from other rows (references, also for a time; aggregates; neighbours) against plain loops, on random frames."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from asking import catalog_of
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.data.bind import bind
from kpidsl.data.given import Frame, Given
from kpidsl.engines.period import Period
from kpidsl.engines.tables import Tables
from kpidsl.engines.vectors import Vector
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan.schedule import Interval

CATALOG = catalog_of(
    """
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
    references:
      plan: {source: plans, match: {customer: customer, word: word}}
  touches:
    key: touch_id
    time: at
    columns: {touch_id: number, at: datetime, word: text, customer: {type: text, references: customers}}
  rates: {columns: {region: text, since: date, until: date, value: number}}
  plans: {key: [customer, word], columns: {customer: text, word: text, size: number}}
  labels: {key: name, columns: {name: text, text: text}}
"""
)
AS_OF = datetime(2026, 3, 15)
PERIOD = Interval(datetime(2026, 2, 1), datetime(2026, 3, 1), datetime(2026, 1, 1))
Row = dict[str, Any]
Data = dict[str, list[Row]]

# Rows

days = st.sampled_from([date(2025, 1, 20), date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 15), None])
words = st.sampled_from(["a", "b", None])
ids = st.sampled_from(["k1", "k2", "k9", None])
amounts = st.sampled_from([0.0, 1.0, 2.0, 2.5, -1.0, None])
regions = st.sampled_from(["north", "south", None])
VALID = [("north", date(2025, 1, 1), date(2026, 2, 1)), ("north", date(2026, 2, 1), None), ("south", date(2026, 2, 1), None)]
RATES = [
    {"region": region, "since": since, "until": until, "value": float(at)} for at, (region, since, until) in enumerate(VALID)
]
RATES.append({"region": "south", "since": None, "until": None, "value": 9.0})
PLANS = [
    {"customer": customer, "word": word, "size": size}
    for customer, word, size in [("k1", "a", 1.0), ("k1", "b", 2.0), ("k2", "a", 3.0)]
]
LABELS = [{"name": "many", "text": "M"}, {"name": "north", "text": "N"}]


def rows(key: str, keys: st.SearchStrategy[list[Any]], **columns: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Row]]:
    return keys.flatmap(
        lambda names: st.tuples(*(st.fixed_dictionaries({key: st.just(name), **columns}) for name in names)).map(list)
    )


numbers = st.lists(st.integers(0, 20), max_size=7, unique=True)
DATA = st.fixed_dictionaries(
    {
        "customers": rows("id", st.sampled_from([["k1", "k2"], ["k2", "k1", "k3"], []]), joined=days, region=regions),
        "deals": rows("deal_id", numbers, day=days, ended=days, amount=amounts, word=words, customer=ids),
        "touches": rows(
            "touch_id",
            numbers,
            at=days.map(lambda day: day and datetime(day.year, day.month, day.day)),
            word=words,
            customer=ids,
        ),
    }
)

# The loops


def read(source: str, data: Data) -> list[Row]:
    time = CATALOG.sources[source].time
    return [row for row in data[source] if row[time] is not None and _moment(row[time]) < AS_OF]


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


def of(row: Row, data: Data) -> list[Row]:
    return [deal for deal in read("deals", data) if deal["customer"] == row["id"]]


def present(deals: Iterable[Row], column: str = "amount") -> list[Any]:
    return [deal[column] for deal in deals if deal[column] is not None]


def in_order(deals: Iterable[Row], key: str, time: str) -> list[Row]:
    return sorted(deals, key=lambda row: (row[time], row[key]))


def percentile(values: list[float], share: float) -> float | None:
    return float(np.percentile(values, share * 100)) if values else None


def positive(row: Row, data: Data) -> float | None:
    return sum(each for each in present(of(row, data)) if each > 0) if read("deals", data) else None


def open_at(row: Row, data: Data, moment: datetime) -> float | None:
    moment = min(moment, AS_OF)
    alive = [
        deal
        for deal in of(row, data)
        if _moment(deal["day"]) < moment and (deal["ended"] is None or _moment(deal["ended"]) >= moment)
    ]
    return sum(present(alive)) if read("deals", data) else None


def one(found: Iterable[Row]) -> Row:
    return next(iter(found), {})


def customer(deal: Row, data: Data) -> Row:
    return one(row for row in data["customers"] if deal["customer"] is not None and row["id"] == deal["customer"])


def rate(row: Row, moment: date | None) -> Row:
    valid = (
        rate
        for rate in RATES
        if rate["region"] == row.get("region") and rate["since"] is not None and moment is not None
        if rate["since"] <= moment and (rate["until"] is None or moment < rate["until"])
    )
    return one(valid)


def neighbour(deal: Row, data: Data, step: int, passes: Callable[[Row], bool]) -> Row:
    if deal["customer"] is None or deal not in read("deals", data):
        return {}
    same = in_order((other for other in read("deals", data) if other["customer"] == deal["customer"]), "deal_id", "day")
    place = same.index(deal)
    others = reversed(same[:place]) if step < 0 else same[place + 1 :]
    return one(other for other in others if passes(other))


def touch(deal: Row, data: Data, step: int, passes: Callable[[Row], bool] = lambda row: True) -> Row:
    if deal["customer"] is None or deal["day"] is None:
        return {}
    same = [row for row in read("touches", data) if row["customer"] == deal["customer"] and passes(row)]
    ordered = in_order(same, "touch_id", "at")
    if step < 0:
        return one(row for row in reversed(ordered) if row["at"] <= _moment(deal["day"]))
    return one(row for row in ordered if row["at"] >= _moment(deal["day"]))


def label(deal: Row, data: Data) -> str | None:
    row = customer(deal, data)
    if not row:
        return None
    counted = len(of(row, data)) if read("deals", data) else None
    name = None if counted is None else "many" if counted > 1 else row["region"]
    return one(each for each in LABELS if each["name"] == name).get("text")


def share(deal: Row, data: Data) -> Any:
    row = customer(deal, data)
    total = positive(row, data) if row else None
    if total is None or deal["amount"] is None:
        return None
    return deal["amount"] / total if total else "undefined"


def per_word(row: Row, data: Data) -> Any:
    count = len(set(present(of(row, data), "word")))
    if not read("deals", data):
        return None
    return positive(row, data) / count if count else "undefined"


def first(row: Row, data: Data, column: str) -> Any:
    return one(deal for deal in in_order(of(row, data), "deal_id", "day") if deal[column] is not None).get(column)


LOOPS: dict[str, Callable[[Row, Data], Any]] = {
    "customers.deals": lambda row, data: len(of(row, data)) if read("deals", data) else None,
    "customers.total": positive,
    "customers.mean": lambda row, data: statistics.fmean(found) if (found := present(of(row, data))) else None,
    "customers.first_seen": lambda row, data: min(present(of(row, data), "day"), default=None),
    "customers.most": lambda row, data: max(present(of(row, data)), default=None),
    "customers.middle": lambda row, data: percentile(present(of(row, data)), 0.5),
    "customers.spread": lambda row, data: statistics.stdev(found) if len(found := present(of(row, data))) > 1 else None,
    "customers.high": lambda row, data: percentile(present(of(row, data)), 0.9),
    "customers.first_word": lambda row, data: first(row, data, "word"),
    "customers.last_a": lambda row, data: max((deal["day"] for deal in of(row, data) if deal["word"] == "a"), default=None),
    "customers.words": lambda row, data: len(set(present(of(row, data), "word"))) if read("deals", data) else None,
    "customers.open": lambda row, data: open_at(row, data, PERIOD.end),
    "customers.open_before": lambda row, data: open_at(row, data, PERIOD.start),
    "customers.open_year": lambda row, data: open_at(row, data, datetime(2025, 3, 1)),
    "customers.recent": lambda row, data: (
        sum(_moment(deal["day"]) >= PERIOD.start for deal in of(row, data)) if read("deals", data) else None
    ),
    "customers.per_word": per_word,
    "customers.touched": lambda row, data: (
        sum(each["customer"] == row["id"] for each in read("touches", data)) if read("touches", data) else None
    ),
    "deals.before": lambda deal, data: neighbour(
        deal, data, -1, lambda row: row["amount"] is not None and row["amount"] > 1
    ).get("amount"),
    "deals.after": lambda deal, data: neighbour(deal, data, 1, lambda row: True).get("word"),
    "deals.before_touch": lambda deal, data: touch(deal, data, -1).get("word"),
    "deals.next_touch": lambda deal, data: touch(deal, data, 1, lambda row: row["word"] not in ("b", None)).get("at"),
    "deals.value": lambda deal, data: rate(customer(deal, data), deal["day"]).get("value"),
    "deals.share": share,
    "deals.size": lambda deal, data: one(
        each for each in PLANS if (each["customer"], each["word"]) == (deal["customer"], deal["word"])
    ).get("size"),
    "deals.label": label,
    "deals.since_period": lambda deal, data: deal["day"] and (_moment(deal["day"]) - PERIOD.before) / timedelta(days=1),
}


def tables(data: Data) -> Tables:
    everything = {**data, "rates": RATES, "plans": PLANS, "labels": LABELS}
    needs = {
        name: frozenset(column.name for column in source.columns.values() if column.formula is None)
        for name, source in CATALOG.sources.items()
    }
    frames = {name: pd.DataFrame(held, columns=list(needs[name]), dtype=object) for name, held in everything.items()}
    bound = bind(CATALOG, needs, {name: Given(Frame(frame)) for name, frame in frames.items()})
    assert not bound.failed
    return Tables(CATALOG, bound.tables, AS_OF)


def listed(vector: Vector) -> list[Any]:
    """Each row's value, None where missing."""
    values = vector.values.tolist()
    if vector.words is not None:
        values = [vector.words[code] if code >= 0 else None for code in values]
    values = [value if vector.valid is None or there else None for value, there in zip(values, _valid(vector), strict=True)]
    broken = np.zeros(len(values), np.bool_) if vector.undefined is None else vector.undefined.rows
    return ["undefined" if wrong else value for value, wrong in zip(values, broken, strict=True)]


def _valid(vector: Vector) -> list[bool]:
    return [True] * len(vector.values) if vector.valid is None else vector.valid.tolist()


def as_moment(value: Any) -> Any:
    return _moment(value) if isinstance(value, date) and not isinstance(value, datetime) else value


@settings(max_examples=60)
@given(DATA)
def test_other_rows_are_those_of_a_loop(data: Data) -> None:
    around = tables(data)
    period = Period(PERIOD, Calendar(), Grain.MONTH, None, Grain.MONTH)
    for name, loop in LOOPS.items():
        source, column = name.split(".")
        formula = CATALOG.sources[source].columns[column].formula
        assert formula is not None
        found = listed(around.rows(source, period).values(formula))
        expected = [as_moment(loop(row, data)) for row in data[source]]
        for one_, other in zip(found, expected, strict=True):
            same = one_ == other or (isinstance(one_, float) and other is not None and math.isclose(one_, other, rel_tol=1e-9))
            assert same, (name, found, expected)


def test_undefined_rows_are_counted_once() -> None:
    deals = [{"deal_id": 1, "day": date(2026, 1, 1), "ended": None, "amount": -1.0, "word": None, "customer": "k1"}]
    around = tables({"customers": [{"id": "k1", "joined": None, "region": None}], "deals": deals, "touches": []})
    formula = CATALOG.sources["customers"].columns["per_word"].formula
    assert formula is not None
    for _ in range(2):
        rows_ = around.rows("customers")
        vector = rows_.values(formula)
        assert vector.undefined is not None
        around.undefined.add(rows_, formula, vector.undefined)
    (notice,) = around.undefined.notices()
    assert notice.headline == (
        "1 row of source `customers` counts as missing: a division by 0 in what is computed "
        "from `deals.amount` and `deals.word`"
    )


@pytest.mark.parametrize("source", ["deals", "touches"])
def test_nothing_is_known_of_a_source_without_rows(source: str) -> None:
    data: Data = {"customers": [{"id": "k1", "joined": None, "region": None}], "deals": [], "touches": []}
    column = "deals" if source == "deals" else "touched"
    formula = CATALOG.sources["customers"].columns[column].formula
    assert formula is not None
    assert listed(tables(data).rows("customers").values(formula)) == [None]
