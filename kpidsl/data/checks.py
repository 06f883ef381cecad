"""What the data must keep to beyond types: keys that are unique, references that are found, values that are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Column, Source
from kpidsl.data import messages
from kpidsl.data.links import present, repeated
from kpidsl.data.table import Array, Dates, Table, Texts
from kpidsl.diagnostics import Diagnostic

PlaceOf = Callable[[int], str]
_EXAMPLES = 3


def unknown_values(source: str, column: Column, array: Array) -> Iterator[Diagnostic]:
    """Texts that the column does not declare."""
    if not isinstance(array, Texts) or column.values is None:
        return
    counts = np.bincount(array.codes[array.codes >= 0], minlength=len(array.words))
    listed = set(column.values)
    odd = [code for code in np.flatnonzero(counts) if array.words[code] not in listed]
    if odd:
        odd.sort(key=lambda code: -counts[code])
        examples = [str(array.words[code]) for code in odd[:_EXAMPLES]]
        yield messages.unknown_value(source, column.name, int(counts[odd].sum()), examples, len(odd), column.values)


def repeated_key(source: Source, table: Table, place: PlaceOf) -> Diagnostic | None:
    """That the key stands in several rows."""
    if not source.key or not all(key in table.columns for key in source.key):
        return None
    keys = [table.columns[key] for key in source.key]
    found = repeated(keys)
    if found is None:
        return None
    value = ", ".join(show(key, found.row) for key in keys)
    return messages.key_repeated(source.name, source.key, value, found.keys, place(found.first), place(found.row))


def unmatched(table: Table, column: str, target: str, links: NDArray[np.int64], place: PlaceOf) -> Iterator[Diagnostic]:
    """That references lead nowhere; a missing one leads nowhere and is fine."""
    having = present(table.columns[column])
    lost = having & (links < 0)
    if lost.any():
        row = int(np.argmax(lost))
        value, lost_rows, rows = show(table.columns[column], row), int(lost.sum()), int(having.sum())
        yield messages.reference_unmatched(table.source, column, target, lost_rows, rows, value, place(row))


def repeated_subset(table: Table, column: str, target: str, links: NDArray[np.int64], place: PlaceOf) -> Iterator[Diagnostic]:
    """That several rows of a source whose rows are a subset of the target's refer to one row of it."""
    found = links[links >= 0]
    times = np.bincount(found) if len(found) else np.zeros(1, dtype=np.int64)
    if times.max() > 1:
        crowded = np.flatnonzero(links == int(np.argmax(times > 1)))
        value = show(table.columns[column], int(crowded[0]))
        yield messages.subset_repeated(
            table.source, column, target, int((times > 1).sum()), value, place(int(crowded[0])), place(int(crowded[1]))
        )


def show(array: Array, row: int) -> str:
    """A value that is there, as people write it."""
    match array:
        case Texts(codes=codes, words=words):
            return str(words[codes[row]])
        case Dates(values=moments):
            return str(moments[row].astype("M8[s]")).removesuffix("T00:00:00")
        case _:
            value = array.values[row]
            return str(int(value)) if value == np.floor(value) else str(value)
