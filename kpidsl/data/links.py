"""Keys: which row of a referenced source a value of a referencing column means, and which keys stand more than once.

A missing value matches nothing. Whole and other numbers are equal when their values are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpidsl.data.table import Array, Dates, Numbers, Texts, Truths

Positions = NDArray[np.int64]
Plain = tuple[NDArray[np.generic], NDArray[np.bool_]]  # values and where there are any


@dataclass(frozen=True, slots=True)
class Repeated:
    """How many keys stand in several rows, the first such row (from 0) and the one before it with the same key."""

    keys: int
    first: int
    row: int


def link(values: Array, keys: Array) -> Positions:
    """For each value the row that has it as key, -1 for none; of several such rows the first."""
    match values, keys:
        case Texts(codes=codes, words=words), Texts():
            rows = _row_of_word(keys)
            places = pd.Index(keys.words).get_indexer(pd.Index(words))
            by_word = np.where(places >= 0, np.append(rows, -1)[places], -1)
            return np.append(by_word, -1)[codes]
        case (Numbers(), Numbers()) | (Dates(), Dates()) | (Truths(), Truths()):
            return _found(_plain(values), _plain(keys))
        case _:
            return np.full(_length(values), -1)


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


def _row_of_word(keys: Texts) -> Positions:
    """The first row of each word; -1 for a word that no row has."""
    rows = np.full(len(keys.words), -1)
    having = np.flatnonzero(keys.codes >= 0)[::-1]
    rows[keys.codes[having]] = having
    return rows


def _found(values: Plain, keys: Plain) -> Positions:
    (sought, valid), (known, present) = values, keys
    rows = np.flatnonzero(present)
    index = pd.Index(known[rows])
    if not index.is_unique:
        rows = rows[~index.duplicated()]
        index = pd.Index(known[rows])
    places = index.get_indexer(pd.Index(sought))
    return np.where(valid & (places >= 0), np.append(rows, -1)[places], -1)


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
