"""A small company for the tests of results: its catalog, plans on it, and slots as an engine would return them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from kpidsl.catalog.build import build_catalog
from kpidsl.catalog.catalog import Catalog
from kpidsl.documents.find import read_texts
from kpidsl.documents.read import read
from kpidsl.engines.slots import Collected, Slots
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.plan.nodes import Dated, Plan
from kpidsl.plan.schedule import Schedule, Span, date_of
from kpidsl.plan.timing import make_schedule

COMPANY = """
units:
  currencies: [USD]
  entities:
    lead: {}
    customer: {subset_of: lead}
    conversation: {}
    proposal: {subset_of: conversation}
    signed_proposal: {subset_of: proposal}
    visitor: {}
    converting_visitor: {subset_of: visitor}
    deal: {}
    rep: {}
sources:
  leads: {row: lead, key: lead_id, time: created_at, columns: {lead_id: text, created_at: date, channel: text, score: number}}
  customers:
    row: customer
    key: customer_id
    time: acquired_at
    columns: {customer_id: text, acquired_at: date, lead: {type: text, references: leads}}
  visitors: {row: visitor, key: visitor_id, time: seen_at, columns: {visitor_id: text, seen_at: date, signed_up: boolean}}
  conversations: {row: conversation, key: conversation_id, time: held_at, columns: {conversation_id: text, held_at: date}}
  proposals:
    row: proposal
    key: proposal_id
    time: sent_at
    columns:
      proposal_id: text
      sent_at: date
      signed_at: date
      conversation: {type: text, references: conversations}
  deals:
    row: deal
    key: deal_id
    time: closed_at
    columns:
      deal_id: text
      closed_at: date
      created_at: date
      outcome: {type: text, values: [won, lost, open]}
      amount: {type: number, unit: USD}
      rep: {type: text, unit: rep}
  spend: {key: spend_id, time: date, columns: {spend_id: text, date: date, amount: {type: number, unit: USD}, channel: text}}
  reps: {row: rep, key: rep_id, columns: {rep_id: text, channel: text}}
dimensions:
  channel: [leads.channel, customers.lead.channel, spend.channel, reps.channel]
parameters:
  hurdle: 10%
measures:
  leads: count(leads)
  new_customers: count(customers)
  converted: count(customers at lead.created_at)
  visitors: count(visitors)
  sign_ups: {formula: count(visitors where signed_up), unit: converting_visitor}
  cost: sum(spend.amount)
  closed_value: 'sum(deals.amount where outcome = "won")'
  conversations: count(conversations)
  discussed: count(proposals at conversation.held_at)
  proposals: count(proposals)
  signed: {formula: count(proposals where signed_at is not missing), unit: signed_proposal}
  won: 'count(deals where outcome = "won")'
  lost: 'count(deals where outcome = "lost")'
  active_reps: count(distinct deals.rep)
  all_reps: count(reps)
kpis:
  conversion:
    {unit: percent, better: higher, formula: converted / leads, benchmarks: {target: {range: at least 15%}}}
  cac: {unit: USD / customer, better: lower, formula: cost / new_customers, benchmarks: {target: {range: at most 2000}}}
  fit_rate: {unit: percent, better: higher, formula: discussed / conversations, benchmarks: {target: {range: 15% to 40%}}}
  closing_rate: {unit: percent, better: higher, formula: signed / proposals, benchmarks: {target: {range: 15% to 40%}}}
  roi: {unit: number, better: higher, formula: (closed_value - cost) / cost, benchmarks: {target: {range: above 3}}}
  landing: {unit: percent, better: higher, formula: sign_ups / visitors, benchmarks: {published: {range: at least 4.02%}}}
  win_rate: {unit: percent, better: higher, formula: won / (won + lost)}
  loss_rate: {unit: percent, better: lower, formula: 1 - win_rate}
  deal_size: {unit: USD / deal, better: none, formula: closed_value / won, benchmarks: {target: {range: at least 100}}}
  mean_deal: {unit: USD, better: higher, formula: avg(deals.amount), benchmarks: {target: {range: at least 100}}}
  largest_deal: {unit: USD, better: higher, formula: max(deals.amount), benchmarks: {target: {range: at least 100}}}
  lead_count: {better: higher, formula: leads, benchmarks: {plan: {range: at least 10}, stretch: {range: at least 40}}}
