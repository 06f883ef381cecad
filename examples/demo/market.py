"""What the demo company's rows have in common: their days, channels, campaigns, reps and contents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

START = date(2024, 11, 1)
END = date(2026, 10, 17)  # the day on which the rows are looked at; it has none itself


def days() -> Iterator[date]:
    """All days that have rows."""
    return (START + timedelta(days=number) for number in range((END - START).days))


def progress(day: date) -> float:
    """How much of the time is over, from 0 to 1."""
    return (day - START).days / (END - START).days


@dataclass(frozen=True)
class Campaign:
    """`weight` is its part of the leads, `cost` that of a day it runs on; `months` are those in which it runs, none for all."""

    name: str
    channel: str
    weight: float
    cost: float
    click_rate: float = 0.0
    months: frozenset[int] = frozenset()

    def runs(self, day: date) -> bool:
        if self.channel == "partner" and (day.year, day.month) == (2025, 8):  # the contract was being negotiated anew
            return False
        return not self.months or day.month in self.months


@dataclass(frozen=True)
class Rep:
    """`selling` is the part of the entries in the diary that are with or for buyers, `skill` multiplies the odds of a deal."""

    rep_id: str
    team: str
    selling: float
    skill: float


@dataclass(frozen=True)
class Asset:
    """`weight` is its part of the leads that some content brought, `quality` what raters mostly think of it, from 1 to 5."""

    asset_id: str
    type: str
    cost: int
    weight: float
    quality: int


CAMPAIGNS = (
    Campaign("brand", "search", 17, 170, 0.038),
    Campaign("product", "search", 16, 330, 0.026),
    Campaign("video", "social", 13, 210, 0.008),
    Campaign("retargeting", "social", 11, 140, 0.014),
    Campaign("newsletter", "email", 9, 45),
    Campaign("nurture", "email", 7, 40),
    Campaign("resellers", "partner", 9, 115),
    Campaign("spring-fair", "event", 26, 620, months=frozenset({4, 5})),
    Campaign("autumn-fair", "event", 26, 560, months=frozenset({9, 10})),
)

REPS = (
    Rep("01", "north", 0.62, 1.30),
    Rep("02", "north", 0.48, 1.10),
    Rep("03", "north", 0.40, 1.00),
    Rep("04", "north", 0.36, 0.85),
    Rep("05", "south", 0.55, 1.20),
    Rep("06", "south", 0.44, 1.00),
    Rep("07", "south", 0.38, 0.90),
    Rep("08", "south", 0.29, 0.60),
)

ASSETS = (
    Asset("A01", "ebook", 9_500, 16, 4),
    Asset("A02", "ebook", 7_800, 9, 3),
    Asset("A03", "ebook", 8_200, 4, 2),
    Asset("A04", "webinar", 5_400, 13, 4),
    Asset("A05", "webinar", 4_900, 7, 3),
    Asset("A06", "webinar", 6_100, 10, 5),
    Asset("A07", "case study", 3_200, 12, 4),
    Asset("A08", "case study", 2_900, 6, 4),
    Asset("A09", "case study", 3_600, 3, 3),
    Asset("A10", "video", 14_000, 11, 3),
    Asset("A11", "video", 11_500, 9, 2),
    Asset("A12", "video", 16_500, 0, 3),  # it has brought nobody
)
