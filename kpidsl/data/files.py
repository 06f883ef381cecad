"""Rows of CSV and Parquet files and of foreign frames, read by DuckDB: the only door to it.

DuckDB sees the files that were named and nothing else, loads no extension, and keeps the rows in their order. All CSV cells
are text (an empty one is missing), so nothing is guessed: `007` stays text, and what is no number where one is declared is
found. The header is read here and columns are named by position, because DuckDB takes `Amount` and `amount` for the same.
"""

from __future__ import annotations

import csv
import glob
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kpidsl.catalog.core import Type
from kpidsl.data import messages
from kpidsl.data.columns import Series
from kpidsl.data.csv_text import CsvText
from kpidsl.data.given import Given
from kpidsl.data.paths import parquet_files, readable_file
from kpidsl.data.rows import Refused, Wanted
from kpidsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ZONED = "TIMESTAMP WITH TIME ZONE"
# The common forms of ISO 8601; the others are left to Python.
_DAY, _ZONE = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?"
_TIME = r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"


class StoredRows:
    """Rows of a relation of DuckDB; `named` is how it calls each column, `types` what it says they are."""

    def __init__(self, connection: DuckDBPyConnection, refuse: Callable[[str], Refused]) -> None:
        self._connection = connection
        self._refuse = refuse
        described = self._run("describe rows").fetchall()
        self.names: Sequence[str] = [name for name, *_ in described]
        self._named = [_name(name) for name in self.names]
        self._types = [kind for _, kind, *_ in described]

    def select(self, wanted: Collection[Wanted]) -> None:
        pass

    def count(self) -> int:
        counted: int = self._run("select count(*) from rows").fetchall()[0][0]
        return counted

    def column(self, position: int, kind: Type) -> Series:
        return _series(self._fetch(self._named[position])[0], self._types[position])

    def place(self, row: int) -> str:
        return f"row {row + 1}"

    def close(self) -> None:
        self._connection.close()

    def _fetch(self, *expressions: str) -> list[Any]:
        listed = ", ".join(f"{expression} as v{number}" for number, expression in enumerate(expressions))
        return list(self._run(f"select {listed} from rows").fetchnumpy().values())

    def _run(self, statement: str) -> DuckDBPyConnection:
        import duckdb

        try:
            return self._connection.execute(statement)
        except duckdb.Error as reason:
            raise self._refuse(str(reason)) from None


class CsvRows(StoredRows):
    """The rows of a CSV file; `select` keeps the needed columns, numbers and dates typed and where that failed."""

    def __init__(self, connection: DuckDBPyConnection, refuse: Callable[[str], Refused], file: CsvText, given: Given) -> None:
        self._connection = connection
        self._refuse = refuse
        self._file = file
        self._given = given
        self.names = file.header

    def select(self, wanted: Collection[Wanted]) -> None:
        kept = ["0 as row"]
        for position, kind in wanted:
            typed = self._typed(position, kind)
            kept.append(f"{typed or f'c{position}'} as {kind.value}{position}")
            kept.extend([f"c{position} is not null and ({typed}) is null as odd_{kind.value}{position}"] if typed else [])
        self._run(f"create temp table rows as select {', '.join(kept)} from {self._reader()}")

    def column(self, position: int, kind: Type) -> Series:
        name = f"{kind.value}{position}"
        if self._typed(position, kind) is None:
            return _series(self._fetch(name)[0], "VARCHAR")
        values, odd = self._fetch(name, f"odd_{name}")
        if not np.any(odd):
            return _series(values, "DOUBLE")
        cells = _filled(self._run(f"select c{position} as v from {self._reader()}").fetchnumpy()["v"])
        return pd.Series(np.where(odd, cells, _filled(values).astype(object)) if kind is Type.NUMBER else cells)

    def place(self, row: int) -> str:
        return f"line {self._file.line(row)}"

    def _typed(self, position: int, kind: Type) -> str | None:
        """What makes a number or a date of a cell, or null; None for what is text or is written in its own way."""
        cell = f"c{position}"
        match kind:
            case Type.NUMBER if self._given.decimal == ",":
                return f"case when not contains({cell}, '.') then try_cast(replace({cell}, ',', '.') as double) end"
            case Type.NUMBER:
                return f"try_cast({cell} as double)"
            case Type.DATE if self._given.date_format is None:
                form = f"{_DAY}({_TIME}{_ZONE})?"
                return f"case when regexp_full_match({cell}, '{form}') then try_cast(left({cell}, 10) as timestamp) end"
            case Type.DATETIME if self._given.date_format is None:
                return f"case when regexp_full_match({cell}, '{_DAY}({_TIME})?') then try_cast({cell} as timestamp) end"
            case _:
                return None

    def _reader(self) -> str:
        columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(len(self.names)))
        options = f"auto_detect=false, header=true, delim={_literal(self._file.separator)}, quote='\"', escape='\"', comment=''"
        return f"read_csv({_exactly(self._file.path)}, {options}, skip=0, columns={{{columns}}})"


