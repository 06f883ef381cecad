"""Chance from a seed: the same draws on every machine and in every version of Python.

Only `Random.random()` is promised to stay as it is, and only sums, products, quotients and square roots are rounded alike
everywhere; so everything here is made of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from math import sqrt
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """Draws for one table; a name of its own keeps its rows when another table changes."""

    def __init__(self, name: str) -> None:
        self._random = Random(f"kpidsl demo: {name}").random

    def chance(self, probability: float) -> bool:
        """True with that probability."""
        return self._random() < probability

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included, all alike."""
        return low + int(self._random() * (high - low + 1))

    def count(self, mean: float) -> int:
        """A whole number around a mean, spread about as much as counts are."""
        tries = int(2 * mean) + 1
        return sum(self._random() < mean / tries for _ in range(tries))

    def one_of(self, options: Sequence[T]) -> T:
        """One of the options, all alike."""
        return options[int(self._random() * len(options))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """A key, with a probability in proportion to its weight."""
        left = self._random() * sum(weights.values())
        for key, weight in weights.items():
            left -= weight
            if left < 0:
                return key
        return list(weights)[-1]

    def around(self, mean: float, share: float = 0.2) -> float:
        """A number around a mean, rarely further away than twice the share of it."""
        return mean * (1 + share * (self._random() + self._random() + self._random() - 1.5) * 2)

    def skewed(self, mean: float) -> int:
        """A whole number from 0 on, most of them below the mean and some far above."""
        draw = self._random()
        return int(3 * mean * draw * draw)

    def heavy(self, least: float) -> float:
        """A number from `least` to 25 times as much: Pareto's law with exponent 2, cut."""
        return min(least / sqrt(1 - self._random()), 25 * least)

    def time_on(self, day: date) -> datetime:
        """A minute of the working day or the evening."""
        return datetime(day.year, day.month, day.day) + timedelta(minutes=self.whole(7 * 60, 21 * 60 + 59))
