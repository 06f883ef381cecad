"""A made-up company of any size: the definitions of twenty KPIs, and frames with as many rows as wanted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import yaml

CHANNELS = ["email", "web", "social", "partner", "event", "phone", "fair", "referral"]

DEFINITIONS = """
project: {language: 1, name: Benchmark}
units:
  currencies: [USD]
  entities:
    deal: {}
    won_deal: {subset_of: deal}
    lost_deal: {subset_of: deal}
    open_deal: {subset_of: deal}
    large_deal: {subset_of: won_deal}
    customer: {}
    impression: {}
    click: {subset_of: impression}
    seat: {}
sources:
  deals:
    row: deal
    time: created_at
    columns:
      created_at: datetime
      closed_at: datetime
      channel: text
      stage: {type: text, values: [won, lost, open]}
      customer: {type: text, unit: customer}
      amount: {type: number, unit: USD}
      discount: {type: number, unit: USD}
      cost: {type: number, unit: USD}
      seats: {type: number, unit: seat}
  spend:
    time: day
    columns:
      day: date
      channel: text
      amount: {type: number, unit: USD}
      impressions: {type: number, unit: impression}
      clicks: {type: number, unit: click}
dimensions:
  channel: [deals.channel, spend.channel]
measures:
  deals: count(deals)
  won: {formula: count(deals at closed_at where stage = "won"), unit: won_deal}
  lost: {formula: count(deals at closed_at where stage = "lost"), unit: lost_deal}
  large: {formula: 'count(deals at closed_at where stage = "won" and amount > 1500 USD)', unit: large_deal}
  revenue: sum(deals.amount - discount at closed_at where stage = "won")
  cost: sum(deals.cost at closed_at where stage = "won")
  spend: sum(spend.amount)
kpis:
  deals_created: {formula: deals}
  deals_won: {formula: won}
  revenue_won: {formula: revenue}
  win_rate: {formula: won / (won + lost)}
  average_deal: {formula: revenue / won}
  mean_list_price: {formula: avg(deals.amount at closed_at where stage = "won")}
  discount_rate:
    unit: percent
    formula: sum(deals.discount at closed_at where stage = "won") / sum(deals.amount at closed_at where stage = "won")
  gross_margin: {unit: percent, formula: (revenue - cost) / revenue}
  largest_deal: {formula: max(deals.amount at closed_at where stage = "won")}
  smallest_deal: {formula: min(deals.amount at closed_at where stage = "won")}
  active_customers: {formula: count(distinct deals.customer)}
  deals_per_customer: {formula: deals / active_customers}
  open_share: {unit: percent, formula: 'count(deals where stage = "open") / deals'}
  large_share: {unit: percent, formula: large / won}
  seats_sold: {formula: 'sum(deals.seats at closed_at where stage = "won")'}
  days_to_close: {formula: 'avg(deals.closed_at - created_at at closed_at where stage = "won")'}
  click_rate: {unit: percent, formula: sum(spend.clicks) / sum(spend.impressions)}
  cost_per_deal: {formula: spend / deals}
  cost_per_won_deal: {formula: spend / won}
  return_on_spend: {formula: (revenue - cost - spend) / spend}
"""

# Eight that add up, over both sources.
ADDITIVE = [
    "deals_created", "deals_won", "revenue_won", "win_rate", "average_deal", "discount_rate", "click_rate", "return_on_spend",
]  # fmt: skip
# What needs all rows of a cell at once.
DISTINCT = ["active_customers"]
PERCENTILES = {
    "median_deal": 'median(deals.amount at closed_at where stage = "won")',
    "high_deal": 'percentile(deals.amount at closed_at where stage = "won", 90%)',
}
FIFTEEN = [
    "deals_created", "deals_won", "revenue_won", "win_rate", "average_deal", "discount_rate", "gross_margin", "largest_deal",
    "active_customers", "open_share", "large_share", "seats_sold", "click_rate", "cost_per_deal", "return_on_spend",
]  # fmt: skip


def judged() -> str:
    """The definitions with a target for each KPI, so that each value gets a verdict."""
    document = yaml.safe_load(DEFINITIONS)
    for kpi in document["kpis"].values():
        kpi |= {"better": "higher", "benchmarks": {"target": {"range": "at least 0"}}}
    return yaml.safe_dump(document, sort_keys=False)


def frames(rows: int, seed: int = 7) -> dict[str, pd.DataFrame]:
    """The deals (`rows` of them, two years) and the daily spend by channel; channels and amounts are missing here and there."""
    rng = np.random.default_rng(seed)
    start = np.datetime64("2024-01-01T00:00:00", "us")
    created = start + (rng.random(rows) * 730 * 86_400e6).astype("m8[us]")
    closed = created + (rng.exponential(20, rows) * 86_400e6).astype("m8[us]")
    stage = rng.choice(["won", "lost", "open"], rows, p=[0.3, 0.45, 0.25])
    closed[stage == "open"] = np.datetime64("NaT")
    channel = rng.choice(np.array([*CHANNELS, None], dtype=object), rows, p=[0.12] * 8 + [0.04])
    amount = rng.lognormal(6.5, 1.0, rows).round(2)
    amount[rng.random(rows) < 0.01] = np.nan
    deals = pd.DataFrame(
        {
            "created_at": created,
            "closed_at": closed,
            "channel": pd.Series(channel, dtype="str"),
            "stage": pd.Series(stage, dtype="str"),
            "customer": pd.Series(np.char.add("c", rng.integers(0, max(rows // 10, 1), rows).astype(str)), dtype="str"),
            "amount": amount,
            "discount": (amount * rng.random(rows) * 0.2).round(2),
            "cost": (amount * 0.6).round(2),
            "seats": rng.integers(1, 50, rows),
        }
    )
    days = np.arange(730)
    day = np.repeat(start.astype("M8[D]") + days.astype("m8[D]"), len(CHANNELS)).astype("M8[us]")
    impressions = rng.integers(0, 5_000, len(day))
    spend = pd.DataFrame(
        {
            "day": day,
            "channel": pd.Series(np.tile(CHANNELS, len(days)), dtype="str"),
            "amount": rng.random(len(day)).round(3) * 300,
            "impressions": impressions,
            "clicks": rng.binomial(impressions, 0.03),
        }
    )
    return {"deals": deals, "spend": spend}
