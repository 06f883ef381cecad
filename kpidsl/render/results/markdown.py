"""Results as Markdown, for reports and pull requests."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.markdown import code, escape
from kpidsl.render.results.scorecards import ShownCard, shown_cards
from kpidsl.render.results.view import Cell, Shown, by_area, is_overview, no_cells, shown, word
from kpidsl.render.tables import markdown as tables
from kpidsl.render.tables.table import Entry, Head, Table
from kpidsl.results.result import Result


def show(result: Result, color: bool = False, width: int | None = None) -> str:
    """One table where every KPI has one cell, else a section for each."""
    figures = shown(result)
    cards = [_scorecard(each) for each in shown_cards(result)]
    if is_overview(result, figures):
        return "\n".join([tables.show(_overview(figures)) + "".join(_cites(figures)), *cards])
    return "\n".join([*(_section(figure, result) for figure in figures), *cards])


def _scorecard(card: ShownCard) -> str:
    facts = ", ".join(filter(None, (code(card.name), card.facts)))
    return f"### {escape(card.title or card.name)}\n\n{facts}\n\n{tables.show(card.table)}"


def _overview(figures: list[Shown]) -> Table:
    heads = [Head("area"), Head("KPI"), Head("period"), *_heads()]
    return Table.of(
        heads,
        (
            [area, figure.title or figure.name, cell.period, *_row(cell)]
            for area, figure in by_area(figures)
            for cell in figure.cells
        ),
    )


def _section(figure: Shown, result: Result) -> str:
    periods = {cell.period for cell in figure.cells}
    period = periods.pop() if len(periods) == 1 and result.axis.dimensions else ""
    heads = [Head("period"), *(Head(name) for name in result.axis.dimensions), *_heads()]
    table = Table.of(heads, (["" if period else cell.period, *cell.keys, *_row(cell)] for cell in figure.cells))
    facts = ", ".join([code(figure.name), escape(figure.unit), *([period] if period else [])])
    head = f"### {escape(figure.title or figure.name)}\n\n{facts}\n\n"
    cells = tables.show(table) if figure.cells else f"{escape(no_cells(result))}\n"
    return head + cells + "".join(_cites([figure]))


def _heads() -> list[Head]:
    return [
        Head("value", number=True),
        Head("90% interval", number=True),
        Head("benchmark"),
        Head("verdict"),
        Head("process"),
        Head("why"),
    ]


def _row(cell: Cell) -> list[str | Entry]:
    return [cell.value, cell.interval, cell.range, word(cell.verdict), cell.process, cell.why]


def _cites(figures: list[Shown]) -> Iterator[str]:
    """Where the benchmarks come from."""
    known = {
        (figure.title or figure.name, judged.range, judged.cite): None
        for figure in figures
        for cell in figure.cells
        for judged in cell.judged
        if judged.cite
    }
    lines = [f"- {escape(name)}, {escape(range)}: {escape(cite)}\n" for name, range, cite in known]
    yield from ["\n", *lines] if lines else []
