"""What of the rows of each cell needs them in order: the first and the last, percentiles; and how far they are spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kpidsl.engines.vectors import Vector
from kpidsl.plan.ranks import Places

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]


def sort_keys(vector: Vector) -> list[NDArray[np.generic]]:
    """Arrays that sort rows by a value, what counts most first; missing is last, text is in the order of its characters."""
    if vector.words is not None:
        values: NDArray[np.generic] = _ranks(vector.words)[vector.values]
    elif vector.values.dtype.kind == "M":
        values = vector.values.view(np.int64)
    else:
        values = vector.values
    if vector.valid is None:
        return [values]
    return [~vector.valid, np.where(vector.valid, values, np.zeros(1, values.dtype))]


def _ranks(words: NDArray[np.object_]) -> NDArray[np.int64]:
    """The place of each word in order; that of no word, last, means nothing."""
    ranks = np.zeros(len(words) + 1, np.int64)
    ranks[sorted(range(len(words)), key=words.__getitem__)] = np.arange(len(words))
    return ranks


def sorted_by(keys: Sequence[NDArray[np.generic]]) -> NDArray[np.int64]:
    """The places of rows in order; the first of `keys` counts most, equal rows stay as they are."""
    return np.lexsort(tuple(reversed(keys)))


def edges(codes: Codes, keys: Sequence[NDArray[np.generic]], size: int, *, last: bool) -> NDArray[np.int64]:
    """The place of the first, or last, row of each cell; -1 for a cell without rows."""
    order = sorted_by(keys)
    # Of several places assigned to one cell the last stays.
    order = order if last else order[::-1]
    found = np.full(size, -1)
    found[codes[order]] = order
    return found


def quantiles(codes: Codes, values: Floats, size: int, fraction: float) -> Floats:
    """The percentile of each cell, between two values in proportion; NaN for a cell without rows."""
    if not len(values):
        return np.full(size, np.nan)
    held = values[sorted_by([codes, values])]
    counts = np.bincount(codes, minlength=size)
    starts = np.cumsum(counts) - counts
    place = np.maximum(counts - 1, 0) * fraction
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(counts - 1, 0))
    # A cell without rows reads some value, which means nothing.
    low, high = (held.take(starts + step, mode="clip") for step in (below, above))
    return np.where(counts > 0, low + (high - low) * (place - below), np.nan)


def ranked(codes: Codes, values: Floats, size: int, places: Places) -> Floats:
    """The value of each cell at its place in order; NaN where there is no such place among its rows."""
    counts = np.bincount(codes, minlength=size)
    half = np.sqrt(counts * places.spread) * places.z
    if places.upper:
        place = np.ceil(counts * places.share + half + places.middle)
    else:
        place = np.floor(counts * places.share - half + places.middle)
    there = (place >= 1) & (place <= counts)
    if not there.any():
        return np.full(size, np.nan)
    held = values[sorted_by([codes, values])]
    starts = np.cumsum(counts) - counts
    return np.where(there, held.take(starts + place.astype(np.int64) - 1, mode="clip"), np.nan)


def deviations(codes: Codes, values: Floats, size: int) -> Floats:
    """The standard deviation of each cell's rows as a sample of more; NaN for fewer than two rows.

    Rows that do not differ have none, which a mean that is rounded would not find.
    """
    counts = np.bincount(codes, minlength=size)
    one = np.zeros(size)
    one[codes] = values
    differ = np.zeros(size, np.bool_)
    differ[codes[values != one[codes]]] = True
    means = np.bincount(codes, values, size) / np.maximum(counts, 1)
    squares = np.bincount(codes, (values - means[codes]) ** 2, size)
    found = np.where(differ, np.sqrt(squares / np.maximum(counts - 1, 1)), 0.0)
    return np.where(counts > 1, found, np.nan)
