"""Young cohorts filled up: by hand, on every engine, and in simulations with a share that is known."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kpidsl
from kpidsl.results.columns import Floats
from kpidsl.results.intervals import wilson
from kpidsl.results.projection import Aged, project
from kpidsl.results.result import View
from kpidsl.results.verdicts import Verdict

DEFINITIONS = """
units: {entities: {lead: {}, won_lead: {subset_of: lead}}}
sources:
  leads:
    row: lead
    key: lead_id
    time: created_at
    columns: {lead_id: number, created_at: date, channel: text, first_win: {formula: min(deals.won_at)}}
  deals:
    time: won_at
    columns: {lead: {type: number, references: leads}, won_at: date}
dimensions: {channel: [leads.channel]}
measures:
  leads: count(leads)
  won: {formula: count(leads where first_win - created_at <= 60 days), unit: won_lead}
  ever: {formula: count(leads where first_win is not missing), unit: won_lead}
kpis:
  conversion:
    better: higher
    formula: won / leads
    matures_after: 60 days
    project: first_win
    benchmarks: {goal: {range: at least 10%}}
  unjudged: {formula: won / leads, matures_after: 60 days, project: first_win}
  slow: {formula: won / leads, matures_after: 30 weeks, project: first_win}
  odd: {formula: ever / leads, matures_after: 20 days, project: first_win}
