"""Columns of a pandas frame to such as DuckDB scans as they are: most are handed over uncopied, the others are typed first.

What they hold is then named by position, so that it does not matter what they are called.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct

from kpidsl.catalog.catalog import Column, Source
from kpidsl.catalog.core import Type
from kpidsl.data.columns import Series
from kpidsl.data.dates import Clock
from kpidsl.data.reading import read_array
from kpidsl.data.relations import Physical
from kpidsl.data.rows import Rows
from kpidsl.data.table import Array, Dates, Numbers, Texts, Truths
from kpidsl.diagnostics import Diagnostic


class Handed(Struct, frozen=True, eq=False):
    """An array for pandas, and what DuckDB sees in it."""

    array: Any
    physical: Physical
    finite: bool = False


def handed(source: Source, column: Column, rows: Rows, position: int, clock: Clock, found: list[Diagnostic]) -> Handed | None:
    """A column as DuckDB can scan it; None where a value is not of its type, which was found."""
    values = rows.column(position, column.type, clock.project)
    physical = _as_it_is(values, column.type, clock)
    if physical is not None:
        return Handed(values.array, physical, physical is Physical.FLOAT and not np.isinf(values.to_numpy()).any())
    array = read_array(source, column, rows, position, clock, found)
    return None if array is None else from_array(array)


def _as_it_is(values: Series, kind: Type, clock: Clock) -> Physical | None:
    """What DuckDB makes of a column by itself; None where it might make less or something else of it."""
    match kind, values.dtype:
        case Type.NUMBER | Type.TEXT, np.dtype(kind="i" | "u"):
            return Physical.INTEGER
        case Type.NUMBER, np.dtype(kind="f", itemsize=4 | 8):
            return Physical.FLOAT
        case Type.TEXT, pd.StringDtype():
            return Physical.TEXT
        case Type.BOOLEAN, np.dtype(kind="b"):
            return Physical.BOOLEAN
        case Type.DATE, np.dtype(kind="M"):
            return _unzoned(values)
        case Type.DATETIME, np.dtype(kind="M") if clock.local == clock.project:
            return _unzoned(values)
        case Type.DATETIME, pd.DatetimeTZDtype():
            return Physical.ZONED if _within_years(values) else None
        case _:
            return None


def _unzoned(values: Series) -> Physical | None:
    if not _within_years(values):
        return None
    return Physical.NANOSECONDS if np.datetime_data(values.dtype)[0] == "ns" else Physical.MOMENT


def _within_years(values: Series) -> bool:
    """Whether no moment is near the ends of time, where a clock could move it out of it."""
    first, last = values.min(), values.max()
    return bool(pd.isna(first)) or (first.year > 1 and last.year < 9999)


def from_array(array: Array) -> Handed:
    """A typed column as DuckDB can scan it."""
    match array:
        case Numbers(values=values, valid=valid):
            integers = values.dtype.kind == "i"
            if valid is None:
                return Handed(values, Physical.INTEGER if integers else Physical.FLOAT, finite=True)
            if integers:
                return Handed(pd.arrays.IntegerArray(values.astype(np.int64), ~valid), Physical.INTEGER)
            return Handed(np.where(valid, values, np.nan), Physical.FLOAT, finite=True)
        case Texts(codes=codes, words=words):
            return Handed(pd.Categorical.from_codes(codes.astype(np.int32), categories=pd.Index(words)), Physical.TEXT)
        case Dates(values=values):
            return Handed(values, Physical.MOMENT)
        case Truths(values=values, valid=valid):
            truths = values.astype(np.bool_)
            return Handed(truths if valid is None else pd.arrays.BooleanArray(truths, ~valid), Physical.BOOLEAN)
