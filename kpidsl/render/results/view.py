"""The cells of a result as the short texts that a person reads: value, interval, range, verdict, why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from math import isnan

from kpidsl.catalog.catalog import Benchmark
from kpidsl.documents import model
from kpidsl.render.paint import Role
from kpidsl.results.columns import Floats
from kpidsl.results.estimates import Method
from kpidsl.results.figures import Axis, Figure
from kpidsl.results.numbers import show_exact, show_number
from kpidsl.results.reasons import Bounds
from kpidsl.results.result import Result
from kpidsl.results.verdicts import VERDICTS, Judgement, Position, Range, Verdict
from kpidsl.units import unit as units

MISSING = "(missing)"
_GOOD = frozenset({Verdict.WITHIN, Verdict.BEYOND})
_BAD = frozenset({Verdict.SHORT, Verdict.OUTSIDE, Verdict.ERROR})
_DECIDED = frozenset({Verdict.WITHIN, Verdict.BEYOND, Verdict.SHORT, Verdict.OUTSIDE, Verdict.INCONCLUSIVE})


@dataclass(frozen=True, slots=True)
class Judged:
    """One benchmark in a cell; `low` and `high` are None where the range is open, or where its bound has no value."""

    name: str
    range: str
    verdict: Verdict
    low: float | None
    high: float | None
    cite: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in its period and combination of dimension values; texts are empty where there is nothing to say.

    `why` says it next to the interval, `reason` in a sentence that can stand alone. `judged` has the deciding benchmark first.
    """

    period: str
    keys: tuple[str, ...]
    value: str
    interval: str
    verdict: Verdict | None
    why: str
    reason: str
    judged: tuple[Judged, ...]
    numbers: tuple[float | None, float | None, float | None]
    parts: str
    rows: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A value asked for, with all its cells."""

    name: str
    title: str
    unit: str
    cells: tuple[Cell, ...]


def shown(result: Result) -> list[Shown]:
    """Every value of a result, in the order asked for."""
    return [_shown(figure, result.axis) for figure in result.figures.values()]


def word(verdict: Verdict | None) -> str:
    """A verdict in a word or two; empty for none."""
    return verdict.value.replace("_", " ") if verdict else ""


def role(verdict: Verdict | None) -> Role:
    """Whether a verdict is good news, bad news, or leaves the matter open."""
    if verdict is None:
        return Role.QUIET
    return Role.GOOD if verdict in _GOOD else Role.BAD if verdict in _BAD else Role.OPEN


def _shown(figure: Figure, axis: Axis) -> Shown:
    definition = figure.value.definition
    title = "" if isinstance(definition, model.Parameter) else definition.title
    if figure.failure and not len(axis):
        cells: tuple[Cell, ...] = (_failed(figure, axis),)
    else:
        cells = tuple(_cell(figure, axis, cell) for cell in range(len(axis)))
    return Shown(figure.value.name, title, units.show(figure.value.unit), cells)


def _failed(figure: Figure, axis: Axis) -> Cell:
    keys = ("",) * len(axis.dimensions)
    return Cell("", keys, "error", "", Verdict.ERROR, figure.failure, figure.failure, (), (None, None, None), "", "")


def _cell(figure: Figure, axis: Axis, cell: int) -> Cell:
    estimate, status = figure.estimate, figure.status(cell)
    numbers = tuple(_at(column, cell) for column in (figure.column.values, estimate.low, estimate.high))
    value, low, high = numbers
    verdict, reason = figure.verdict(cell), figure.reason(cell, axis)
    count = _at(estimate.rows, cell)
    return Cell(
        period=str(axis.labels[cell]),
        keys=tuple(_key(values[cell]) for values in axis.dimensions.values()),
        value=_word(status) if value is None else show_number(value, figure.value.unit, figure.percent),
        interval=_interval(low, high, figure),
        verdict=verdict,
        why=_why(figure, cell, verdict) or reason,
        reason=reason,
        judged=tuple(_judged(figure, cell)),
        numbers=(value, low, high),
        parts=_parts(figure, cell),
        rows="" if count is None else f"{count:,.0f}",
    )


def _word(status: str) -> str:
    return "no data" if status == "missing" else status


def _at(values: Floats, cell: int) -> float | None:
    """A number of a column that has one entry per cell, or one for all, or none."""
    if not len(values):
        return None
    value = float(values[cell % len(values)])
    return None if isnan(value) else value


def _key(value: object) -> str:
    match value:
        case None:
            return MISSING
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(" ")
        case date():
            return value.isoformat()
        case float():
            return f"{value:.12g}"
        case _:
            return str(value)


def _interval(low: float | None, high: float | None, figure: Figure) -> str:
    if low is None or high is None:
        return ""
    return f"{show_number(low, figure.value.unit, figure.percent)} to {show_number(high, figure.value.unit, figure.percent)}"


def _why(figure: Figure, cell: int, verdict: Verdict | None) -> str:
    """Where the interval beside it lies; empty where no rule looked at it."""
    judgement = figure.judgement(cell)
    if judgement is None or verdict not in _DECIDED:
        return ""
    position = Position(int(judgement.positions[cell]))
    if position is Position.UNKNOWN:
        return ""
    phrase = Bounds(judgement.range, cell, figure.value.unit, figure.percent).phrase(position)
    note = figure.estimate.note if figure.estimate.method is Method.POINT else ""
    return f"{phrase} ({note})" if note else phrase


def _judged(figure: Figure, cell: int) -> Iterator[Judged]:
    decided = figure.judgement(cell)
    definitions = {benchmark.name: benchmark for benchmark in figure.value.benchmarks}
    for judgement in sorted(figure.judgements, key=lambda each: each is not decided):
        yield _one(judgement, definitions[judgement.range.name], figure, cell)


def _one(judgement: Judgement, benchmark: Benchmark, figure: Figure, cell: int) -> Judged:
    low, high = _bound(judgement.range.low, cell), _bound(judgement.range.high, cell)
    verdict = VERDICTS[judgement.codes[cell]]
    return Judged(benchmark.name, range_text(judgement.range, cell, figure), verdict, low, high, benchmark.definition.cite)


def _bound(values: Floats | None, cell: int) -> float | None:
    return None if values is None else _at(values, cell)


def range_text(range: Range, cell: int, figure: Figure) -> str:
    """A range in the words of the language; a bound without a value is said to be unknown."""
    low = None if range.low is None else _exact(_at(range.low, cell), figure)
    high = None if range.high is None else _exact(_at(range.high, cell), figure)
    match low, high:
        case None, None:
            return "any value"
        case None, _:
            return f"{'below' if range.high_open else 'at most'} {high}"
        case _, None:
            return f"{'above' if range.low_open else 'at least'} {low}"
        case _:
            return f"{low} to {high}"


def _exact(value: float | None, figure: Figure) -> str:
    return "an unknown bound" if value is None else show_exact(value, figure.value.unit, figure.percent)


def _parts(figure: Figure, cell: int) -> str:
    """The ratio behind a value, as `120 / 480`."""
    above, below = figure.estimate.numerator, figure.estimate.denominator
    if above is None or below is None:
        return ""
    numbers = [_at(column.values, cell) for column in (above, below)]
    known = [f"{number:,.10g}" for number in numbers if number is not None]
    return " / ".join(known) if len(known) == 2 else ""
