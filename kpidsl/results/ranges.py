"""Sums and extremes over many ranges of one array: a tree of the array in, one number for each range out.

The tree is that of Bentley's segments (1977), without pointers: each level holds the sums of neighbouring pairs of the one
below. A range is put together from at most two nodes of each level. So a sum only ever takes what lies in its range:
differences of running sums would lose the small one among the large. Counts are whole numbers, for which they lose nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.results.columns import Codes, Floats

Combine = Callable[[Floats, Floats], Floats]


class Counts(Struct, frozen=True, eq=False):
    """Whole numbers; `running` begins with 0."""

    running: Codes

    def over(self, low: Codes, high: Codes) -> Floats:
        """The sum from `low` up to `high`, without it; NaN over nothing."""
        return np.where(low < high, (self.running[high] - self.running[low]).astype(np.float64), np.nan)


class Tree(Struct, frozen=True, eq=False):
    """`levels` from the array itself to the top; `present` counts its numbers, where NaN stands among them."""

    levels: Sequence[Floats]
    combine: Combine
    present: Codes | None

    def over(self, low: Codes, high: Codes) -> Floats:
        """What is from `low` up to `high`, without it; NaN over nothing."""
        some = low < high if self.present is None else self.present[high] > self.present[low]
        found: Floats = np.full(len(low), np.nan)
        started = np.zeros(len(low), dtype=np.bool_)
        for level in self.levels:
            low = self._take(level, low, (low < high) & (low % 2 == 1), found, started, 1)
            high = self._take(level, high, (low < high) & (high % 2 == 1), found, started, 0)
            low, high = low // 2, high // 2
            if not (low < high).any():
                break
        return np.where(some, found, np.nan)

    def _take(
        self, level: Floats, ends: Codes, where: NDArray[np.bool_], found: Floats, started: NDArray[np.bool_], on: int
    ) -> Codes:
        """Add the node at the low end (`on` is 1), or the one before the high end, and move the end past it."""
        if not where.any():
            return ends
        node = level[ends[where] - (1 - on)]
        found[where] = np.where(started[where], self.combine(found[where], node), node)
        started |= where
        return ends + np.where(where, 2 * on - 1, 0)


def counts(values: NDArray[np.int64]) -> Counts:
    """The sums of whole numbers."""
    return Counts(np.concatenate([[0], np.cumsum(values)]))


def sums(values: Floats) -> Tree:
    """The sums of numbers; NaN is nothing."""
    nothing = np.isnan(values)
    present = np.concatenate([[0], np.cumsum(~nothing)]) if nothing.any() else None
    return _grown(np.where(nothing, 0.0, values), np.add, present)


def extremes(values: Floats, greatest: bool) -> Tree:
    """The greatest, or the least, of numbers; NaN is nothing."""
    return _grown(values, np.fmax if greatest else np.fmin, None)


def _grown(values: Floats, combine: Combine, present: Codes | None) -> Tree:
    levels = [values]
    while len(levels[-1]) > 1:
        below = levels[-1]
        even = len(below) - len(below) % 2
        pairs = combine(below[0:even:2], below[1:even:2])
        # A last one without a neighbour is in no range that needs its parent: ranges end before it, or take it here.
        levels.append(np.concatenate([pairs, below[even:]]))
    return Tree(levels, combine, present)
