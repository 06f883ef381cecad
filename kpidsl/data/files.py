"""Files, tables of DuckDB files and foreign frames as rows that DuckDB reads: how each is found, opened and described.

A door knows what there is to read before anything is opened, since a database is told of all its files at once and of no
others. Parquet files and tables stay where they are; a stream, which may be readable only once, becomes a table in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd
from msgspec import Struct

from kpidsl.catalog.core import Type
from kpidsl.data import messages, store_messages
from kpidsl.data.columns import Series
from kpidsl.data.database import Database, exactly, lacks_table, literal, quoted
from kpidsl.data.given import DuckDbTable
from kpidsl.data.paths import data_files, readable_file
from kpidsl.data.physical import fits, physical_of
from kpidsl.data.relations import Physical, StoredColumn
from kpidsl.data.rows import Refused, Wanted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST_WORDS = 1000
_ZONED = "TIMESTAMP WITH TIME ZONE"
Refuse = Callable[[str], Refused]
T = TypeVar("T")


class StoredRows:
    """Rows of a relation of DuckDB: `table` is its name in a statement, `parts` are those of the name.

    `names` are those that its columns have where they come from.
    """

    def __init__(self, connection: DuckDBPyConnection, refuse: Refuse, parts: Sequence[str]) -> None:
        self._connection = connection
        self._refuse = refuse
        self.parts = tuple(parts)
        self.table = ".".join(map(quoted, parts))
        described = self._run(f"describe select * from {self.table}").fetchall()
        self.names: Sequence[str] = [name for name, *_ in described]
        self._stored = self.names
        self._types = [kind for _, kind, *_ in described]

    def select(self, wanted: Collection[Wanted]) -> None:
        pass

    def count(self) -> int:
        counted: int = self._run(f"select count(*) from {self.table}").fetchall()[0][0]
        return counted

    def column(self, position: int, kind: Type, zone: str) -> Series:
        name = quoted(self._stored[position])
        if kind is Type.TEXT and self._types[position] == "VARCHAR" and (words := self._words(name)) is not None:
            return self._coded(name, words)
        values = as_series(self._fetch(name)[0])
        return values.dt.tz_localize("UTC").dt.tz_convert(zone) if self._types[position] == _ZONED else values

    def _words(self, name: str) -> list[str] | None:
        """The different texts of a column; None where they are not few."""
        listed = f"select distinct {name} from {self.table} where {name} is not null limit {_MOST_WORDS + 1}"
        words = sorted(word for (word,) in self._run(listed).fetchall())
        return words if len(words) <= _MOST_WORDS and not any("\0" in word for word in words) else None

    def _coded(self, name: str, words: Sequence[str]) -> Series:
        """A column of texts by their places among the words, since it takes long to make each text anew."""
        kind = pd.CategoricalDtype(list(words))
        if not words:
            return pd.Series(pd.Categorical.from_codes(np.full(self.count(), -1), dtype=kind))
        listed = ", ".join(map(literal, words))
        codes = self._fetch(f"cast(enum_code(cast({name} as enum({listed}))) as smallint)")[0]
        plain = np.where(np.ma.getmaskarray(codes), -1, np.ma.getdata(codes))
        return pd.Series(pd.Categorical.from_codes(plain, dtype=kind))

    def stored(self, position: int, kind: Type) -> StoredColumn | None:
        """The column as DuckDB holds it; None where not every value in it need be of the type."""
        physical = physical_of(self._types[position], "duckdb")
        if physical is None or not fits(kind, physical):
            return None
        return StoredColumn(self._stored[position], physical, finite=physical is Physical.DECIMAL)

    def place(self, row: int) -> str:
        return f"row {row + 1}"

    def _fetch(self, *expressions: str) -> list[Any]:
        listed = ", ".join(f"{expression} as v{number}" for number, expression in enumerate(expressions))
        return self._arrays(f"select {listed} from {self.table}")

    def _arrays(self, statement: str) -> list[Any]:
        return self._refused(lambda: list(self._connection.execute(statement).fetchnumpy().values()))

    def _run(self, statement: str) -> DuckDBPyConnection:
        return self._refused(lambda: self._connection.execute(statement))

    def _refused(self, work: Callable[[], T]) -> T:
        """Not every value that DuckDB can hold has a place in an array."""
        import duckdb

        try:
            return work()
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as reason:
            raise self._refuse(str(reason)) from None


class Door(Struct, frozen=True, eq=False):
    """What is to be read: `paths` of files, or a DuckDB `file`; `open` takes a connection and a name for it, or the file's."""

    open: Callable[[DuckDBPyConnection, str], StoredRows]
    refuse: Refuse
    paths: tuple[str, ...] = ()
    file: str | None = None


@contextmanager
def opened(door: Door) -> Iterator[StoredRows]:
    """The rows behind one door, in a database of their own; raises Refused."""
    import duckdb

    try:
        database = Database(door.paths, {"file": door.file} if door.file is not None else {})
    except duckdb.Error as reason:
        raise door.refuse(str(reason)) from None
    try:
        yield door.open(database.connection, "file" if door.file is not None else "rows")
    except duckdb.OutOfMemoryException:
        raise Refused(store_messages.out_of_memory(None)) from None
    finally:
        database.close()


