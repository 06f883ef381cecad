"""The three KPIs in kpidsl, by the engine that it chooses, in a session: the peers hold their connections open, too."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING

from worker import serve

if TYPE_CHECKING:
    import pandas as pd

DEFINITIONS = """
project: {language: 1, name: Peers}
units:
  currencies: [USD]
  entities: {lead: {}, won_lead: {subset_of: lead}}
sources:
  leads:
    row: lead
    time: created_at
    columns:
      created_at: datetime
      channel: text
      stage: text
      amount: {type: number, unit: USD}
dimensions: {channel: [leads.channel]}
measures:
  leads: count(leads)
  won: {formula: count(leads where stage = "won"), unit: won_lead}
kpis:
  revenue: {formula: sum(leads.amount where stage = "won")}
  conversion: {formula: won / leads}
  average: {formula: revenue / won}
"""


def prepare(data: object) -> Callable[[], object]:
    import kpidsl
    from kpidsl.data.given import Given, Parquet

    catalog = kpidsl.load(texts={"leads.yaml": DEFINITIONS}, strict=True)
    sources = {"leads": Given(Parquet(data)) if isinstance(data, str) else data}

    session = kpidsl.Session(catalog, data=sources)
    return lambda: session.evaluate(by="channel", every="month", as_of="2026-12-31").frame


def wide(frame: pd.DataFrame) -> pd.DataFrame:
    table = frame.pivot(index=["channel", "period"], columns="kpi", values="value").reset_index()
    return table[["channel", "period", "revenue", "conversion", "average"]]


def versions() -> str:
    import kpidsl

    return f"kpidsl {kpidsl.__version__}, DuckDB {version('duckdb')}"


if __name__ == "__main__":
    serve(prepare, versions, wide)
