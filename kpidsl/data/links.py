"""Keys: which row of a referenced source the values of a referencing row mean, and which keys stand more than once.

A missing value matches nothing. Whole and other numbers are equal when their values are. Where rows of one key are valid one
after the other they are found by key and moment: in the order of both, the row sought is the last that begins by then, if it
has not ended.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.data.table import Array, Dates, Numbers, Texts, Truths

Positions = NDArray[np.int64]
Codes = NDArray[np.int64]
Ticks = NDArray[np.int64]  # microseconds since 1970
Plain = tuple[NDArray[np.generic], NDArray[np.bool_]]  # values and where there are any
_OPEN = np.iinfo(np.int64).max


class Repeated(Struct, frozen=True):
    """How many keys stand in several rows, the first such row (from 0) and the one before it with the same key."""

    keys: int
    first: int
    row: int


def link(values: Sequence[Array], keys: Sequence[Array]) -> Positions:
    """For the values of each row, a column or several, the row that has them as key, -1 for none; of several the first."""
    own, there = matched(values, keys)
    # The last place is for -1, which is no key.
    rows = np.full(max(own.max(initial=-1), there.max(initial=-1)) + 2, -1)
    having = np.flatnonzero(there >= 0)[::-1]
    rows[there[having]] = having
    return rows[own]


def matched(values: Sequence[Array], keys: Sequence[Array]) -> tuple[Codes, Codes]:
    """Numbers for the values and for the keys of each row, equal where these are; -1 where one is missing, or is no key."""
    own, there = _matched(values[0], keys[0])
    for value, key in zip(values[1:], keys[1:], strict=True):
        more, others = _matched(value, key)
        size = int(max(more.max(initial=-1), others.max(initial=-1))) + 1
        pairs = (own * size + more, (own >= 0) & (more >= 0)), (there * size + others, (there >= 0) & (others >= 0))
        own, there = _matched_plain(*pairs)
    return own, there


def _matched(values: Array, keys: Array) -> tuple[Codes, Codes]:
    match values, keys:
        case Texts(codes=codes, words=words), Texts():
            places = pd.Index(keys.words).get_indexer(pd.Index(words))
            return np.append(places, -1)[codes], keys.codes
        case (Numbers(), Numbers()) | (Dates(), Dates()) | (Truths(), Truths()):
            return _matched_plain(_plain(values), _plain(keys))
        case _:
            return np.full(_length(values), -1), np.full(_length(keys), -1)


def _matched_plain(values: Plain, keys: Plain) -> tuple[Codes, Codes]:
    (sought, valid), (known, present) = values, keys
    index: pd.Index = pd.Index(known[present])
    codes: Codes = np.arange(len(index))
    if not index.is_unique:
        codes, index = pd.factorize(index)
    there = np.full(len(known), -1)
    there[present] = codes
    return np.where(valid, index.get_indexer(pd.Index(sought)), -1), there


class Validity(Struct, frozen=True, eq=False):
    """Rows in the order of their key and of when they begin; without those that never begin, or end by then.

    `ranks` joins the key and the place of the beginning among `begins`, all moments at which one begins.
    """

    rows: Positions
    codes: Codes
    starts: Ticks
    ends: Ticks
    begins: Ticks
    ranks: NDArray[np.int64]

    def find(self, codes: Codes, moments: Ticks | int) -> Positions:
        """The row of each key that is valid at a moment, -1 for none."""
        if not len(self.rows):
            return np.full(len(codes), -1)
        sought = codes * (len(self.begins) + 1) + np.searchsorted(self.begins, moments, "right")
        place = np.searchsorted(self.ranks, sought, "right") - 1
        found = (codes >= 0) & (place >= 0) & (self.codes[place] == codes) & (moments < self.ends[place])
        return np.where(found, self.rows[place], -1)

    def overlap(self) -> tuple[int, int] | None:
        """Two rows of one key that are valid at the same time; None if there are none."""
        same = (self.codes[1:] == self.codes[:-1]) & (self.starts[1:] < self.ends[:-1])
        if not same.any():
            return None
        place = int(np.argmax(same))
        return int(self.rows[place]), int(self.rows[place + 1])


def validity(codes: Codes, start: Dates, end: Dates) -> Validity:
    """How rows with these numbers for their keys (-1 for none) are found by moment; a missing end is open."""
    starts = start.values.view(np.int64)
    ends = np.where(np.isnat(end.values), _OPEN, end.values.view(np.int64))
    rows = np.flatnonzero((codes >= 0) & ~np.isnat(start.values) & (starts < ends))
    begins, places = np.unique(starts[rows], return_inverse=True)
    ranks = codes[rows] * (len(begins) + 1) + places.reshape(-1) + 1
    order = np.argsort(ranks, kind="stable")
    rows = rows[order]
    return Validity(rows, codes[rows], starts[rows], ends[rows], begins, ranks[order])


def repeated(keys: Sequence[Array]) -> Repeated | None:
    """The keys, of one column or several, that stand more than once; rows that miss a part have none."""
    columns = [_plain(key) for key in keys]
    present = np.logical_and.reduce([valid for _, valid in columns])
    if len(columns) == 1 and present.all() and pd.Index(columns[0][0]).is_unique:
        return None
    rows = np.flatnonzero(present)
    frame = pd.DataFrame({number: values[rows] for number, (values, _) in enumerate(columns)})
    again = frame.duplicated().to_numpy()
    if not again.any():
        return None
    row = int(np.argmax(again))
    same = (frame == frame.iloc[row]).all(axis=1).to_numpy()
    return Repeated(len(frame[again].drop_duplicates()), int(rows[np.argmax(same)]), int(rows[row]))


def present(values: Array) -> NDArray[np.bool_]:
    """Which rows have a value."""
    return _plain(values)[1]


def _plain(values: Array) -> Plain:
    match values:
        case Texts(codes=codes):
            return codes, codes >= 0
        case Dates(values=moments):
            return moments.view(np.int64), ~np.isnat(moments)
        case Numbers(values=array, valid=valid) | Truths(values=array, valid=valid):
            return array, np.ones(len(array), np.bool_) if valid is None else valid


def _length(values: Array) -> int:
    return len(values.codes) if isinstance(values, Texts) else len(values.values)
