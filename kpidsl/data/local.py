"""Frames and files that a question needs, to relations of one DuckDB database, which is closed with it.

Parquet files and tables of DuckDB files are read where they are; files of text become tables in memory, with needed columns
only; columns of pandas frames are scanned where they are if DuckDB makes the same of them as pandas. All else is read as the
engine for rows in memory does it, so that the same values are refused in the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct, field
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Catalog, Source
from kpidsl.data.duckdb_store import DuckDbStore
from kpidsl.data.files import Door, StoredRows, opened
from kpidsl.data.given import Given
from kpidsl.data.handed import Handed, from_array, handed
from kpidsl.data.limits import Limits
from kpidsl.data.opened import Opened
from kpidsl.data.reading import Said, door_of, frame_rows, positions_of, read_array, said_of
from kpidsl.data.relations import Relation, StoredColumn
from kpidsl.data.rows import Refused
from kpidsl.diagnostics import Diagnostic


def open_here(catalog: Catalog, needs: Mapping[str, Iterable[str]], given: Mapping[str, Given], limits: Limits) -> Opened:
    """The needed columns of sources that are given here; one that fails stops no other."""
    opening = _Opening(catalog)
    doors = opening.doors({source: given[source] for source in needs if source in given})
    store = opening.connect(doors, limits)
    try:
        for source, door in doors.items():
            opening.read(source, sorted(needs[source]), given[source], door, store)
    except BaseException:
        store.close()
        raise
    return Opened(opening.relations, frozenset(needs) & given.keys() - opening.relations.keys(), tuple(opening.found), store)


def _unattachable(door: Door) -> Diagnostic | None:
    """Why the DuckDB file behind a door cannot be attached."""
    try:
        with opened(door):
            return None
    except Refused as refused:
        return refused.diagnostic


class _Opening(Struct):
    catalog: Catalog
    relations: dict[str, Relation] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    tables: Iterator[int] = field(default_factory=count)

    def doors(self, given: Mapping[str, Given]) -> dict[str, Door | None]:
        """What DuckDB has to open; None for frames."""
        doors: dict[str, Door | None] = {}
        for source, each in given.items():
            try:
                doors[source] = door_of(source, each)
            except Refused as refused:
                self.found.append(refused.diagnostic)
        return doors

    def connect(self, doors: dict[str, Door | None], limits: Limits) -> DuckDbStore:
        """One database for all; DuckDB files that cannot be attached fail their sources."""
        try:
            return self._connected(doors, limits)
        except Refused:
            for source, door in [
                (source, door) for source, door in doors.items() if door is not None and door.file is not None
            ]:
                if (reason := _unattachable(door)) is not None:
                    self.found.append(reason)
                    del doors[source]
            return self._connected(doors, limits)

    def _connected(self, doors: Mapping[str, Door | None], limits: Limits) -> DuckDbStore:
        files = dict.fromkeys(door.file for door in doors.values() if door is not None and door.file is not None)
        self.aliases = {file: f"d{number}" for number, file in enumerate(files)}
        paths = [path for door in doors.values() if door is not None for path in door.paths]
        return DuckDbStore.of(paths, {alias: file for file, alias in self.aliases.items()}, limits)

    def read(self, name: str, columns: Sequence[str], given: Given, door: Door | None, store: DuckDbStore) -> None:
        """The relation of one source, or findings."""
        source = self.catalog.sources[name]
        table = f"s{next(self.tables)}"  # one that failed may have left its own
        try:
            said = said_of(name, given, self.catalog.calendar)
            if door is None:
                relation = self._from_frame(source, columns, given, said, table, store)
            else:
                relation = store.working(lambda: self._from_door(source, columns, given, said, (door, table), store))
        except Refused as refused:
            self.found.append(refused.diagnostic)
            return
        if relation is not None:
            self.relations[name] = relation

    def _from_door(
        self,
        source: Source,
        columns: Sequence[str],
        given: Given,
        said: Said,
        place: tuple[Door, str],
        store: DuckDbStore,
    ) -> Relation | None:
        door, table = place
        name = table if door.file is None else self.aliases[door.file]
        rows = door.open(store.connection, name)
        positions = positions_of(source, columns, given, rows.names, self.found)
        if positions is None:
            return None
        rows.select({(position, source.columns[each].type): None for each, position in positions.items()})
        stored = {each: rows.stored(position, source.columns[each].type) for each, position in positions.items()}
        held = {each: column for each, column in stored.items() if column is not None}
        if len(held) == len(stored):
            return Relation(source.name, rows.parts, held, said.clock.local, store, said.covers)
        return self._from_rows(source, rows, positions, said, table, store)

    def _from_rows(
        self, source: Source, rows: StoredRows, positions: Mapping[str, int], said: Said, table: str, store: DuckDbStore
    ) -> Relation | None:
        """Through memory, where a column is not stored as what it is declared."""
        columns: dict[str, Handed] = {}
        for name, position in positions.items():
            array = read_array(source, source.columns[name], rows, position, said.clock, self.found)
            if array is not None:
                columns[name] = from_array(array)
        return self._registered(source, columns, len(positions), rows.count(), said, f"{table}_rows", store)

    def _from_frame(
        self, source: Source, columns: Sequence[str], given: Given, said: Said, table: str, store: DuckDbStore
    ) -> Relation | None:
        rows = frame_rows(source.name, given)
        positions = positions_of(source, columns, given, rows.names, self.found)
        if positions is None:
            return None
        found = {
            name: handed(source, source.columns[name], rows, position, said.clock, self.found)
            for name, position in positions.items()
        }
        good = {name: column for name, column in found.items() if column is not None}
        return self._registered(source, good, len(found), rows.count(), said, table, store)

    def _registered(
        self, source: Source, columns: Mapping[str, Handed], wanted: int, rows: int, said: Said, table: str, store: DuckDbStore
    ) -> Relation | None:
        if len(columns) < wanted:
            return None
        arrays: dict[str, Any] = {f"c{number}": column.array for number, column in enumerate(columns.values())}
        nothing: NDArray[np.bool_] = np.zeros(rows, np.bool_)
        store.connection.register(table, pd.DataFrame(arrays or {"c0": nothing}, copy=False))
        held = {
            name: StoredColumn(f"c{number}", column.physical, column.finite)
            for number, (name, column) in enumerate(columns.items())
        }
        return Relation(source.name, ("temp", "main", table), held, said.clock.project, store, said.covers)
