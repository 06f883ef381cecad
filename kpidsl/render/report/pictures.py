"""What is told of a KPI to its pictures: strips on a scale of their own or a shared one, its trend, and its sparkline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpidsl.render.report import strips, trends
from kpidsl.render.report.elements import Markup
from kpidsl.render.report.scales import Scale, tick_text
from kpidsl.render.report.story import Split, Told, drawn_words, sentence
from kpidsl.render.report.strips import LARGE, SMALL, Size, Strip
from kpidsl.render.report.trends import Moment
from kpidsl.render.results.view import Cell, Judged, word

_LONGEST = 8


def strip(told: Told, cell: Cell, size: Size = SMALL, scale: Scale | None = None) -> Markup | None:
    """The strip of a cell, drawn for the benchmark that decided; None where there is no value."""
    drawn = _strip(told, cell, cell.judged[0] if cell.judged else None, beside=size is SMALL)
    if drawn is None:
        return None
    scale = scale or strips.scale_of([drawn], size)
    return None if scale is None else strips.draw(drawn, scale, size, cell.judged[0].bounds if cell.judged else ("", ""))


def shared_scale(told: Told, cells: Iterable[Cell]) -> Scale | None:
    """One scale for the small strips of several cells."""
    drawn = (_strip(told, cell, cell.judged[0] if cell.judged else None) for cell in cells)
    return strips.scale_of([each for each in drawn if each], SMALL)


def for_benchmark(told: Told, cell: Cell, judged: Judged) -> Markup | None:
    """The strip of a cell for one of several benchmarks."""
    drawn = _strip(told, cell, judged)
    scale = strips.scale_of([drawn], LARGE) if drawn else None
    return strips.draw(drawn, scale, LARGE, judged.bounds) if drawn and scale else None


def trend(told: Told, unfinished: frozenset[str]) -> Markup | None:
    """The periods of a KPI; None where fewer than two of them have a value."""
    moments = [_moment(told, cell, unfinished) for cell in told.periods]
    if sum(each.value is not None for each in moments) < 2:
        return None
    return trends.draw(
        moments,
        f"{told.title} by period, {moments[0].label} to {moments[-1].label}",
        _course(told, told.periods),
        lambda value: _tick(told, value),
    )


def _tick(told: Told, value: float) -> str:
    """What stands beside the axis: a number, or the name of a level, cut where it would be too long."""
    levels = told.value.levels
    if not levels:
        return tick_text(value, told.unit, told.percent)
    name = levels[int(value) - 1] if value.is_integer() and 1 <= value <= len(levels) else ""
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"


def caption(told: Told) -> str:
    """What a trend shows, beside its line."""
    parts = ["90% interval" if any(cell.bounds for cell in told.periods) else ""]
    parts.append("benchmark" if any(cell.judged for cell in told.periods) else "")
    shaded = " and ".join(part for part in parts if part)
    broken = "; broken lines: limits of the process" if any(cell.edges for cell in told.periods) else ""
    return f"{told.periods[0].period} to {told.periods[-1].period}" + (f"; shaded: {shaded}" if shaded else "") + broken


def spark(told: Told, cells: Sequence[Cell], unfinished: frozenset[str]) -> Markup | None:
    """The course of some cells in the size of a word."""
    return trends.spark([_bare(cell, unfinished) for cell in cells], _course(told, cells))


def bare_spark(split: Split, keys: tuple[str, ...], unfinished: frozenset[str]) -> Markup | None:
    """The course of one value of a dimension; its figures stand in a table, so that the picture needs no words."""
    cells = split.by_period.get(keys, {})
    moments = [
        _bare(cells[period], unfinished)
        if period in cells
        else Moment(period, None, None, None, None, "", period in unfinished)
        for period in split.periods
    ]
    return trends.spark(moments, "")


def _course(told: Told, cells: Sequence[Cell]) -> str:
    """Where a course begins, ends, and how far it goes, in words."""
    known = [cell for cell in cells if cell.number is not None]
    if not known:
        return "no values"
    least, most = (choose(known, key=lambda cell: cell.number or 0.0) for choose in (min, max))
    ends = f"{known[0].value} in {known[0].period}, {known[-1].value} in {known[-1].period}"
    return f"{ends}; lowest {least.value} in {least.period}, highest {most.value} in {most.period}"


def _strip(told: Told, cell: Cell, judged: Judged | None, beside: bool = False) -> Strip | None:
    """`beside` the value, its name and its verdict the picture says the rest only."""
    if cell.number is None:
        return None
    low, high = _band(judged) or (None, None)
    words = drawn_words(cell) if beside else sentence(told, cell)
    return Strip(
        cell.number, cell.bounds, _band(judged) is not None, low, high, judged.verdict if judged else cell.verdict, words
    )


def _band(judged: Judged | None) -> tuple[float | None, float | None] | None:
    """The bounds of a benchmark; None where it has none, as it says nothing of this value."""
    if judged is None or (judged.low is None and judged.high is None):
        return None
    return judged.low, judged.high


def _moment(told: Told, cell: Cell, unfinished: frozenset[str]) -> Moment:
    judged = cell.judged[0] if cell.judged else None
    said = ", ".join(filter(None, (cell.value, word(cell.verdict), cell.process)))
    words = f"{cell.period}: {said}"
    return Moment(
        cell.period, cell.number, cell.bounds, _band(judged), cell.verdict, words, cell.period in unfinished, cell.edges
    )


def _bare(cell: Cell, unfinished: frozenset[str]) -> Moment:
    return Moment(cell.period, cell.number, None, None, None, "", cell.period in unfinished)
