"""Files of text, CSV and JSON, read by DuckDB: needed columns become a table, typed where that works, odd cells marked.

Nothing is guessed. All cells of a CSV file are text (an empty one is missing): `007` stays text, and what is no number where
one is declared is found. Its header is read here and columns are named by position, because DuckDB takes `Amount` and
`amount` for the same. In JSON a text is no number, also where it looks like one.
"""

from __future__ import annotations

import csv
import json
import re
from abc import abstractmethod
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kpidsl.catalog.core import Type
from kpidsl.data import messages
from kpidsl.data.columns import Series
from kpidsl.data.csv_text import CsvText
from kpidsl.data.database import exactly, literal
from kpidsl.data.files import Door, Refuse, StoredRows, as_series, filled, refuser
from kpidsl.data.given import Given
from kpidsl.data.paths import data_files, readable_file
from kpidsl.data.relations import Physical, StoredColumn
from kpidsl.data.rows import Refused, Wanted
from kpidsl.diagnostics import Diagnostic

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# The common forms of ISO 8601; the others are left to Python.
_DAY, _ZONE = "[0-9]{4}-[0-9]{2}-[0-9]{2}", "(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])"
_TIME = r"[T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
_WHY = re.compile(r"^(.+)\n+Possible ", re.MULTILINE)  # DuckDB says the line first, then what stands there, then why
_TRUE, _FALSE = ("'true', 't', 'yes', 'y', '1'", "'false', 'f', 'no', 'n', '0'")
_PHYSICAL = {
    Type.NUMBER: Physical.FLOAT,
    Type.TEXT: Physical.TEXT,
    Type.BOOLEAN: Physical.BOOLEAN,
    Type.DATE: Physical.MOMENT,
    Type.DATETIME: Physical.MOMENT,
}


class TextRows(StoredRows):
    """Rows of a file of text. `select` makes their table, named `name`.

    A column of it that is typed has beside it whether a cell is odd: there, and not of the type; of a date and time also the
    moment where the cell names a zone.
    """

    def __init__(self, connection: DuckDBPyConnection, refuse: Refuse, name: str, names: Sequence[str], given: Given) -> None:
        self._connection = connection
        self._refuse = refuse
        self._given = given
        self.parts = ("temp", "main", name)
        self.table = name
        self.names = names
        self._odd: dict[str, int] = {}

    def select(self, wanted: Collection[Wanted]) -> None:
        kept = ["0 as row"]
        marks: list[str] = []
        for position, kind in wanted:
            typed, name = self._typed(position, kind), _called(position, kind)
            kept.append(f"{typed or self._text(position)} as {name}")
            if typed:
                kept.append(f"{self._cell(position)} is not null and ({typed}) is null as odd_{name}")
                marks.append(f"odd_{name}")
            if kind is Type.DATETIME and typed:
                kept.append(f"{self._zoned(position)} as zoned_{name}")
                marks.extend([f"{name} is not null", f"odd_{name} and zoned_{name} is null"])
        self._run(f"create temp table {self.table} as select {', '.join(kept)} from {self._reader()}")
        if marks:
            counted = ", ".join(f"count(*) filter ({mark})" for mark in marks)
            self._odd = dict(zip(marks, self._run(f"select {counted} from {self.table}").fetchall()[0], strict=True))

    def column(self, position: int, kind: Type, zone: str) -> Series:
        name = _called(position, kind)
        if self._typed(position, kind) is None:
            return self._cells(position) if kind is not Type.TEXT else as_series(self._fetch(name)[0])
        values, odd = self._fetch(name, f"odd_{name}")
        if not np.any(odd):
            return as_series(values)
        cells = self._cells(position)
        mixed = np.where(odd, cells.to_numpy(object), filled(values).astype(object))
        return pd.Series(mixed) if kind is Type.NUMBER else cells

    def stored(self, position: int, kind: Type) -> StoredColumn | None:
        name = _called(position, kind)
        if kind is not Type.TEXT and self._typed(position, kind) is None:
            return None
        if not self._odd.get(f"odd_{name}", 0):
            return StoredColumn(name, _PHYSICAL[kind])
        zoned = (
            kind is Type.DATETIME
            and not self._odd[f"{name} is not null"]
            and not self._odd[f"odd_{name} and zoned_{name} is null"]
        )
        return StoredColumn(f"zoned_{name}", Physical.ZONED) if zoned else None

    def _cells(self, position: int) -> Series:
        """What stands in a column, in the order of the file."""
        return as_series(self._arrays(f"select {self._cell(position)} as v from {self._reader()}")[0])

    def _typed(self, position: int, kind: Type) -> str | None:
        """What makes a value of a cell, or null; None for what is written in its own way."""
        text = self._text(position)
        match kind:
            case Type.NUMBER:
                return self._number(position)
            case Type.BOOLEAN:
                return f"case when {_word(text)} in ({_TRUE}) then true when {_word(text)} in ({_FALSE}) then false end"
            case Type.DATE if self._given.date_format is None:
                form = f"{_DAY}({_TIME}{_ZONE}?)?"
                return f"case when regexp_full_match({text}, '{form}') then try_cast(left({text}, 10) as timestamp) end"
            case Type.DATETIME if self._given.date_format is None:
                return f"case when regexp_full_match({text}, '{_DAY}({_TIME})?') then try_cast({text} as timestamp) end"
            case Type.TEXT:
                return self._word(position)
            case _:
                return None

    def _zoned(self, position: int) -> str:
        text = self._text(position)
        return f"case when regexp_full_match({text}, '{_DAY}{_TIME}{_ZONE}') then try_cast({text} as timestamptz) end"

    def _word(self, position: int) -> str | None:
        """What makes a text of a cell; None where each cell is one."""
        return None

    @abstractmethod
    def _cell(self, position: int) -> str:
        """What stands in a cell, null if it is missing."""

    @abstractmethod
    def _text(self, position: int) -> str:
        """The text in a cell, null where there is something else."""

    @abstractmethod
    def _number(self, position: int) -> str:
        """The number in a cell, null where there is something else."""

    @abstractmethod
    def _reader(self) -> str:
        """The function that reads the file."""