"""


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"kpis.yaml": DEFINITIONS}, strict=True)


def _data(seed: int = 1, share: float = 0.25) -> dict[str, pd.DataFrame]:
    """Twenty leads a day for half a year, of which a share is won after 30 days, more or less, up to 60."""
    random = np.random.default_rng(seed)
    created = np.sort(random.integers(0, 180, 3_600))
    after = np.minimum(random.gamma(4, 7.5, len(created)).astype(int), 60)
    won = random.random(len(created)) < share
    start = pd.Timestamp("2026-01-01")
    leads = pd.DataFrame({"lead_id": np.arange(len(created)), "created_at": start + pd.to_timedelta(created, "D")})
    leads["channel"] = random.choice(["mail", "web"], len(created))
    deals = pd.DataFrame({"lead": leads.lead_id[won], "won_at": (leads.created_at + pd.to_timedelta(after, "D"))[won]})
    return {"leads": leads, "deals": deals}


def _alike(one: float, number: int = 1) -> Floats:
    return np.full(number, one)


def test_by_hand() -> None:
    """Of 40 rows 36 are seen through age 0, and 8 succeed there; of the 18 seen through age 1 that had not yet, 6.

    So of rows that are open at age 1 a third is still to come, and of those at age 0 1 - 28/36 * 2/3 = 13/27.
    """
    seen = Aged(_alike(40.0, 2), np.array([[8.0, 8.0], [6.0, 6.0]]), np.array([[4.0, 4.0], [10.0, 10.0]]))
    cohort = Aged(_alike(10.0, 2), np.array([[2.0, 0.0], [0.0, 0.0]]), np.array([[0.0, 10.0], [8.0, 0.0]]))
    found = project(cohort, seen, np.array([2.0, 0.0]), census=True)
    assert found.value == pytest.approx([(2 + 8 / 3) / 10, 13 / 27])
    # What is to come of 8 rows by chance, and how sure the hazard of age 1 is for them.
    variance = (8 * (1 / 3) * (2 / 3) + (8 * 2 / 3) ** 2 * 6 / (18 * 12)) / 100
    share = found.value[0]
    rows = share * (1 - share) / variance
    assert [found.low[0], found.high[0]] == pytest.approx([each[0] for each in wilson(_alike(share * rows), _alike(rows))])
    sample = project(cohort, seen, np.array([2.0, 0.0]), census=False)
    assert sample.low[0] < found.low[0] and sample.high[0] > found.high[0]


def test_few_successes_tell_nothing() -> None:
    seen = Aged(_alike(40.0), np.array([[9.0]]), np.array([[4.0]]))
    cohort = Aged(_alike(10.0), np.array([[2.0]]), np.array([[8.0]]))
    found = project(cohort, seen, _alike(2.0), census=False)
    assert found.why[0] == "not projected: fewer than 10 successes have been seen"
    assert np.isnan(found.value[0]) and not found.known[0]


def test_status_value_and_verdict(catalog: kpidsl.Catalog) -> None:
    result = kpidsl.evaluate(catalog, ["conversion", "unjudged"], data=_data(), every="month", as_of="2026-06-01")
    judged, unjudged = result["conversion"], result["unjudged"]
    assert judged.statuses == ["value", "value", "value", "projected", "projected"]
    assert judged.verdicts == [Verdict.WITHIN] * 5
    assert unjudged.verdicts == [None, None, None, Verdict.IMMATURE, Verdict.IMMATURE]
    assert judged.values[4] < 0.15 < judged.projections[4]["value"]  # type: ignore[index]
    assert judged.projections[0] is None
    assert "so far" in judged.reasons[4] and "so far" in unjudged.reasons[4]


def test_it_is_the_same_from_every_engine_and_by_dimension(catalog: kpidsl.Catalog) -> None:
    for by in ((), ("channel",)):
        one, other = (
            kpidsl.evaluate(
                catalog, ["conversion", "slow"], data=_data(), every="month", as_of="2026-06-01", by=by, engine=engine
            )
            for engine in ("pandas", "duckdb")
        )
        for name in one.kpis:
            assert one[name].reasons == other[name].reasons
            left, right = ([each or {} for each in result[name].projections] for result in (one, other))
            assert left == [pytest.approx(each, rel=1e-12) for each in right]


def test_within_a_day_rows_are_as_old_as_the_moment_says(catalog: kpidsl.Catalog) -> None:
    words = {"data": _data(), "every": "month", "end": "2026-05-01"}
    noon, night = (
        kpidsl.evaluate(catalog, "unjudged", as_of=as_of, engine="pandas", **words)["unjudged"].projections[-1]  # type: ignore[arg-type]
        for as_of in ("2026-05-20T12:00", "2026-05-21")
    )
    assert noon is not None and night is not None
    assert abs(noon["value"] - night["value"]) < 0.02


def test_a_formula_that_counts_otherwise_is_not_projected(catalog: kpidsl.Catalog) -> None:
    result = kpidsl.evaluate(catalog, "odd", data=_data(), every="month", as_of="2026-06-15", end="2026-06-01")
    assert result["odd"].verdicts[-1] is Verdict.IMMATURE
    assert result["odd"].reasons[-1].endswith("the formula counts other successes than the date in `project` says")


def test_a_horizon_that_no_row_has_lived_through(catalog: kpidsl.Catalog) -> None:
    result = kpidsl.evaluate(catalog, "slow", data=_data(), every="month", as_of="2026-06-01")
    assert all(each is None for each in result["slow"].projections)
    assert "no cohort has been seen up to the age" in result["slow"].reasons[-1]


def test_the_interval_holds_the_true_share(catalog: kpidsl.Catalog) -> None:
    held, errors, naive = [], [], []
    for seed in range(40):
        view = kpidsl.evaluate(
            catalog, "unjudged", data=_data(seed), every="month", as_of="2026-06-01", start="2026-04-01", engine="pandas"
        )["unjudged"]
        for value, projection in zip(view.values, view.projections, strict=True):
            assert projection is not None
            held.append(projection["low"] <= 0.25 <= projection["high"])
            errors.append(abs(projection["value"] - 0.25))
            naive.append(abs(value - 0.25))
    assert np.mean(held) > 0.85
    assert np.mean(errors) < np.mean(naive) / 3


@pytest.mark.skipif("KPIDSL_OLIST" not in os.environ, reason="KPIDSL_OLIST names no folder with the Olist marketing funnel")
def test_real_leads(catalog: kpidsl.Catalog) -> None:
    """Leads of 2018: what was projected on May 1 and June 1 is nearer to what came than what was there."""
    folder = Path(os.environ["KPIDSL_OLIST"])
    found, won = (pd.read_csv(folder / name) for name in ("qualified_leads.csv", "closed_deals.csv"))
    leads = pd.DataFrame({"lead_id": range(len(found)), "created_at": pd.to_datetime(found.first_contact_date)})
    numbers = dict(zip(found.mql_id, leads.lead_id, strict=True))
    deals = pd.DataFrame({"lead": won.mql_id.map(numbers), "won_at": pd.to_datetime(won.won_date)})
    texts = {"kpis.yaml": DEFINITIONS.replace("60 days", "90 days")}
    catalog = kpidsl.load(texts=texts, strict=True)

    def ask(as_of: str, start: str, end: str) -> View:
        data = {"leads": leads.assign(channel=""), "deals": deals}
        return kpidsl.evaluate(catalog, "unjudged", data=data, every="month", start=start, end=end, as_of=as_of)["unjudged"]

    errors = []
    for as_of, start, end in (("2018-05-01", "2018-03-01", "2018-05-01"), ("2018-06-01", "2018-04-01", "2018-06-01")):
        then, now = ask(as_of, start, end), ask("2018-11-14", start, end)
        for value, projection, actual in zip(then.values, then.projections, now.values, strict=True):
            assert projection is not None
            errors.append((abs(value - actual), abs(projection["value"] - actual)))
    naive, projected = np.mean(errors, axis=0)
    assert projected < naive / 2
