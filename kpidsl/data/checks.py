"""What the data must keep to beyond types: keys that are unique, references that are found, values that are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Column, Link, Source
from kpidsl.data import messages
from kpidsl.data.links import matched, present, repeated, validity
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
    value = _shown(keys, found.row)
    return messages.key_repeated(source.name, source.key, value, found.keys, place(found.first), place(found.row))


def overlapping(link: Link, target: Table, place: PlaceOf) -> Diagnostic | None:
    """That two rows of a key are valid at the same time."""
    assert link.valid is not None
    start, end = (target.columns[name] for name in link.valid)
    if not isinstance(start, Dates) or not isinstance(end, Dates):
        return None
    names = [there for _, there in link.match]
    keys = [target.columns[name] for name in names]
    found = validity(matched(keys, keys)[1], start, end).overlap()
    if found is None:
        return None
    value = _shown(keys, found[0])
    times = [(place(row), show(start, row), None if np.isnat(end.values[row]) else show(end, row)) for row in found]
    return messages.validity_overlaps(target.source, names, value, times[0], times[1])


def unmatched(table: Table, link: Link, found: NDArray[np.int64], place: PlaceOf) -> Iterator[Diagnostic]:
    """That references lead nowhere, `found` being negative; a missing one leads nowhere and is fine."""
    names = [own for own, _ in link.match]
    columns = [table.columns[name] for name in names]
    having = np.logical_and.reduce([present(column) for column in columns])
    lost = having & (found < 0)
    if lost.any():
        row = int(np.argmax(lost))
        value, lost_rows, rows = _shown(columns, row), int(lost.sum()), int(having.sum())
        yield messages.reference_unmatched(table.source, names, link.target, lost_rows, rows, value, place(row))


def repeated_subset(table: Table, link: Link, links: NDArray[np.int64], place: PlaceOf) -> Iterator[Diagnostic]:
    """That several rows of a source whose rows are a subset of the target's refer to one row of it."""
    found = links[links >= 0]
    times = np.bincount(found) if len(found) else np.zeros(1, dtype=np.int64)
    if times.max() > 1:
        crowded = np.flatnonzero(links == int(np.argmax(times > 1)))
        value = _shown([table.columns[own] for own, _ in link.match], int(crowded[0]))
        yield messages.subset_repeated(
            table.source, link.target, int((times > 1).sum()), value, place(int(crowded[0])), place(int(crowded[1]))
        )


def _shown(columns: Sequence[Array], row: int) -> str:
    """The values of a row that are there, as people write them."""
    return ", ".join(show(column, row) for column in columns)


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
