"""The hash of a definition: what changes a value or its judgement changes it, and nothing else does."""

from __future__ import annotations

import pytest

import kpidsl
from kpidsl.plan.definition_hash import definition_hash

COMPANY = """\
units: {currencies: [USD, EUR], entities: {deal: {}, won_deal: {subset_of: deal}}}
project: {calendar: {week_starts: monday}}
sources:
  deals:
    row: deal
    key: deal_id
    time: closed_at
    columns:
      deal_id: text
      closed_at: date
      created_at: date
      outcome: text
      amount: {type: number, unit: USD}
      rep: {type: text, references: reps}
      net: {formula: amount - cost}
      cost: {type: number, unit: USD}
  reps: {key: rep_id, columns: {rep_id: text, region: text}}
dimensions: {region: [deals.rep.region]}
parameters:
  share: 10%
measures:
  deals: count(deals)
  won: {formula: 'count(deals where outcome = "won" and rep.region = "north")', unit: won_deal}
  value: sum(deals.net)
kpis:
  win_rate:
    title: Win rate
    description: How many deals are won.
    unit: percent
    better: higher
    formula: won / deals * (1 + share)
    benchmarks: {target: {range: at least 15%, cite: plan, vintage: "2025"}}
  net: {better: higher, formula: value + 5 * deals * 2 USD per deal}
"""


def hashed(text: str, kpi: str = "win_rate") -> str:
    return definition_hash(kpi, kpidsl.load(texts={"company.yaml": text}, strict=True))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Win rate", "title: Wins"),
        ("description: How many deals are won.", "owner: sales\n    tags: [a]\n    area: sales\n    cite: [a book]"),
        ('cite: plan, vintage: "2025"', "cite: other, population: all"),
        ("sources:\n", "# a comment\nsources:\n"),
        ('outcome = "won" and rep.region = "north"', 'rep.region = "north"   and outcome = "won"'),
        ("won / deals * (1 + share)", "(share + 1) * (won / deals)"),
        ("  deals: count(deals)\n", "  deals: {formula: count(deals at closed_at), description: all}\n"),
        ("  net: {better: higher, formula: value", "  net: {better: lower, formula: value"),
        ("dimensions: {region: [deals.rep.region]}\n", ""),
        ("net: {formula: amount - cost}", "net: {formula: amount}"),
    ],
)
def test_what_leaves_the_meaning_leaves_the_hash(old: str, new: str) -> None:
    assert old in COMPANY
    assert hashed(COMPANY.replace(old, new)) == hashed(COMPANY)


@pytest.mark.parametrize(
    ("kpi", "old", "new"),
    [
        ("win_rate", "won / deals * (1 + share)", "won / deals * (1 - share)"),
        ("win_rate", 'outcome = "won" and', 'outcome = "lost" and'),
        ("win_rate", "share: 10%", "share: 11%"),
        ("win_rate", "at least 15%", "at least 16%"),
        ("win_rate", "at least 15%", "above 15%"),
        ("win_rate", "better: higher\n", "better: lower\n"),
        ("win_rate", "better: higher\n", "better: higher\n    matures_after: 30 days\n"),
        ("win_rate", "better: higher\n", "better: higher\n    min_n: 50\n"),
        ("win_rate", "better: higher\n", "better: higher\n    inference: census\n"),
        ("win_rate", "week_starts: monday", "week_starts: sunday"),
        ("win_rate", "time: closed_at", "time: created_at"),
        ("win_rate", "region: text", "region: {type: text, column: Region}"),
        ("win_rate", "cite: plan", "cite: plan, every: month"),
        ("net", "amount - cost", "amount"),
        ("net", "2 USD per deal", "3 USD per deal"),
        ("net", "value: sum", "value: avg"),
    ],
)
def test_what_changes_the_meaning_changes_the_hash(kpi: str, old: str, new: str) -> None:
    assert old in COMPANY
    assert hashed(COMPANY.replace(old, new), kpi) != hashed(COMPANY, kpi)


def test_files_and_names_of_measures_do_not_matter_and_the_hash_is_known() -> None:
    head, kpis = COMPANY.split("kpis:\n")
    apart = kpidsl.load(texts={"b.yaml": f"kpis:\n{kpis}", "a.yaml": head}, strict=True)
    assert definition_hash("win_rate", apart) == hashed(COMPANY)
    renamed = COMPANY.replace("  won: {", "  wins: {").replace("formula: won / deals", "formula: wins / deals")
    assert hashed(renamed) == hashed(COMPANY)
    assert len(hashed(COMPANY)) == 32


def test_a_long_chain_of_names_is_hashed() -> None:
    chain = "".join(f"  m{number}: m{number - 1} + 1 deal\n" for number in range(1, 1500))
    text = COMPANY.replace("  deals: count(deals)\n", f"  deals: count(deals)\n  m0: count(deals)\n{chain}")
    assert len(hashed(text.replace("  net: {better", "  end: {better: none, formula: m1499}\n  net: {better"), "end")) == 32
