"""One value in one cell as a card: a line for each thing that there is to say."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from kpidsl.render.paint import Paint, Role
from kpidsl.render.results.strip import Strip, draw
from kpidsl.render.results.view import Cell, Judged, Shown, role, shown_score, with_unit, word
from kpidsl.visible import visible

_LABEL = 11
_INDENT = "  " + " " * _LABEL
_NARROWEST = 20


def card(figure: Shown, paint: Paint, width: int | None) -> str:
    """The lines of the card; sentences are folded into the `width` of a terminal."""
    return "".join(f"{line}\n" for line in _card(figure, figure.cells[0], paint, width))


def name(figure: Shown, paint: Paint) -> str:
    """The title, with the name that the language knows."""
    if not figure.title:
        return paint(Role.TITLE, visible(figure.name))
    return f"{paint(Role.TITLE, visible(figure.title))} ({visible(figure.name)})"


def _card(figure: Shown, cell: Cell, paint: Paint, width: int | None) -> Iterator[str]:
    yield name(figure, paint) + (paint(Role.QUIET, f", {cell.period}") if cell.period else "")
    yield ""
    value, unit = with_unit(cell, figure.unit)
    yield _line("value", paint(Role.TITLE, value) + paint(Role.QUIET, unit), paint)
    if cell.interval:
        yield _line("interval", f"{cell.interval} {paint(Role.QUIET, '(90%)')}", paint)
    for judged in cell.judged:
        yield from _benchmark(judged, len(cell.judged) > 1, paint, width)
    if cell.range and not cell.judged:
        yield _line("benchmark", cell.range, paint)
    yield from (_INDENT + line for line in _strip(cell, paint))
    if cell.verdict:
        yield _line("verdict", paint(role(cell.verdict), word(cell.verdict)), paint)
    if cell.score is not None:
        yield _line("score", f"{shown_score(cell.score)} {paint(Role.QUIET, 'of 100')}", paint)
    if cell.process:
        limits = paint(Role.QUIET, f" (limits {cell.limits})") if cell.limits else ""
        yield _line("process", f"{cell.process}{limits}", paint)
    if cell.reason:
        first, *rest = _folded(cell.reason, width)
        yield _line("why", first, paint)
        yield from (_INDENT + line for line in rest)
    if cell.parts:
        yield _line("from", cell.parts + (f", n = {cell.rows:,}" if cell.rows is not None else ""), paint)


def _line(label: str, text: str, paint: Paint) -> str:
    return f"  {paint(Role.QUIET, f'{label:<{_LABEL}}')}{text}"


def _benchmark(judged: Judged, several: bool, paint: Paint, width: int | None) -> Iterator[str]:
    verdict = f"   {paint(role(judged.verdict), word(judged.verdict))}" if several else ""
    yield _line(visible(judged.name), f"{judged.range}{verdict}", paint)
    if judged.cite:
        yield from (_INDENT + paint(Role.QUIET, line) for line in _folded(judged.cite, width))


def _folded(text: str, width: int | None) -> list[str]:
    shown = visible(text)
    return [shown] if width is None else wrap(shown, max(_NARROWEST, width - len(_INDENT))) or [""]


def _strip(cell: Cell, paint: Paint) -> list[str]:
    if cell.number is None or not cell.judged or cell.judged[0].low is cell.judged[0].high is None:
        return []
    low, high = cell.bounds or (cell.number, cell.number)
    judged = cell.judged[0]
    return draw(Strip(cell.number, low, high, judged.low, judged.high), judged.bounds, role(cell.verdict), paint)
