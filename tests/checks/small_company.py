"""A small project of leads, conversations, proposals and deals, to which each test adds what it examines."""

from __future__ import annotations

from textwrap import indent

import kpidsl
from kpidsl.catalog.catalog import Catalog

DEFINITIONS = """
units:
  currencies: [USD]
  entities:
    lead: {}
    customer: {subset_of: lead}
    conversation: {}
    proposal: {subset_of: conversation}
    signed_proposal: {subset_of: proposal}
    deal: {}
sources:
  leads: {row: lead, key: id, time: day, columns: {id: text, day: date, bought: boolean}}
  conversations: {row: conversation, key: id, time: held_at, columns: {id: text, held_at: date}}
  proposals:
    row: proposal
    time: sent_at
    columns: {conversation: {type: text, references: conversations}, sent_at: date, signed: boolean}
  deals:
    row: deal
    key: id
    time: day
    columns:
      id: text
      day: date
      outcome: {type: text, values: [won, lost, open]}
      amount: {type: number, unit: USD}
      cost: {type: number, unit: USD}
      owner: text
parameters: {margin: 30%, months: 12}
measures:
  leads: count(leads)
  customers: {formula: count(leads where bought), unit: customer}
  conversations: count(conversations)
  proposals: count(proposals at conversation.held_at)
  proposals_sent: count(proposals)
  signed: {formula: count(proposals at conversation.held_at where signed), unit: signed_proposal}
  signed_sent: {formula: count(proposals where signed), unit: signed_proposal}
  deals: count(deals)
  big: {formula: count(deals where amount > 100 USD), unit: number}
  won: count(deals where outcome = "won")
  lost: count(deals where outcome = "lost")
  owners: count(distinct deals.owner)
  revenue: sum(deals.amount where outcome = "won")
  cost: sum(deals.cost where outcome = "won")
"""


def company(kpis: str = "", identities: str = "") -> Catalog:
    """The project with these KPIs and identities, each without an error of its own."""
    text = DEFINITIONS
    if kpis:
        text += f"kpis:\n{indent(kpis.strip(chr(10)), '  ')}\n"
    if identities:
        text += f"identities:\n{indent(identities.strip(chr(10)), '  ')}\n"
    catalog = kpidsl.load(texts={"company.yaml": text})
    assert not catalog.diagnostics.errors, [finding.headline for finding in catalog.diagnostics.errors]
    return catalog
