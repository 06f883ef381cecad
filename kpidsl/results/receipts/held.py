"""What a cell was held against, in numbers: the bounds of a benchmark, the limits of a process; and what it will come to."""

from __future__ import annotations

from math import isfinite, isnan

from kpidsl.catalog.catalog import Benchmark, BenchmarkKind
from kpidsl.results import pace_words, signals
from kpidsl.results.figures import Figure
from kpidsl.results.process import Process
from kpidsl.results.receipts.receipt import Expected
from kpidsl.results.receipts.words import amount
from kpidsl.results.verdicts import Judgement


def held(benchmark: Benchmark, judgement: Judgement, figure: Figure, cell: int) -> str:
    """The bounds that held here and the figure that they lie around; empty where the benchmark says them itself."""
    if benchmark.plain or benchmark.kind is BenchmarkKind.BUDGET:
        return ""
    limits = judgement.range(cell)
    low, high = (None if each is None or not isfinite(each) else shown(figure, each) for each in (limits.low, limits.high))
    if low is not None and high is not None:
        bounds = low if limits.low == limits.high else f"{low} to {high}"
    elif low is not None:
        bounds = f"{'above' if limits.low_open else 'at least'} {low}"
    else:
        bounds = "" if high is None else f"{'below' if limits.high_open else 'at most'} {high}"
    reference = judgement.limits.reference
    around = "" if reference is None or isnan(reference[cell]) else shown(figure, float(reference[cell]))
    return f"{bounds}, from {around}" if bounds and around and around not in bounds else bounds


def shown(figure: Figure, number: float) -> str:
    """A value of a figure, with its unit, of levels with its name."""
    if figure.value.levels:
        return f"{figure.form.number(number)} ({number:.6g})"
    return amount(number, figure.value.unit, figure.percent)


def limits_of(process: Process, figure: Figure, cell: int) -> str:
    """The limits of a process and its centre, and how many values they come from; empty where there are none."""
    if isnan(process.lower[cell]):
        return ""
    low, centre, high = (shown(figure, float(each[cell])) for each in (process.lower, process.centre, process.upper))
    return f"limits {low} to {high}, centre {centre}, from {process.points[cell]} values before it"


def state_of(process: Process, figure: Figure, cell: int) -> str:
    """The state of a process, and why it is that; empty where nothing is said."""
    state = process.state(cell)
    why = signals.why(process, cell, figure.value.unit, figure.percent)
    return ": ".join(filter(None, ("" if state is None else state.value, why)))


def projection_of(figure: Figure, cell: int) -> Expected | None:
    """What a cohort will come to; None of one that is not projected."""
    projected = figure.projected
    if projected is None or not projected.known[cell]:
        return None
    value, low, high = (float(each[cell]) for each in (projected.value, projected.low, projected.high))
    words = f"{shown(figure, value)}, {_interval(figure, low, high)}"
    above, below = figure.estimate.numerator, figure.estimate.denominator
    if above is not None and below is not None:
        succeeded, rows = float(above.values[cell]), float(below.values[cell])
        words += f": {succeeded:,.10g} so far and {value * rows - succeeded:,.4g} still to come, of {rows:,.10g}"
    return Expected(value, low, high, "", words)


def landing_of(figure: Figure, cell: int) -> Expected | None:
    """How a value of a period that is not over stands, and where it will land; None of one that is over."""
    pace = figure.pace
    verdict = None if pace is None else pace.verdict(cell)
    if pace is None or verdict is None:
        return None
    landing = pace.landing
    value, low, high = (_finite(float(each[cell])) for each in (landing.value, landing.low, landing.high))
    words = pace_words.words(pace, cell, lambda number: shown(figure, number))
    if value:
        part = shown_share(float(pace.to_date[cell]) / value)
        words += f": {part} of a whole period by now, as {landing.periods[cell]:.0f} earlier periods had in the geometric mean"
    return Expected(value, low, high, verdict.value, words)


def shown_share(share: float) -> str:
    """A share in percent, to four digits."""
    return f"{100 * share:.4g}%"


def _interval(figure: Figure, low: float, high: float) -> str:
    return f"90% interval {shown(figure, low)} to {shown(figure, high)}"


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None
