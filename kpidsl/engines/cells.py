"""Rows to cells: each combination of period and dimension values gets a number, and each row the number of its cell.

A dimension's values are numbered from 1, missing is 0; the numbers are joined as the digits of one number in mixed radix. Where
that counts many more cells than there are rows, those without rows are closed up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.catalog.core import Type
from kpidsl.engines.vectors import Vector

Codes = NDArray[np.intp]
_FEW = 1 << 16


class Cells(Struct, frozen=True, eq=False):
    """`codes` has the cell of each row, below `size`; `used` are the cells that have rows, `rows` a row of each of those."""

    codes: Codes
    size: int
    used: NDArray[np.int64]
    rows: NDArray[np.int64]


def cells_of(dimensions: Sequence[Vector], period: Codes | None, periods: int, count: int) -> Cells:
    """The cells of `count` rows by their values of the dimensions and their period."""
    codes, size = (np.zeros(count, np.intp), 1) if period is None else (period, periods)
    for dimension in dimensions:
        digits, radix = _digits(dimension)
        if size * radix > np.iinfo(np.int64).max:
            codes, size = _closed_up(codes)
        codes, size = codes + digits * size, size * radix
    if size > max(_FEW, 4 * count):
        codes, size = _closed_up(codes)
    some_row = np.full(size, -1)
    some_row[codes] = np.arange(count)
    used = np.flatnonzero(some_row >= 0)
    return Cells(codes, size, used, some_row[used])


def keys(dimension: Vector, rows: NDArray[np.int64], kind: Type) -> NDArray[np.object_]:
    """The value of a dimension on some rows: str, bool, date or datetime, None where it is missing."""
    taken = dimension.at(rows)
    if taken.words is not None:
        return _objects([taken.words[code] if code >= 0 else None for code in taken.values.tolist()], taken.valid)
    return _objects([_key(value, kind) for value in taken.values.tolist()], taken.valid)


def _key(value: object, kind: Type) -> object:
    match value:
        case datetime() if kind is Type.DATE:
            return value.date()
        case date() if kind is Type.DATETIME and not isinstance(value, datetime):
            return datetime(value.year, value.month, value.day)
        case _:
            return value


def _objects(values: Sequence[object], valid: NDArray[np.bool_] | None) -> NDArray[np.object_]:
    array = np.empty(len(values), object)
    array[:] = values
    if valid is not None:
        array[~valid] = None
    return array


def _closed_up(codes: Codes) -> tuple[Codes, int]:
    closed, used = pd.factorize(codes)
    return closed, len(used)


def _digits(dimension: Vector) -> tuple[Codes, int]:
    """Each row's value as a number, missing as 0, and how many there are."""
    if dimension.words is not None:
        return dimension.values + 1, len(dimension.words) + 1
    values = dimension.values
    if values.dtype.kind == "b":
        codes, count = values.astype(np.intp), 2
    else:
        codes, different = pd.factorize(values.view(np.int64))
        count = len(different)
    return (codes + 1 if dimension.valid is None else np.where(dimension.valid, codes + 1, 0)), count + 1
