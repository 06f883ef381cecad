"""One project with every kind of source, and what a row of each knows, for random formulas over it."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA = """
project:
  language: 1
  name: random
  calendar: {{week_starts: {week_starts}, year_starts: {year_starts}}}
sources:
  regions:
    key: region
    columns: {{region: text, zone: text, factor: number, since: date}}
  customers:
    key: customer_id
    time: acquired_at
    columns:
      customer_id: text
      acquired_at: date
      segment: text
      is_partner: boolean
      credit: number
      region: {{type: text, references: regions}}
      order_count: {{formula: count(orders)}}
      spent: {{formula: sum(orders.amount)}}
      first_order: {{formula: min(orders.ordered_at)}}
      best_web: {{formula: 'max(orders.amount where channel = "web")'}}
      mean_lead: {{formula: avg(leads.score)}}
      touches: {{formula: count(touches)}}
      last_channel: {{formula: last(orders.channel)}}
      mrr_now: {{formula: sum(subscriptions.mrr alive from started_at to ended_at)}}
      mrr_before: {{formula: previous(mrr_now)}}
      mrr_year: {{formula: 'previous(mrr_now, 1 year)'}}
      is_new: {{formula: acquired_at >= period_start}}
      recent: {{formula: count(orders where ordered_at >= previous_period_start and ordered_at < period_end)}}
      {customers}
  orders:
    key: order_id
    time: ordered_at
    columns:
      order_id: number
      ordered_at: datetime
      shipped_at: date
      customer: {{type: text, references: customers}}
      channel: text
      amount: number
      quantity: number
      item: text
      store: number
      worth: {{formula: quantity * price.amount}}
      days: {{formula: (shipped_at - ordered_at) / 1 day}}
      before: {{formula: prior(amount) per customer}}
      big_after: {{formula: next(ordered_at where amount > 2) per customer}}
      is_repeated: {{formula: prior(order_id) per customer is not missing}}
      part: {{formula: amount / customer.spent}}
      paying: {{formula: customer.mrr_now > 1}}
      lead_before: {{formula: prior(leads.channel) per customer}}
      {orders}
    references:
      price: {{source: prices, match: {{item: item, store: store}}}}
      tier: {{source: tiers, match: {{customer: customer_id}}, valid: [valid_from, valid_to]}}
  leads:
    key: lead_id
    time: created_at
    columns:
      lead_id: text
      created_at: date
      channel: text
      score: number
      customer: {{type: text, references: customers}}
      touch_count: {{formula: count(touches)}}
      first_channel: {{formula: first(touches.channel)}}
      last_touch: {{formula: max(touches.touched_at)}}
      next_order: {{formula: next(orders.ordered_at where amount >= 1) per customer}}
      {leads}
  touches:
    key: touch_id
    time: touched_at
    columns:
      touch_id: number
      touched_at: datetime
      lead: {{type: text, references: leads}}
      channel: text
      cost: number
      weight: {{formula: 1 / lead.touch_count}}
      other_before: {{formula: 'prior(channel where channel != "web") per lead'}}
      gap: {{formula: (touched_at - prior(touched_at) per lead) / 1 day}}
      {touches}
  subscriptions:
    key: sub_id
    time: started_at
    columns:
      sub_id: number
      started_at: date
      ended_at: date
      customer: {{type: text, references: customers}}
      mrr: number
      kind: text
      {subscriptions}
    references:
      tier: {{source: tiers, match: {{customer: customer_id}}, valid: [valid_from, valid_to]}}
  prices:
    key: [item, store]
    columns: {{item: text, store: number, amount: number}}
  tiers:
    key: [customer_id, valid_from]
    columns: {{customer_id: text, valid_from: date, valid_to: date, level: text, rate: number}}
  inventory:
    key: [item, day]
    time: day
    columns: {{item: text, day: date, value: number}}
  targets:
    time: month
    every: month
    columns: {{month: date, channel: text, target: number}}
dimensions:
  channel: [orders.channel, leads.channel, touches.channel, targets.channel]
  segment: [customers.segment]
  partner: [customers.is_partner]
  zone: [regions.zone]
  item: [orders.item, inventory.item]
  level: [orders.tier.level, subscriptions.tier.level]
  first_channel: [leads.first_channel]
  shipped: [orders.shipped_at]
  repeated: [orders.is_repeated]
parameters:
  rate: 1/4
measures:
  orders: count(orders)
  revenue: sum(orders.amount)
  leads: count(leads)
  stock: count(subscriptions alive from started_at to ended_at)
  buyers: count(distinct orders.customer)
  per_lead: revenue / leads
