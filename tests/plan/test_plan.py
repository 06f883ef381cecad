"""What a question becomes: which scans, which slots, which refusals."""

from __future__ import annotations

import pytest

import kpidsl
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.plan.nodes import Count, Dated, Distinct, Extreme, Moment, Plan, Sum

DEFINITIONS = """
units: {currencies: [USD], entities: {deal: {}, won_deal: {subset_of: deal}, lead: {}}}
sources:
  leads: {row: lead, key: lead_id, time: created_at, columns: {lead_id: text, created_at: date, channel: text, region: text}}
  deals:
    row: deal
    time: created_at
    columns:
      lead: {type: text, references: leads}
      created_at: date
      closed_at: date
      outcome: text
      amount: {type: number, unit: USD}
  spend: {time: day, columns: {day: date, channel: text, amount: {type: number, unit: USD}}}
  rates: {columns: {rate: {type: number, unit: USD}}}
dimensions:
  channel: [leads.channel, spend.channel]
  region: [leads.region]
parameters: {margin: 30%}
measures:
  deals: count(deals)
  won: {formula: count(deals at closed_at where outcome = "won"), unit: won_deal}
  lost: count(deals at closed_at where outcome = "lost")
  revenue: sum(deals.amount at closed_at where outcome = "won")
  spend: sum(spend.amount)
  rate: sum(rates.rate)
kpis:
  win_rate: {formula: won / (won + lost)}
  average: {formula: revenue / won}
  mean: {formula: avg(deals.amount at closed_at where outcome = "won")}
  roi: {formula: (revenue * margin - spend) / spend}
  largest: {formula: max(deals.amount)}
  leads_with_deals: {formula: count(distinct deals.lead)}
  broken: {formula: nothing + 1}
"""


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"plan.yaml": DEFINITIONS})


def plan(catalog: kpidsl.Catalog, *values: str, **words: object) -> Plan:
    question, found = ask(catalog, values, **words)
    assert question is not None, found
    made, problems = make_plan(catalog, question)
    assert made is not None, problems
    return made


def refusals(catalog: kpidsl.Catalog, *values: str, **words: object) -> list[tuple[str, str]]:
    question, found = ask(catalog, values, **words)
    if question is not None:
        found = make_plan(catalog, question)[1]
    return [(finding.code, " ".join(finding.help)) for finding in found]


def test_each_source_and_date_is_scanned_once(catalog: kpidsl.Catalog) -> None:
    made = plan(catalog, "win_rate", "average", "mean", "roi", "deals")
    places = [(scan.source, scan.placement.date.name) for scan in made.scans if isinstance(scan.placement, Dated)]
    assert places == [("deals", "closed_at"), ("spend", "day"), ("deals", "created_at")]


def test_each_aggregate_is_one_slot(catalog: kpidsl.Catalog) -> None:
    slots = plan(catalog, "average", "mean").scans[0].slots.values()
    assert sorted(type(slot).__name__ for slot in slots) == ["Count", "Count", "Moment", "Sum"]


def test_moments_that_filters_tell_cost_nothing(catalog: kpidsl.Catalog) -> None:
    made = plan(catalog, "win_rate")
    (scan,) = made.scans
    assert all(isinstance(slot, Count) for slot in scan.slots.values())
    won, lost = scan.slots
    assert made.moments == {(won, won, None): won, (lost, lost, None): lost}


def test_a_sum_needs_its_square(catalog: kpidsl.Catalog) -> None:
    made = plan(catalog, "average")
    kinds = {name: type(slot) for scan in made.scans for name, slot in scan.slots.items()}
    assert sorted(kind.__name__ for kind in kinds.values()) == ["Count", "Count", "Moment", "Sum"]
    (total,) = (name for name, kind in kinds.items() if kind is Sum)
    assert kinds[made.moments[total, total, None]] is Moment


def test_extremes_and_distinct_counts_have_slots_of_their_own(catalog: kpidsl.Catalog) -> None:
    kinds = {type(slot) for scan in plan(catalog, "largest", "leads_with_deals").scans for slot in scan.slots.values()}
    assert kinds == {Count, Extreme, Distinct}


def test_dimensions_go_through_references(catalog: kpidsl.Catalog) -> None:
    made = plan(catalog, "deals", by=["channel", "region"])
    assert [reference.name for reference in made.scans[0].dimensions] == ["lead.channel", "lead.region"]
    assert made.needs == {
        "deals": frozenset({"created_at", "lead"}),
        "leads": frozenset({"lead_id", "channel", "region"}),
    }


def test_a_parameter_is_set_in_its_unit(catalog: kpidsl.Catalog) -> None:
    assert plan(catalog, "roi", parameters={"margin": "25%"}).question.parameters == {"margin": 0.25}
    assert plan(catalog, "roi", parameters={"margin": 0.25}).question.parameters == {"margin": 0.25}


@pytest.mark.parametrize(
    ("values", "words", "code", "help_"),
    [
        (["win_rat"], {}, "unknown-name", "win_rate"),
        (["broken"], {}, "definition-has-errors", ""),
        (["win_rate"], {"by": ["chanel"]}, "unknown-name", "channel"),
        (["roi"], {"by": ["region"]}, "dimension-out-of-reach", "shares channel"),
        (["rate", "deals"], {"by": ["channel"]}, "dimension-out-of-reach", "no dimension"),
        (["roi"], {"where": 'region = "north"'}, "dimension-out-of-reach", "shares channel"),
        (["roi"], {"where": 'chanel = "web"'}, "unknown-name", "channel"),
        (["roi"], {"where": "channel"}, "wrong-type", ""),
        (["roi"], {"where": "count(leads) > 3"}, "wrong-arguments", ""),
        (["roi"], {"where": "channel = "}, "syntax-error", ""),
        (["roi"], {"every": "mont"}, "wrong-arguments", "month"),
        (["roi"], {"start": "yesterday"}, "not-a-date", ""),
        (["roi"], {"start": "2026-02", "end": "2026-01"}, "empty-range", ""),
        (["roi"], {"parameters": {"margn": 1}}, "unknown-name", "margin"),
        (["roi"], {"parameters": {"spend": 1}}, "wrong-arguments", "calc"),
        (["roi"], {"parameters": {"margin": "5 USD"}}, "unit-mismatch", ""),
    ],
)
def test_refusals(catalog: kpidsl.Catalog, values: list[str], words: dict[str, object], code: str, help_: str) -> None:
    found = refusals(catalog, *values, **words)
    assert [each for each in found if each[0] == code and help_ in each[1]], found
