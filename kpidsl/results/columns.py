"""Columns of values: one number, one status and, where a value is undefined, one reason for each cell.

A column of length 1 stands for the same value in every cell; columns meet by broadcasting. Where there is no value the
number is NaN, so that a mistake shows; where there is one it is finite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]
Objects = NDArray[np.object_]


class Status(IntEnum):
    """What a cell holds; the greater one wins where two meet."""

    VALUE = 0
    MISSING = 1
    UNDEFINED = 2

    @property
    def word(self) -> str:
        return self.name.lower()


# numpy takes six times as long to compare with a member of an enumeration.
_VALUE, _MISSING, _UNDEFINED = map(np.int8, Status)


class Column(Struct, frozen=True, eq=False):
    """`status` holds `Status` numbers; `reasons` indexes `texts` where a value is undefined, and is None where none is."""

    values: Floats
    status: NDArray[np.int8]
    reasons: Codes | None = None
    texts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    @property
    def present(self) -> Bools:
        """Where there is a value."""
        present: Bools = self.status == _VALUE
        return present

    @property
    def missing(self) -> Bools:
        missing: Bools = self.status == _MISSING
        return missing

    @property
    def undefined(self) -> Bools:
        undefined: Bools = self.status == _UNDEFINED
        return undefined

    def reason(self, cell: int) -> str:
        """Why the value of a cell is undefined; empty where it is not."""
        if self.reasons is None or self.status[cell] != Status.UNDEFINED:
            return ""
        return self.texts[int(self.reasons[cell])]

    def at(self, cells: Codes | Bools) -> Column:
        """The column of some of its cells, by number or by a mask."""
        return Column(self.values[cells], self.status[cells], None if self.reasons is None else self.reasons[cells], self.texts)

    def spread(self, length: int) -> Column:
        """The column with one entry for each of so many cells."""
        if len(self) == length:
            return self
        reasons = None if self.reasons is None else np.broadcast_to(self.reasons, (length,))
        return Column(np.broadcast_to(self.values, (length,)), np.broadcast_to(self.status, (length,)), reasons, self.texts)


class Fault(Struct, frozen=True, eq=False):
    """Where a function has no value although its arguments have one; `text` says why and is asked for only then."""

    where: Bools
    text: Callable[[], str]


def from_floats(values: Floats) -> Column:
    """A column of finite numbers; NaN stands for missing."""
    return Column(values, np.isnan(values).astype(np.int8))


def constant(value: float) -> Column:
    """One value for every cell."""
    return Column(np.array([value], dtype=np.float64), np.zeros(1, dtype=np.int8))


def strict(values: Floats, over: Sequence[Column], faults: Sequence[Fault] = ()) -> Column:
    """The result of a function that needs all its arguments: missing or undefined where one of them is.

    Undefined wins over missing. Of several reasons the first in the order of the arguments is kept, and the arguments' own
    come before those of the function.
    """
    status = _worst(over)
    present = status == _VALUE
    hits = [(hit, fault) for fault in faults if (hit := present & fault.where).any()]
    if not hits and all(column.reasons is None for column in over):
        return Column(values if present.all() else np.where(present, values, np.nan), status)
    reasons, texts = _first_reasons(over)
    for hit, fault in hits:
        status = np.where(hit & (status == _VALUE), _UNDEFINED, status)
        reasons = np.where(hit & (reasons < 0), _code(texts, fault.text()), reasons)
    return Column(np.where(status == _VALUE, values, np.nan), status, reasons, tuple(texts))


def first_of(cases: Sequence[tuple[Bools, int | np.int8]], otherwise: int | np.int8) -> NDArray[np.int8]:
    """In each cell the code of the first case that holds."""
    found = np.full(len(cases[0][0]), int(otherwise), dtype=np.int8)
    for where, code in reversed(cases):
        found[where] = int(code)
    return found


def choose(picks: Sequence[tuple[Bools, Column]], otherwise: Column) -> Column:
    """In each cell the first column whose mask holds, with its status and reason."""
    values, status = otherwise.values, otherwise.status
    codes, texts = _shared_reasons([otherwise, *(column for _, column in picks)])
    reasons = codes[0]
    for (mask, column), own in zip(reversed(picks), reversed(codes[1:]), strict=True):
        values = np.where(mask, column.values, values)
        status = np.where(mask, column.status, status)
        reasons = np.where(mask, own, reasons)
    return Column(values, status, reasons if texts else None, tuple(texts))


def _worst(columns: Sequence[Column]) -> NDArray[np.int8]:
    status = columns[0].status
    for column in columns[1:]:
        status = np.maximum(status, column.status)
    return status


def _first_reasons(columns: Sequence[Column]) -> tuple[Codes, list[str]]:
    shared, texts = _shared_reasons(columns)
    reasons = shared[0]
    for codes in shared[1:]:
        reasons = np.where(reasons < 0, codes, reasons)
    return reasons, texts


def _shared_reasons(columns: Sequence[Column]) -> tuple[list[Codes], list[str]]:
    """The reasons of several columns as codes into one table, -1 where there is none."""
    texts: list[str] = []
    shared: list[Codes] = []
    for column in columns:
        if column.reasons is None:
            shared.append(np.full(1, -1, dtype=np.int64))
            continue
        codes = np.array([_code(texts, text) for text in column.texts], dtype=np.int64)
        shared.append(np.where(column.reasons < 0, -1, codes[column.reasons]))
    return shared, texts


def _code(texts: list[str], text: str) -> int:
    if text not in texts:
        texts.append(text)
    return texts.index(text)
