"""A report as an Excel book: a summary with sparklines, all values as numbers, definitions, and the state of the data.

No text becomes a formula or a link. The moment that the book says it was made at is that of the question, so that the same
report is the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.documents import model
from kpidsl.render.listing import formula
from kpidsl.render.report.formats import ExtraMissing
from kpidsl.render.report.marks import Tone, tone
from kpidsl.render.report.story import Story, Told, tell
from kpidsl.render.results.view import Cell, word
from kpidsl.render.words import moment
from kpidsl.results.verdicts import Verdict
from kpidsl.visible import visible
from kpidsl.workflow.report import Report

_SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_LONGEST = 32_767
_FIXED = datetime(2000, 1, 1)
_BAR = {"type": "data_bar", "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 100, "bar_solid": True}
_COLOURS = {Tone.GOOD: "#0a6b5d", Tone.BAD: "#b03a12", Tone.OPEN: "#5c636d"}
_SUMMARY = (
    ("Area", 14), ("KPI", 32), ("Period", 25), ("Value", 13), ("Low", 13), ("High", 13), ("Unit", 18), ("Benchmark", 22),
    ("Verdict", 14), ("Score", 8), ("Trend", 16), ("Why", 52), ("Source", 40), ("So far", 12),
)  # fmt: skip
_VALUES = (
    ("KPI", 28), ("Title", 32), ("Dimension", 14), ("Of", 20), ("Period", 25), ("Value", 13), ("Low", 13), ("High", 13),
    ("Unit", 18), ("n", 10), ("Benchmark", 22), ("Verdict", 14), ("Score", 8), ("Why", 52), ("So far", 12),
)  # fmt: skip
_SCORECARDS = (
    ("Scorecard", 32), ("KPI", 32), ("Period", 25), ("Weight", 9), ("Value", 13), ("Score", 9), ("Has a score", 12),
    ("Firm", 9), ("Verdict", 14), ("Why", 52),
)  # fmt: skip
_DEFINITIONS = (
    ("KPI", 28), ("Title", 32), ("Area", 14), ("Description", 60), ("Formula", 60), ("Unit", 18), ("Better", 10),
    ("Benchmarks", 46), ("Owner", 18), ("Cite", 40),
)  # fmt: skip


class _Book(Struct):
    """A book that is being written, with the formats that it has so far."""

    book: Any
    _formats: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)

    def style(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format({"valign": "top", **properties})
        return self._formats[key]

    def sheet(self, name: str, heads: Sequence[tuple[str, int]], frozen: int = 1) -> Any:
        """A sheet with its heads, which stay in sight."""
        sheet = self.book.add_worksheet(name)
        for place, (head, width) in enumerate(heads):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, head, self.style(bold=True, bottom=1))
        sheet.freeze_panes(1, frozen)
        sheet.hide_gridlines(2)
        return sheet


def show(report: Report) -> bytes:
    """The book; ExtraMissing where xlsxwriter is not installed."""
    try:
        import xlsxwriter
    except ImportError:
        raise ExtraMissing("xlsx", "xlsxwriter", "excel") from None
    story, stream = tell(report), BytesIO()
    with xlsxwriter.Workbook(stream, _SAFE) as book:
        book.set_properties({"title": visible(story.title), "created": story.as_of or _FIXED})
        writer = _Book(book)
        summary = writer.sheet("Summary", _SUMMARY, frozen=2)
        if story.cards:
            _scorecards(writer, story)
        trends = _values(writer, story)
        _summarise(writer, summary, story, trends)
        _define(writer, story)
        _describe_data(writer, story)
    return stream.getvalue()


def _summarise(writer: _Book, sheet: Any, story: Story, trends: dict[str, str]) -> None:
    line = 0
    for line, (area, told) in enumerate(((each.name, told) for each in story.areas for told in each.kpis), 1):
        cell = told.head
        texts = {0: area, 1: told.title, 6: told.unit_text, 12: told.source}
        if cell is not None:
            texts |= {2: cell.period, 7: cell.range, 8: word(cell.verdict), 11: cell.reason}
            _score(writer, sheet, line, 9, cell.score)
            _numbers(writer, sheet, line, 3, told, cell)
            _so_far(writer, sheet, line, 13, told, cell)
        _texts(writer, sheet, line, texts)
        if told.name in trends:
            sheet.add_sparkline(line, 10, {"range": trends[told.name], "last_point": True, "series_color": "#33415c"})
    _finish(writer, sheet, line, len(_SUMMARY), 8)


def _scorecards(writer: _Book, story: Story) -> None:
    """Each scorecard as a row, its KPIs below it, and below them the scorecard in every period."""
    sheet, line, bold = writer.sheet("Scorecards", _SCORECARDS, frozen=2), 0, writer.style(bold=True)
    told = {each.name: each for each in story.kpis}
    for card in story.cards:
        line += 1
        sheet.write_string(line, 0, visible(card.title)[:_LONGEST], bold)
        _texts(writer, sheet, line, {2: card.period})
        _shares(writer, sheet, line, {6: card.scored, 7: card.coverage})
        _score(writer, sheet, line, 5, card.score, bold=True)
        for each in card.lines:
            line += 1
            _texts(writer, sheet, line, {0: card.title, 1: each.title, 2: each.period, 8: word(each.verdict), 9: each.why})
            _shares(writer, sheet, line, {3: each.weight})
            _number(writer, sheet, line, 4, told[each.name])
            _score(writer, sheet, line, 5, each.score)
        for point in card.course:
            line += 1
            _texts(writer, sheet, line, {0: card.title, 2: point.period})
            _shares(writer, sheet, line, {6: point.scored, 7: point.coverage})
            _score(writer, sheet, line, 5, point.score)
    sheet.conditional_format(1, 5, line, 5, {**_BAR, "bar_color": "#9aa7bd"})
    _finish(writer, sheet, line, len(_SCORECARDS), 8)


def _number(writer: _Book, sheet: Any, line: int, column: int, told: Told) -> None:
    """The value that heads a KPI, alone."""
    if told.head is None:
        _texts(writer, sheet, line, {column: "no data"})
    else:
        _numbers(writer, sheet, line, column, told, replace(told.head, bounds=None))


def _shares(writer: _Book, sheet: Any, line: int, parts: dict[int, float]) -> None:
    for column, part in parts.items():
        sheet.write_number(line, column, part, writer.style(num_format="0.##%"))


def _score(writer: _Book, sheet: Any, line: int, column: int, score: float | None, bold: bool = False) -> None:
    """A score as a number; a cell without one is empty, as it has no part in any mean."""
    if score is not None:
        sheet.write_number(line, column, score, writer.style(num_format="0", bold=bold))


def _values(writer: _Book, story: Story) -> dict[str, str]:
    """Every value as a row; where the course of each KPI stands, for the sparklines."""
    sheet, line, trends = writer.sheet("Values", _VALUES, frozen=2), 0, {}
    for told in story.kpis:
        first = line + 1
        for dimension, cell in _cells(told):
            line += 1
            _texts(writer, sheet, line, {0: told.name, 1: told.title, 2: dimension, 3: ", ".join(cell.keys), 4: cell.period})
            _numbers(writer, sheet, line, 5, told, cell)
            if cell.rows is not None:
                sheet.write_number(line, 9, cell.rows, writer.style(num_format="#,##0"))
            _texts(writer, sheet, line, {8: told.unit_text, 10: cell.range, 11: word(cell.verdict), 13: cell.reason})
            _score(writer, sheet, line, 12, cell.score)
            _so_far(writer, sheet, line, 14, told, cell)
        over = [cell for cell in told.periods if cell.period not in story.unfinished]
        if len(over) > 1:
            trends[told.name] = f"Values!F{first + 1}:F{first + len(over)}"
    _finish(writer, sheet, line, len(_VALUES), 11)
    return trends


def _cells(told: Told) -> Iterator[tuple[str, Cell]]:
    """The periods, the whole time, then each dimension: over the time of the head, and by period."""
    yield from (("", cell) for cell in told.periods)
    if told.whole is not None:
        yield "", told.whole
    for split in told.splits:
        if told.is_whole:  # else they are those of a period
            yield from ((split.dimension, cell) for cell in split.cells)
        yield from ((split.dimension, cell) for cells in split.by_period.values() for cell in cells.values())


def _numbers(writer: _Book, sheet: Any, line: int, column: int, told: Told, cell: Cell) -> None:
    for place, number in enumerate((cell.number, *(cell.bounds or (None, None)))):
        if number is not None:
            sheet.write_number(line, column + place, number, writer.style(num_format=number_format(told, number)))
        elif place == 0:
            sheet.write_string(line, column, cell.value, writer.style(font_color=_COLOURS[Tone.OPEN], align="right"))


def _so_far(writer: _Book, sheet: Any, line: int, column: int, told: Told, cell: Cell) -> None:
    """What a cohort is now, where its value is what it will come to."""
    if cell.so_far is not None:
        sheet.write_number(line, column, cell.so_far, writer.style(num_format=number_format(told, cell.so_far)))


def number_format(told: Told, number: float) -> str:
    """How Excel shows a number: a percent as percent, money and counts with as many decimals as text has."""
    if told.percent or told.unit.percent:
        return "0.0%" if abs(number) >= 0.01 or number == 0 else "0.00%"
    if number == round(number) or abs(number) >= 1000:
        return "#,##0"
    return "#,##0.00" if abs(number) >= 1 else "0.0000"


def _texts(writer: _Book, sheet: Any, line: int, texts: dict[int, str]) -> None:
    for column, text in texts.items():
        if text:
            sheet.write_string(line, column, visible(text)[:_LONGEST], writer.style())


def _finish(writer: _Book, sheet: Any, last: int, columns: int, verdicts: int) -> None:
    """Filters over the heads, and colours by verdict, which is a word all the same."""
    if not last:
        return
    sheet.autofilter(0, 0, last, columns - 1)
    for verdict in Verdict:
        rule = {"type": "cell", "criteria": "==", "value": f'"{word(verdict)}"'}
        style = writer.book.add_format({"font_color": _COLOURS[tone(verdict)], "bold": verdict.firm})
        sheet.conditional_format(1, verdicts, last, verdicts, {**rule, "format": style})


def _define(writer: _Book, story: Story) -> None:
    sheet = writer.sheet("Definitions", _DEFINITIONS)
    for line, told in enumerate(sorted(story.kpis, key=lambda each: each.title.casefold()), 1):
        definition = told.value.definition
        kpi = definition if isinstance(definition, model.Kpi) else None
        benchmarks = "; ".join(f"{cite.range} ({cite.source})" if cite.source else cite.range for cite in told.cites)
        texts = [told.name, told.title, told.area, told.description, formula(told.value), told.unit_text]
        better = kpi.better.value if kpi and kpi.better else ""
        texts += [better, benchmarks, kpi.owner if kpi else "", "; ".join(kpi.cite) if kpi else ""]
        for column, text in enumerate(texts):
            sheet.write_string(line, column, visible(text)[:_LONGEST], writer.style(text_wrap=True))


def _describe_data(writer: _Book, story: Story) -> None:
    sheet = writer.sheet("Data", (("What", 22), ("Is", 120)))
    facts = [
        ("as of", moment(story.as_of) if story.as_of else ""),
        ("time", story.time),
        ("periods", f"by {story.grain}"),
        ("filter", story.where),
        ("rows read", f"{story.rows:,}"),
        *((f"{each.source} by {each.dated_by}", each.words) for each in story.read),
        *((each.code, each.headline) for each in story.notices),
    ]
    for line, fact in enumerate((fact for fact in facts if fact[1]), 1):
        for column, text in enumerate(fact):
            sheet.write_string(line, column, visible(text)[:_LONGEST], writer.style(text_wrap=True))
