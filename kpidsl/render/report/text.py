"""A report for a terminal: one line for each KPI, the worst first, and what has to be looked at."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.render.paint import Paint, Role, colours, plain
from kpidsl.render.report.cards import Card, share
from kpidsl.render.report.story import Story, Told, broken_down, tell
from kpidsl.render.results.view import Cell, role, word
from kpidsl.render.tables import text as tables
from kpidsl.render.tables.table import Entry, Head, Table
from kpidsl.visible import visible
from kpidsl.workflow.report import Report

_BARS = "▁▂▃▄▅▆▇█"
_HEADS = (
    Head("area", spare=3),
    Head("KPI"),
    Head("value", number=True),
    Head("90% interval", number=True, spare=2),
    Head("benchmark", spare=1),
    Head("verdict"),
    Head("trend", spare=5),
    Head("period", spare=4),
    Head("why", folds=True, spare=6),
)


def show(report: Report) -> bytes:
    """The text without colours, as wide as it is."""
    return written(report).encode("utf-8")


def written(report: Report, color: bool = False, width: int | None = None) -> str:
    """The text; a `width` folds it into a terminal."""
    story = tell(report)
    paint = colours() if color else plain
    rows = [_row(story, area.name, told) for area in story.areas for told in area.kpis]
    parts = [_head(story, paint), tables.show(Table.of(_HEADS, rows), color, width)]
    parts[1:1] = [_scorecard(card, paint, color, width) for card in story.cards]
    parts.extend(tables.show(_breakdown(dimension, cells), color, width) for dimension, cells in broken_down(story))
    return "\n".join([*parts, _foot(story, paint)])


def _scorecard(card: Card, paint: Paint, color: bool, width: int | None) -> str:
    heads = [Head("KPI"), Head("weight", number=True), Head("value", number=True), Head("score", number=True)]
    heads += [Head("", spare=5), Head("verdict"), Head("why", folds=True, spare=6)]
    rows = [
        [
            Entry(line.title),
            Entry(share(line.weight), Role.QUIET),
            Entry(line.value),
            Entry(line.score_text, Role.TITLE),
            Entry(_gauge(line.score, 10), Role.QUIET),
            Entry(word(line.verdict) or "not judged", role(line.verdict)),
            Entry(line.why, Role.QUIET),
        ]
        for line in card.lines
    ]
    score = card.score_text + (" of 100" if card.score is not None else "")
    gauge = _gauge(card.score, 20)
    course = [paint(Role.QUIET, visible(card.course_words)) + "\n"] if card.course_words else []
    said = paint(Role.QUIET, visible(", ".join(filter(None, (card.period, card.said)))))
    head = f"{paint(Role.TITLE, visible(card.title))}\n{paint(Role.TITLE, score)} {gauge} {said}\n"
    return head + "".join(course) + "\n" + tables.show(Table.of(heads, rows), color, width)


def _gauge(score: float | None, length: int) -> str:
    """A score as a bar of so many characters."""
    filled = round((score or 0.0) / 100 * length)
    return "" if score is None else "█" * filled + "░" * (length - filled)


def _breakdown(dimension: str, cells: Sequence[tuple[Told, Cell]]) -> Table:
    heads = [Head("KPI"), Head(dimension, cuts=True), *_HEADS[2:6], Head("why", folds=True, spare=6)]
    rows = [
        [
            Entry(told.title if place == 0 or cells[place - 1][0] is not told else ""),
            Entry(", ".join(cell.keys)),
            Entry(cell.value, Role.QUIET if cell.number is None else Role.TITLE),
            Entry(cell.interval),
            Entry(cell.range),
            Entry(word(cell.verdict), role(cell.verdict)),
            Entry(cell.why, Role.QUIET),
        ]
        for place, (told, cell) in enumerate(cells)
    ]
    return Table.of(heads, rows)


def _head(story: Story, paint: Paint) -> str:
    return f"{paint(Role.TITLE, visible(story.title))}\n{paint(Role.QUIET, visible(', '.join(story.facts())))}\n"


def _row(story: Story, area: str, told: Told) -> list[Entry]:
    cell, tone = told.head, role(told.verdict)
    trend = Entry(bars(told.periods, story.unfinished), Role.QUIET)
    if cell is None:
        return [
            Entry(area, Role.QUIET),
            Entry(told.title),
            Entry("no data", Role.QUIET),
            *[Entry("")] * 3,
            trend,
            *[Entry("")] * 2,
        ]
    return [
        Entry(area, Role.QUIET),
        Entry(told.title),
        Entry(cell.value, Role.QUIET if cell.number is None else Role.TITLE),
        Entry(cell.interval),
        Entry(cell.range),
        Entry(word(cell.verdict), tone),
        trend,
        Entry("" if cell.period == story.usual else cell.period, Role.QUIET),
        Entry(cell.why, Role.QUIET),
    ]


def bars(cells: Sequence[Cell], unfinished: frozenset[str]) -> str:
    """The values of the periods that are over as bars of characters; a gap where there is none."""
    numbers = [cell.number for cell in cells if cell.period not in unfinished]
    known = [number for number in numbers if number is not None]
    if len(known) < 2:
        return ""
    low, width = min(known), (max(known) - min(known)) or 1.0
    return "".join(" " if each is None else _BARS[min(7, int((each - low) / width * 8))] for each in numbers)


def _foot(story: Story, paint: Paint) -> str:
    counts = (paint(role(verdict), f"{number:,} {word(verdict) or 'not judged'}") for verdict, number in story.counts())
    return ", ".join(counts) + "\n"
