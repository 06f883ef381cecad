"""The sentence that says why, for every cell of a figure."""

from __future__ import annotations

from math import isnan

import numpy as np
from msgspec.structs import replace

from kpidsl.catalog.catalog import Benchmark
from kpidsl.results import pace_words, reasons, signals
from kpidsl.results.bounds import Bound, Interval
from kpidsl.results.columns import Bools, Objects
from kpidsl.results.estimates import Method
from kpidsl.results.figures import Ages, Axis, Figure
from kpidsl.results.process import STATES, Process, State
from kpidsl.results.verdicts import CODE, VERDICTS, Judgement, Limits, Position, Verdict, locate


def explain(figure: Figure, axis: Axis) -> Objects:
    """Why each verdict, or the lack of a value, is what it is; empty where there is nothing to say."""
    if figure.failure:
        return np.full(len(axis), figure.failure, dtype=object)
    column = figure.column
    found = np.full(len(figure), "", dtype=object)
    found[column.missing] = reasons.missing()
    if figure.ages is not None:
        _outdated(figure.ages, column.missing, found)
    if column.reasons is not None:
        undefined = column.undefined
        found[undefined] = np.array(column.texts, dtype=object)[column.reasons[undefined]]
    if figure.meant_for:
        found[column.present] = reasons.other_period(figure.meant_for)
    if figure.ages is not None and figure.decided is None:
        _not_final(figure, column.present & figure.ages.immature, column.present & figure.ages.partial, axis, found)
        _outdated(figure.ages, column.present & figure.ages.outdated, found)
        _filled(figure, found)
    for number, judgement in enumerate(figure.judgements):
        _judged(figure, judgement, column.present & (figure.decided == number), axis, found)
    if figure.estimate.heavy is not None:
        for cell in np.flatnonzero(figure.estimate.heavy):
            found[cell] = "; ".join(filter(None, (found[cell], reasons.heavy(found[cell]))))
    if figure.process is not None:
        _of_process(figure, figure.process, found)
    return found


def _of_process(figure: Figure, process: Process, found: Objects) -> None:
    """What the process is, where it is not steady; that a value is not final is said once."""
    for cell in np.flatnonzero((process.codes >= 0) & (process.codes != STATES.index(State.NOT_FINAL))):
        why = signals.why(process, int(cell), figure.value.unit, figure.percent)
        if why:
            found[cell] = "; ".join(filter(None, (found[cell], f"process: {why}")))


def _not_final(figure: Figure, young: Bools, partial: Bools, axis: Axis, found: Objects) -> None:
    ages, projected = figure.ages, figure.projected
    assert ages is not None
    if ages.mature_on is not None:
        for cell in np.flatnonzero(young & ~partial):
            found[cell] = reasons.immature(ages.mature_on[cell], axis.as_of)
            if projected is not None and projected.why[cell]:
                found[cell] = f"{found[cell]}; {projected.why[cell]}"
    for cell in np.flatnonzero(partial):
        late = "" if ages.late is None or ages.unfinished[cell] else ages.late[cell]
        found[cell] = late or reasons.unfinished(axis.ends[cell], axis.as_of)


def _filled(figure: Figure, found: Objects) -> None:
    """Say what cohorts are projected to come to, where nothing judges them."""
    if figure.projected is not None:
        for cell in np.flatnonzero(figure.projected.known):
            numbers = (figure.projected.value, figure.column.values, figure.projected.low, figure.projected.high)
            texts = (figure.form.number(float(each[cell])) for each in numbers)
            found[cell] = f"{found[cell]}; {reasons.only_projected(*texts)}"


def _outdated(ages: Ages, cells: Bools, found: Objects) -> None:
    """Say which source ends too early; where there is no value at all, besides that there is none."""
    if ages.stale is not None:
        for cell in np.flatnonzero(cells & ages.outdated):
            found[cell] = f"{reasons.missing()}: {ages.stale[cell]}" if found[cell] == reasons.missing() else ages.stale[cell]


def _judged(figure: Figure, judgement: Judgement, cells: Bools, axis: Axis, found: Objects) -> None:
    stale, partial, young, few, elsewhere = (cells & (judgement.codes == CODE[verdict]) for verdict in _BEFORE)
    if figure.ages is not None:
        _not_final(figure, young, partial, axis, found)
        _outdated(figure.ages, stale, found)
    if figure.pace is not None:
        for cell in np.flatnonzero(partial & ~np.isnan(figure.pace.to_date)):
            pace = pace_words.words(figure.pace, int(cell), figure.form.number)
            found[cell] = "; ".join(filter(None, (found[cell], pace)))
    for cell in np.flatnonzero(few):
        found[cell] = reasons.insufficient(
            float(figure.estimate.rows[cell]), figure.estimate.needed, clustered=figure.value.clusters is not None
        )
    found[elsewhere] = judgement.reasons[elsewhere]
    by_rule = cells & ~stale & ~partial & ~young & ~few & ~elsewhere
    _by_rule(figure, judgement, np.flatnonzero(by_rule).tolist(), axis, found)


