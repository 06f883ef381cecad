"""Between which rows in order a percentile lies: its fraction in, the places as functions of how many rows there are out.

The percentile of what the rows are a sample of lies above the r-th smallest of n values where at least r of them are below it,
and how many are is binomial, whatever the distribution of the values. Each place leaves at most 5% on its side. The binomial
quantiles are approximated by Cornish and Fisher's expansion, which any engine can work out,

    lower = floor(nq - z sqrt(nq(1 - q)) + (1 - 2q)(z² - 1)/6 + 1/2),    upper = ceil(nq + z sqrt(…) + …),

held by a test to the exact tails: from `fewest` rows up none is above 5%.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import count
from math import ceil, floor, sqrt
from statistics import NormalDist

from msgspec import Struct

_Z = NormalDist().inv_cdf(0.95)


class Places(Struct, frozen=True):
    """Of n rows the place is that of `n * share + sign * sqrt(n * spread) * z + middle`, counted from 1: below it or above.

    With `upper` it is the next whole number, else the last.
    """

    share: float
    spread: float
    middle: float
    upper: bool
    z: float = _Z

    def of(self, rows: int) -> int:
        """The place for a number of rows; below 1 or above the number of rows there is none."""
        half = sqrt(rows * self.spread) * self.z
        return ceil(rows * self.share + half + self.middle) if self.upper else floor(rows * self.share - half + self.middle)


def places(fraction: Fraction, *, upper: bool) -> Places:
    """Where one end of the interval of a percentile is found."""
    share = float(fraction)
    return Places(share, share * (1 - share), (1 - 2 * share) * (_Z**2 - 1) / 6 + 0.5, upper)


@cache
def fewest(fraction: Fraction) -> int:
    """How many rows are needed for both ends to be there; none are enough for a percentile of 0% or 100%."""
    if not 0 < fraction < 1:
        return 0
    low, high = places(fraction, upper=False), places(fraction, upper=True)
    return next(rows for rows in count(1) if low.of(rows) >= 1 and high.of(rows) <= rows)
