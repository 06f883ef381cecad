"""The cells of a result as the short texts that a person reads: value, interval, range, verdict, why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Benchmark, BenchmarkKind
from kpidsl.catalog.reading import constant_value
from kpidsl.documents import model
from kpidsl.documents.benchmark_words import benchmark_words, weight_words
from kpidsl.render.paint import Role
from kpidsl.render.words import moment, per
from kpidsl.results.estimates import Method
from kpidsl.results.explain import doubts
from kpidsl.results.figures import Axis, Figure, judged_interval
from kpidsl.results.numbers import Form
from kpidsl.results.pace_words import words as pace_words
from kpidsl.results.reasons import Bounds
from kpidsl.results.receipts.words import plural
from kpidsl.results.result import Result
from kpidsl.results.signals import both, why
from kpidsl.results.table import column_names, records
from kpidsl.results.verdicts import VERDICTS, Judgement, Position, Range, Verdict
from kpidsl.units import unit as units

MISSING = "(missing)"
_GOOD = frozenset({Verdict.LEVEL, Verdict.WITHIN, Verdict.BEYOND})
_BAD = frozenset({Verdict.SHORT, Verdict.OUTSIDE, Verdict.ERROR})
_BY_RULE = frozenset({Verdict.LEVEL, Verdict.WITHIN, Verdict.BEYOND, Verdict.SHORT, Verdict.OUTSIDE, Verdict.INCONCLUSIVE})


class Judged(Struct, frozen=True):
    """One benchmark in a cell; an open bound is None, and its text empty."""

    name: str
    range: str
    verdict: Verdict
    low: float | None
    high: float | None
    bounds: tuple[str, str]
    cite: str
    severity: str


class Cell(Struct, frozen=True):
    """A value in its period and combination of dimension values; texts are empty where there is nothing to say.

    Of a cohort that is judged by its projection `number`, `interval` and `bounds` are those of that, as `why` says. Else `why`
    says it next to the interval, `reason` in a sentence that can stand alone; what `value` says already neither repeats.
    `judged` has the deciding benchmark first, and `range` is its range; where none is for this period, those that there are.
    `process` says whether the value is a change, and beside that whether it is good; `limits` are those of the process in
    words, `edges` as numbers: low, centre, high. `projected` is the projection of a cohort that is judged by that, and
    `so_far` its own number; `pace` is how a period that is not over stands.
    """

    period: str
    keys: tuple[str, ...]
    value: str
    number: float | None
    interval: str
    bounds: tuple[float, float] | None
    verdict: Verdict | None
    why: str
    reason: str
    range: str
    judged: tuple[Judged, ...]
    parts: str
    rows: int | None
    score: float | None = None
    process: str = ""
    edges: tuple[float, float, float] | None = None
    limits: str = ""
    projected: str = ""
    so_far: float | None = None
    pace: str = ""


class Shown(Struct, frozen=True):
    """A value asked for, with all its cells."""

    name: str
    title: str
    unit: str
    cells: tuple[Cell, ...]
    area: str = ""


def shown(result: Result) -> list[Shown]:
    """Every value of a result, in the order asked for."""
    return [_shown(name, figure, result.axis) for name, figure in result.figures.items()]


def is_overview(result: Result, figures: Sequence[Shown]) -> bool:
    """Whether each value has one cell, so that one line says it."""
    return not result.axis.dimensions and all(len(figure.cells) == 1 for figure in figures)


def by_area(figures: Sequence[Shown]) -> list[tuple[str, Shown]]:
    """The figures area by area, in the order in which the areas are met, each with its area where that is a new one.

    Where there are not two areas, the order stays and nothing is said.
    """
    areas = list(dict.fromkeys(figure.area for figure in figures))
    if len([area for area in areas if area]) < 2:
        return [("", figure) for figure in figures]
    groups = ([figure for figure in figures if figure.area == area] for area in areas)
    return [
        ((figure.area or "(no area)") if not number else "", figure) for group in groups for number, figure in enumerate(group)
    ]


def no_cells(result: Result) -> str:
    """What is shown in place of cells where there are none, with the reason as far as a result knows it."""
    at = f" as of {moment(result.axis.as_of)}" if result.axis.as_of else ""
    return "no cells" if result.rows else f"no cells: the data{at} have no row within the question"


def word(verdict: Verdict | None) -> str:
    """A verdict in a word or two; empty for none."""
    return verdict.value.replace("_", " ") if verdict else ""


def role(verdict: Verdict | None) -> Role:
    """Whether a verdict is good news, bad news, or leaves the matter open."""
    if verdict is None:
        return Role.QUIET
    return Role.GOOD if verdict in _GOOD else Role.BAD if verdict in _BAD else Role.OPEN


def _shown(name: str, figure: Figure, axis: Axis) -> Shown:
    definition = figure.value.definition
    title = "" if isinstance(definition, model.Parameter) else definition.title
    dimensions = column_names(axis)[3 : 3 + len(axis.dimensions)]
    rows = records(axis, {name: figure})
    return Shown(
        name,
        title,
        units.show(figure.value.unit),
        tuple(_cell(row, dimensions, at, figure) for at, row in enumerate(rows)),
        definition.area if isinstance(definition, model.Kpi) else "",
    )


def _cell(row: Mapping[str, Any], dimensions: tuple[str, ...], at: int, figure: Figure) -> Cell:
    judged = tuple(_judged(figure, at))
    value, low, high = row["value"], row["low"], row["high"]
    number, projection = value, _projection(figure, at)
    if projection is not None:
        number, low, high = projection
    verdict = None if row["verdict"] is None else Verdict(row["verdict"])
    bounds = None if low is None or high is None else (low, high)
    shown = _status(row["status"]) if value is None else _number(value, figure)
    said, reason = _why(figure, at, verdict), "" if row["reason"] == shown else row["reason"]
    return Cell(
        period=row["period"] or "",
        keys=tuple(key_text(row[name]) for name in dimensions),
        value=shown,
        number=number,
        interval=figure.form.interval(low, high) if bounds else "",
        bounds=bounds,
        verdict=verdict,
        why=reason if said is None else "; ".join(filter(None, (said, _note(figure, at), _of_process(figure, at)))),
        reason=reason,
        range=judged[0].range if judged else _for_others(figure),
        judged=judged,
        parts=_parts(row["numerator"], row["denominator"]),
        rows=row["n"],
        score=row["score"],
        process=_process(figure, at, verdict),
        edges=_edges(figure, at),
        limits=_limits(figure, at),
        projected=_number(projection[0], figure) if projection else "",
        so_far=value if projection else None,
        pace="" if figure.pace is None else pace_words(figure.pace, at, figure.form.number),
    )


def _projection(figure: Figure, at: int) -> tuple[float, float, float] | None:
    """What a cohort will come to, with its interval, where it is judged by that."""
    projected = figure.projected
    if projected is None or figure.decided is None or not projected.known[at]:
        return None
    return float(projected.value[at]), float(projected.low[at]), float(projected.high[at])


def _process(figure: Figure, at: int, verdict: Verdict | None) -> str:
    """The state of the process, beside how good the value is where both are known."""
    state = None if figure.process is None else figure.process.state(at)
    return (both(state, verdict) or state.value) if state else ""


def _limits(figure: Figure, at: int) -> str:
    process = figure.process
    if process is None or isnan(process.lower[at]):
        return ""
    return f"{_number(float(process.lower[at]), figure)} to {_number(float(process.upper[at]), figure)}"


def _status(status: str) -> str:
    return "no data" if status == "missing" else status


def _number(value: float, figure: Figure) -> str:
    return figure.form.number(value)


def key_text(value: object) -> str:
    """A dimension value as people are shown it."""
    match value:
        case None:
            return MISSING
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.12g}"
        case _:
            return str(value)


def shown_score(score: float | None) -> str:
    """A score of 100, without decimals; empty for none."""
    return "" if score is None else f"{score:.0f}"


def _parts(above: float | None, below: float | None) -> str:
    """The ratio behind a value, as `120 / 480`."""
    return "" if above is None or below is None else f"{above:,.10g} / {below:,.10g}"


def _why(figure: Figure, at: int, verdict: Verdict | None) -> str | None:
    """What a verdict of the rule needs besides interval, range and verdict; None where no rule looked at the value."""
    judgement = _deciding(figure, at)
    if judgement is None or verdict not in _BY_RULE:
        return None
    if judgement.sentences is not None:
        return str(judgement.sentences[at])
    position = Position(int(judgement.positions[at]))
    if position is Position.UNKNOWN:
        return None
    where = "" if verdict.firm else Bounds(judgement.range(at), figure.form).phrase(position)
    if figure.projected is not None and figure.projected.known[at]:
        return ", ".join(filter(None, (f"projected {_number(float(figure.projected.value[at]), figure)}", where)))
    if figure.estimate.method is Method.POINT:
        return figure.estimate.note
    return (where and _beside(figure, judgement, at)) or where


def _beside(figure: Figure, judgement: Judgement, at: int) -> str:
    """Why a value is not judged firmly whose interval lies beside the bounds."""
    cell = np.array([at])
    found = doubts(judgement.at(cell), judged_interval(figure.column.at(cell), figure.estimate.at(cell)))
    return ", ".join(f"{Bounds(judgement.range(at), figure.form).phrase(place)}, {doubt}" for place, doubt in found.values())


def _note(figure: Figure, at: int) -> str:
    judgement = _deciding(figure, at)
    return "" if judgement is None or judgement.notes is None else str(judgement.notes[at])


def _edges(figure: Figure, at: int) -> tuple[float, float, float] | None:
    """The limits of the process and its centre: low, centre, high."""
    process = figure.process
    if process is None or isnan(process.lower[at]):
        return None
    return float(process.lower[at]), float(process.centre[at]), float(process.upper[at])


def _of_process(figure: Figure, at: int) -> str:
    said = "" if figure.process is None else why(figure.process, at, figure.value.unit, figure.percent)
    return f"process: {said}" if said else ""


def _deciding(figure: Figure, at: int) -> Judgement | None:
    return None if figure.decided is None else figure.judgements[int(figure.decided[at])]


def _judged(figure: Figure, at: int) -> Iterator[Judged]:
    deciding = _deciding(figure, at)
    definitions = {benchmark.name: benchmark for benchmark in figure.value.benchmarks}
    for judgement in sorted(figure.judgements, key=lambda each: each is not deciding):
        yield _one(judgement, definitions[judgement.name], figure, at)


def _one(judgement: Judgement, benchmark: Benchmark, figure: Figure, at: int) -> Judged:
    verdict = VERDICTS[int(judgement.codes[at])]
    if verdict is Verdict.NOT_APPLICABLE or benchmark.kind is BenchmarkKind.BUDGET:
        said, bounds, range = benchmark_words(benchmark.definition), ("", ""), Range(judgement.name, None, None)
    else:
        range = _finite(judgement.range(at))
        bounds = _bounds(range, figure)
        said = _said(benchmark, range, bounds, figure.form) + _per(benchmark) + weight_words(benchmark.definition)
    cite, severity = benchmark.definition.cite, benchmark.severity
    return Judged(judgement.name, said, verdict, range.low, range.high, bounds, cite, severity)


def _finite(range: Range) -> Range:
    low, high = (None if bound is None or isnan(bound) else bound for bound in (range.low, range.high))
    return replace(range, low=low, high=high)


def _said(benchmark: Benchmark, range: Range, bounds: tuple[str, str], form: Form) -> str:
    """The range that a cell was held against, in the words of the language; a figure of its own kind by its name."""
    if benchmark.kind is BenchmarkKind.REACH:
        return _range(range, *bounds) + _on_the_path(benchmark, range, form)
    compared = benchmark.definition.compare.value if benchmark.definition.compare else ""
    own = compared or _OF_THEIR_KIND.get(benchmark.kind, "")
    if own and bounds == ("", ""):
        return benchmark_words(replace(benchmark.definition, every=None))
    figure = bounds[0] if range.low is not None and range.low == range.high else _range(range, *bounds)
    return f"{own} {figure}".strip()


def _on_the_path(benchmark: Benchmark, range: Range, form: Form) -> str:
    """What is said of a bound on the path to a target, and of the target itself."""
    deadline, reach = benchmark.path[-1]
    if float(reach) in (range.low, range.high):
        return f" by {deadline.isoformat()}"
    return f", on the path to {form.exact(float(reach))} by {deadline.isoformat()}"


_OF_THEIR_KIND = {
    BenchmarkKind.AVERAGE: "average",
    BenchmarkKind.PLAN: "plan",
    BenchmarkKind.TABLE: "table",
    BenchmarkKind.PEERS: "peers",
    BenchmarkKind.HISTORY: "usual",
}


def _for_others(figure: Figure) -> str:
    """The ranges of benchmarks that are for another period than what was asked for."""
    return (
        "; ".join(_shown_range(each, figure) for each in figure.value.benchmarks if each.process is None)
        if figure.meant_for
        else ""
    )


def _shown_range(benchmark: Benchmark, figure: Figure) -> str:
    if not benchmark.plain:
        return benchmark_words(benchmark.definition)
    low, high = (None if bound is None else float(constant_value(bound) or 0) for bound in (benchmark.low, benchmark.high))
    range = Range(benchmark.name, low, high, benchmark.low_open, benchmark.high_open)
    return _range(range, *_bounds(range, figure)) + _per(benchmark)


def _bounds(range: Range, figure: Figure) -> tuple[str, str]:
    show = figure.form.rounded if range.rounded else figure.form.exact
    low, high = ("" if bound is None else show(bound) for bound in (range.low, range.high))
    return low, high


def _per(benchmark: Benchmark) -> str:
    return per(benchmark.every.value) if benchmark.every else ""


def _range(range: Range, low: str, high: str) -> str:
    """A range in the words of the language."""
    if low and high:
        return f"{low} to {high}"
    if low:
        return f"{'above' if range.low_open else 'at least'} {low}"
    return f"{'below' if range.high_open else 'at most'} {high}" if high else "any value"


def with_unit(cell: Cell, unit: str) -> tuple[str, str]:
    """A value as it is shown, and what its unit says beyond that: `USD 556` and ` / customer`, `180` and ` leads`."""
    if cell.number is None or unit in ("number", "percent") or cell.value.split(" ")[-1].rstrip("s") == unit:
        return cell.value, ""
    currency, space, _ = cell.value.partition(" ")
    if space and unit.startswith(currency):
        return cell.value, unit.removeprefix(currency).replace("_", " ")
    return cell.value, f" {_things(cell, unit)}"


def _things(cell: Cell, unit: str) -> str:
    """A unit in words: `won opportunities / rep`; that of a share stays as it is."""
    above, over, below = unit.removeprefix("1 ").partition("/ " if unit.startswith("1 /") else " / ")
    if above.isidentifier() and not cell.value.endswith("%"):
        above = plural(above, 1 if cell.value == "1" else 2)
    return f"{above}{over}{below}".replace("_", " ")
