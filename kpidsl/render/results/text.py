"""Results for people: one cell as a card, one cell of several KPIs as an overview, many cells as a table for each KPI."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpidsl.render.paint import Paint, Role, colours, plain
from kpidsl.render.results.strip import Strip, draw
from kpidsl.render.results.view import Cell, Judged, Shown, is_overview, role, shown, word
from kpidsl.render.tables import text as tables
from kpidsl.render.tables.table import Entry, Head, Table
from kpidsl.render.visible import visible
from kpidsl.render.words import counted
from kpidsl.results.result import Result
from kpidsl.results.verdicts import Verdict

_LABEL = 11


def show(result: Result, color: bool = False, width: int | None = None) -> str:
    """The result; a `width` folds it into a terminal, without one every line is as long as it needs to be."""
    paint = colours() if color else plain
    figures = shown(result)
    single = is_overview(result)
    if single and len(figures) == 1:
        return "".join(f"{line}\n" for line in _card(figures[0], paint)) + _foot(result, figures, paint)
    parts = [_overview(figures, color, width)] if single else [_block(each, result, color, width, paint) for each in figures]
    return "\n".join([*parts, _foot(result, figures, paint)])


# A card


def _card(figure: Shown, paint: Paint) -> Iterator[str]:
    cell = figure.cells[0]
    yield _heading(figure, cell, paint)
    yield ""
    tone = role(cell.verdict)
    yield _line("value", f"{paint(Role.TITLE, cell.value)}{_unit(figure, cell, paint)}", paint)
    if cell.interval:
        yield _line("interval", f"{cell.interval} {paint(Role.QUIET, '(90%)')}", paint)
    for judged in cell.judged:
        yield from _benchmark(judged, len(cell.judged) > 1, paint)
    if strip := _strip(cell, tone, paint):
        yield _line("", strip, paint)
    if cell.verdict:
        yield _line("verdict", paint(tone, word(cell.verdict)), paint)
    if cell.reason:
        yield _line("why", visible(cell.reason), paint)
    if cell.parts:
        yield _line("from", cell.parts + (f", n = {cell.rows:,}" if cell.rows is not None else ""), paint)


def _heading(figure: Shown, cell: Cell, paint: Paint) -> str:
    name = f"{paint(Role.TITLE, visible(figure.title))} ({visible(figure.name)})" if figure.title else visible(figure.name)
    return f"{name}{paint(Role.QUIET, f', {cell.period}')}" if cell.period else name


def _line(label: str, text: str, paint: Paint) -> str:
    return f"  {paint(Role.QUIET, f'{label:<{_LABEL}}')}{text}"


def _unit(figure: Shown, cell: Cell, paint: Paint) -> str:
    """What the unit says beyond the value: nothing for a plain number, or a percent that is shown as one."""
    silent = figure.unit in ("number", "percent") or cell.number is None
    return "" if silent else paint(Role.QUIET, f"   {figure.unit}")


def _benchmark(judged: Judged, several: bool, paint: Paint) -> Iterator[str]:
    verdict = f"   {paint(role(judged.verdict), word(judged.verdict))}" if several else ""
    yield _line(visible(judged.name), f"{judged.range}{verdict}", paint)
    if judged.cite:
        yield _line("", paint(Role.QUIET, visible(judged.cite)), paint)


def _strip(cell: Cell, tone: Role, paint: Paint) -> str | None:
    if cell.number is None or not cell.judged:
        return None
    low, high = cell.bounds or (cell.number, cell.number)
    return draw(Strip(cell.number, low, high, cell.judged[0].low, cell.judged[0].high), tone, paint)


# Tables


def _overview(figures: Sequence[Shown], color: bool, width: int | None) -> str:
    """One line for each KPI."""
    heads = [
        Head("KPI"),
        Head("value", number=True),
        Head("unit"),
        Head("90% interval", number=True),
        Head("benchmark"),
        Head("verdict"),
        Head("why", folds=True),
    ]
    rows: list[list[str | Entry]] = [
        [figure.name, *_value(cell, figure.unit), cell.interval, _range(cell), *_verdict(cell)]
        for figure in figures
        for cell in figure.cells
    ]
    return tables.show(Table.of(heads, rows), color, width)


def _block(figure: Shown, result: Result, color: bool, width: int | None, paint: Paint) -> str:
    """One KPI: what holds for all its cells above, a line for each cell below."""
    heads = [
        Head("period"),
        *(Head(name) for name in result.axis.dimensions),
        Head("value", number=True),
        Head("90% interval", number=True),
        Head("benchmark"),
        Head("verdict"),
        Head("why", folds=True),
    ]
    ranges = {_range(cell) for cell in figure.cells}
    same = len(ranges) == 1
    rows: list[list[str | Entry]] = [
        [cell.period, *cell.keys, _value(cell, "")[0], cell.interval, "" if same else _range(cell), *_verdict(cell)]
        for cell in figure.cells
    ]
    return f"{_title(figure, ranges.pop() if same else '', paint)}\n" + tables.show(Table.of(heads, rows), color, width)


def _title(figure: Shown, range: str, paint: Paint) -> str:
    name = f"{paint(Role.TITLE, visible(figure.title))} ({visible(figure.name)})" if figure.title else visible(figure.name)
    facts = [figure.unit, *([f"benchmark {range}"] if range else [])]
    return f"{name}{paint(Role.QUIET, ', ' + ', '.join(facts))}"


def _value(cell: Cell, unit: str) -> tuple[Entry, Entry]:
    known = cell.number is not None
    return Entry(cell.value, Role.TITLE if known else Role.QUIET), Entry(unit, Role.QUIET)


def _range(cell: Cell) -> str:
    return cell.judged[0].range if cell.judged else ""


def _verdict(cell: Cell) -> tuple[Entry, Entry]:
    return Entry(word(cell.verdict), role(cell.verdict)), Entry(cell.why, Role.QUIET)


# Below


def _foot(result: Result, figures: Sequence[Shown], paint: Paint) -> str:
    """How many cells have which verdict, and what they were read from."""
    verdicts = [cell.verdict for figure in figures for cell in figure.cells]
    counts = [(verdict, number) for verdict in reversed(Verdict) if (number := verdicts.count(verdict))]
    lines = []
    if len(verdicts) > 1 and counts:
        lines.append(", ".join(paint(role(verdict), f"{number} {word(verdict)}") for verdict, number in counts))
    if result.rows and result.axis.as_of is not None:
        lines.append(paint(Role.QUIET, f"{counted(result.rows, 'row')} read, as of {result.axis.as_of:%Y-%m-%d}"))
    return "".join(f"{line}\n" for line in lines)
