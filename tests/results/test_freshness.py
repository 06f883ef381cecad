"""How far rows go: sources that are to be fresh are surveyed by every engine, also where nothing places rows by their time."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import kpidsl
from kpidsl.results.verdicts import Verdict

DEFINITIONS = """
sources:
  leads:
    key: lead
    time: day
    columns: {lead: text, day: date, seen: date, wins: {formula: count(deals)}}
  deals: {time: day, fresh_within: 3 days, columns: {day: date, lead: {type: text, references: leads}}}
  calls: {time: day, fresh_within: 1 week, late_by: 2 days, columns: {day: date, answered: date}}
kpis:
  won: {formula: sum(leads.wins), better: higher, benchmarks: {goal: {range: at least 1, every: month}}}
  calls: {formula: count(calls at answered)}
  both: {formula: won + calls}
  leads: {formula: count(leads)}
"""
LEADS = pd.DataFrame({"lead": ["a", "b"], "day": pd.to_datetime(["2026-01-02", "2026-02-03"]), "seen": pd.NaT})
DEALS = pd.DataFrame({"day": pd.to_datetime(["2026-01-05", "2026-02-10"]), "lead": ["a", "b"]})
CALLS = pd.DataFrame(
    {"day": pd.to_datetime(["2026-01-05", "2026-02-12"]), "answered": pd.to_datetime(["2026-01-08", "2026-02-13"])}
)


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"kpis.yaml": DEFINITIONS})


def _ask(catalog: kpidsl.Catalog, names: list[str], data: dict[str, object], **words: object) -> kpidsl.Result:
    return kpidsl.evaluate(catalog, names, data=data, every="month", **words)  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ["pandas", "duckdb"])
def test_the_source_s_own_time_says_how_old_it_is(catalog: kpidsl.Catalog, engine: str) -> None:
    data: dict[str, object] = {"leads": LEADS, "deals": DEALS, "calls": CALLS}
    fresh = _ask(catalog, ["won", "calls", "both"], data, as_of="2026-02-14", engine=engine)
    assert [fresh[name].verdicts[-1] for name in fresh.kpis] == [Verdict.PARTIAL] * 3
    old = _ask(catalog, ["won", "calls", "both", "leads"], data, as_of="2026-02-15", engine=engine)
    assert [old[name].verdicts[-1] for name in old.kpis] == [Verdict.STALE, Verdict.PARTIAL, Verdict.STALE, Verdict.PARTIAL]
    older = _ask(catalog, ["calls", "both"], data, as_of="2026-03-20", end="2026-03-01", engine=engine)
    assert older["calls"].reasons[-1].startswith("the last row of `calls` is of 2026-02-12, it should be at most 1 week old")
    assert older["both"].reasons[-1].startswith("the last row of")


def test_sources_in_several_engines_are_surveyed_where_they_are(catalog: kpidsl.Catalog, tmp_path: Path) -> None:
    CALLS.to_csv(tmp_path / "calls.csv", index=False)
    LEADS.to_csv(tmp_path / "leads.csv", index=False)
    DEALS.to_csv(tmp_path / "deals.csv", index=False)
    result = kpidsl.evaluate(catalog, ["won", "calls"], data=tmp_path, every="month", as_of="2026-03-20", end="2026-03-01")
    assert [result[name].verdicts[-1] for name in result.kpis] == [Verdict.STALE, Verdict.STALE]


def test_covers_takes_the_place_of_a_row(catalog: kpidsl.Catalog) -> None:
    data: dict[str, object] = {"calls": CALLS}
    words = {"as_of": "2026-03-20", "end": "2026-03-01"}
    covered = _ask(
        catalog, ["calls"], data, covers={"calls": (pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-25"))}, **words
    )
    assert covered["calls"].verdicts == [None, None]


def test_having_keeps_what_is_said_of_the_cells_that_stay(catalog: kpidsl.Catalog) -> None:
    data: dict[str, object] = {"leads": LEADS, "deals": DEALS, "calls": CALLS}
    result = _ask(catalog, ["won"], data, as_of="2026-02-20", having="won > 0", start="2026-02-01")
    assert result["won"].verdicts == [Verdict.STALE]
