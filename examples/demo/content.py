"""What buyers see before they buy: contents and their ratings, pages of the website, touches of campaigns; and the plan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from buyers import Rows
from dice import Dice
from journey import Journey, Lead
from market import ASSETS, CAMPAIGNS, END, days, progress

_PAGES = {"home": 24, "product": 20, "pricing": 15, "customers": 11, "blog": 12, "features": 8, "trial": 6, "about": 4}
_PLANNED = {"small": 17_000, "midsize": 16_500, "enterprise": 11_000, "": 38_000}


def assets() -> Rows:
    yield "asset_id", "type", "cost"
    for asset in ASSETS:
        yield asset.asset_id, asset.type, asset.cost


def scores() -> Rows:
    """What three colleagues think of each content every month, from 1 to 5; now and then one has not read it."""
    yield "item", "period", "rater", "level"
    dice = Dice("scores")
    for day in days():
        for asset in ASSETS if day.day == 1 else ():
            for rater in ("marketing", "product", "sales"):
                level = asset.quality + dice.whole(-1, 1) + (1 if dice.chance(0.1 + 0.2 * progress(day)) else 0)
                yield asset.asset_id, day, rater, "" if dice.chance(0.03) else min(5, max(1, level))


def pageviews(sessions: Rows) -> Rows:
    """The pages of each visit, as many as it counts; somebody may look at a page twice."""
    yield "session_id", "page_id", "viewed_at"
    dice = Dice("pageviews")
    next(sessions)
    for session, _, started, _, landing, views, *_ in sessions:
        moment = datetime.fromisoformat(str(started))
        page = str(landing) or dice.weighted(_PAGES)
        for _ in range(int(str(views))):
            yield session, page, f"{moment:%Y-%m-%d %H:%M}"
            moment += timedelta(minutes=1 + dice.skewed(4))
            page = dice.weighted(_PAGES)


def touches(journey: Journey) -> Rows:
    """How leads were reached: first by what brought them, then by what else runs; those that sales works on more often."""
    yield "touch_id", "lead_id", "touched_at", "channel", "campaign"
    dice = Dice("touches")
    found = sorted(touch for lead in journey.leads for touch in _touches_of(lead, dice))
    for number, (moment, lead_id, channel, campaign) in enumerate(found, 1):
        yield f"{number:05}", lead_id, f"{moment:%Y-%m-%d %H:%M}", channel, campaign


def _touches_of(lead: Lead, dice: Dice) -> Iterator[tuple[datetime, str, str, str]]:
    yield dice.time_on(lead.created), lead.lead_id, lead.channel, lead.campaign
    for _ in range(dice.count(2.1 if lead.sql else 0.35)):
        day = lead.created + timedelta(days=1 + dice.skewed(25))
        campaign = dice.weighted({each: each.weight for each in CAMPAIGNS if each.runs(day)})
        if day < END:
            yield dice.time_on(day), lead.lead_id, campaign.channel, campaign.name


def plan() -> Rows:
    """What is to be sold in each month, by segment (without one to those who buy already), and what marketing may spend."""
    yield "kpi", "period", "segment", "target"
    for day in days():
        if day.day == 1:
            growth = 0.7 + 1.1 * progress(day)
            for segment, target in _PLANNED.items():
                yield "closed_value", day, segment, 500 * int(target * growth * 1.6 / 500)
            yield "marketing_spend", day, "", 500 * int(30_000 * growth / 500)
