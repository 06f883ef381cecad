"""Rows of CSV and Parquet files and of foreign frames, read by DuckDB: the only door to it.

DuckDB sees the files that were named and nothing else, loads no extension, and keeps the rows in their order. All CSV cells
are text (an empty one is missing), so nothing is guessed: `007` stays text, and what is no number where one is declared is
found. The header is read here and columns are named by position, because DuckDB takes `Amount` and `amount` for the same.
"""

from __future__ import annotations

import csv
import glob
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kpidsl.catalog.core import Type
from kpidsl.data import messages
from kpidsl.data.columns import Series
from kpidsl.data.rows import Refused

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SEPARATORS = ",;\t|"
_ZONED = "TIMESTAMP WITH TIME ZONE"


class StoredRows:
    """Rows of a relation of DuckDB; `named` is how it calls each column, `types` what it says they are."""

    def __init__(self, connection: DuckDBPyConnection, refuse: Callable[[str], Refused]) -> None:
        self._connection = connection
        self._refuse = refuse
        described = self._run("describe rows").fetchall()
        self.names: Sequence[str] = [name for name, *_ in described]
        self._named = [_name(name) for name in self.names]
        self._types = [kind for _, kind, *_ in described]

    def select(self, positions: Sequence[int]) -> None:
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
    """The rows of a CSV file; the columns that are needed are kept as text by `select`."""

    def __init__(self, connection: DuckDBPyConnection, refuse: Callable[[str], Refused], file: CsvText, decimal: str) -> None:
        self._connection = connection
        self._refuse = refuse
        self._file = file
        self._decimal = decimal
        self.names = file.header
        self._named = [f"c{position}" for position in range(len(file.header))]
        self._types = ["VARCHAR"] * len(file.header)

    def select(self, positions: Sequence[int]) -> None:
        wanted = ", ".join(["0 as row", *(self._named[position] for position in positions)])
        columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in self._named)
        options = f"auto_detect=false, header=true, delim={_literal(self._file.separator)}, quote='\"', escape='\"', comment=''"
        reader = f"read_csv({_exactly(self._file.path)}, {options}, skip=0, columns={{{columns}}})"
        self._run(f"create temp table rows as select {wanted} from {reader}")

    def column(self, position: int, kind: Type) -> Series:
        name = self._named[position]
        if kind is not Type.NUMBER:
            return _series(self._fetch(name)[0], "VARCHAR")
        number = f"try_cast({name} as double)"
        if self._decimal == ",":
            number = f"case when not contains({name}, '.') then try_cast(replace({name}, ',', '.') as double) end"
        numbers, wrong = self._fetch(number, f"{name} is not null and ({number}) is null")
        if not np.any(wrong):
            return _series(numbers, "DOUBLE")
        return pd.Series(np.where(wrong, _filled(self._fetch(name)[0]), _filled(numbers).astype(object)))

    def place(self, row: int) -> str:
        return f"line {self._file.line(row)}"


class CsvText:
    """The header of a CSV file and the lines on which its rows stand."""

    def __init__(self, path: str) -> None:
        self.path = path
        with open(path, encoding="utf-8-sig", newline="") as text:
            first = text.readline()
            # A name in quotes may go over several lines, so the first line alone cannot say what the header is.
            self.separator = max(_SEPARATORS, key=lambda mark: len(next(csv.reader([first], delimiter=mark), [])))
            text.seek(0)
            self.header: list[str] = next(csv.reader(text, delimiter=self.separator), [])

    def line(self, row: int) -> int:
        """The line on which a row begins."""
        return next(line for number, (line, _) in enumerate(self._rows()) if number == row)

    def ragged(self) -> tuple[int, int] | None:
        """The line of the first row that has more or fewer cells than the header, and how many it has."""
        rows = ((line, len(cells)) for line, cells in self._rows())
        return next(((line, cells) for line, cells in rows if cells != len(self.header)), None)

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        with open(self.path, encoding="utf-8-sig", newline="", errors="replace") as text:
            reader = csv.reader(text, delimiter=self.separator)
            next(reader, None)
            end = reader.line_num
            for cells in reader:
                # DuckDB passes over empty lines, except where a lone column makes one an empty cell.
                if cells or len(self.header) == 1:
                    yield end + 1, cells or [""]
                end = reader.line_num


def read_csv(source: str, path: str, decimal: str) -> CsvRows:
    """The rows of a CSV file in UTF-8, its first line the names of the columns; raises Refused."""
    if not Path(path).is_file():
        raise Refused(messages.file_not_found(source, path))
    try:
        text = CsvText(path)
    except UnicodeDecodeError:
        raise Refused(messages.not_utf8(source, path)) from None
    except (OSError, csv.Error) as reason:
        raise Refused(messages.unreadable_file(source, path, str(reason))) from None
    if not text.header:
        raise Refused(messages.unreadable_file(source, path, "the file is empty"))

    def refuse(reason: str) -> Refused:
        if "unicode" in reason:
            return Refused(messages.not_utf8(source, path))
        ragged = text.ragged()
        if ragged is not None:
            return Refused(messages.ragged_row(source, path, *ragged, len(text.header)))
        return Refused(messages.unreadable_file(source, path, reason.splitlines()[0]))

    return CsvRows(_connect([path]), refuse, text, decimal)


def read_parquet(source: str, path: str) -> StoredRows:
    """The rows of a Parquet file, of all such files in a folder, or of those that a pattern names; raises Refused."""
    paths = _expanded(path)
    if not paths:
        raise Refused(messages.file_not_found(source, path))
    refuse = _refuser(source, path)
    connection = _connect(paths)
    listed = ", ".join(_exactly(each) for each in paths)
    return _opened(connection, f"create temp view rows as select * from read_parquet([{listed}])", refuse)


def read_stream(source: str, frame: object) -> StoredRows:
    """The rows of a frame that hands them over as an Arrow stream; raises Refused."""
    refuse = _refuser(source, "the frame")
    connection = _connect([])
    connection.register("given", _Stream(frame))
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
    return lambda reason: Refused(messages.unreadable_file(source, what, reason.splitlines()[0]))


def _expanded(path: str) -> list[str]:
    if Path(path).is_file():
        return [path]
    pattern = str(Path(glob.escape(path)) / "*.parquet") if Path(path).is_dir() else path
    return sorted(glob.glob(pattern, recursive=True))


def _connect(paths: Sequence[str]) -> DuckDBPyConnection:
    """A database in memory that reads these files and nothing else."""
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "python_enable_replacements": "false",
        },
    )
    allowed = ", ".join(f"{_literal(path)}, {_exactly(path)}" for path in paths)
    connection.execute(f"set allowed_paths = [{allowed}]")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")
    return connection


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
