"""The rows that a statement brought, to what was collected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.engines.slots import Collected
from kpidsl.engines.sql.adding import Flags
from kpidsl.engines.sql.asking import Asked, Part
from kpidsl.plan.nodes import Count, Distinct, Slot


class Answer(Struct, frozen=True, eq=False):
    """What was collected for a job, and in how many rows each flag was seen."""

    collected: Collected
    flags: Mapping[Flags, int]

    def joined(self, other: Answer) -> Answer:
        """Both of two, which are for different pieces."""
        one, two = self.collected, other.collected
        keys = tuple(np.concatenate(pair) for pair in zip(one.keys, two.keys, strict=True))
        slots = {name: np.concatenate([values, two.slots[name]]) for name, values in one.slots.items()}
        flags = {flag: count + other.flags.get(flag, 0) for flag, count in self.flags.items()}
        return Answer(Collected(np.concatenate([one.piece, two.piece]), keys, slots, one.rows + two.rows), flags)


def read(question: Asked, columns: Sequence[NDArray[Any]]) -> list[Answer]:
    """The columns that came back, part by part."""
    return [read_part(part, place, question, columns) for place, part in enumerate(question.parts)]


def read_part(part: Part, place: int, question: Asked, columns: Sequence[NDArray[Any]]) -> Answer:
    """What came back for the part at a place, by its own job."""
    job, piece, rows, *others = columns
    keys = dict(zip(question.dimensions, others, strict=False))
    numbers = others[len(question.dimensions) :]
    return _read(part, np.flatnonzero(job == place), piece, rows, keys, numbers)


def _read(
    part: Part,
    mine: NDArray[np.intp],
    piece: NDArray[np.float64],
    rows: NDArray[np.float64],
    keys: Mapping[int, NDArray[Any]],
    numbers: Sequence[NDArray[np.float64]],
) -> Answer:
    pieces = _pieces(part, piece[mine])
    kept = mine[pieces >= 0]
    pieces = pieces[pieces >= 0]
    slots = {name: _slot(slot, numbers[place][kept]) for place, (name, slot) in enumerate(part.job.slots.items())}
    apart = part.job.apart
    count = _times(rows[kept], pieces, apart)
    flagged = numbers[len(part.job.slots) :]
    times = {flag: _times(flagged[place][kept], pieces, apart) for place, flag in enumerate(part.flags)}
    own = tuple(_objects(keys[number][kept]) for number in part.job.dimensions)
    return Answer(Collected(pieces + part.job.first, own, slots, count), times)


def _pieces(part: Part, found: NDArray[np.float64]) -> NDArray[np.int64]:
    """The pieces of rows, -1 for none."""
    if part.places is None:
        return np.where(np.isnan(found), -1, found).astype(np.int64)
    places = part.places
    values = np.where(np.isnan(found), np.iinfo(np.int32).min, np.rint(found)).astype(np.int64)
    return np.fromiter((places.get(value, -1) for value in values.tolist()), np.int64, len(values))


def _times(counts: NDArray[np.float64], pieces: NDArray[np.int64], apart: bool) -> int:
    """How many rows in all: where a row may be in several pieces, as many as are in the piece that has most."""
    if not len(counts):
        return 0
    return int(counts.sum() if apart else np.bincount(pieces, counts).max())


def _slot(slot: Slot, values: NDArray[np.float64]) -> NDArray[np.float64] | NDArray[np.int64]:
    return values.astype(np.int64) if isinstance(slot, Count | Distinct) else np.where(np.isfinite(values), values, np.nan)


def _objects(values: NDArray[Any]) -> NDArray[np.object_]:
    """Keys as they are told; a number that is missing is None."""
    if values.dtype == object:
        return values
    found = values.astype(object)
    found[np.isnan(values)] = None
    return found
