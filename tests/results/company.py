"""A small company for the tests of results: its catalog, plans on it, and slots as an engine would return them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from kpidsl.catalog.build import build_catalog
from kpidsl.catalog.catalog import Catalog
from kpidsl.documents.find import read_texts
from kpidsl.documents.read import read
from kpidsl.engines.slots import Partial, Slots
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.plan.nodes import Dated, Plan

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


def partial(
    period: Sequence[int],
    keys: Sequence[Sequence[object]] = (),
    observed: tuple[str, str] | None = ("2026-01-01", "2026-12-30"),
    timeless: bool = False,
    **slots: Sequence[float],
) -> Partial:
    """What one scan returns; slots that hold floats are sums, others counts."""
    arrays = {name: np.array(values) for name, values in slots.items()}
    columns = []
    for key in keys:
        column = np.empty(len(key), dtype=object)
        column[:] = list(key)
        columns.append(column)
    seen = None if observed is None else (np.datetime64(observed[0]), np.datetime64(observed[1]))
    return Partial(np.array(period, dtype=np.int64), tuple(columns), arrays, seen, len(period), timeless)


def slots_of(plan: Plan, starts: Sequence[date], scans: Mapping[str, Partial]) -> Slots:
    """The slots of a plan from partials by source (or source and date), in which the slots are in the order of the plan's."""
    found = []
    for index, scan in enumerate(plan.scans):
        date = scan.placement.date.name if isinstance(scan.placement, Dated) else ""
        found.append(_renamed(plan, index, scans.get(f"{scan.source} at {date}") or scans[scan.source]))
    return Slots(tuple(starts), tuple(found))


def _renamed(plan: Plan, index: int, given: Partial) -> Partial:
    names = plan.scans[index].slots
    assert len(names) == len(given.slots), names
    slots = dict(zip(names, given.slots.values(), strict=True))
    return Partial(given.period, given.keys, slots, given.observed, given.rows_read, given.timeless)


def months(first: int, last: int) -> tuple[date, ...]:
    """The starts of the months of 2026 from one to another, and the end of the last."""
    return tuple(date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, 1) for month in range(first, last + 2))
