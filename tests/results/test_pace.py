"""How values of a period that is not over stand: the same on every engine, and intervals that hold what they promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import kpidsl
from kpidsl.pipeline import planned
from kpidsl.results.columns import from_floats
from kpidsl.results.pace import land

DEFINITIONS = """
sources:
  deals: {time: day, columns: {day: date, amount: number, rep: text}}
  plans: {time: month, every: month, columns: {month: date, amount: number}}
dimensions: {rep: [deals.rep]}
measures: {planned: sum(plans.amount)}
kpis:
  number: {formula: count(deals), better: higher, benchmarks: {goal: {range: at least 100, every: month}}}
  money: {formula: sum(deals.amount), better: lower, benchmarks: {plan: {plan: planned, every: month}}}
  mean: {formula: avg(deals.amount), better: higher, benchmarks: {before: {compare: previous}}}
  reps: {formula: count(distinct deals.rep), better: higher, benchmarks: {before: {compare: previous}}}
  unjudged: {formula: count(deals)}
"""


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"kpis.yaml": DEFINITIONS})


@pytest.fixture(scope="module")
def data() -> dict[str, pd.DataFrame]:
    """Five deals a day, more at the end of a month, for a year and a half; a plan for each month."""
    random = np.random.default_rng(7)
    days = pd.date_range("2025-01-01", "2026-06-30")
    rows = pd.DataFrame({"day": np.repeat(days, random.poisson(3 + days.day.to_numpy() / 8))})
    rows["amount"] = random.lognormal(3, 1, len(rows))
    rows["rep"] = random.choice(["a", "b"], len(rows))
    plans = pd.DataFrame({"month": pd.date_range("2025-01-01", "2026-12-01", freq="MS"), "amount": 1000.0})
    return {"deals": rows, "plans": plans}


def _ask(catalog: kpidsl.Catalog, data: dict[str, pd.DataFrame], **words: object) -> kpidsl.Result:
    return kpidsl.evaluate(catalog, data=data, every="month", as_of="2026-06-11", **words)  # type: ignore[arg-type]


def test_only_what_is_judged_and_not_over_has_a_pace(catalog: kpidsl.Catalog, data: dict[str, pd.DataFrame]) -> None:
    result = _ask(catalog, data, kpis=["number", "unjudged"], start="2026-05-01")
    assert result["number"].paces[0] is None
    assert result["number"].paces[1] is not None
    assert result["unjudged"].paces == [None, None]
    assert result["number"].pace == result["number"].paces


def test_it_is_the_same_from_every_engine(catalog: kpidsl.Catalog, data: dict[str, pd.DataFrame]) -> None:
    for words in ({"kpis": ["number", "money", "mean", "reps"]}, {"kpis": ["number", "mean"], "by": "rep"}):
        one, other = (_ask(catalog, data, start="2026-05-01", engine=engine, **words) for engine in ("pandas", "duckdb"))
        for name in one.kpis:
            for left, right in zip(one[name].paces, other[name].paces, strict=True):
                assert _numbers(left) == pytest.approx(_numbers(right), rel=1e-9)
                assert _words(left) == _words(right)


def _numbers(pace: dict[str, object] | None) -> list[float]:
    return [each for each in (pace or {}).values() if isinstance(each, float)]


def _words(pace: dict[str, object] | None) -> list[object]:
    return [each for each in (pace or {}).values() if not isinstance(each, float)]


def test_it_says_what_rows_say(catalog: kpidsl.Catalog, data: dict[str, pd.DataFrame]) -> None:
    result = _ask(catalog, data, kpis=["number", "money", "mean"], start="2026-06-01")
    days, amounts = data["deals"].day, data["deals"].amount
    part = (days >= "2026-06-01") & (days < "2026-06-11")
    before = (days >= "2026-05-01") & (days < "2026-05-11")
    months = days.dt.to_period("M")
    shares = [((months == month) & (days.dt.day <= 10)).sum() / (months == month).sum() for month in months.unique()[5:17]]
    number, money, mean = (result[name].pace for name in ("number", "money", "mean"))
    assert isinstance(number, dict) and isinstance(money, dict) and isinstance(mean, dict)
    assert number["to_date"] == part.sum()
    assert number["expected_to_date"] is None
    assert number["landing"] == pytest.approx(part.sum() / np.exp(np.log(shares).mean()))
    assert money["expected_to_date"] == pytest.approx(1000 / 3)
    assert mean["expected_to_date"] == pytest.approx(amounts[before].mean())
    assert mean["landing"] is None


def test_a_finished_range_looks_at_nothing_more(catalog: kpidsl.Catalog, data: dict[str, pd.DataFrame]) -> None:
    plan, _ = planned(catalog, ["number", "mean"], every="month", start="2026-05-01", end="2026-06-01", as_of="2026-06-11")
    assert not plan.paced
    assert not [name for name in plan.values if name.endswith("elapsed")]


def test_landing_intervals_hold_nine_times_out_of_ten() -> None:
    random = np.random.default_rng(11)
    for periods in (4, 12):
        weights = random.gamma(20, size=(4_000, periods + 1, 1)) * np.array([0.4, 0.6])
        parts = random.poisson(weights * 10)
        part, whole = parts[..., 0].astype(float), parts.sum(axis=2).astype(float)
        cells = np.repeat(np.arange(4_000), periods)
        earlier = (from_floats(each[:, :-1].ravel()) for each in (part, whole))
        landing = land(from_floats(part[:, -1]), *earlier, cells, str)
        held = np.mean((landing.low <= whole[:, -1]) & (whole[:, -1] <= landing.high))
        assert 0.885 < held < 0.93
