"""A value with clusters that has no interval, beside one that has, which is taken at other times."""

from __future__ import annotations

import pandas as pd

import kpidsl

_TEXT = """
sources: {deals: {time: day, columns: {day: date, rep: text, amount: number}}}
kpis:
  ytd: {formula: 'to_date(sum(deals.amount), year)', cluster: rep, benchmarks: {b: {average: 3, every: month}}}
  spread: {formula: stddev(deals.amount), cluster: rep, benchmarks: {b: {average: 3, every: month}}}
"""


def test_each_has_what_it_has_alone() -> None:
    catalog = kpidsl.load(texts={"a.yaml": _TEXT})
    days = pd.date_range("2026-01-01", "2026-02-28")
    deals = pd.DataFrame({"day": days, "rep": [f"r{day.day % 3}" for day in days], "amount": [float(day.day) for day in days]})
    both, alone = (
        kpidsl.evaluate(catalog, names, data={"deals": deals}, every="month", as_of="2026-03-01")["spread"]
        for names in (["ytd", "spread"], ["spread"])
    )
    assert both.frame[["value", "n", "verdict"]].equals(alone.frame[["value", "n", "verdict"]])
