"""A report for a pull request or a chat: one table, the worst first, short enough to be read there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpidsl.diagnostics import Severity
from kpidsl.markdown import escape
from kpidsl.render.report.cards import Card, share
from kpidsl.render.report.story import Story, Told, broken_down, tell
from kpidsl.render.results.view import Cell, with_unit, word
from kpidsl.render.tables import markdown as tables
from kpidsl.render.tables.table import Head, Table
from kpidsl.render.words import counted
from kpidsl.workflow.report import Report

_HEADS = (
    Head("area"),
    Head("KPI"),
    Head("value", number=True),
    Head("90% interval", number=True),
    Head("benchmark"),
    Head("verdict"),
    Head("period"),
    Head("why"),
)


def show(report: Report) -> bytes:
    """The text, in UTF-8."""
    return "".join(_parts(tell(report))).encode("utf-8")


def _parts(story: Story) -> Iterator[str]:
    yield f"## {escape(story.title)}: KPI report\n\n{escape(', '.join(story.facts()))}\n\n"
    yield ", ".join(f"**{number:,} {word(verdict) or 'not judged'}**" for verdict, number in story.counts()) + "\n"
    yield "\n"
    yield from (_scorecard(card) for card in story.cards)
    yield tables.show(Table.of(_HEADS, (_row(story, area.name, told) for area in story.areas for told in area.kpis)))
    for dimension, cells in broken_down(story):
        yield f"\n<details><summary>By {escape(dimension)}</summary>\n\n"
        yield tables.show(_breakdown(dimension, cells))
        yield "\n</details>\n"
    yield from _sources(story)
    yield from _notices(story)


def _scorecard(card: Card) -> str:
    heads = [Head("KPI"), Head("weight", number=True), Head("value", number=True), Head("score", number=True)]
    heads += [Head("verdict"), Head("why")]
    rows = (
        [each.title, share(each.weight), each.value, each.score_text, word(each.verdict) or "not judged", each.why]
        for each in card.lines
    )
    facts = [f"**{card.score_text}** of 100" if card.score is not None else card.score_text, card.period, card.said]
    said = [facts[0], *(escape(each) for each in facts[1:] if each)]
    course = f"\n{escape(card.course_words)}\n" if card.course_words else ""
    return f"### {escape(card.title)}\n\n{', '.join(said)}\n\n{tables.show(Table.of(heads, rows))}{course}\n"


def _row(story: Story, area: str, told: Told) -> list[str]:
    cell = told.head
    if cell is None:
        return [area, told.title, "no data", "", "", "", "", ""]
    period = "" if cell.period == story.usual else cell.period
    value = "".join(with_unit(cell, told.unit_text))
    return [area, told.title, value, cell.interval, cell.range, word(cell.verdict), period, cell.why]


def _breakdown(dimension: str, cells: Sequence[tuple[Told, Cell]]) -> Table:
    heads = [Head("KPI"), Head(dimension), *_HEADS[2:6], _HEADS[7]]
    rows = (
        [told.title, ", ".join(cell.keys), cell.value, cell.interval, cell.range, word(cell.verdict), cell.why]
        for told, cell in cells
    )
    return Table.of(heads, rows)


def _sources(story: Story) -> Iterator[str]:
    """Where the benchmarks come from that decided."""
    known = [(told.title, told.head.range, told.source) for told in story.kpis if told.head and told.source]
    lines = [f"- {escape(name)}, {escape(range)}: {escape(source)}\n" for name, range, source in known]
    yield from ["\n<details><summary>Sources of the benchmarks</summary>\n\n", *lines, "\n</details>\n"] if lines else []


def _notices(story: Story) -> Iterator[str]:
    if not story.notices:
        return
    lines = [f"- {escape(each.headline)}\n" for each in story.notices]
    serious = sum(each.severity is not Severity.NOTE for each in story.notices)
    odd = counted(len(lines), "notice") + (f", {serious:,} of them serious" if serious else "")
    yield from [f"\n<details><summary>Data: {odd}</summary>\n\n", *lines, "\n</details>\n"]
