"""A journey to the tables of those who buy: from leads to customers and what these order and subscribe to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dice import Dice
from journey import Customer, Journey
from market import ASSETS, END

Rows = Iterator[tuple[object, ...]]

_ORDERS = {"small": 470, "midsize": 910, "enterprise": 2_400, "": 550}
_MONTHLY = {"small": 150, "midsize": 310, "enterprise": 720, "": 160}


def leads(journey: Journey) -> Rows:
    """Leads, some of which a content brought; most that come to nothing are put aside after some months."""
    stages = ("mql_at", "sql_at", "customer_id", "asset_id", "archived_at")
    yield "lead_id", "created_at", "channel", "campaign", "segment", "score", *stages
    dice = Dice("leads")
    for lead in journey.leads:
        names = (lead.lead_id, lead.created, lead.channel, lead.campaign, lead.segment)
        asset = dice.weighted({asset.asset_id: asset.weight for asset in ASSETS}) if dice.chance(0.45) else ""
        archived = lead.created + timedelta(days=75 + dice.skewed(70))
        stays = dice.chance(0.2) or lead.customer_id or archived >= END
        yield *names, lead.score, lead.mql, lead.sql, lead.customer_id, asset, "" if stays else archived


def conversations(journey: Journey) -> Rows:
    yield "conversation_id", "lead_id", "rep_id", "held_at"
    for number, talk in enumerate(journey.talks, 1):
        yield f"{number:05}", talk.lead.lead_id, talk.rep_id, talk.held


def proposals(journey: Journey) -> Rows:
    yield "proposal_id", "conversation_id", "sent_at", "signed_at", "declined_at"
    sent = [(number, talk) for number, talk in enumerate(journey.talks, 1) if talk.sent]
    for row, (number, talk) in enumerate(sent, 1):
        yield f"{row:04}", f"{number:05}", talk.sent, talk.signed, talk.declined


def opportunities(journey: Journey) -> Rows:
    """Deals; on some something was taken off, and for some of those won somebody was paid."""
    yield "opp_id", "lead_id", "rep_id", "created_at", "closed_at", "outcome", "amount", "discount", "incentive"
    dice = Dice("opportunities")
    for number, deal in enumerate(journey.deals, 1):
        discount = int(deal.amount * dice.whole(0, 12) / 100) if dice.chance(0.6) else 0
        incentive = int(deal.amount * 0.05) if deal.outcome == "won" and dice.chance(0.5) else ""
        names = (f"{number:04}", deal.lead_id, deal.rep_id, deal.created, deal.closed, deal.outcome)
        yield *names, deal.amount, discount, incentive


def customers(journey: Journey) -> Rows:
    yield "customer_id", "acquired_at", "channel", "segment"
    for customer in journey.customers:
        yield customer.customer_id, customer.acquired, customer.channel, customer.segment


def orders(journey: Journey) -> Rows:
    """Orders under the names that the shop gives its columns; some costs are missing, some customers unknown."""
    yield "order_id", "customer_id", "ordered_at", "Net Amount", "Cost of Goods"
    dice = Dice("orders")
    placed = sorted(order for customer in journey.customers for order in _orders_of(customer, dice))
    for number, (day, customer_id, amount, cost) in enumerate(placed, 1):
        yield f"{number:05}", customer_id, day, f"{amount:.2f}", cost


def _orders_of(customer: Customer, dice: Dice) -> Iterator[tuple[date, str, float, str]]:
    day = customer.acquired + timedelta(days=dice.skewed(5))
    while day < END:
        amount = dice.heavy(_ORDERS[customer.segment])
        cost = "" if dice.chance(0.006) else f"{dice.around(amount * 0.48):.2f}"
        yield day, "99999" if dice.chance(0.0015) else customer.customer_id, amount, cost
        if dice.chance(0.1):
            return
        day += timedelta(days=12 + dice.skewed(80))


def subscriptions(journey: Journey) -> Rows:
    """Contracts of most customers; each month about one in fifty ends."""
    yield "subscription_id", "customer_id", "started_at", "ended_at", "mrr"
    dice = Dice("subscriptions")
    begun = sorted((_start(customer, dice), customer.customer_id, customer.segment) for customer in journey.customers)
    for number, (start, customer_id, segment) in enumerate((row for row in begun if row[0] < END), 1):
        months = next((month for month in range(1, 40) if dice.chance(0.019)), 40)
        end = start + timedelta(days=30 * months)
        mrr = int(dice.around(_MONTHLY[segment], 0.4))
        yield f"{number:04}", customer_id, start, end if end < END else "", mrr


def _start(customer: Customer, dice: Dice) -> date:
    """The day on which a customer's contract begins; that of one who wants none never comes."""
    wants = dice.chance(0.62)
    return customer.acquired + timedelta(days=dice.skewed(12)) if wants else END
