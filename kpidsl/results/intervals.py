"""Two-sided intervals: what was counted or summed in, lower and upper bounds out.

Proportions by Wilson (1927); counts by the exact interval of Garwood (1936), quantiles of gamma distributions; everything
else by a normal interval around the value with a variance found by linearisation. With level 90% a verdict that needs one
side is wrong at most 5% of the time.
"""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from kpidsl.results.columns import Floats
from kpidsl.results.gamma import gamma_quantile

LEVEL = 0.90
Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
Bounds = tuple[Floats, Floats]


def wilson(successes: Floats, trials: Floats, level: float = LEVEL) -> Bounds:
    """Bounds of a proportion; NaN where there is no trial or more successes than trials."""
    z = _z(level)
    share = successes / trials
    middle = share + z**2 / (2 * trials)
    half = z * np.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    low = np.where(successes == 0, 0.0, np.maximum((middle - half) / scale, 0.0))
    high = np.where(successes == trials, 1.0, np.minimum((middle + half) / scale, 1.0))
    good = (trials > 0) & (successes >= 0) & (successes <= trials)
    return np.where(good, low, np.nan), np.where(good, high, np.nan)


def poisson(counts: Floats, level: float = LEVEL) -> Bounds:
    """Bounds of the mean of which a count was drawn; NaN where there is no count, or it is negative."""
    tail = (1 - level) / 2
    low, high = np.zeros(counts.shape), np.full(counts.shape, np.nan)
    good, some = counts >= 0, counts > 0
    low[some] = gamma_quantile(counts[some], tail)
    high[good] = gamma_quantile(counts[good] + 1, 1 - tail)
    return np.where(good, low, np.nan), high


def normal(values: Floats, variances: Floats, level: float = LEVEL) -> Bounds:
    """Bounds around values with these variances; NaN where either is unknown."""
    half = _z(level) * np.sqrt(variances)
    known = np.isfinite(half)
    return np.where(known, values - half, np.nan), np.where(known, values + half, np.nan)


def _z(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
