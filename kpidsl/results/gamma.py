"""Quantiles of the gamma distribution in numpy alone: shapes and probabilities in, quantiles out.

From shape 100 up the Cornish-Fisher expansion of the chi-square quantile (Goldberg and Levine 1946; Abramowitz and Stegun
26.4.11 gives its terms) is good to nine digits. Below, the approximation of Wilson and Hilferty is improved by Newton's
method on the incomplete gamma function, whose series has only positive terms and few of them there. Counts have whole
shapes, of which there are few below 100: they are worked out once.
"""

from __future__ import annotations

from functools import cache
from math import lgamma
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_EXPANDED = 100.0
_TERMS = 220
_STEPS = 8


def gamma_quantile(shape: Floats, probability: float) -> Floats:
    """The value that a gamma variable of this shape (at least 1/2) and scale 1 stays below with the probability."""
    z = NormalDist().inv_cdf(probability)
    found = _expansion(shape, z)
    small = shape < _EXPANDED
    if not small.any():
        return found
    whole = small & (shape == np.rint(shape)) & (shape >= 1)
    found[whole] = _whole(probability)[shape[whole].astype(np.int64)]
    other = small & ~whole
    if other.any():
        found[other] = _improved(shape[other], probability, z)
    return found


@cache
def _whole(probability: float) -> Floats:
    """The quantiles of the whole shapes, each at its own place."""
    shapes = np.arange(1, _EXPANDED)
    return np.concatenate([[np.nan], _improved(shapes, probability, NormalDist().inv_cdf(probability))])


def _expansion(shape: Floats, z: float) -> Floats:
    """Cornish-Fisher in powers of the root of twice the shape, the degrees of freedom."""
    root = np.sqrt(2 * shape)
    two = np.sqrt(2.0)
    terms = (
        two * z,
        2 / 3 * (z**2 - 1),
        two * (z**3 - 7 * z) / 18,
        -(6 * z**4 + 14 * z**2 - 32) / 405,
        two * (9 * z**5 + 256 * z**3 - 433 * z) / 9_720,
        (12 * z**6 - 243 * z**4 - 923 * z**2 + 1_472) / 25_515,
        -two * (3_753 * z**7 + 4_353 * z**5 - 289_517 * z**3 - 289_717 * z) / 18_370_800,
    )
    chi: Floats = root**2 + sum(term * root ** (1 - power) for power, term in enumerate(terms))
    return chi / 2


def _improved(shape: Floats, probability: float, z: float) -> Floats:
    ninth = 1 / (9 * shape)
    start = shape * (1 - ninth + z * np.sqrt(ninth)) ** 3
    x = np.maximum(start, shape * 1e-3)
    log_gamma = np.array([lgamma(value) for value in shape])
    for _ in range(_STEPS):
        density = np.exp((shape - 1) * np.log(x) - x - log_gamma)
        step = (_below(shape, x, density) - probability) / density
        x = np.clip(x - step, x / 4, x * 4)
        if (np.abs(step) <= 1e-13 * x).all():
            break
    return x


def _below(shape: Floats, x: Floats, density: Floats) -> Floats:
    """The regularised incomplete gamma function P(shape, x), by its series x^a e^-x / Γ(a+1) (1 + x/(a+1) + …)."""
    count = int(min(_TERMS, 30 + 2.2 * x.max()))
    ratios = x[:, None] / (shape[:, None] + np.arange(1, count + 1))
    series: Floats = 1 + np.cumprod(ratios, axis=1).sum(axis=1)
    return density * x / shape * series
