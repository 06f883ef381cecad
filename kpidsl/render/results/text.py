"""Results for people: one cell as a card, one cell of several KPIs as an overview, many cells as a table for each KPI."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kpidsl.render.paint import Paint, Role, colours, plain
from kpidsl.render.results.card import card, name
from kpidsl.render.results.scorecards import ShownCard, shown_cards
from kpidsl.render.results.view import Cell, Shown, by_area, is_overview, no_cells, role, shown, word
from kpidsl.render.tables import text as tables
from kpidsl.render.tables.table import Entry, Head, Table
from kpidsl.render.words import counted, moment
from kpidsl.results.result import Result
from kpidsl.results.verdicts import Verdict
from kpidsl.visible import visible

_JUDGED = (
    Head("90% interval", number=True, spare=2),
    Head("benchmark", spare=1),
    Head("verdict"),
    Head("process"),
    Head("why", folds=True, spare=3),
)


def show(result: Result, color: bool = False, width: int | None = None) -> str:
    """The result; a `width` folds it into a terminal, without one every line is as long as it needs to be."""
    paint = colours() if color else plain
    figures = shown(result)
    if not is_overview(result, figures):
        parts = [_block(figure, result, color, width, paint) for figure in figures]
    elif len(figures) == 1:
        parts = [card(figures[0], paint, width)]
    else:
        parts = [_overview(figures, color, width)]
    parts += [_scorecard(each, color, width, paint) for each in shown_cards(result)]
    foot = _foot(result, figures, paint)
    return "\n".join([*parts, *([foot] if foot else [])])


def _overview(figures: Sequence[Shown], color: bool, width: int | None) -> str:
    """One line for each KPI."""
    heads = [Head("area", spare=5), Head("KPI"), Head("value", number=True), Head("unit", spare=4), *_JUDGED]
    rows = [
        [Entry(area, Role.QUIET), Entry(figure.name), _value(cell), Entry(figure.unit, Role.QUIET), *_judged(cell, cell.range)]
        for area, figure in by_area(figures)
        for cell in figure.cells
    ]
    return tables.show(Table.of(heads, rows), color, width)


def _scorecard(card: ShownCard, color: bool, width: int | None, paint: Paint) -> str:
    title = f"{paint(Role.TITLE, visible(card.title))} ({card.name})" if card.title else paint(Role.TITLE, card.name)
    facts = paint(Role.QUIET, f", {card.facts}") if card.facts else ""
    return f"{title}{facts}\n{tables.show(card.table, color, width)}"


def _block(figure: Shown, result: Result, color: bool, width: int | None, paint: Paint) -> str:
    """One KPI: what holds for all its cells above, a line for each cell below."""
    periods, ranges = {cell.period for cell in figure.cells}, {cell.range for cell in figure.cells}
    period, range = (found.pop() if len(found) == 1 else "" for found in (periods, ranges))
    heads = [Head("period"), *(Head(each, cuts=True) for each in result.axis.dimensions), Head("value", number=True), *_JUDGED]
    rows = [
        [
            Entry("" if period and cell.keys else cell.period),
            *(Entry(key) for key in cell.keys),
            _value(cell),
            *_judged(cell, "" if range else cell.range),
        ]
        for cell in figure.cells
    ]
    facts = [period if result.axis.dimensions else "", figure.unit, f"benchmark {range}" if range else ""]
    title = name(figure, paint) + paint(Role.QUIET, "".join(f", {fact}" for fact in facts if fact))
    return f"{title}\n" + (tables.show(Table.of(heads, rows), color, width) if rows else f"{no_cells(result)}\n")


def _value(cell: Cell) -> Entry:
    return Entry(cell.value, Role.QUIET if cell.number is None else Role.TITLE)


def _judged(cell: Cell, range: str) -> list[Entry]:
    tone = role(cell.verdict)
    return [
        Entry(cell.interval),
        Entry(range),
        Entry(word(cell.verdict), tone),
        Entry(cell.process),
        Entry(cell.why, Role.QUIET),
    ]


def _foot(result: Result, figures: Sequence[Shown], paint: Paint) -> str:
    """How many cells have which verdict, and what they were read from."""
    verdicts = [cell.verdict for figure in figures for cell in figure.cells]
    counts = [(verdict, number) for verdict in reversed(Verdict) if (number := verdicts.count(verdict))]
    lines = []
    if len(verdicts) > 1 and counts:
        lines.append(", ".join(paint(role(verdict), f"{number:,} {word(verdict)}") for verdict, number in counts))
    if result.axis.as_of is not None and verdicts:
        lines.append(paint(Role.QUIET, _read(result, figures, result.axis.as_of)))
    return "".join(f"{line}\n" for line in lines)


def _read(result: Result, figures: Sequence[Shown], as_of: datetime) -> str:
    """What the values were read from; in an overview, where no other line says it, in which period."""
    periods = {cell.period for figure in figures for cell in figure.cells}
    period = periods.pop() if len(figures) > 1 and is_overview(result, figures) and len(periods) == 1 else ""
    rows = counted(result.rows, "row") if result.rows else "no rows"
    return f"{period}{', ' if period else ''}as of {moment(as_of)}, {rows} read"