_BEFORE = (Verdict.STALE, Verdict.PARTIAL, Verdict.IMMATURE, Verdict.INSUFFICIENT, Verdict.NOT_APPLICABLE)


def _by_rule(figure: Figure, judgement: Judgement, cells: list[int], axis: Axis, found: Objects) -> None:
    known: dict[tuple[float, float], reasons.Bounds] = {}
    lows, highs = (_ends(bound, len(figure)) for bound in (judgement.limits.low, judgement.limits.high))
    target = next((each for each in figure.value.benchmarks if each.name == judgement.name and each.path), None)
    estimate, projected = figure.estimate, figure.projected
    shown = Interval(figure.column.values, estimate.low, estimate.high)
    filled = np.zeros(len(figure), dtype=np.bool_) if projected is None else projected.known
    shown = shown if projected is None else projected.over(shown)
    values, low, high = (numbers.tolist() for numbers in (shown.values, shown.low, shown.high))
    positions = [Position(code) for code in judgement.positions.tolist()]
    needed, clustered = judgement.needed.tolist(), figure.value.clusters is not None
    beside = doubts(judgement, shown)
    for cell in cells:
        position, ends = positions[cell], (lows[cell], highs[cell])
        bounds = known.get(ends)
        if bounds is None:
            bounds = known[ends] = reasons.Bounds(judgement.range(cell), figure.form)
        if position is Position.UNKNOWN or (estimate.method is not Method.POINT and isnan(low[cell])):
            found[cell] = reasons.unknown(alike=estimate.alike is not None and bool(estimate.alike[cell]))
        elif filled[cell]:
            told = reasons.interval(low[cell], high[cell], position, bounds)
            found[cell] = reasons.projected(bounds.shown(values[cell]), bounds.shown(figure.column.values[cell]), told)
        elif estimate.method is Method.POINT:
            found[cell] = reasons.point(values[cell], position, bounds, estimate.note)
        elif cell in beside:
            found[cell] = reasons.interval(low[cell], high[cell], beside[cell][0], bounds, beside[cell][1])
        else:
            found[cell] = reasons.interval(low[cell], high[cell], position, bounds)
        if not (estimate.method is Method.POINT or filled[cell] or isnan(low[cell]) or isnan(needed[cell])):
            found[cell] = f"{found[cell]}; {reasons.rows_would_tell(needed[cell], clustered=clustered)}"
        if target is not None and position is not Position.UNKNOWN:
            found[cell] = _on_the_way(found[cell], target, figure, judgement, cell, axis)
        if judgement.reasons[cell]:
            found[cell] = f"{found[cell]}; {judgement.reasons[cell]}"
    for place, more in enumerate((judgement.sentences, judgement.notes)):
        for cell in cells if more is not None else ():
            if more is not None and more[cell]:
                found[cell] = f"{found[cell]}; {more[cell]}" if place else more[cell]


_ACROSS = (Position.ACROSS_LOW, Position.ACROSS_HIGH, Position.ACROSS_BOTH)


def doubts(judgement: Judgement, shown: Interval) -> dict[int, tuple[Position, str]]:
    """Where intervals lie that cross no bound as they are `shown`, and do as they compare with it; why that is no proof. Also
    where it is the other way round.
    """
    across = np.isin(judgement.positions, _ACROSS)
    is_estimate = any(each is not None and each.estimated for each in _pair(judgement.limits))
    if not across.any() and not is_estimate:
        return {}
    low, high = (None if each is None else Bound(each.at, shown.low, shown.high) for each in _pair(judgement.limits))
    plainly = locate(replace(judgement.limits, low=low, high=high), len(across))
    apart = across & ~np.isin(plainly, (*_ACROSS, Position.UNKNOWN))
    firm = is_estimate & ~across & np.isin(plainly, _ACROSS)
    why = reasons.AN_ESTIMATE if is_estimate else reasons.BY_CHANCE
    doubted = {int(cell): (Position(plainly[cell]), why) for cell in np.flatnonzero(apart)}
    return doubted | {int(cell): (Position(plainly[cell]), reasons.VARIES_ALONG) for cell in np.flatnonzero(firm)}


def _pair(limits: Limits) -> tuple[Bound | None, Bound | None]:
    return limits.low, limits.high


def _on_the_way(text: str, target: Benchmark, figure: Figure, judgement: Judgement, cell: int, axis: Axis) -> str:
    deadline, reach = target.path[-1]
    is_due = axis.ends[cell] is None or axis.ends[cell] > deadline
    verdict = VERDICTS[int(judgement.codes[cell])]
    return reasons.on_the_way(text, verdict, figure.form.exact(float(reach)), deadline, is_due)


def _ends(bound: Bound | None, length: int) -> list[float]:
    return [0.0] * length if bound is None else bound.at.tolist()