def _word(text: str) -> str:
    return f"lower(trim({text}))"


def _called(position: int, kind: Type) -> str:
    return f"{kind.value}{position}"


class CsvRows(TextRows):
    """The rows of a CSV file."""

    def __init__(self, connection: DuckDBPyConnection, refuse: Refuse, name: str, file: CsvText, given: Given) -> None:
        super().__init__(connection, refuse, name, file.header, given)
        self._file = file

    def place(self, row: int) -> str:
        line = self._file.line(row)
        return super().place(row) if line is None else f"line {line}"

    def _cell(self, position: int) -> str:
        return f"c{position}"

    _text = _cell

    def _number(self, position: int) -> str:
        cell = f"c{position}"
        if self._given.decimal == ",":
            return f"case when not contains({cell}, '.') then try_cast(replace({cell}, ',', '.') as double) end"
        return f"try_cast({cell} as double)"

    def _reader(self) -> str:
        columns = ", ".join(f"c{position}: 'VARCHAR'" for position in range(len(self.names)))
        options = f"auto_detect=false, header=true, delim={literal(self._file.separator)}, quote='\"', escape='\"', comment=''"
        return f"read_csv({exactly(self._file.path)}, {options}, skip=0, columns={{{columns}}})"


class JsonRows(TextRows):
    """The rows of JSON files: objects, of which the keys are the columns."""

    def __init__(self, connection: DuckDBPyConnection, refuse: Refuse, name: str, paths: Sequence[str], given: Given) -> None:
        super().__init__(connection, refuse, name, (), given)
        self._paths = paths
        keys = self._run(f"select distinct unnest(json_keys(json)) as k from {self._reader()}").fetchall()
        self.names = sorted(key for (key,) in keys)

    def first_other(self) -> int | None:
        """The first row, from 0, that is no object."""
        numbered = f"select row_number() over () as n, json_type(json) as t from {self._reader()}"
        found = self._run(f"select min(n) - 1 from ({numbered}) where t <> 'OBJECT'").fetchall()[0][0]
        return None if found is None else int(found)

    def _cells(self, position: int) -> Series:
        cells = super()._cells(position)
        return pd.Series([json.loads(cell) if isinstance(cell, str) else None for cell in cells], dtype=object)

    def _cell(self, position: int) -> str:
        return f"nullif(json_extract(json, {self._path(position)}), 'null')"

    def _text(self, position: int) -> str:
        return self._of(position, "'VARCHAR'", "{}")

    def _number(self, position: int) -> str:
        return self._of(position, "'DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT'", "try_cast({} as double)")

    def _word(self, position: int) -> str | None:
        return self._of(position, "'VARCHAR', 'BIGINT', 'UBIGINT', 'HUGEINT'", "{}")

    def _typed(self, position: int, kind: Type) -> str | None:
        if kind is Type.BOOLEAN:
            return self._of(position, "'BOOLEAN'", "try_cast({} as boolean)")
        return super()._typed(position, kind)

    def _of(self, position: int, types: str, taken: str) -> str:
        """What is taken of a cell whose value is of one of the types of JSON."""
        path = self._path(position)
        return f"case when json_type(json, {path}) in ({types}) then {taken.format(f'json_extract_string(json, {path})')} end"

    def _path(self, position: int) -> str:
        return literal("/" + self.names[position].replace("~", "~0").replace("/", "~1"))

    def _reader(self) -> str:
        return f"read_json_objects([{', '.join(map(exactly, self._paths))}], format='auto')"


def csv_door(source: str, path: str, given: Given) -> Door:
    """A CSV file in UTF-8, its first line the names of the columns; raises Refused."""
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
        why = _WHY.search(reason)
        where = reason.splitlines()[0]
        return Refused(messages.unreadable_file(source, path, where if why is None else f"{where}: {why[1]}"))

    return Door(lambda connection, name: CsvRows(connection, refuse, name, text, given), refuse, (path,))


def _without_header(source: str, text: CsvText) -> Diagnostic:
    if text.is_empty():
        return messages.unreadable_file(source, text.path, "the file is empty")
    return messages.header_missing(source, text.path, "line 1")


def json_door(source: str, path: str, given: Given) -> Door:
    """JSON files with an object per line or a list of them; raises Refused."""
    paths = data_files(source, path, ".json", ".jsonl", ".ndjson")
    refuse = refuser(source, path)

    def open_(connection: DuckDBPyConnection, name: str) -> StoredRows:
        rows = JsonRows(connection, refuse, name, paths, given)
        other = rows.first_other()
        if other is not None:
            raise Refused(messages.unreadable_file(source, path, f"row {other + 1} is no object with names and values"))
        return rows

    return Door(open_, refuse, tuple(paths))
