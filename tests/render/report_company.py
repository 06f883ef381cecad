"""A small company whose words are as hostile as they can be, for the tests of reports."""

from __future__ import annotations

from typing import Any

import pandas as pd

import kpidsl

HOSTILE = ["<script>alert(1)</script>", '" onload="alert(1)', "]]>", "\u202etfel", "a&b", "=cmd()", "'", None]
DEFINITIONS = """
project: {language: 1, name: "Shop <b>& Sons</b> \\u202e"}
units: {currencies: [USD], entities: {lead: {}, customer: {subset_of: lead}}}
sources:
  leads:
    row: lead
    key: lead_id
    time: created_at
    columns: {lead_id: number, created_at: date, channel: text, won: boolean, amount: {type: number, unit: USD}}
dimensions: {channel: [leads.channel]}
measures:
  leads: count(leads)
  won: {formula: count(leads where won), unit: customer}
kpis:
  win_rate:
    title: 'Win rate </title><script>alert(1)</script>'
    description: 'A share "of" leads ]]> --> <img src=x onerror=alert(1)>'
    area: 'sales <i>'
    owner: "o'owner"
    cite: ['<a href="javascript:alert(1)">a book</a>']
    unit: percent
    better: higher
    formula: won / leads
    benchmarks: {plan: {range: at least 30%, cite: '</style><script>alert(1)</script>', vintage: "2026"}}
  new_leads:
    unit: lead
    better: higher
    area: marketing
    formula: leads
    benchmarks: {plan: {range: at least 100, every: month}}
  average: {title: Average amount, area: 'sales <i>', formula: avg(leads.amount), better: none}
  largest: {formula: max(leads.amount), better: lower, benchmarks: {limit: {range: at most 50}, wish: {range: at most 40}}}
  never: {formula: 'count(leads where amount < 0 USD) / count(leads where amount > 1_000_000 USD)', better: higher,
          benchmarks: {plan: {range: at least 1}}}
"""
SCORECARDS = """
scorecards:
  money:
    title: "Money </title><script>alert(1)</script> =cmd() \\u202e"
    description: 'What "counts" ]]> <img src=x onerror=alert(1)>'
    kpis: {win_rate: 62.5%, new_leads: 25%, never: 12.5%}
  unknown: {kpis: {never: 100%}}
"""
CATALOG = kpidsl.load(texts={"kpis.yaml": DEFINITIONS})
SCORED = kpidsl.load(texts={"kpis.yaml": DEFINITIONS, "cards.yaml": SCORECARDS})
AS_OF = "2026-05-11"


def leads(rows: int = 900) -> pd.DataFrame:
    """A little more than two a day, more of them won as time goes on."""
    days = pd.date_range("2025-04-01", "2026-05-10", periods=rows).normalize()
    return pd.DataFrame(
        {
            "lead_id": range(rows),
            "created_at": days,
            "channel": [HOSTILE[number % len(HOSTILE)] for number in range(rows)],
            "won": [(number * 7) % 20 < 3 + number / 90 for number in range(rows)],
            "amount": [float((number * 13) % 97) for number in range(rows)],
        }
    )


def asked(*kpis: str, catalog: kpidsl.Catalog = CATALOG, **words: Any) -> kpidsl.Report:
    """A report on the company."""
    return kpidsl.report(catalog, kpis, **{"data": {"leads": leads()}, "as_of": AS_OF, **words})
