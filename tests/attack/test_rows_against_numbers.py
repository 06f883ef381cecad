"""Random rows evaluated twice: by the product, and here row by row in plain Python, as the language says it.

Ratios over three sources by dimensions that each reaches in its own way, rows placed by a referenced row's date, missing values
everywhere, empty and unobserved periods, an `as_of` in the middle of the rows.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

import kpidsl

DEFINITIONS = """
units: {currencies: [USD], entities: {lead: {}, deal: {}, won_deal: {subset_of: deal}, customer: {}}}
sources:
  leads:
    row: lead
    key: id
    time: created
    columns:
      id: text
      created: date
      channel: text
      score: number
      weight: number
      ok: boolean
      customer: {type: text, references: customers}
      ratio: {formula: score / weight}
      pick: {formula: if ok then score else weight}
  deals:
    row: deal
    key: id
    time: closed
    columns:
      id: text
      closed: datetime
      amount: {type: number, unit: USD}
      outcome: text
      lead: {type: text, references: leads}
  spend:
    time: day
    columns: {day: date, channel: text, region: text, amount: {type: number, unit: USD}, team: text}
  customers: {row: customer, key: id, columns: {id: text, region: text, size: number}}
dimensions:
  channel: [leads.channel, spend.channel, deals.lead.channel]
  region: [leads.customer.region, spend.region, deals.lead.customer.region]
measures:
  leads: count(leads)
  not_web: count(leads where channel != "web")
  nand: {formula: count(leads where not (ok and score > 3)), unit: number}
  spend: sum(spend.amount where team = "m")
  won: {formula: count(deals where outcome = "won"), unit: won_deal}
  deals: count(deals)
  customers: count(distinct leads.customer)
  scored: {formula: count(leads.score), unit: number}
  mean: avg(leads.score)
  least: min(leads.score)
  ratios: sum(leads.ratio)
  picked: avg(leads.pick)
  by_lead: sum(deals.amount at lead.created where outcome = "won")
  large: sum(deals.amount where lead.customer.size >= 2)
kpis:
  cac: {formula: spend / won}
  win_rate: {formula: won / deals}
  choice: {formula: 'if leads > 3 lead then spend / leads else spend / (1 lead)', unit: USD / lead}
  first: {formula: 'coalesce(mean, picked, 99)', unit: number}
  mixed: {formula: scored / nand + ratios, unit: number}
