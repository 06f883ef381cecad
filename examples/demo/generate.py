"""Writes the rows of the demo company, byte for byte those in `definitions/demo`: `python examples/demo/generate.py [FOLDER]`.

A company sells subscriptions and single orders to other companies. Its leads become conversations, proposals, deals and
customers; the website, mails, posts, contents, bookings, diaries and machines stand beside. The rows run from November 2024 to
the middle of October 2026.

They have what real rows have: channels that are missing (nobody knows how somebody came) or not in the list (affiliate), a
channel without a lead for a month (partner, August 2025), references that find nothing, deals that are still open, deals and
customers without a lead, costs that are missing, a hole in the tracking of the website (9 to 13 March 2026), a few very large
amounts, identifiers with leading zeros, machines that stand still across the end of a month, a content that brought nobody. And
some things change: leads grow dearer, visitors from social media bounce more since June 2026, fewer mails are opened, machines
run at night since February 2026.
"""

from __future__ import annotations

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

import buyers
import content
import factory
from buyers import Rows
from dice import Dice
from journey import Journey
from market import CAMPAIGNS, REPS, days, progress

SHIPPED = Path(__file__).resolve().parents[2] / "definitions" / "demo"

_PAGES = {"trial": 0.062, "demo": 0.045, "ebook": 0.050, "pricing": 0.022}
_SELLING = {"call": 25, "meeting": 60, "demo": 75, "proposal": 90}
_OTHER = {"admin": 55, "travel": 100, "training": 120, "reporting": 60}


def spend() -> Rows:
    """Bookings: campaigns and reps' wages on each working day, and now and then something for customers that are there."""
    yield "date", "function", "purpose", "channel", "campaign", "amount"
    dice = Dice("spend")
    for day in days():
        dearer = 0.65 + 0.85 * progress(day)
        for campaign in CAMPAIGNS:
            if campaign.runs(day) and dice.chance(0.75):
                amount = dice.around(campaign.cost * dearer, 0.3)
                yield day, "marketing", "acquisition", campaign.channel, campaign.name, f"{amount:.2f}"
        for _team in ("north", "south") if day.weekday() < 5 else ():
            yield day, "sales", "acquisition", "", "", f"{dice.around(850 * (0.55 + 1.5 * progress(day))):.2f}"
        if dice.chance(0.2):
            yield day, "sales", "retention", "", "", f"{dice.around(700, 0.4):.2f}"
        if dice.chance(0.15):
            yield day, "marketing", "retention", "email", "newsletter", f"{dice.around(380, 0.4):.2f}"


def ads() -> Rows:
    """Paid advertising by campaign and day; click-through fades a little."""
    yield "date", "channel", "campaign", "impressions", "clicks"
    dice = Dice("ads")
    for day in days():
        for campaign in CAMPAIGNS:
            if campaign.click_rate and campaign.runs(day):
                impressions = int(dice.around(campaign.cost * 22, 0.35))
                clicks = int(impressions * dice.around(campaign.click_rate * (1.1 - 0.2 * progress(day)), 0.3))
                yield day, campaign.channel, campaign.name, impressions, clicks


def sessions() -> Rows:
    """Visits; about a third of the visitors come back."""
    yield "session_id", "visitor_id", "started_at", "channel", "landing_page", "page_views", "is_engaged", "converted_at"
    dice = Dice("sessions")
    number = visitors = 0
    for day in days():
        for _ in range(0 if date(2026, 3, 9) <= day <= date(2026, 3, 13) else dice.count(14.2 + 4.4 * progress(day))):
            number += 1
            back = visitors > 50 and dice.chance(0.3)
            visitors += not back
            visitor = visitors - dice.skewed(150) % visitors if back else visitors
            channel = dice.weighted({"search": 40, "social": 24, "email": 12, "partner": 5, "event": 2, "": 17})
            yield f"s{number:05}", f"v{visitor:05}", *_visit(dice, day, channel)


