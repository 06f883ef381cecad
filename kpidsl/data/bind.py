"""What is given for the sources that a question needs, to typed and linked tables and to what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from kpidsl.catalog.catalog import Catalog, Column, Link, Source
from kpidsl.catalog.core import Type
from kpidsl.data import checks, messages
from kpidsl.data.columns import Converted, Series, to_numbers, to_texts, to_truths
from kpidsl.data.covers import read_cover
from kpidsl.data.dates import Clock, reads_dates, to_dates
from kpidsl.data.excel import read_excel
from kpidsl.data.files import read_csv, read_parquet, read_stream
from kpidsl.data.frames import FrameRows
from kpidsl.data.given import Csv, Excel, Frame, Given, Parquet, Unusable
from kpidsl.data.links import link
from kpidsl.data.rows import Refused, Rows
from kpidsl.data.table import Array, Table
from kpidsl.diagnostics import Diagnostic
from kpidsl.periods.calendar import Calendar


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """The tables of the sources that can be used; `failed` are the others, and `findings` say why."""

    tables: Mapping[str, Table]
    failed: frozenset[str]
    findings: tuple[Diagnostic, ...]


@dataclass
class _Reader:
    """Reads sources one by one; `places` remembers how to name a row of each."""

    catalog: Catalog
    given: Mapping[str, Given]
    tables: dict[str, Table] = field(default_factory=dict)
    places: dict[str, checks.PlaceOf] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def read(self, name: str, columns: Iterable[str]) -> None:
        """The table of a source, or findings that say why there is none."""
        given = self.given.get(name)
        if given is None:
            spare = [each for each in self.given if each not in self.catalog.sources]
            self.found.append(messages.source_not_bound(name, spare or tuple(self.given)))
            return
        if isinstance(given.place, Unusable):
            return
        try:
            with closing(_open(name, given)) as rows:
                self._read(self.catalog.sources[name], sorted(columns), given, rows)
        except Refused as refused:
            self.found.append(refused.diagnostic)

    def several(self, name: str, used: Iterable[Link], *, all_keys: bool = False) -> bool:
        """Whether one of the used references could find several rows of a source; `all_keys` checks one that nothing uses."""
        links = [link for link in used if link.target == name]
        found: list[Diagnostic | None] = []
        if all_keys or any(link.valid is None for link in links):
            found.append(checks.repeated_key(self.catalog.sources[name], self.tables[name], self.places[name]))
        valid = {(tuple(there for _, there in link.match), link.valid): link for link in links if link.valid}
        found += [checks.overlapping(link, self.tables[name], self.places[name]) for link in valid.values()]
        self.found.extend(finding for finding in found if finding is not None)
        return any(finding is not None for finding in found)

    def _read(self, source: Source, columns: Sequence[str], given: Given, rows: Rows) -> None:
        clock = _clock(source.name, given, self.catalog.calendar.timezone)
        covers = _covers(source.name, given, self.catalog.calendar)
        positions = self._positions(source, columns, given, rows)
        if positions is None:
            return
        rows.select({(position, source.columns[name].type): None for name, position in positions.items()})
        arrays: dict[str, Array] = {}
        for name, position in positions.items():
            array = self._array(source, source.columns[name], rows, position, clock)
            if array is not None:
                arrays[name] = array
        if len(arrays) == len(columns):
            self.tables[source.name] = Table(source.name, rows.count(), arrays, covers=covers)
            self.places[source.name] = rows.place

    def _positions(self, source: Source, columns: Sequence[str], given: Given, rows: Rows) -> dict[str, int] | None:
        positions: dict[str, int] = {}
        for column in columns:
            name = given.columns.get(column) or source.columns[column].data_name or column
            count = rows.names.count(name)
            if count == 1:
                positions[column] = rows.names.index(name)
            elif count == 0:
                self.found.append(messages.column_missing(source.name, column, name, rows.names))
            else:
                self.found.append(messages.column_repeated(source.name, name, count))
        return positions if len(positions) == len(columns) else None

    def _array(self, source: Source, column: Column, rows: Rows, position: int, clock: Clock) -> Array | None:
        converted = _converted(rows.column(position, column.type), column.type, clock)
        misfit, infinite = converted.misfit, converted.infinite
        if misfit is not None:
            place = rows.place(misfit.row)
            self.found.append(
                messages.wrong_type(source.name, column.name, column.type, misfit.value, place, misfit.count, clock.written)
            )
        if infinite is not None:
            place = rows.place(infinite.row)
            self.found.append(messages.infinite_number(source.name, column.name, place, infinite.count))
        if converted.array is not None and column.values is not None:
            self.found.extend(checks.unknown_values(source.name, column, converted.array))
        return converted.array


def bind(catalog: Catalog, needs: Mapping[str, frozenset[str]], given: Mapping[str, Given]) -> Bound:
    """The tables of the needed sources with their needed columns, linked along references; a source that fails stops no other.

    A source fails where a reference could find several of its rows, because that would multiply those that refer to it: its
    key repeats, or rows of one key are valid at the same time.
    """
    reader = _Reader(catalog, given)
    for source, columns in needs.items():
        reader.read(source, columns)
    used = [link for table in reader.tables.values() for link in _links(catalog, table, reader.tables)]
    for source in [name for name in reader.tables if reader.several(name, used)]:
        del reader.tables[source]
    tables = {name: _linked(catalog, table, reader) for name, table in reader.tables.items()}
    return Bound(tables, frozenset(needs) - frozenset(tables), tuple(reader.found))


def check_all(catalog: Catalog, given: Mapping[str, Given]) -> tuple[Diagnostic, ...]:
    """Findings on everything that is given: every column and its type, keys, references, listed values."""
    reader = _Reader(catalog, given)
    for name, source in catalog.sources.items():
        if name in given:
            reader.read(name, [column.name for column in source.columns.values() if column.formula is None])
    used = [link for table in reader.tables.values() for link in _links(catalog, table, reader.tables)]
    for name, table in reader.tables.items():
        reader.several(name, used, all_keys=True)
        _linked(catalog, table, reader)
    return tuple(reader.found)


def _open(source: str, given: Given) -> Rows:
    match given.place:
        case Frame(rows=rows):
            return _frame_rows(source, rows)
        case Csv(path=path):
            return read_csv(source, path, given)
        case Parquet(path=path):
            return read_parquet(source, path)
        case Excel() as place:
            return read_excel(source, place)
        case _:
            raise AssertionError(given.place)


def _frame_rows(source: str, rows: object) -> Rows:
    if isinstance(rows, pd.DataFrame):
        return FrameRows(rows)
    if isinstance(rows, type):
        raise Refused(messages.class_for_frame(source, rows.__name__))
    if isinstance(rows, pd.Series | pd.Index):
        raise Refused(messages.not_a_frame(source, type(rows).__name__))
    if hasattr(rows, "__arrow_c_stream__"):
        return read_stream(source, rows)
    if hasattr(rows, "__dataframe__"):
        return FrameRows(_interchanged(source, rows))
    raise Refused(messages.not_a_frame(source, type(rows).__name__))


def _interchanged(source: str, rows: Any) -> pd.DataFrame:
    try:
        return pd.api.interchange.from_dataframe(rows)
    except Exception as reason:  # the frame's own, whatever it is
        raise Refused(messages.unreadable_file(source, "the frame", str(reason) or type(reason).__name__)) from None


def _clock(source: str, given: Given, project: str) -> Clock:
    local = given.timezone or project
    try:
        ZoneInfo(local)
    except (ValueError, OSError, KeyError):
        raise Refused(messages.unknown_timezone(source, local)) from None
    if given.date_format is not None and not reads_dates(given.date_format):
        raise Refused(messages.unknown_date_format(source, given.date_format))
    return Clock(project, local, given.date_format)


def _converted(values: Series, kind: Type, clock: Clock) -> Converted:
    match kind:
        case Type.NUMBER:
            return to_numbers(values)
        case Type.TEXT:
            return to_texts(values)
        case Type.BOOLEAN:
            return to_truths(values)
        case Type.DATE | Type.DATETIME:
            return to_dates(values, kind, clock)


def _covers(source: str, given: Given, calendar: Calendar) -> tuple[np.datetime64, np.datetime64] | None:
    if given.covers is None:
        return None
    start, end = read_cover(source, given.covers, calendar, empty=True)
    return np.datetime64(start, "us"), np.datetime64(end, "us")


def _links(catalog: Catalog, table: Table, tables: Mapping[str, Table]) -> Iterator[Link]:
    """The table's references whose columns all are there, on both sides; an own one may be derived."""
    source = catalog.sources[table.source]
    for each in source.links.values():
        own = all(name in table.columns or source.columns[name].formula is not None for name, _ in each.match)
        there = [*(name for _, name in each.match), *(each.valid or ())]
        if own and each.target in tables and all(name in tables[each.target].columns for name in there):
            yield each


def _linked(catalog: Catalog, table: Table, reader: _Reader) -> Table:
    links, place = {}, reader.places[table.source]
    for each in _links(catalog, table, reader.tables):
        target = reader.tables[each.target]
        if not all(own in table.columns for own, _ in each.match):
            continue
        own, there = [table.columns[name] for name, _ in each.match], [target.columns[name] for _, name in each.match]
        found = link(own, there)
        reader.found.extend(checks.unmatched(table, each, found, place))
        if each.valid is not None:
            continue
        links[each.name] = found
        if _is_subset(catalog, table.source, each.target):
            reader.found.extend(checks.repeated_subset(table, each, found, place))
    return replace(table, links=links)


def _is_subset(catalog: Catalog, source: str, target: str) -> bool:
    """Whether the rows of one source are declared a subset of another's, so that at most one may refer to each."""
    child, parent = catalog.sources[source].row, catalog.sources[target].row
    return child is not None and parent is not None and child != parent and catalog.units.is_subset(child, parent)
