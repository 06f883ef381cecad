"""Tails of the binomial distribution in numpy alone: successes, trials and a share in, a probability out.

Of n trials with the share p at least k are successes with the probability I_p(k, n - k + 1), the regularised incomplete beta
function, which is what trials that are no whole number have, too. It is worked out as a continued fraction (DLMF 8.17.22) from
the front by the method of Lentz (1976), on the side of the mean where it converges in about the square root of n steps.
"""

from __future__ import annotations

from math import lgamma

import numpy as np

from kpidsl.results.columns import Floats

_STEPS = 20_000
_CLOSE = 1e-12
_TINY = 1e-300


def at_least(successes: Floats, trials: Floats, share: Floats) -> Floats:
    """How probable so many successes or more are, 0 < share < 1; 1 where there are none."""
    found = np.ones(successes.shape)
    some = successes > 0
    a, b, x = successes[some], (trials - successes + 1)[some], share[some]
    turned = x > (a + 1) / (a + b + 2)
    part = _part(np.where(turned, b, a), np.where(turned, a, b), np.where(turned, 1 - x, x))
    found[some] = np.where(turned, 1 - part, part)
    return found


def at_most(successes: Floats, trials: Floats, share: Floats) -> Floats:
    """How probable so many successes or fewer are, 0 < share < 1."""
    return at_least(trials - successes, trials, 1 - share)


def _part(a: Floats, b: Floats, x: Floats) -> Floats:
    """I_x(a, b) for x below the mean."""
    log_beta = _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)
    front: Floats = np.exp(a * np.log(x) + b * np.log1p(-x) - log_beta) / a
    return front / _fraction(a, b, x)


def _log_gamma(numbers: Floats) -> Floats:
    """ln Γ of each number; counts come again and again."""
    distinct, places = np.unique(numbers, return_inverse=True)
    return np.array([lgamma(number) for number in distinct.tolist()])[places]


def _fraction(a: Floats, b: Floats, x: Floats) -> Floats:
    """1 + d1/(1 + d2/(1 + …))."""
    found, above, below = np.ones(a.shape), np.ones(a.shape), np.zeros(a.shape)
    for step in range(1, _STEPS):
        m = step // 2
        if step % 2:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        below = 1 / _not_zero(1 + term * below)
        above = _not_zero(1 + term / above)
        found = found * above * below
        if (np.abs(above * below - 1) < _CLOSE).all():
            break
    return found


def _not_zero(numbers: Floats) -> Floats:
    return np.where(np.abs(numbers) < _TINY, _TINY, numbers)