"""


def catalog_of(text: str = COMPANY) -> Catalog:
    """The catalog of a definition, which must have no errors."""
    definitions, found = read(read_texts({"company.yaml": text}))
    catalog = build_catalog(definitions, found)
    assert not catalog.diagnostics.errors, list(catalog.diagnostics)
    return catalog


def plan_of(catalog: Catalog, *names: str, as_of: date = date(2026, 12, 31), **asked: object) -> Plan:
    """The plan of a question, which must be answerable."""
    question, found = ask(catalog, names, as_of=as_of, **asked)  # type: ignore[arg-type]
    assert question is not None, found
    plan, found = make_plan(catalog, question)
    assert plan is not None, found
    return plan


class Partial(Struct, frozen=True):
    """What one scan has by period and dimension values; `observed` are the dates of its first and last row."""

    period: NDArray[np.int64]
    keys: tuple[NDArray[np.object_], ...]
    slots: Mapping[str, NDArray[np.float64] | NDArray[np.int64]]
    observed: tuple[datetime, datetime] | None


def partial(
    period: Sequence[int],
    keys: Sequence[Sequence[object]] = (),
    observed: tuple[str, str] | None = ("2026-01-01", "2026-12-30"),
    **slots: Sequence[float],
) -> Partial:
    """What one scan returns; slots that hold floats are sums, others counts."""
    arrays = {name: np.array(values) for name, values in slots.items()}
    columns = []
    for key in keys:
        column = np.empty(len(key), dtype=object)
        column[:] = list(key)
        columns.append(column)
    seen = None if observed is None else (datetime.fromisoformat(observed[0]), datetime.fromisoformat(observed[1]))
    return Partial(np.array(period, dtype=np.int64), tuple(columns), arrays, seen)


def slots_of(plan: Plan, starts: Sequence[date], scans: Mapping[str, Partial]) -> Slots:
    """The slots of a plan without windows from partials by source (or source and date), slots in the order of the plan's.

    `starts` are the first days of the periods and the end of the last.
    """
    given = [_of_scan(plan, number, scans) for number in range(len(plan.scans))]
    spans = {}
    for scan, each in zip(plan.scans, given, strict=True):
        placed = date_of(scan.placement)
        if placed is not None:
            spans[scan.source, placed] = None if each.observed is None else Span(*each.observed)
    bounds = (starts[0], starts[-1]) if starts else (None, None)
    asked = replace(plan, question=replace(plan.question, start=bounds[0], end=bounds[1]))
    schedule, _ = make_schedule(asked, spans, {})
    assert schedule is not None and schedule.periods == tuple(starts)
    return Slots(schedule, tuple(_collected(schedule, number, plan, given) for number in range(len(schedule.collects))))


def _of_scan(plan: Plan, number: int, scans: Mapping[str, Partial]) -> Partial:
    scan = plan.scans[number]
    date = scan.placement.date.name if isinstance(scan.placement, Dated) else ""
    given = scans.get(f"{scan.source} at {date}") or scans[scan.source]
    assert len(scan.slots) == len(given.slots), scan.slots
    return replace(given, slots=dict(zip(scan.slots, given.slots.values(), strict=True)))


def _collected(schedule: Schedule, number: int, plan: Plan, given: Sequence[Partial]) -> Collected:
    collect = schedule.collects[number]
    rows = given[collect.scan]
    everything = tuple(range(len(plan.question.by)))
    found = next(
        schedule.found[key] for key in schedule.found if (key.scan, key.times, key.dimensions) == (collect.scan, (), everything)
    )
    first = np.array([pieces[0] if pieces else 0 for pieces in found.pieces], dtype=np.int64)
    slots = {name: rows.slots[name] for name in collect.slots}
    return Collected(first[rows.period] if len(rows.period) else rows.period, rows.keys, slots, len(rows.period))


def months(first: int, last: int) -> tuple[date, ...]:
    """The starts of the months of 2026 from one to another, and the end of the last."""
    return tuple(date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, 1) for month in range(first, last + 2))
