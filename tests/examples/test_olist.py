"""The Olist example against figures that are known of its data, which are not part of this project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import kpidsl

PROJECT = Path(__file__).parents[2] / "examples" / "olist"
DATA = os.environ.get("KPIDSL_OLIST", "")


def test_the_definitions_are_clean_and_their_tests_pass() -> None:
    from kpidsl.workflow.test import run_tests

    catalog = kpidsl.load(PROJECT)
    assert not kpidsl.check(catalog, cache=False)
    assert not run_tests(catalog).failures


needs_data = pytest.mark.skipif(not Path(DATA).is_dir() or not DATA, reason="KPIDSL_OLIST names no folder with the Olist data")


def funnel(*kpis: str, **ask: object) -> kpidsl.Result:
    return kpidsl.evaluate(kpidsl.load(PROJECT), kpis, data=DATA, as_of="2018-12-01", **ask)


@needs_data
def test_the_whole_funnel() -> None:
    result = funnel("leads", "won_leads", "lead_conversion")
    assert result["leads"].value == 8_000
    assert result["won_leads"].value == 842
    assert result["lead_conversion"].value == pytest.approx(0.10525)
    assert not result.diagnostics.errors


@needs_data
def test_by_origin() -> None:
    frame = funnel("leads", "lead_conversion", "days_to_win", by=["origin"]).frame.set_index(["kpi", "origin"])["value"]
    assert frame["leads", "social"] == 1_350
    assert frame["leads", "unknown"] == 1_099
    assert frame["leads"][frame["leads"].index.isna()].item() == 60
    assert frame["lead_conversion", "social"] == pytest.approx(0.0556, abs=5e-5)
    assert frame["lead_conversion", "paid search"] == pytest.approx(0.123, abs=5e-4)
    assert frame["lead_conversion", "organic search"] == pytest.approx(0.118, abs=5e-4)
    assert frame["days_to_win", "social"] == pytest.approx(60.96, abs=5e-3)


@needs_data
def test_by_month_a_zero_is_told_from_nothing_known() -> None:
    frame = funnel("leads", "won_leads", "wins", every="month").frame.set_index(["kpi", "period"])
    assert frame.loc[("leads", "2017-06"), "value"] > 0
    assert frame.loc[("wins", "2017-11"), "status"] == "missing"  # the first recorded win is of December
    assert frame.loc[("wins", "2017-12"), "value"] == 3
    assert frame["value"]["leads"].sum() == 8_000
