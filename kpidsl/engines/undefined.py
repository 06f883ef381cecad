"""The rows whose expressions are undefined, gathered while rows are read, to notices: each row counts once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from kpidsl.catalog.core import Core, Gather, Nearby, Reference, walk
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines import messages
from kpidsl.engines.rows import Rows
from kpidsl.engines.vectors import Bools, Undefined

Computed = tuple[str, tuple[str, ...]]  # a source and the columns from which something is computed


class UndefinedRows(Struct):
    """By source and columns which rows are undefined, for whatever period, and why."""

    _rows: dict[Computed, Bools] = field(default_factory=dict)
    _reasons: dict[Computed, set[str]] = field(default_factory=dict)

    def add(self, rows: Rows, core: Core, undefined: Undefined) -> None:
        """Some of these rows have no value for an expression."""
        places = np.flatnonzero(undefined.rows)
        if not len(places):
            return
        positions: NDArray[np.int64] = places if rows.positions is None else rows.positions.take(places)
        key = (rows.source, columns_in(core))
        if key not in self._rows:
            self._rows[key] = np.zeros(rows.all_rows, np.bool_)
        self._rows[key][positions] = True
        self._reasons.setdefault(key, set()).update(undefined.reasons)

    def notices(self) -> Iterator[Diagnostic]:
        for key, rows in self._rows.items():
            yield messages.undefined_rows(*key, sorted(self._reasons[key]), int(np.count_nonzero(rows)))


def columns_in(core: Core) -> tuple[str, ...]:
    """The columns that an expression names, in order, those of other sources by their source."""
    return tuple(dict.fromkeys(name for node in walk(core) for name in _named(node)))


def _named(node: Core) -> Iterator[str]:
    match node:
        case Reference():
            yield node.name
        case Gather(aggregate=aggregate):
            columns = columns_in(aggregate)
            yield from (f"{aggregate.source}.{name}" for name in columns)
            if not columns:
                yield aggregate.source
        case Nearby(source=source, argument=argument):
            yield from (f"{source}.{name}" for name in columns_in(argument))
        case _:
            pass
