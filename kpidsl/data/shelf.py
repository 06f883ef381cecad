"""Tables that were read, kept for the next question: a column is read once, as long as nothing was found in it.

A source in which something was found is read anew for each set of columns, since what there is to say of it depends on which
columns a question needs.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.data.checks import PlaceOf
from kpidsl.data.table import Table
from kpidsl.diagnostics import Diagnostic

T = TypeVar("T")
Columns = frozenset[str]


class Read(Struct, frozen=True, eq=False):
    """A table and how to name a row of it, None where the source cannot be used; and what was found."""

    table: Table | None
    place: PlaceOf
    found: tuple[Diagnostic, ...]

    @property
    def clean(self) -> Table | None:
        """The table, where nothing was found."""
        return None if self.found else self.table

    def among(self, columns: Columns) -> Read:
        """The same with some of the columns only."""
        assert self.table is not None
        return replace(self, table=replace(self.table, columns={name: self.table.columns[name] for name in sorted(columns)}))


class Shelf:
    """Tables by source, and what was worked out for them; empty when it is made."""

    def __init__(self) -> None:
        self._clean: dict[str, Read] = {}
        self._others: dict[tuple[str, Columns], Read] = {}
        self._known: dict[Hashable, object] = {}

    def read(self, source: str, columns: Columns, read: Callable[[Columns], Read]) -> Read:
        """The table of a source with these columns; `read` reads those that were not read before."""
        if (source, columns) in self._others:
            return self._others[source, columns]
        before = self._clean.get(source)
        lacking = columns - before.table.columns.keys() if before is not None and before.table is not None else columns
        if before is not None and not lacking:
            return before.among(columns)
        found = read(lacking)
        if found.clean is not None:
            self._clean[source] = found if before is None else _both(before, found)
            return self._clean[source].among(columns)
        self._others[source, columns] = found if lacking == columns else read(columns)
        return self._others[source, columns]

    def once(self, key: Hashable, work: Callable[[], T]) -> T:
        """What was worked out for this key before; arrays in a key stand for themselves."""
        if key not in self._known:
            self._known[key] = work()
        found: T = self._known[key]  # type: ignore[assignment]
        return found


def _both(one: Read, other: Read) -> Read:
    assert one.table is not None
    assert other.table is not None
    return replace(other, table=replace(other.table, columns={**one.table.columns, **other.table.columns}))