"""
MISSING, UNDEFINED = "missing", "undefined"
Number = float | str
Row = dict[str, Any]
Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Aggregate:
    source: str
    function: str
    argument: Callable[[Row], Any] | None = None
    where: Callable[[Row], bool | None] = lambda row: True
    at: str = "own"


def rows(chance: random.Random) -> Rows:
    def maybe(value: Any, gap: float = 0.2) -> Any:
        return None if chance.random() < gap else value

    def day() -> datetime:
        return datetime(2026, 1, 20) + timedelta(days=chance.randrange(75))

    customers = [
        {"id": f"c{n}", "region": maybe(chance.choice("ns")), "size": maybe(chance.randrange(1, 4))}
        for n in range(chance.randrange(5))
    ]
    leads = [
        {
            "id": f"l{n}",
            "created": maybe(day(), 0.1),
            "channel": maybe(chance.choice(["web", "mail"])),
            "score": maybe(chance.choice([0, 1, 3.5, 4, -2])),
            "weight": maybe(chance.choice([0, 1, 2])),
            "ok": maybe(chance.random() < 0.5),
            "customer": maybe(f"c{chance.randrange(6)}"),
        }
        for n in range(chance.randrange(25))
    ]
    deals = [
        {
            "id": f"d{n}",
            "closed": maybe(day() + timedelta(minutes=chance.randrange(1440)), 0.1),
            "amount": maybe(chance.choice([10, 5.5, 0])),
            "outcome": maybe(chance.choice(["won", "lost"])),
            "lead": maybe(f"l{chance.randrange(26)}"),
        }
        for n in range(chance.randrange(25))
    ]
    spend = [
        {
            "day": maybe(day(), 0.1),
            "channel": maybe(chance.choice(["web", "tv"])),
            "region": maybe(chance.choice("nw")),
            "amount": maybe(chance.randrange(4)),
            "team": maybe(chance.choice("mx")),
        }
        for _ in range(chance.randrange(25))
    ]
    return {"customers": customers, "leads": leads, "deals": deals, "spend": spend}


def frames(given: Rows, catalog: kpidsl.Catalog) -> dict[str, pd.DataFrame]:
    made = {}
    for name, listed in given.items():
        columns = [column.name for column in catalog.sources[name].columns.values() if column.formula is None]
        made[name] = pd.DataFrame(listed, columns=columns).astype(dict.fromkeys(columns, object))
    return made


class Company:
    """The rows with what they refer to, and what the definitions above say of each."""

    def __init__(self, given: Rows) -> None:
        self.rows = given
        self._leads = {row["id"]: row for row in given["leads"]}
        self._customers = {row["id"]: row for row in given["customers"]}

    def _lead(self, row: Row) -> Row:
        return self._leads.get(row["lead"]) or {}

    def _customer(self, lead: Row) -> Row:
        return self._customers.get(lead.get("customer")) or {}

    def dimension(self, source: str, name: str, row: Row) -> str | None:
        lead = self._lead(row) if source == "deals" else row
        found: str | None = lead.get(name) if name == "channel" or source == "spend" else self._customer(lead).get(name)
        return found

    def placed(self, aggregate: Aggregate, row: Row) -> datetime | None:
        if aggregate.at == "lead":
            return self._lead(row).get("created")
        moment: datetime | None = row[{"leads": "created", "deals": "closed", "spend": "day"}[aggregate.source]]
        return moment

    @property
    def aggregates(self) -> dict[str, Aggregate]:
        def won(row: Row) -> bool:
            return bool(row["outcome"] == "won")

        def nand(row: Row) -> bool:
            return row["ok"] is False or (row["score"] is not None and row["score"] <= 3)

        def ratio(row: Row) -> float | None:
            return None if row["score"] is None or not row["weight"] else row["score"] / row["weight"]

        def pick(row: Row) -> Any:
            return None if row["ok"] is None else row["score"] if row["ok"] else row["weight"]

        return {
            "leads": Aggregate("leads", "count"),
            "not_web": Aggregate("leads", "count", where=lambda row: row["channel"] not in (None, "web")),
            "nand": Aggregate("leads", "count", where=nand),
            "spend": Aggregate("spend", "sum", lambda row: row["amount"], lambda row: row["team"] == "m"),
            "won": Aggregate("deals", "count", where=won),
            "deals": Aggregate("deals", "count"),
            "customers": Aggregate("leads", "distinct", lambda row: row["customer"]),
            "scored": Aggregate("leads", "count", lambda row: row["score"]),
            "mean": Aggregate("leads", "avg", lambda row: row["score"]),
            "least": Aggregate("leads", "min", lambda row: row["score"]),
            "ratios": Aggregate("leads", "sum", ratio),
            "picked": Aggregate("leads", "avg", pick),
            "by_lead": Aggregate("deals", "sum", lambda row: row["amount"], won, "lead"),
            "large": Aggregate(
                "deals", "sum", lambda row: row["amount"], lambda row: (self._customer(self._lead(row)).get("size") or 0) >= 2
            ),
        }


def divided(left: Number, right: Number) -> Number:
    for open_end in (UNDEFINED, MISSING):
        if open_end in (left, right):
            return open_end
    return UNDEFINED if right == 0 else float(left) / float(right)


def added(left: Number, right: Number) -> Number:
    for open_end in (UNDEFINED, MISSING):
        if open_end in (left, right):
            return open_end
    return float(left) + float(right)


def chosen(value: Callable[[str], Number]) -> Number:
    leads = value("leads")
    if isinstance(leads, str):
        return leads
    return divided(value("spend"), leads) if leads > 3 else value("spend")


KPIS: dict[str, tuple[tuple[str, ...], Callable[[Callable[[str], Number]], Number]]] = {
    "cac": (("spend", "won"), lambda value: divided(value("spend"), value("won"))),
    "win_rate": (("won", "deals"), lambda value: divided(value("won"), value("deals"))),
    "choice": (("leads", "spend"), chosen),
    "first": (
        ("mean", "picked"),
        lambda value: next((v for v in map(value, ("mean", "picked")) if not isinstance(v, str)), 99.0),
    ),
    "mixed": (
        ("scored", "nand", "ratios"),
        lambda value: added(divided(value("scored"), value("nand")), value("ratios")),
    ),
}


def aggregated(aggregate: Aggregate, cell: list[Row], observed: bool) -> Number:
    kept = [row for row in cell if aggregate.where(row)]
    values: list[Any] = (
        kept if aggregate.argument is None else [v for row in kept if (v := aggregate.argument(row)) is not None]
    )
    if aggregate.function in ("count", "sum", "distinct"):
        if not values and not observed:
            return MISSING
        return {"count": len, "sum": sum, "distinct": lambda found: len(set(found))}[aggregate.function](values)  # type: ignore[operator]
    if not values:
        return MISSING
    return min(values) if aggregate.function == "min" else sum(values) / len(values)


def month(day: datetime) -> datetime:
    return datetime(day.year, day.month, 1)


def worked_out(company: Company, names: list[str], asked: Mapping[str, Any]) -> dict[tuple[Any, ...], Number]:
    """Every cell by KPI, first day and dimension values."""
    aggregates = company.aggregates
    used = {part: aggregates[part] for name in names for part in (KPIS[name][0] if name in KPIS else (name,))}
    as_of, by = asked["as_of"], asked["by"]
    dates: dict[tuple[str, str], list[datetime]] = {}
    for each in used.values():
        found = [moment for row in company.rows[each.source] if (moment := company.placed(each, row)) is not None]
        dates[each.source, each.at] = [moment for moment in found if moment < as_of]
    seen = [moment for moments in dates.values() for moment in moments]
    if not seen and asked["start"] is None:
        return {}
    start, end = asked["start"] or min(seen), asked["end"] or as_of
    if start >= end:
        return {}
    edges = [start, end]
    if asked["every"] == "month":
        edges = [month(start)]
        while edges[-1] < end:
            edges.append(month(edges[-1] + timedelta(days=32)))
    spans = list(pairwise(edges))

    def observed(each: Aggregate, span: int) -> bool:
        known, (first, after) = dates[each.source, each.at], spans[span]
        day_after = datetime.combine(after, datetime.min.time()) + timedelta(
            days=after != datetime.combine(after, datetime.min.time())
        )
        return bool(known) and datetime.combine(first, datetime.min.time()) <= max(known) and day_after > min(known)

    cells: dict[tuple[str, str], dict[tuple[Any, ...], list[Row]]] = {}
    for each in used.values():
        groups: dict[tuple[Any, ...], list[Row]] = {}
        for row in company.rows[each.source]:
            moment = company.placed(each, row)
            span = next((n for n, (first, after) in enumerate(spans) if moment and first <= moment < min(after, as_of)), None)
            if span is not None and (asked["where"] is None or company.dimension(each.source, "channel", row) == "web"):
                groups.setdefault((span, *(company.dimension(each.source, name, row) for name in by)), []).append(row)
        cells[each.source, each.at] = groups
    every = {key for groups in cells.values() for key in groups}
    if not by:
        every = {(n,) for n in range(len(spans)) if asked["every"] is None or any(observed(each, n) for each in used.values())}

    def value(key: tuple[Any, ...], part: str) -> Number:
        each = aggregates[part]
        return aggregated(each, cells[each.source, each.at].get(key, []), observed(each, key[0]))

    return {
        (name, spans[key[0]][0].date(), *key[1:]): KPIS[name][1](lambda part, key=key: value(key, part))
        if name in KPIS
        else value(key, name)
        for name in names
        for key in every
    }


@pytest.fixture(scope="module")
def catalog() -> kpidsl.Catalog:
    return kpidsl.load(texts={"a.yaml": DEFINITIONS}, strict=True)


@pytest.mark.parametrize("seed", range(60))
def test_every_cell_is_what_the_rows_say(catalog: kpidsl.Catalog, seed: int) -> None:
    chance = random.Random(seed)
    given = rows(chance)
    company = Company(given)
    names = chance.sample([*company.aggregates, *KPIS], 5)
    asked: dict[str, Any] = {
        "by": chance.choice([[], ["channel"], ["region", "channel"]]),
        "every": chance.choice([None, "month"]),
        "start": chance.choice([None, datetime(2026, 2, 1), datetime(2025, 12, 1)]),
        "end": chance.choice([None, datetime(2026, 3, 17), datetime(2026, 6, 1)]),
        "as_of": chance.choice([datetime(2026, 5, 1), datetime(2026, 3, 10, 13, 30)]),
        "where": chance.choice([None, None, 'channel = "web"']),
    }
    result = kpidsl.evaluate(catalog, names, data=frames(given, catalog), **asked)
    expected = worked_out(company, names, asked)
    found = {
        (row.kpi, row.start, *(None if pd.isna(getattr(row, name)) else getattr(row, name) for name in asked["by"])): (
            row.value if row.status == "value" else row.status
        )
        for row in result.frame.itertuples()
    }
    assert found.keys() == expected.keys()
    for key, number in expected.items():
        assert found[key] == (number if isinstance(number, str) else pytest.approx(number, rel=1e-9)), key


@pytest.mark.parametrize("seed", range(20))
def test_a_share_has_the_interval_of_wilson(catalog: kpidsl.Catalog, seed: int) -> None:
    chance = random.Random(seed)
    outcomes = chance.choices(["won", "lost", None], [chance.random(), chance.random(), 0.1], k=chance.randrange(1, 200))
    deals = pd.DataFrame({"closed": date(2026, 1, 5), "outcome": outcomes})
    (row,) = kpidsl.evaluate(catalog, "win_rate", data={"deals": deals}, as_of="2026-02-01").frame.itertuples()
    z, trials, share = 1.6448536269514722, len(outcomes), outcomes.count("won") / len(outcomes)
    middle, half = share + z * z / (2 * trials), z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2))
    bounds = ((middle - half) / (1 + z * z / trials), (middle + half) / (1 + z * z / trials))
    assert (row.value, row.n) == (share, trials)
    assert (row.low, row.high) == (pytest.approx(bounds[0], abs=1e-12), pytest.approx(bounds[1], abs=1e-12))
