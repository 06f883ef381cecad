"""The journey from a lead to a customer: conversations, proposals, deals, and who joins in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from dice import Dice
from market import CAMPAIGNS, END, REPS, days, progress

_SEGMENTS = {"small": 60.0, "midsize": 29.0, "enterprise": 9.0, "": 2.0}
_AMOUNTS = {"small": 4_200, "midsize": 8_200, "enterprise": 22_000, "": 5_000}
_QUALIFIED = {"search": 0.50, "social": 0.32, "email": 0.47, "partner": 0.62, "event": 0.40}
_WINS = {"search": 1.0, "social": 0.75, "email": 1.0, "partner": 1.8, "event": 0.55}


@dataclass
class Customer:
    customer_id: str
    acquired: date
    channel: str
    segment: str


@dataclass
class Lead:
    lead_id: str
    created: date
    channel: str
    campaign: str
    segment: str
    score: int
    mql: date | None = None
    sql: date | None = None
    customer_id: str = ""


@dataclass
class Talk:
    """A conversation with the proposal that came out of it, if one did."""

    lead: Lead
    rep_id: str
    held: date
    sent: date | None = None
    signed: date | None = None
    declined: date | None = None


@dataclass
class Deal:
    lead_id: str
    rep_id: str
    created: date
    closed: date | None
    outcome: str
    amount: int


@dataclass
class Journey:
    """All that happens to leads and customers, day by day; what would happen after the end has not happened."""

    leads: list[Lead] = field(default_factory=list)
    talks: list[Talk] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    customers: list[Customer] = field(default_factory=list)
    dice: Dice = field(default_factory=lambda: Dice("journey"))

    def __post_init__(self) -> None:
        for day in days():
            for _ in range(self.dice.count((7.1 + 2.6 * progress(day)) * (0.55 if day.weekday() > 4 else 1.16))):
                self._follow(self._arrive(day))
            for _ in range(self.dice.count(0.52)):
                self._join(day, "", "")
            for _ in range(self.dice.count(0.55 + 0.5 * progress(day)) if self.customers else 0):
                self._ask_for_more(day)
        self.talks.sort(key=lambda talk: talk.held)
        self.deals.sort(key=lambda deal: deal.created)

    def _arrive(self, day: date) -> Lead:
        dice = self.dice
        weights = {campaign: campaign.weight for campaign in CAMPAIGNS if campaign.runs(day)}
        campaign = None if dice.chance(0.08) else dice.weighted(weights)
        channel, name = (campaign.channel, campaign.name) if campaign else ("", "")
        if day >= date(2026, 7, 1) and dice.chance(0.04):
            channel, name = "affiliate", ""
        name = name if dice.chance(0.85) else ""
        lead = Lead(f"{len(self.leads) + 1:06}", day, channel, name, dice.weighted(_SEGMENTS), dice.whole(0, 100))
        self.leads.append(lead)
        return lead

    def _follow(self, lead: Lead) -> None:
        promise = 0.6 + 0.8 * lead.score / 100
        lead.mql = self._later(lead.created, 4, _QUALIFIED.get(lead.channel, 0.36) * promise)
        if self.dice.chance(0.06 * promise):  # buys without being talked to
            self._become(lead, self._later(lead.created, 14, 1.0))
        if lead.mql:
            lead.sql = self._later(lead.mql, 7, 0.5)
        if lead.sql:
            self._talk(lead, lead.sql)

    def _talk(self, lead: Lead, since: date) -> None:
        held = self._later(since, 6, 0.94)
        if held is None:
            return
        rep = self.dice.one_of(REPS)
        talk = Talk(lead, rep.rep_id, held)
        self.talks.append(talk)
        self._propose(talk, rep.skill * _WINS.get(lead.channel, 0.9))
        self._decide(talk)
        if talk.sent is None and self.dice.chance(0.12):
            self._talk(lead, held + timedelta(days=20))

    def _propose(self, talk: Talk, skill: float) -> None:
        talk.sent = self._later(talk.held, 9, min(0.9, 0.37 * skill))
        if talk.sent is None:
            return
        talk.signed = self._later(talk.sent, 16, min(0.8, 0.40 * skill))
        if talk.signed is None:
            talk.declined = self._later(talk.sent, 22, 0.8)
        self._become(talk.lead, talk.signed)

    def _decide(self, talk: Talk) -> None:
        closed = talk.signed or talk.declined or self._later(talk.held, 55, 0.82)
        lead = "900000" if self.dice.chance(0.003) else talk.lead.lead_id  # one that is in no list
        self._deal(lead, talk.rep_id, talk.held, closed, "won" if talk.signed else "lost", talk.lead.segment)

    def _ask_for_more(self, day: date) -> None:
        """A customer wants more: a deal without a lead."""
        rep = self.dice.one_of(REPS)
        closed = self._later(day, 35, 0.9)
        outcome = "won" if self.dice.chance(0.33 * rep.skill) else "lost"
        self._deal("", rep.rep_id, day, closed, outcome, self.dice.one_of(self.customers).segment)

    def _deal(self, lead_id: str, rep_id: str, opened: date, closed: date | None, outcome: str, segment: str) -> None:
        amount = 10 * int(self.dice.heavy(_AMOUNTS[segment]) / 10)
        self.deals.append(Deal(lead_id, rep_id, opened, closed, outcome if closed else "", amount))

    def _become(self, lead: Lead, day: date | None) -> None:
        if day is None or lead.customer_id:
            return
        if self.customers and self.dice.chance(0.04):  # somebody else of a company that buys already
            lead.customer_id = self.dice.one_of(self.customers).customer_id
        else:
            lead.customer_id = self._join(day, lead.channel, lead.segment).customer_id

    def _join(self, day: date, channel: str, segment: str) -> Customer:
        number = f"{len(self.customers) + 1:05}"
        customer = Customer(number, day, channel, segment or self.dice.weighted(_SEGMENTS))
        self.customers.append(customer)
        return customer

    def _later(self, day: date, mean: float, probability: float) -> date | None:
        """A day that follows after about so many days, with that probability and if it is not in the future."""
        then = day + timedelta(days=1 + self.dice.skewed(mean))
        happens = self.dice.chance(probability)
        return then if happens and then < END else None