def _visit(dice: Dice, day: date, channel: str) -> tuple[object, ...]:
    started = dice.time_on(day)
    page = dice.weighted({"trial": 16, "demo": 14, "ebook": 18, "pricing": 17, "": 35})
    leaves = {"search": 0.44, "social": 0.52, "email": 0.36, "partner": 0.34}.get(channel, 0.47)
    if channel == "social" and day >= date(2026, 6, 1):
        leaves += 0.16
    if dice.chance(leaves):
        return f"{started:%Y-%m-%d %H:%M}", channel, page, 1, "false", ""
    converted = ""
    if page and dice.chance(_PAGES[page] * (1.6 if channel != "social" else 1.1)):
        converted = f"{started + timedelta(minutes=dice.whole(1, 25)):%Y-%m-%d %H:%M}"
    views = 1 if dice.chance(0.12) and not converted else 2 + dice.skewed(2.5)
    return f"{started:%Y-%m-%d %H:%M}", channel, page, views, "true" if views == 1 or dice.chance(0.7) else "false", converted


def sends() -> Rows:
    """Mails: a newsletter every second Tuesday, and a letter or two a day to leads that are not ready."""
    yield "send_id", "campaign", "recipient_id", "sent_at", "delivered_at", "first_open_at", "first_click_at", "unsubscribed_at"
    dice = Dice("sends")
    number = 0
    for day in days():
        letters = ["nurture"] * dice.count(4.2)
        if day.weekday() == 1 and day.toordinal() % 14 < 7:
            letters += ["newsletter"] * dice.count(130)
        for campaign in letters:
            number += 1
            yield f"{number:05}", campaign, f"p{dice.whole(1, 2400):04}", *_mail(dice, day, campaign)


def _mail(dice: Dice, day: date, campaign: str) -> tuple[str, ...]:
    moment = dice.time_on(day)
    sent = f"{moment:%Y-%m-%d %H:%M}"
    if dice.chance(0.031):
        return sent, "", "", "", ""
    delivered = f"{moment + timedelta(minutes=1):%Y-%m-%d %H:%M}"
    likes = (0.27 if campaign == "newsletter" else 0.31) * (1.08 - 0.22 * progress(day))
    if not dice.chance(likes):
        return sent, delivered, "", "", sent if dice.chance(0.001) else ""
    moment += timedelta(minutes=2 + dice.skewed(300))
    opened = f"{moment:%Y-%m-%d %H:%M}"
    clicked = f"{moment + timedelta(minutes=1):%Y-%m-%d %H:%M}" if dice.chance(0.125) else ""
    hides_pictures = bool(clicked) and dice.chance(0.1)
    return sent, delivered, "" if hides_pictures else opened, clicked, opened if dice.chance(0.011) else ""


def social() -> Rows:
    """Posts; a few travel far."""
    yield "post_id", "posted_at", "reach", "interactions"
    dice = Dice("social")
    number = 0
    for day in days():
        if dice.chance(0.36):
            number += 1
            reach = int(dice.heavy(260))
            yield f"{number:03}", day, reach, int(reach * dice.around(0.034, 0.45))


def reps() -> Rows:
    yield "rep_id", "team"
    for rep in REPS:
        yield rep.rep_id, rep.team


def activities() -> Rows:
    """Entries in the diaries; reps differ in how much of their time goes to buyers."""
    yield "rep_id", "happened_at", "type", "minutes", "is_selling"
    dice = Dice("activities")
    for day in days():
        for rep in REPS if day.weekday() < 5 else ():
            for _ in range(dice.count(1.15)):
                selling = dice.chance(rep.selling)
                kinds = _SELLING if selling else _OTHER
                kind = dice.one_of(tuple(kinds))
                yield rep.rep_id, day, kind, 5 * int(dice.around(kinds[kind], 0.4) / 5), str(selling).lower()


def tables() -> dict[str, Rows]:
    """The rows of each table, the names of its columns first."""
    journey = Journey()
    return {
        "activities": activities(),
        "ads": ads(),
        "assets": content.assets(),
        "conversations": buyers.conversations(journey),
        "customers": buyers.customers(journey),
        "deliveries": factory.deliveries(journey),
        "downtime": factory.downtime(),
        "inventory": factory.inventory(),
        "leads": buyers.leads(journey),
        "machines": factory.machines(),
        "opportunities": buyers.opportunities(journey),
        "orders": buyers.orders(journey),
        "pageviews": content.pageviews(sessions()),
        "plan": content.plan(),
        "proposals": buyers.proposals(journey),
        "reps": reps(),
        "runs": factory.runs(),
        "scores": content.scores(),
        "sends": sends(),
        "sessions": sessions(),
        "social": social(),
        "spend": spend(),
        "subscriptions": buyers.subscriptions(journey),
        "touches": content.touches(journey),
    }


def write(folder: Path) -> None:
    """Writes all tables into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED)
