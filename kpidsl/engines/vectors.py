"""What an expression has on the rows of a scan: one value for each row, or one for all; missing and undefined marked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from kpidsl.catalog.core import Type
from kpidsl.data.table import Array, Dates, Numbers, Texts, Truths

Bools = NDArray[np.bool_]
Values = NDArray[Any]
DAY = 86_400_000_000  # in microseconds


class Undefined(Struct, frozen=True, eq=False):
    """The rows without a value because there can be none, and why."""

    rows: Bools
    reasons: frozenset[str]


class Vector(Struct, frozen=True, eq=False):
    """`values` has a place for each row, or a single one for all.

    It holds numbers, truths, moments (datetime64[us]) or, for text, indices into `words`, among which none is twice.
    `valid` is None where every row has a value; what stands at the other places means nothing, but is no NaN and not infinite.
    In a column of text it is -1.
    Rows that are `undefined` are not valid.
    """

    values: Values
    valid: Bools | None = None
    words: NDArray[np.object_] | None = None
    undefined: Undefined | None = None

    def at(self, rows: NDArray[np.int64]) -> Vector:
        """The vector of some rows of this one, which has a place for each row."""
        undefined = self.undefined and Undefined(self.undefined.rows.take(rows), self.undefined.reasons)
        return Vector(self.values.take(rows), None if self.valid is None else self.valid.take(rows), self.words, undefined)

    def over(self, count: int) -> Vector:
        """The vector with a place for each of `count` rows."""
        undefined = self.undefined and Undefined(_spread(self.undefined.rows, count), self.undefined.reasons)
        valid = None if self.valid is None else _spread(self.valid, count)
        return Vector(_spread(self.values, count), valid, self.words, undefined)


def of_array(array: Array) -> Vector:
    """A column of a table."""
    match array:
        case Numbers(values=values, valid=valid) | Truths(values=values, valid=valid):
            return Vector(values, valid)
        case Texts(codes=codes, words=words):
            return Vector(codes, _or_none(codes >= 0), words)
        case Dates(values=values):
            return Vector(values, _or_none(~np.isnat(values)))


def as_array(vector: Vector) -> Array:
    """A column of a table with the values of a vector that has a place for each row."""
    values, valid = vector.values, vector.valid
    match values.dtype.kind:
        case "M":
            return Dates(values if valid is None else np.where(valid, values, np.datetime64("NaT", "us")))
        case "b":
            return Truths(values, valid)
        case _ if vector.words is not None:
            return Texts(values if valid is None else np.where(valid, values, -1), vector.words)
        case _:
            return Numbers(values, valid)


def as_floats(vector: Vector) -> NDArray[np.float64]:
    """The values as numbers: moments in days since 1970."""
    if vector.values.dtype.kind == "M":
        return vector.values.view(np.int64) / DAY
    return vector.values.astype(np.float64, copy=False)


def nothing(kind: Type) -> Vector:
    """No value, for all rows."""
    missing = np.zeros(1, np.bool_)
    match kind:
        case Type.TEXT:
            return Vector(np.full(1, -1), missing, np.empty(0, object))
        case Type.DATE | Type.DATETIME:
            return Vector(np.zeros(1, "M8[us]"), missing)
        case Type.BOOLEAN:
            return Vector(np.zeros(1, np.bool_), missing)
        case Type.NUMBER:
            return Vector(np.zeros(1), missing)


def follow(vector: Vector, positions: NDArray[np.int64]) -> Vector:
    """A vector over all rows of a table, seen from rows that refer to these; -1 refers to none."""
    found = positions >= 0
    text = vector.words is not None
    if not len(vector.values):
        none: Values = np.full(len(positions), -1 if text else 0, vector.values.dtype)
        return Vector(none, np.zeros(len(positions), np.bool_), vector.words)
    # The row taken where there is none means nothing.
    taken = vector.at(positions if found.all() else np.where(found, positions, 0))
    values = np.where(found, taken.values, -1) if text else taken.values
    undefined = taken.undefined and Undefined(taken.undefined.rows & found, taken.undefined.reasons)
    return Vector(values, _or_none(found if taken.valid is None else found & taken.valid), vector.words, undefined)


def all_valid(vectors: Sequence[Vector]) -> Bools | None:
    """Where all of some vectors have a value; None for everywhere."""
    masks = [vector.valid for vector in vectors if vector.valid is not None]
    return reduce(np.logical_and, masks) if masks else None


def any_undefined(vectors: Sequence[Vector]) -> Undefined | None:
    """Where one of some vectors is undefined: undefined wins over missing."""
    parts = [vector.undefined for vector in vectors if vector.undefined is not None]
    if not parts:
        return None
    return Undefined(reduce(np.logical_or, [part.rows for part in parts]), frozenset().union(*(part.reasons for part in parts)))


def strict(values: Values, arguments: Sequence[Vector], words: NDArray[np.object_] | None = None) -> Vector:
    """A result that there is where all arguments have a value."""
    return Vector(values, all_valid(arguments), words, any_undefined(arguments))


def broken(vector: Vector, where: Bools, reason: str) -> Vector:
    """The vector undefined for one more reason, where it has a value."""
    rows = where if vector.valid is None else where & vector.valid
    if not rows.any():
        return vector
    valid = ~rows if vector.valid is None else vector.valid & ~rows
    undefined = Undefined(rows, frozenset({reason}))
    if vector.undefined is not None:
        undefined = Undefined(rows | vector.undefined.rows, undefined.reasons | vector.undefined.reasons)
    return Vector(np.where(rows, np.zeros(1, vector.values.dtype), vector.values), valid, vector.words, undefined)


def with_same_words(vectors: Sequence[Vector]) -> Sequence[Vector]:
    """Vectors of text that index the same words; others as they are."""
    first, *others = vectors
    if first.words is None or all(other.words is first.words for other in others):
        return vectors
    lists = [vector.words for vector in vectors if vector.words is not None]
    places, words = pd.factorize(np.concatenate(lists))
    starts = np.cumsum([0, *(len(each) for each in lists)])
    # -1, a missing value, indexes the -1 that is put at the end.
    moved = [np.append(places[start : start + len(each)], -1) for start, each in zip(starts, lists, strict=False)]
    return [replace(vector, values=place[vector.values], words=words) for vector, place in zip(vectors, moved, strict=True)]


def choose(condition: Bools, yes: Vector, no: Vector) -> Vector:
    """The one where the condition is true, the other where it is not."""
    one, other = with_same_words([yes, no])
    valid = None
    if one.valid is not None or other.valid is not None:
        valid = np.where(condition, *(True if part.valid is None else part.valid for part in (one, other)))
    undefined = any_undefined([one, other])
    if undefined is not None:
        rows = np.where(condition, *(False if part.undefined is None else part.undefined.rows for part in (one, other)))
        undefined = Undefined(rows, undefined.reasons)
    return Vector(np.where(condition, one.values, other.values), valid, one.words, undefined)


def _spread(values: Values, count: int) -> Values:
    return values if len(values) == count else np.broadcast_to(values, count)


def _or_none(valid: Bools) -> Bools | None:
    return None if valid.all() else valid
