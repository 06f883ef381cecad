"""Rounding as the language means it, the same on rows and on values: to the nearest whole number, a half away from 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def half_away_from_zero(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The nearest whole numbers; 2.5 is 3 and -2.5 is -3."""
    whole = np.trunc(values)
    rounded: NDArray[np.float64] = whole + np.where(np.abs(values - whole) >= 0.5, np.sign(values), 0.0)
    return rounded