"""


@dataclass(frozen=True)
class Columns:
    """The names that a row of a source knows, by type."""

    numbers: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    truths: tuple[str, ...] = ()


ROWS = {
    "regions": Columns(("factor",), ("region", "zone"), ("since",)),
    "customers": Columns(
        ("credit", "region.factor", "order_count", "spent", "best_web", "mean_lead", "touches")
        + ("mrr_now", "mrr_before", "mrr_year", "recent"),
        ("customer_id", "segment", "region", "region.zone", "last_channel"),
        ("acquired_at", "first_order", "region.since"),
        ("is_partner", "is_new"),
    ),
    "orders": Columns(
        ("amount", "amount", "quantity", "store", "worth", "days", "before", "part", "price.amount", "tier.rate")
        + ("customer.credit", "customer.mrr_now", "order_id"),
        ("channel", "item", "customer", "customer.segment", "tier.level", "customer.region.zone", "lead_before"),
        ("ordered_at", "shipped_at", "big_after", "customer.acquired_at"),
        ("is_repeated", "paying", "customer.is_partner"),
    ),
    "leads": Columns(
        ("score", "touch_count", "customer.order_count", "customer.credit"),
        ("lead_id", "channel", "first_channel", "customer.segment"),
        ("created_at", "last_touch", "next_order", "customer.acquired_at"),
        ("customer.is_partner",),
    ),
    "touches": Columns(
        ("cost", "weight", "gap", "lead.score", "lead.touch_count"),
        ("channel", "other_before", "lead", "lead.channel", "lead.customer.segment"),
        ("touched_at", "lead.created_at"),
        ("lead.customer.is_partner",),
    ),
    "subscriptions": Columns(
        ("mrr", "tier.rate", "customer.credit"),
        ("kind", "customer", "tier.level", "customer.segment"),
        ("started_at", "ended_at", "customer.acquired_at"),
        ("customer.is_partner",),
    ),
    "inventory": Columns(("value",), ("item",), ("day",)),
    "targets": Columns(("target",), ("channel",), ("month",)),
}

MODIFIERS = {
    "customers": ("", "", "alive from acquired_at", "at region.since"),
    "orders": ("", "", "", "at shipped_at", "at customer.acquired_at", "alive from ordered_at to shipped_at"),
    "leads": ("", "", "at customer.acquired_at", "at last_touch"),
    "touches": ("", "", "at lead.created_at"),
    "subscriptions": ("", "alive from started_at to ended_at", "alive from started_at to ended_at", "at ended_at"),
    "inventory": ("", "closing", "closing"),
    "targets": ("",),
    "regions": ("", "at since"),
}
# The sources whose rows have an order, those whose rows refer to a source, and what rows are before and after each other by.
ORDERED = frozenset({"customers", "orders", "leads", "touches", "subscriptions", "inventory"})
GATHERED = {"customers": ("orders", "leads", "subscriptions", "touches"), "leads": ("touches",)}
NEIGHBOURS = {"orders": ("customer", "channel", "price"), "leads": ("customer",), "touches": ("lead", "lead.customer")}
EXTENDED = ("customers", "orders", "leads", "touches", "subscriptions")


@dataclass(frozen=True)
class Topic:
    """Sources that can be asked for together, and the dimensions that all of them reach."""

    sources: tuple[str, ...]
    dimensions: tuple[str, ...] = ()


TOPICS = (
    Topic(("orders", "leads", "touches"), ("channel", "segment", "partner", "zone")),
    Topic(("orders",), ("channel", "segment", "level", "item", "shipped", "repeated", "zone")),
    Topic(("subscriptions", "customers", "orders"), ("segment", "partner", "zone")),
    Topic(("subscriptions", "orders"), ("level", "segment")),
    Topic(("customers",), ("segment", "partner", "zone")),
    Topic(("leads", "touches"), ("first_channel", "channel", "segment")),
    Topic(("inventory", "orders"), ("item",)),
    Topic(("targets", "orders", "leads"), ("channel",)),
    Topic(("regions", "customers"), ("zone",)),
    Topic(tuple(ROWS)),
)
CONDITIONS = {
    "channel": (
        'channel = "web"',
        'channel != "web"',
        "channel is missing",
        'channel in ("web", "mail")',
        'lower(channel) = "web"',
    ),
    "segment": ('segment = "web"', 'segment != "small"', "segment is not missing"),
    "partner": ("partner", "not partner", "partner is missing"),
    "zone": ('zone = "north"', 'zone != "north"'),
    "item": ('item = "i"', "item is missing"),
    "level": ('level = "gold"', "level is missing"),
    "first_channel": ('first_channel = "web"', "first_channel is missing"),
    "shipped": ("shipped >= 2024-02-01", "shipped < 2024-01-31 or shipped is missing", "month(shipped) = 2"),
    "repeated": ("repeated", "not repeated"),
}