def parquet_door(source: str, path: str) -> Door:
    """A Parquet file, all such files in a folder, or those that a pattern names; raises Refused."""
    paths = data_files(source, path, ".parquet")
    refuse = refuser(source, path)
    listed = ", ".join(exactly(each) for each in paths)

    def open_(connection: DuckDBPyConnection, name: str) -> StoredRows:
        made = f"create temp view {name} as select * from read_parquet([{listed}]"
        if len(paths) == 1 or _are_alike(connection, listed, refuse):
            return _made(connection, f"{made})", refuse, name)
        _execute(connection, f"{made}, union_by_name=true)", refuse)
        return _DifferingRows(connection, refuse, ("temp", "main", name), source, listed)

    return Door(open_, refuse, tuple(paths))


def _are_alike(connection: DuckDBPyConnection, listed: str, refuse: Refuse) -> bool:
    """Whether Parquet files have the same columns of the same types; DuckDB would read all as what the first one has."""
    column = "concat_ws(' ', name, type, converted_type, logical_type, precision, scale)"
    files = f"select string_agg({column}, ', ' order by name) as columns from parquet_schema([{listed}]) group by file_name"
    kinds = _execute(connection, f"select count(distinct columns) from ({files})", refuse).fetchall()
    return bool(kinds[0][0] == 1)


class _DifferingRows(StoredRows):
    """Rows of Parquet files that differ: of each column's types one that holds them all; what is needed is in every file."""

    def __init__(self, connection: DuckDBPyConnection, refuse: Refuse, parts: Sequence[str], source: str, listed: str) -> None:
        super().__init__(connection, refuse, parts)
        self._source = source
        self._listed = listed

    def select(self, wanted: Collection[Wanted]) -> None:
        zoned = "coalesce(logical_type like '%isAdjustedToUTC=1%', false)"
        asked = f"select lower(name), list(file_name), bool_and({zoned}) from parquet_schema([{self._listed}]) group by all"
        found = {name: (set(having), zone) for name, having, zone in self._run(asked).fetchall()}
        files = set().union(*(having for having, _ in found.values()))
        for position in dict.fromkeys(position for position, _ in wanted):
            name = self.names[position]
            having, zone = found.get(name.lower(), (files, True))  # a name that no file has is that of a folder
            if having != files:
                raise Refused(messages.column_not_everywhere(self._source, name, min(files - having)))
            if self._types[position] == _ZONED and not zone:  # the zone of this machine would be taken
                raise self._refuse(f"`{name}` has a time zone in some of its files, and none in others")


def table_door(source: str, place: DuckDbTable) -> Door:
    """A table or view of a DuckDB file; raises Refused."""
    readable_file(source, place.path)

    def refuse(reason: str) -> Refused:
        if lacks_table(reason, place.table):
            return Refused(messages.table_not_found(source, ".".join(place.table), f"`{place.path}`"))
        return refuser(source, place.path)(reason)

    def open_(connection: DuckDBPyConnection, name: str) -> StoredRows:
        schema = () if len(place.table) > 1 else ("main",)
        return StoredRows(connection, refuse, (name, *schema, *place.table[-2:]))

    return Door(open_, refuse, file=place.path)


def stream_door(source: str, frame: object) -> Door:
    """A frame that hands its rows over as an Arrow stream."""
    refuse = refuser(source, "the frame")

    def open_(connection: DuckDBPyConnection, name: str) -> StoredRows:
        try:
            connection.register(f"{name}_stream", _Stream(frame))
        except Exception as reason:  # the frame's own, whatever it is
            raise refuse(str(reason) or type(reason).__name__) from None
        rows = _made(connection, f"create temp table {name} as select * from {name}_stream", refuse, name)
        connection.unregister(f"{name}_stream")
        rows.names = _own_names(frame, rows.names)
        return rows

    return Door(open_, refuse)


def _own_names(frame: Any, made: Sequence[str]) -> Sequence[str]:
    """The names that a frame itself gives its columns, since DuckDB makes other names of those that repeat."""
    for names in (getattr(frame, "column_names", None), getattr(frame, "columns", None)):
        if isinstance(names, list) and len(names) == len(made) and all(isinstance(each, str) for each in names):
            return names
    return made


class _Stream:
    """Shows DuckDB nothing of a frame but its stream, so that it does not ask for the frame's own library."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def _made(connection: DuckDBPyConnection, statement: str, refuse: Refuse, name: str) -> StoredRows:
    _execute(connection, statement, refuse)
    return StoredRows(connection, refuse, ("temp", "main", name))


def _execute(connection: DuckDBPyConnection, statement: str, refuse: Refuse) -> DuckDBPyConnection:
    import duckdb

    try:
        return connection.execute(statement)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as reason:
        raise refuse(str(reason)) from None


def refuser(source: str, what: str) -> Refuse:
    return lambda reason: Refused(messages.unreadable_file(source, what, (reason.splitlines() or ["no reason is given"])[0]))


def as_series(values: Any) -> Series:
    """What numpy got from DuckDB, as pandas would hold it; moments with a zone are in UTC, without it."""
    plain, mask = np.ma.getdata(values), np.ma.getmask(values)
    if mask is not np.ma.nomask and plain.dtype.kind in "iu":
        return pd.Series(pd.arrays.IntegerArray(plain, mask))
    if mask is not np.ma.nomask and plain.dtype.kind == "b":
        return pd.Series(pd.arrays.BooleanArray(plain, mask))
    return pd.Series(filled(values), copy=False)


_GAPS = {"f": np.nan, "M": np.datetime64("NaT"), "m": np.timedelta64("NaT")}


def filled(values: Any) -> Any:
    """The values of an array that may be masked, what is missing in the way of their kind."""
    mask = np.ma.getmask(values)
    plain = np.ma.getdata(values)
    if mask is np.ma.nomask:
        return plain
    copied = plain.copy()
    copied[mask] = _GAPS.get(plain.dtype.kind)
    return copied
