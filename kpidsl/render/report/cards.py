"""What is told of a scorecard: its score, how much of it is firm, each of its KPIs, and its course, as numbers and as words."""

from __future__ import annotations

from collections.abc import Mapping
from math import isnan
from typing import Protocol

from msgspec import Struct

from kpidsl.render.results.view import Cell, shown_score
from kpidsl.results.scorecards import Scored
from kpidsl.results.verdicts import Verdict
from kpidsl.workflow.report_cards import ReportCard

LEAST, _FEWEST = 0.5, 3
NOTE = (
    "A score is 50 where a value just meets its benchmark, below it where the value falls short by itself, and at most 100. "
    "A KPI without a score has no part in the mean, and stays on the card."
)


class Headed(Protocol):
    """A KPI that is told: its name and title, where it stands on the page, and the cell that heads it."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def anchor(self) -> str: ...
    @property
    def head(self) -> Cell | None: ...


class CardLine(Struct, frozen=True):
    """A KPI of a scorecard: its value, weight (a share of 1), score (None where there is none), verdict, and why."""

    name: str
    title: str
    anchor: str
    period: str
    value: str
    weight: float
    score: float | None
    verdict: Verdict | None
    why: str

    @property
    def score_text(self) -> str:
        return shown_score(self.score)


class Point(Struct, frozen=True):
    """The score of a scorecard in a period, None where there is none, and how much of its weight has one and is firm."""

    period: str
    score: float | None
    scored: float
    coverage: float

    @property
    def full(self) -> bool:
        """Whether all of the weight has a score."""
        return self.scored >= 1


class Card(Struct, frozen=True):
    """A scorecard; `course` has the periods that are over, with a score where at least half of the weight has one."""

    name: str
    title: str
    description: str
    owner: str
    period: str
    score: float | None
    scored: float
    coverage: float
    lines: tuple[CardLine, ...]
    course: tuple[Point, ...]

    @property
    def score_text(self) -> str:
        return shown_score(self.score) or "no score"

    @property
    def said(self) -> str:
        """How far to trust the score: how much of the weight is firm, and what has no score at all."""
        firm = f"{share(self.coverage)} of the weight has a firm verdict"
        if not self.scored:
            return "none of its KPIs has a score"
        return firm if self.scored >= 1 else f"{firm}; {share(self.scored)} has a score"

    @property
    def course_words(self) -> str:
        """Where the course begins and ends, and how far it goes."""
        known = [(point.score, point.period) for point in self.course if point.score is not None]
        if len(known) < 2:
            return ""
        low, high = min(known), max(known)
        ends = f"{_at(known[0])}, {_at(known[-1])}"
        return f"{ends}; lowest {_at(low)}, highest {_at(high)}" + (
            "; some of a part of the weight only" if self.partly else ""
        )

    @property
    def partly(self) -> bool:
        """Whether the course has a score that is of a part of the weight only."""
        return any(point.score is not None and not point.full for point in self.course)


def share(part: float) -> str:
    """A share of the weight as people read it."""
    return f"{100 * part:.4g}%"


def tell_card(card: ReportCard, kpis: Mapping[str, Headed], unfinished: frozenset[str]) -> Card:
    """What there is to tell of a scorecard whose KPIs are all told."""
    now = card.now
    return Card(
        name=now.name,
        title=now.title or now.name,
        description=" ".join(now.card.definition.description.split()),
        owner=now.card.definition.owner,
        period=str(now.axis.labels[0]),
        score=_known(float(now.values[0])),
        scored=float(now.scored[0]),
        coverage=float(now.coverage[0]),
        lines=tuple(_line(kpis[line.name], line.weight, _known(float(line.scores[0])), line.verdicts[0]) for line in now.lines),
        course=_course(card.periods, unfinished) if card.periods else (),
    )


def _line(told: Headed, weight: float, score: float | None, verdict: Verdict | None) -> CardLine:
    cell = told.head
    value = cell.value if cell else "no data"
    why = "" if cell is None else cell.why if score is not None else cell.reason
    period = cell.period if cell else ""
    return CardLine(told.name, told.title, told.anchor, period, value, weight, score, verdict, why)


def _course(scored: Scored, unfinished: frozenset[str]) -> tuple[Point, ...]:
    points = [
        Point(str(label), _known(float(score)), float(part), float(coverage))
        for label, score, part, coverage in zip(scored.axis.labels, scored.values, scored.scored, scored.coverage, strict=True)
        if str(label) not in unfinished
    ]
    told = [point if point.scored >= LEAST else Point(point.period, None, point.scored, point.coverage) for point in points]
    return tuple(told) if sum(point.score is not None for point in told) >= _FEWEST else ()


def _known(number: float) -> float | None:
    return None if isnan(number) else number


def _at(point: tuple[float, str]) -> str:
    return f"{point[0]:.0f} in {point[1]}"
