"""What a value is held against, cell by cell: a bound, and the interval of the value as it compares with that bound.

A bound that is known (a number, a plan, a published figure without a sample) leaves the value its own interval [L, U]. A bound
that is itself an estimate r with an interval [l, u], such as last year's value, makes the comparison less sure. The interval
of v - r then follows from both by the method of variance estimates recovery, with the correlation p of v and r found by
linearisation (Zou and Donner, Construction of confidence limits about effect measures, 2008):

    below: d - sqrt((v - L)² + (u - r)² - 2 p (v - L)(u - r)),   above: d + sqrt((U - v)² + (r - l)² - 2 p (U - v)(r - l)).

It keeps what is good in each of the two intervals, Wilson's and that of a count too. Where the correlation is not known it is
taken as 0: what moves together anyway, such as a stock and the one before it, is then judged with more caution than is due.

Wilson's interval keeps its promise on average over all shares; beside a share that is known it lies too often at some of them,
with few rows up to 27 times in 100. So one that lies beside a known bound b is held against the exact tail of the binomial
distribution, too (Clopper and Pearson 1934): how probable so many successes, or more extreme ones, are if the share is b. Where
that is more than 5% it takes the place of the interval, which as it compares is then as wide as z of the tail says. By
Cantelli's inequality that cannot be where the value lies more than 4.36 standard deviations from b.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist

import numpy as np
from msgspec import Struct

from kpidsl.results.binomial import at_least, at_most
from kpidsl.results.columns import Bools, Codes, Floats
from kpidsl.results.intervals import LEVEL, Z

_FAR = 4.36  # 1 / (1 + 4.36²) = 5%
_NORMAL = NormalDist()
_LEAST = 1e-3  # of a score: no proof at all
_TAIL = (1 - LEVEL) / 2


class Interval(Struct, frozen=True, eq=False):
    """A value in every cell with its interval; NaN where there is none.

    `trials` are the rows behind proportions; None for what is none, NaN where the interval is another one than Wilson's.
    """

    values: Floats
    low: Floats
    high: Floats
    trials: Floats | None = None

    @staticmethod
    def point(values: Floats) -> Interval:
        """Values that are known."""
        return Interval(values, values, values)


class Bound(Struct, frozen=True, eq=False):
    """A bound in every cell, and the interval of the value as it compares with it; NaN where there is no bound.

    `estimated` says that the bound has an interval, too.
    """

    at: Floats
    low: Floats
    high: Floats
    estimated: bool = False

    def of(self, cells: Codes) -> Bound:
        """The bound of some of the cells."""
        return Bound(self.at[cells], self.low[cells], self.high[cells], self.estimated)


def known(value: Interval, bound: Floats) -> Bound:
    """A bound that is no estimate."""
    at: Floats = np.broadcast_to(bound, value.values.shape)
    if value.trials is None:
        return Bound(at, value.low, value.high)
    near = _may_be_near(value.values, value.trials, at)
    low = _no_closer(value.low, near & (value.low >= at), at_least, value, at)
    return Bound(at, low, _no_closer(value.high, near & (value.high <= at), at_most, value, at))


def _may_be_near(values: Floats, trials: Floats, at: Floats) -> Bools:
    with np.errstate(invalid="ignore", divide="ignore"):
        deviation = np.sqrt(at * (1 - at) / trials)
        near: Bools = (np.abs(values - at) <= _FAR * deviation) & (deviation > 0)
    return near


def _no_closer(end: Floats, beside: Bools, tail: Callable[..., Floats], value: Interval, at: Floats) -> Floats:
    """An end of intervals that lie `beside` a bound, as far from the value as the exact tail says if that is farther."""
    cells = np.flatnonzero(beside)
    if not len(cells):
        return end
    assert value.trials is not None
    chances = tail(value.values[cells] * value.trials[cells], value.trials[cells], at[cells])
    cells, chances = cells[chances > _TAIL], chances[chances > _TAIL]
    scores = np.array([max(_LEAST, -_NORMAL.inv_cdf(min(chance, 0.5))) for chance in chances.tolist()])
    found = end.copy()
    found[cells] = value.values[cells] + (at[cells] - value.values[cells]) * Z / scores
    return found


def estimated(value: Interval, bound: Interval, correlation: Floats) -> Bound:
    """A bound that is an estimate, in the same cells."""
    tied = np.nan_to_num(np.clip(correlation, -1.0, 1.0))
    with np.errstate(invalid="ignore"):
        below = _joint(value.values - value.low, bound.high - bound.values, tied)
        above = _joint(value.high - value.values, bound.values - bound.low, tied)
    return Bound(bound.values, value.values - below, value.values + above, estimated=True)


def _joint(one: Floats, other: Floats, correlation: Floats) -> Floats:
    both: Floats = np.sqrt(np.maximum(one**2 + other**2 - 2 * correlation * one * other, 0.0))
    return both
