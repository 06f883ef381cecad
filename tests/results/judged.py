"""Intervals and a range of numbers to a judgement, for tests of the rule alone."""

from __future__ import annotations

import numpy as np

from kpidsl.results.bounds import Interval, known
from kpidsl.results.columns import Floats
from kpidsl.results.intervals import wilson
from kpidsl.results.verdicts import Direction, Judgement, Limits, Range, judge


def judged(low: Floats, high: Floats, range: Range, direction: Direction | None, rows: float = 100.0) -> Judgement:
    """The judgement of values in the middle of their intervals."""
    return judged_interval(Interval((low + high) / 2, low, high), range, direction, rows)


def judged_shares(counts: Floats, trials: float, range: Range, direction: Direction | None) -> Judgement:
    """The judgement of proportions of so many rows each."""
    rows = np.full(len(counts), trials)
    return judged_interval(Interval(counts / trials, *wilson(counts, rows), rows), range, direction, trials)


def judged_interval(own: Interval, range: Range, direction: Direction | None, rows: float) -> Judgement:
    """The judgement of values with their intervals."""
    bounds = [None if each is None else known(own, np.full(len(own.values), each)) for each in (range.low, range.high)]
    limits = Limits(range.name, bounds[0], bounds[1], range.low_open, range.high_open, range.level)
    nothing = np.full(len(own.values), "", dtype=object)
    before = np.full(len(own.values), -1, dtype=np.int8)
    return judge(own.values, np.full(len(own.values), rows), before, limits, direction, nothing)
