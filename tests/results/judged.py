"""Intervals and a range of numbers to a judgement, for tests of the rule alone."""

from __future__ import annotations

import numpy as np

from kpidsl.results.bounds import Interval, known
from kpidsl.results.columns import Floats
from kpidsl.results.verdicts import Direction, Judgement, Limits, Range, judge


def judged(low: Floats, high: Floats, range: Range, direction: Direction | None, rows: float = 100.0) -> Judgement:
    """The judgement of values in the middle of their intervals."""
    own = Interval((low + high) / 2, low, high)
    bounds = [None if each is None else known(own, np.full(len(low), each)) for each in (range.low, range.high)]
    limits = Limits(range.name, bounds[0], bounds[1], range.low_open, range.high_open, range.level)
    nothing = np.full(len(low), "", dtype=object)
    before = np.full(len(low), -1, dtype=np.int8)
    return judge(own.values, np.full(len(low), rows), before, limits, direction, nothing)
