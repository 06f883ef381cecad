"""Scorecards as tables: of one cell a line for each KPI, of several a line for each cell."""

from __future__ import annotations

from collections.abc import Iterator
from math import isnan

from msgspec import Struct

from kpidsl.render.paint import Role
from kpidsl.render.results.view import key_text, role, shown_score, word
from kpidsl.render.tables.table import Entry, Head, Table
from kpidsl.results.result import Result
from kpidsl.results.scorecards import Line, Scored


class ShownCard(Struct, frozen=True):
    """A scorecard: its name and title, what holds for all of it, and its table."""

    name: str
    title: str
    facts: str
    table: Table


def shown_cards(result: Result) -> list[ShownCard]:
    """Every scorecard of a result that has cells."""
    return [_shown(card) for card in result.scorecards.values() if len(card.axis)]


def _shown(card: Scored) -> ShownCard:
    if len(card.axis) == 1 and not card.axis.dimensions:
        period = card.axis.labels[0]
        facts = ", ".join(filter(None, (period, f"score {_score(card, 0)}", f"coverage {_percent(card.coverage[0])}")))
        return ShownCard(card.name, card.title, facts, _by_kpi(card))
    return ShownCard(card.name, card.title, "", _by_cell(card))


def _score(card: Scored, cell: int) -> str:
    value = float(card.values[cell])
    return "none" if isnan(value) else shown_score(value)


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"


def _by_kpi(card: Scored) -> Table:
    heads = [Head("KPI"), Head("weight", number=True), Head("value", number=True), Head("score", number=True), Head("verdict")]
    return Table.of(heads, (_kpi(line) for line in card.lines))


def _kpi(line: Line) -> Iterator[str | Entry]:
    column, verdict = line.figure.column, line.figure.verdicts[0]
    yield line.name
    yield _percent(line.weight)
    yield line.figure.form.number(float(column.values[0])) if column.present[0] else ""
    yield shown_score(_number(line, 0))
    yield Entry(word(verdict) or "no verdict", role(verdict))


def _by_cell(card: Scored) -> Table:
    axis = card.axis
    kpis = (Head(f"{line.name} ({_percent(line.weight)})", number=True) for line in card.lines)
    heads = [Head("period"), *(Head(name, cuts=True) for name in axis.dimensions)]
    heads += [Head("score", number=True), Head("coverage", number=True), *kpis]
    return Table.of(heads, (list(_cell(card, cell)) for cell in range(len(axis))))


def _cell(card: Scored, cell: int) -> Iterator[str | Entry]:
    yield card.axis.labels[cell]
    yield from (key_text(column[cell]) for column in card.axis.dimensions.values())
    yield Entry(_score(card, cell), Role.TITLE)
    yield _percent(card.coverage[cell])
    for line in card.lines:
        verdict = line.figure.verdicts[cell]
        yield Entry(shown_score(_number(line, cell)) or word(verdict) or "no verdict", role(verdict))


def _number(line: Line, cell: int) -> float | None:
    score = float(line.scores[cell])
    return None if isnan(score) else score
