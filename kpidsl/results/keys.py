"""Dimension values to numbers: what was collected in, for any of the dimensions a number for each combination out.

Every dimension's values are ranked once over everything collected; the ranks of a combination become one integer, whose order
is that of the combinations: by the dimensions in their order, a missing value last.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import numpy as np
import pandas as pd
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.engines.slots import Collected
from kpidsl.results.columns import Codes

_LARGEST = 2**62
_DENSE = 1 << 16
Key = str | bool | date | datetime | int | float
By = tuple[int, ...]  # dimensions by their numbers


class Combinations(Struct, frozen=True, eq=False):
    """The different combinations of some dimensions, numbered in their order; `size` is how many there are.

    `codes` has by the number of a Collect that has these dimensions the combination of each of its rows, `of_all` for each
    combination of all dimensions the one of these, `ranks` for each dimension its rank in each combination.
    """

    size: int
    codes: dict[int, Codes]
    of_all: Codes
    ranks: tuple[Codes, ...]


class Keys:
    """The dimension values of everything that was collected; `dimensions` says by which each of it is."""

    def __init__(self, collected: Sequence[Collected], dimensions: Sequence[By], count: int) -> None:
        self._dimensions = dimensions
        self._lengths = [len(each.piece) for each in collected]
        self._words: list[NDArray[np.object_]] = []
        self._ranks: dict[tuple[int, int], Codes] = {}
        for dimension in range(count):
            self._words.append(self._rank(dimension, collected))
        self.all = tuple(range(count))
        self._found: dict[By, Combinations] = {}

    def by(self, dimensions: By) -> Combinations:
        """The combinations of some dimensions."""
        if dimensions not in self._found:
            self._found[dimensions] = self._combine(dimensions)
        return self._found[dimensions]

    def values(self, combinations: Codes) -> tuple[NDArray[np.object_], ...]:
        """For each dimension its values in some combinations of all of them."""
        ranks = self.by(self.all).ranks
        return tuple(words[own[combinations]] for words, own in zip(self._words, ranks, strict=True))

    def _rank(self, dimension: int, collected: Sequence[Collected]) -> NDArray[np.object_]:
        """Rank the values of a dimension wherever it is; returned are its different ones."""
        numbers = [number for number, own in enumerate(self._dimensions) if dimension in own]
        columns = [collected[number].keys[self._dimensions[number].index(dimension)] for number in numbers]
        ranks, words = _rank(np.concatenate([np.zeros(0, dtype=object), *columns]))
        ends = np.cumsum([self._lengths[number] for number in numbers])
        for number, own in zip(numbers, np.split(ranks, ends[:-1]) if numbers else [], strict=True):
            self._ranks[number, dimension] = own
        return words

    def _combine(self, dimensions: By) -> Combinations:
        numbers = [number for number, own in enumerate(self._dimensions) if set(dimensions) <= set(own)]
        everything = None if dimensions == self.all else self.by(self.all)
        lengths = [self._lengths[number] for number in numbers] + [everything.size if everything else 0]
        if not dimensions:
            *codes, of_all = (np.zeros(length, dtype=np.int64) for length in lengths)
            return Combinations(1, dict(zip(numbers, codes, strict=True)), of_all if everything else np.zeros(1, np.int64), ())
        columns = []
        for dimension in dimensions:
            parts = [self._ranks[number, dimension] for number in numbers]
            parts.append(everything.ranks[dimension] if everything else np.zeros(0, dtype=np.int64))
            columns.append(np.concatenate(parts))
        first, dense = _ranked(*_mixed(columns, [len(self._words[dimension]) for dimension in dimensions]))
        *codes, of_all = np.split(dense, np.cumsum(lengths)[:-1])
        found = dict(zip(numbers, codes, strict=True))
        whole = np.arange(len(first)) if everything is None else of_all
        return Combinations(len(first), found, whole, tuple(column[first] for column in columns))


def _rank(values: NDArray[np.object_]) -> tuple[Codes, NDArray[np.object_]]:
    """The place of each value among the different ones in order, and these; missing is last, as None."""
    codes, unique = pd.factorize(values, use_na_sentinel=True)
    keys = [_order_key(value) for value in unique]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    place = np.empty(len(keys) + 1, dtype=np.int64)
    kept: list[Key | None] = []
    previous: Key | None = None
    for index in order:
        if previous is None or keys[index] != previous:
            kept.append(unique[index])
        place[index] = len(kept) - 1
        previous = keys[index]
    place[-1] = len(kept)
    words = np.empty(len(kept) + 1, dtype=object)
    words[: len(kept)] = kept
    return place[codes], words


def _order_key(value: Key) -> Key:
    """A date met with a datetime is its midnight."""
    return datetime.combine(value, time()) if isinstance(value, date) and not isinstance(value, datetime) else value


def _mixed(ranks: Sequence[Codes], sizes: Sequence[int]) -> tuple[Codes, int]:
    """Several ranks as one number in mixed radix, the first counting most, and how many numbers there may be.

    They are made dense where they would grow too large.
    """
    combined, reach = ranks[0], sizes[0]
    for own, size in zip(ranks[1:], sizes[1:], strict=True):
        if reach * size >= _LARGEST:
            first, combined = _ranked(combined, reach)
            reach = len(first)
        combined, reach = combined * size + own, reach * size
    return combined, reach


def _ranked(codes: Codes, reach: int) -> tuple[Codes, Codes]:
    """Where each different number stands first, in order of the numbers, and the rank of each; they are below `reach`."""
    if reach > _DENSE + len(codes):
        _, first, ranks = np.unique(codes, return_index=True, return_inverse=True)
        return first, ranks.reshape(-1).astype(np.int64)
    first = np.full(reach, -1, dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    there = first >= 0
    return first[there], (np.cumsum(there) - 1)[codes]


def distinct(codes: Codes) -> Codes:
    """The different numbers in order; by sorting, which is faster on many different ones than what numpy does."""
    ordered = np.sort(codes)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
