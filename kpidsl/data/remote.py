"""Tables of one database to relations: connected once, every table looked up, every needed column compared with its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from kpidsl.catalog.catalog import Catalog, Source
from kpidsl.data import messages as column_messages
from kpidsl.data import store_messages as messages
from kpidsl.data.database import lacks_table
from kpidsl.data.dbapi import connect_warehouse, host_store
from kpidsl.data.duckdb_store import DuckDbStore
from kpidsl.data.given import Given, Remote
from kpidsl.data.limits import Limits
from kpidsl.data.opened import Opened
from kpidsl.data.physical import fits, physical_of
from kpidsl.data.places import TITLES
from kpidsl.data.postgres import PostgresStore, connect_postgres
from kpidsl.data.reading import said_of
from kpidsl.data.relations import Kind, Physical, Relation, StoredColumn
from kpidsl.data.rows import Refused
from kpidsl.data.server import Described, Layout, Server
from kpidsl.data.spark import SparkStore, connect_spark
from kpidsl.diagnostics import Diagnostic

# Where names mean the same in capital and in small letters.
_ANY_CASE = frozenset(TITLES) - {"postgres"}


def open_there(catalog: Catalog, needs: Mapping[str, Iterable[str]], given: Mapping[str, Given], limits: Limits) -> Opened:
    """The needed columns of sources that are all on one site; one that fails stops no other."""
    places = {source: given[source].place for source in needs if source in given}
    remotes = {source: place for source, place in places.items() if isinstance(place, Remote)}
    try:
        store = _connected(next(iter(remotes.values())), limits)
    except Refused as refused:
        return Opened({}, frozenset(remotes), (refused.diagnostic,), _Nothing())
    relations: dict[str, Relation] = {}
    found: list[Diagnostic] = []
    try:
        for source, place in remotes.items():
            try:
                relation = _relation(catalog, source, sorted(needs[source]), given[source], place, store, found)
            except Refused as refused:
                found.append(refused.diagnostic)
                continue
            relations.update({source: relation} if relation is not None else {})
    except BaseException:
        store.close()
        raise
    return Opened(relations, frozenset(remotes) - relations.keys(), tuple(found), store)


def _connected(place: Remote, limits: Limits) -> Server:
    match place:
        case Remote(kind="duckdb"):
            connection: Any = place.connection
            return _DuckDbServer(connection, limits)
        case Remote(kind="postgres", connection=None, connect=variable):
            return connect_postgres(variable)
        case Remote(kind="postgres", connection=connection):
            return PostgresStore(connection, own=False)
        case Remote(kind="spark", connection=None, connect=variable):
            return connect_spark(variable)
        case Remote(kind="spark", connection=session):
            return SparkStore(session, own=False)
        case Remote(kind=kind, connection=None, connect=variable):
            return connect_warehouse(kind, variable)
        case _:
            return host_store(place.connection, place.kind)


class _DuckDbServer(DuckDbStore):
    """A connection of the host's."""

    def layout(self, table: tuple[str, ...]) -> Layout | None:
        described = self.working(lambda: self._described(table))
        if described is None:
            return None
        return Layout(table, [Described(column, physical_of(kind, "duckdb"), kind) for column, kind, *_ in described])

    def _described(self, table: tuple[str, ...]) -> list[Any] | None:
        import duckdb

        name = ".".join('"' + part.replace('"', '""') + '"' for part in table)
        try:
            return self.connection.execute(f"describe select * from {name}").fetchall()
        except duckdb.Error as reason:
            if lacks_table(str(reason), table):
                return None
            if isinstance(reason, duckdb.BinderException | duckdb.ParserException):  # a mistake of the view that it is
                raise Refused(messages.query_failed(TITLES["duckdb"], str(reason).splitlines()[0])) from None
            raise


class _Nothing:
    """The store of a database that could not be reached; nothing is asked of it."""

    dialect = "duckdb"

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        raise AssertionError(statement)

    def cancel(self) -> None:
        pass

    def close(self) -> None:
        pass


def _relation(
    catalog: Catalog,
    name: str,
    columns: Sequence[str],
    given: Given,
    place: Remote,
    store: Server,
    found: list[Diagnostic],
) -> Relation | None:
    source, said = catalog.sources[name], said_of(name, given, catalog.calendar)
    table = store.view(place.frame) if place.frame is not None and isinstance(store, SparkStore) else place.table
    layout = store.layout(table)
    if layout is None:
        raise Refused(messages.table_missing(name, ".".join(place.table), TITLES[place.kind]))
    held: dict[str, StoredColumn] = {}
    for column in columns:
        described = _find(source, column, given, layout, place.kind, found)
        if described is None:
            continue
        declared = source.columns[column].type
        if described.physical is None or not fits(declared, described.physical):
            stored, called = described.kind or "of an unknown type", None if place.frame is not None else ".".join(layout.table)
            found.append(messages.stored_otherwise(name, described.name, called, stored, declared.value))
            continue
        # Only the decimals of PostgreSQL that have no number of digits have infinite ones.
        finite = described.physical is Physical.DECIMAL and (place.kind, described.kind) != ("postgres", "numeric")
        held[column] = StoredColumn(described.name, described.physical, finite)
    return Relation(name, layout.table, held, said.clock.local, store, said.covers) if len(held) == len(columns) else None


def _find(source: Source, column: str, given: Given, layout: Layout, kind: str, found: list[Diagnostic]) -> Described | None:
    """The column of the table that is meant; letters count where they do for the database."""
    name = given.columns.get(column) or source.columns[column].data_name or column
    same = [each for each in layout.columns if each.name == name]
    if not same and kind in _ANY_CASE:
        same = [each for each in layout.columns if each.name.lower() == name.lower()]
    if len(same) == 1:
        return same[0]
    names = [each.name for each in layout.columns]
    missing = column_messages.column_missing(source.name, column, name, names)
    found.append(column_messages.column_repeated(source.name, name, len(same)) if same else missing)
    return None