def read_csv(source: str, path: str, given: Given) -> CsvRows:
    """The rows of a CSV file in UTF-8, its first line the names of the columns; raises Refused."""
    readable_file(source, path)
    try:
        text = CsvText(path)
    except UnicodeDecodeError:
        raise Refused(messages.not_utf8(source, path)) from None
    except (OSError, csv.Error) as reason:
        raise Refused(messages.unreadable_file(source, path, str(reason))) from None
    if not text.header:
        raise Refused(_without_header(source, text))

    def refuse(reason: str) -> Refused:
        if "unicode" in reason:
            return Refused(messages.not_utf8(source, path))
        ragged = text.ragged()
        if ragged is not None:
            return Refused(messages.ragged_row(source, path, *ragged, len(text.header)))
        return Refused(messages.unreadable_file(source, path, reason.splitlines()[0]))

    return CsvRows(_connect([path], refuse), refuse, text, given)


def _without_header(source: str, text: CsvText) -> Diagnostic:
    if text.is_empty():
        return messages.unreadable_file(source, text.path, "the file is empty")
    return messages.header_missing(source, text.path, "line 1")


def read_parquet(source: str, path: str) -> StoredRows:
    """The rows of a Parquet file, of all such files in a folder, or of those that a pattern names; raises Refused."""
    paths = parquet_files(source, path)
    refuse = _refuser(source, path)
    connection = _connect(paths, refuse)
    listed = ", ".join(_exactly(each) for each in paths)
    return _opened(connection, f"create temp view rows as select * from read_parquet([{listed}])", refuse)


def read_stream(source: str, frame: object) -> StoredRows:
    """The rows of a frame that hands them over as an Arrow stream; raises Refused."""
    refuse = _refuser(source, "the frame")
    connection = _connect([], refuse)
    try:
        connection.register("given", _Stream(frame))
    except Exception as reason:  # the frame's own, whatever it is
        connection.close()
        raise refuse(str(reason) or type(reason).__name__) from None
    # A stream may be readable only once.
    return _opened(connection, "create temp table rows as select * from given", refuse)


class _Stream:
    """Shows DuckDB nothing of a frame but its stream, so that it does not ask for the frame's own library."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def _opened(connection: DuckDBPyConnection, statement: str, refuse: Callable[[str], Refused]) -> StoredRows:
    import duckdb

    try:
        connection.execute(statement)
        return StoredRows(connection, refuse)
    except duckdb.Error as reason:
        connection.close()
        raise refuse(str(reason)) from None


def _refuser(source: str, what: str) -> Callable[[str], Refused]:
    return lambda reason: Refused(messages.unreadable_file(source, what, (reason.splitlines() or ["no reason is given"])[0]))


def _connect(paths: Sequence[str], refuse: Callable[[str], Refused]) -> DuckDBPyConnection:
    """A database in memory that reads these files and nothing else; refused where it cannot be, as in a folder that is gone."""
    import duckdb

    try:
        connection = _empty_database()
        allowed = ", ".join(f"{_literal(path)}, {_exactly(path)}" for path in paths)
        connection.execute(f"set allowed_paths = [{allowed}]")
        connection.execute("set enable_external_access = false")
        connection.execute("set lock_configuration = true")
    except duckdb.Error as reason:
        raise refuse(str(reason)) from None
    return connection


def _empty_database() -> DuckDBPyConnection:
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        },
    )


def _exactly(path: str) -> str:
    """The path as a pattern that nothing else matches."""
    return _literal(glob.escape(path))


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _series(values: Any, kind: str) -> Series:
    """What numpy got from DuckDB, as pandas would hold it; moments with a zone are in UTC."""
    plain, mask = np.ma.getdata(values), np.ma.getmask(values)
    if mask is not np.ma.nomask and plain.dtype.kind in "iu":
        return pd.Series(pd.arrays.IntegerArray(plain, mask))
    if mask is not np.ma.nomask and plain.dtype.kind == "b":
        return pd.Series(pd.arrays.BooleanArray(plain, mask))
    series: Series = pd.Series(_filled(values), copy=False)
    return series.dt.tz_localize("UTC") if kind == _ZONED else series


_GAPS = {"f": np.nan, "M": np.datetime64("NaT"), "m": np.timedelta64("NaT")}


def _filled(values: Any) -> Any:
    """The values of an array that may be masked, what is missing in the way of their kind."""
    mask = np.ma.getmask(values)
    plain = np.ma.getdata(values)
    if mask is np.ma.nomask:
        return plain
    filled = plain.copy()
    filled[mask] = _GAPS.get(plain.dtype.kind)
    return filled
