"""Slots to cells: the partial rows of all scans united into one list of cells, and each slot as a column over them.

A cell is one period and one combination of dimension values. Which cells there are (language, "What evaluation means"):

- with dimensions those in which some scan has a row: the full outer union of all scans;
- without dimensions every period in which a dated source is observed, also an empty one, and without a grain the one period;
- a timeless scan has the same rows in every period; it makes cells only where no scan is dated, then in every period asked for.

Cells are ordered by period, then by the dimensions in their order, a missing value last. The union works on codes: every
dimension's values are ranked once over all scans, and period and ranks become one integer per row, whose order is the
cells'.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpidsl.engines.slots import Partial, Slots
from kpidsl.results.columns import Bools, Codes, Floats

_LARGEST = 2**62
Key = str | bool | date | datetime | int | float


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """`periods` indexes `starts`, as in `Slots.periods`; `keys` has an object array per dimension.

    For each scan `rows` has the row of its partial in every cell, -1 where it has none, and `observed` says in which cells
    its source is observed. `dated` says which scans place their rows in time.
    """

    starts: tuple[date, ...]
    periods: Codes
    keys: tuple[NDArray[np.object_], ...]
    rows: tuple[Codes, ...]
    observed: tuple[Bools, ...]
    dated: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.periods)


def unite(slots: Slots, by_period: bool, dimensions: int) -> Cells:
    """The cells of a question; `by_period` says whether a grain was asked for, `dimensions` how many there are."""
    partials = slots.partials
    count = max(1, len(slots.periods) - 1)
    days = np.array(slots.periods, dtype="datetime64[D]")
    watched = [_observed_periods(partial, days, count) for partial in partials]
    keys, ranked = _rank_keys(partials, dimensions)
    size = max(1, len(keys[0]) if keys else 1)
    found = _with_rows(partials, ranked, count, size)
    if not dimensions:
        found += [np.flatnonzero(_any_observed(partials, watched)) if by_period else np.arange(count)]
    codes = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *found]))
    periods, combined = np.divmod(codes, size)
    rows = tuple(_rows(partial, own, codes, combined, size) for partial, own in zip(partials, ranked, strict=True))
    return Cells(
        slots.periods,
        periods,
        tuple(column[combined] for column in keys),
        rows,
        tuple(seen[periods] for seen in watched),
        tuple(not partial.timeless for partial in partials),
    )


def _with_rows(partials: Sequence[Partial], ranked: Sequence[Codes], count: int, size: int) -> list[Codes]:
    """The codes of the cells that have a row: period times `size` plus the rank of the keys."""
    dated = [(partial, own) for partial, own in zip(partials, ranked, strict=True) if not partial.timeless]
    if dated:
        return [partial.period * size + own for partial, own in dated]
    return [(np.arange(count)[:, None] * size + own[None, :]).ravel() for own in ranked]


def _any_observed(partials: Sequence[Partial], watched: Sequence[Bools]) -> Bools:
    """The periods in which a dated source is observed; all where none is dated."""
    dated = [seen for partial, seen in zip(partials, watched, strict=True) if not partial.timeless]
    seen: Bools = np.logical_or.reduce(dated or watched or [np.ones(1, dtype=np.bool_)])
    return seen


def _rows(partial: Partial, ranked: Codes, codes: Codes, combined: Codes, size: int) -> Codes:
    """The row of a partial in each cell, -1 where it has none; a timeless one is found by its keys alone."""
    own, wanted = (ranked, combined) if partial.timeless else (partial.period * size + ranked, codes)
    if not len(own):
        return np.full(len(codes), -1, dtype=np.int64)
    order = np.argsort(own, kind="stable")
    place = np.minimum(np.searchsorted(own, wanted, sorter=order), len(own) - 1)
    rows = order[place]
    return np.where(own[rows] == wanted, rows, -1)


def _observed_periods(partial: Partial, starts: NDArray[np.datetime64], count: int) -> Bools:
    """In which periods a source is observed: those that share a moment with the time from its first to its last row."""
    if partial.timeless:
        return np.full(count, partial.known)
    if partial.observed is None or len(starts) < 2:
        return np.zeros(count, dtype=np.bool_)
    first, last = partial.observed
    seen: Bools = (starts[:-1] <= last) & (starts[1:] > first)
    return seen


def _rank_keys(partials: Sequence[Partial], dimensions: int) -> tuple[tuple[NDArray[np.object_], ...], list[Codes]]:
    """The combinations of dimension values in order, a column per dimension, and that of each row of each partial."""
    lengths = [len(partial.period) for partial in partials]
    if not dimensions:
        return (), [np.zeros(length, dtype=np.int64) for length in lengths]
    if not partials:
        return (np.zeros(0, dtype=object),) * dimensions, []
    ranks: list[Codes] = []
    words: list[NDArray[np.object_]] = []
    for index in range(dimensions):
        own, values = _rank(np.concatenate([np.zeros(0, dtype=object), *(partial.keys[index] for partial in partials)]))
        ranks.append(own)
        words.append(values)
    combined = _combine(ranks, [len(values) for values in words])
    _, first, dense = np.unique(combined, return_index=True, return_inverse=True)
    columns = tuple(values[own[first]] for own, values in zip(ranks, words, strict=True))
    return columns, np.split(dense.reshape(-1).astype(np.int64), np.cumsum(lengths)[:-1])


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


def _combine(ranks: Sequence[Codes], sizes: Sequence[int]) -> Codes:
    """Several ranks as one number in mixed radix, the first counting most; made dense where it would grow too large."""
    combined, reach = ranks[0], sizes[0]
    for own, size in zip(ranks[1:], sizes[1:], strict=True):
        if reach * size >= _LARGEST:
            unique, dense = np.unique(combined, return_inverse=True)
            combined, reach = dense.reshape(-1).astype(np.int64), len(unique)
        combined, reach = combined * size + own, reach * size
    return combined


def aligned(values: Floats | NDArray[np.int64], rows: Codes) -> Floats:
    """A slot of a partial over the cells, NaN where the scan has no row."""
    if not len(values):
        return np.full(len(rows), np.nan)
    return np.where(rows >= 0, values[rows].astype(np.float64), np.nan)
