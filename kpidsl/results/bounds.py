"""What a value is held against, cell by cell: a bound, and the interval of the value as it compares with that bound.

A bound that is known (a number, a plan, a published figure without a sample) leaves the value its own interval [L, U]. A bound
that is itself an estimate r with an interval [l, u], such as last year's value, makes the comparison less sure. The interval
of v - r then follows from both by the method of variance estimates recovery, with the correlation p of v and r found by
linearisation (Zou and Donner, Construction of confidence limits about effect measures, 2008):

    below: d - sqrt((v - L)² + (u - r)² - 2 p (v - L)(u - r)),   above: d + sqrt((U - v)² + (r - l)² - 2 p (U - v)(r - l)).

It keeps what is good in each of the two intervals, Wilson's and that of a count too. Where the correlation is not known it is
taken as 0: what moves together anyway, such as a stock and the one before it, is then judged with more caution than is due.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpidsl.results.columns import Codes, Floats


@dataclass(frozen=True, slots=True, eq=False)
class Interval:
    """A value in every cell with its interval; NaN where there is none."""

    values: Floats
    low: Floats
    high: Floats

    @staticmethod
    def point(values: Floats) -> Interval:
        """Values that are known."""
        return Interval(values, values, values)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A bound in every cell, and the interval of the value as it compares with it; NaN where there is no bound."""

    at: Floats
    low: Floats
    high: Floats

    def of(self, cells: Codes) -> Bound:
        """The bound of some of the cells."""
        return Bound(self.at[cells], self.low[cells], self.high[cells])


def known(value: Interval, bound: Floats) -> Bound:
    """A bound that is no estimate."""
    return Bound(np.broadcast_to(bound, value.values.shape), value.low, value.high)


def estimated(value: Interval, bound: Interval, correlation: Floats) -> Bound:
    """A bound that is an estimate, in the same cells."""
    tied = np.nan_to_num(np.clip(correlation, -1.0, 1.0))
    with np.errstate(invalid="ignore"):
        below = _joint(value.values - value.low, bound.high - bound.values, tied)
        above = _joint(value.high - value.values, bound.values - bound.low, tied)
    return Bound(bound.values, value.values - below, value.values + above)


def _joint(one: Floats, other: Floats, correlation: Floats) -> Floats:
    both: Floats = np.sqrt(np.maximum(one**2 + other**2 - 2 * correlation * one * other, 0.0))
    return both
