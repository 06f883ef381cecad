"""Limits of a process: the first values of a series in, its centre and how far values usually lie from it out.

XmR (Wheeler, Understanding Variation, 1993): the centre is the mean, the limits lie 2.66 times the mean moving range from it,
which is 3 standard deviations as one value differs from the next (2.66 = 3 / 1.128). Money is skewed: where all values of a
KPI in a currency are positive, their skewness is above 0.5 and that of their logarithms smaller, the same is done with these.

Laney (Improved control charts for attributes, Quality Engineering 14, 2002) is for a count over a count: each value is first
counted in standard deviations of its own number of rows, z = (p - P) / s with s² = P (1 - P) / n for a proportion (p') and
P / n for another ratio (u'), P the pooled ratio. The limits lie 3 s times the moving range of z over 1.128 from the centre:
wide where a period has few rows, and as much wider than chance as the process has shown.

Limits hold only where a value says little about the next. They are not given where the autocorrelation of neighbours is above
(-1 + 1.645 √(n - 2)) / (n - 1), which a process without any exceeds in 5 of 100 cases (Anderson 1942). Negative ones make
limits too wide, never too narrow, and are let pass.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from kpidsl.results.columns import Bools, Floats

BASELINE = 24
LEAST = 12
ROUGH = 20
_THREE_SIGMA = 2.66
_OF_TWO = 1.128  # the mean range of two normal values, in standard deviations
_SKEWED = 0.5
_ONE_SIDED = 1.645
_NOTHING = 1e-12


class Fit(Struct, frozen=True, eq=False):
    """Limits of several series: the centre and the distance of the limits, of logarithms where `logarithmic`; for Laney the
    distance is in standard deviations. `constant` says that the values do not vary, `tied` that each follows the one before.
    """

    centre: Floats
    distance: Floats
    logarithmic: Bools
    constant: Bools
    tied: Bools


def xmr(values: Floats, money: bool) -> Fit:
    """Limits from the values of each row."""
    logs = np.log(np.where(values > 0, values, 1.0))
    logarithmic = np.zeros(len(values), dtype=np.bool_)
    if money:
        skewness = _skewness(values)
        logarithmic = (values > 0).all(axis=1) & (skewness > _SKEWED) & (np.abs(_skewness(logs)) < skewness)
    taken = np.where(logarithmic[:, None], logs, values)
    ranges = np.abs(np.diff(taken, axis=1)).mean(axis=1)
    constant = ranges <= _NOTHING * np.abs(taken).max(axis=1)
    return Fit(taken.mean(axis=1), _THREE_SIGMA * ranges, logarithmic, constant, _tied(taken) & ~constant)


def laney(values: Floats, rows: Floats, proportion: bool) -> Fit:
    """Limits from the ratios of each row and the numbers below their lines."""
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (values * rows).sum(axis=1) / rows.sum(axis=1)
        scores = (values - centre[:, None]) / deviation(centre[:, None], rows, proportion)
    constant = ~np.isfinite(scores).all(axis=1)
    scores = np.where(constant[:, None], 0.0, scores)
    ranges = np.abs(np.diff(scores, axis=1)).mean(axis=1)
    constant = constant | (ranges <= _NOTHING)
    none = np.zeros(len(values), dtype=np.bool_)
    return Fit(centre, 3 * ranges / _OF_TWO, none, constant, _tied(scores) & ~constant)


def deviation(centre: Floats, rows: Floats, proportion: bool) -> Floats:
    """The standard deviation of a ratio of counts over so many rows, were it all chance."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.sqrt(centre * (1 - centre) / rows if proportion else centre / rows)
    return found


def _skewness(values: Floats) -> Floats:
    apart = values - values.mean(axis=1, keepdims=True)
    spread = np.sqrt((apart**2).mean(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.nan_to_num((apart**3).mean(axis=1) / spread**3)
    return found


def _tied(values: Floats) -> Bools:
    count = values.shape[1]
    apart = values - values.mean(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.nan_to_num((apart[:, 1:] * apart[:, :-1]).sum(axis=1) / (apart**2).sum(axis=1))
    tied: Bools = found > (-1 + _ONE_SIDED * np.sqrt(count - 2)) / (count - 1)
    return tied
