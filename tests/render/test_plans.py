"""What runs for a question, told without data: also what only verdicts look at."""

from __future__ import annotations

import pytest

import kpidsl
from kpidsl import pipeline
from kpidsl.render.plans.text import show_plan
from kpidsl.shipped import folder

DEFINITIONS = """
units: {entities: {lead: {}, won_lead: {subset_of: lead}}}
sources:
  leads: {row: lead, time: day, columns: {day: date, won: date}}
measures:
  leads: count(leads)
  quick: {formula: count(leads where won - day <= 30 days), unit: won_lead}
kpis:
  before: {formula: leads, better: higher, benchmarks: {b: {compare: previous, every: month}}}
  year_before: {formula: leads, better: higher, benchmarks: {b: {compare: previous year, every: month}}}
  share:
    formula: quick / leads
    better: higher
    matures_after: 30 days
    project: won
    benchmarks: {b: {range: at least 20%}}
"""


@pytest.mark.parametrize(
    ("kpi", "window"),
    [
        ("before", "the part that has passed, of the period before: 3 intervals"),
        ("before", "the part that has passed, of 12 periods before, one by one: 12 intervals"),
        ("before", "12 periods before, one by one: 12 intervals"),
        ("year_before", "the part that has passed, 1 year before: 3 intervals"),
        ("share", "all rows, for a period that ended less than 30 days ago: 3 intervals"),
    ],
)
def test_what_verdicts_look_at_is_said_in_words(kpi: str, window: str) -> None:
    catalog = kpidsl.load(texts={"a.yaml": DEFINITIONS})
    asked = pipeline.planned(catalog, kpi, every="month", start="2026-01", as_of="2026-03-15")
    assert f"  {window}\n" in show_plan(*asked)


def test_every_kpi_of_the_library_has_a_plan_to_show() -> None:
    catalog = kpidsl.load(folder("definitions"))
    for kpi in catalog.definitions.kpis:
        assert show_plan(*pipeline.planned(catalog, kpi.name.value, every="month", as_of="2026-03-15"))
