"""Columns of a statement's result, as databases hand them over, to arrays of the kinds that were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kpidsl.data.relations import Kind

# A moment outside of what Python knows, such as an infinite one, is none.
_FIRST, _LAST = np.datetime64(datetime.min, "us"), np.datetime64(datetime.max, "us")


def from_rows(rows: Sequence[Sequence[Any]], kinds: Sequence[Kind]) -> list[NDArray[Any]]:
    """The columns of rows of Python values."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(kinds)
    return [_column(values, kind) for values, kind in zip(columns, kinds, strict=True)]


def _column(values: Sequence[Any], kind: Kind) -> NDArray[Any]:
    if kind == "number":
        return np.array([np.nan if value is None else float(value) for value in values], np.float64)
    return _objects([None if value is None else _READ[kind](value) for value in values])


def from_arrays(columns: Sequence[Any], kinds: Sequence[Kind]) -> list[NDArray[Any]]:
    """The columns of arrays, maybe masked."""
    return [_array(values, kind) for values, kind in zip(columns, kinds, strict=True)]


def _array(values: Any, kind: Kind) -> NDArray[Any]:
    plain, mask = np.ma.getdata(values), np.ma.getmaskarray(values)
    if kind == "number":
        numbers = plain.astype(np.float64)
        numbers[mask] = np.nan
        return numbers
    if plain.dtype.kind == "M":
        plain = plain.astype("M8[us]")
        mask = mask | np.isnat(plain) | (plain < _FIRST) | (plain > _LAST)
        if kind == "moment":
            moments = plain.astype(object)
            moments[mask] = None
            return moments
    listed = plain.tolist()
    return _objects([None if gap else _READ[kind](value) for value, gap in zip(listed, mask, strict=True)])


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    array = np.empty(len(values), np.object_)
    array[:] = values
    return array


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value)[:10])


def _moment(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=None)


_READ: dict[Kind, Callable[[Any], Any]] = {"text": str, "boolean": bool, "date": _day, "moment": _moment}
