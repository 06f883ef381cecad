"""What is given for one source, to its rows, where its columns are among them, and these as typed arrays.

What is wrong is added to a list of findings; what makes a source unusable as a whole raises Refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from msgspec import Struct

from kpidsl.catalog.catalog import Column, Source
from kpidsl.catalog.core import Type
from kpidsl.data import checks, messages
from kpidsl.data.columns import Converted, Series, to_numbers, to_texts, to_truths
from kpidsl.data.covers import read_cover
from kpidsl.data.dates import Clock, reads_dates, to_dates
from kpidsl.data.excel import read_excel
from kpidsl.data.files import Door, opened, parquet_door, stream_door, table_door
from kpidsl.data.frames import FrameRows
from kpidsl.data.given import Csv, DuckDbTable, Excel, Frame, Given, Json, Parquet
from kpidsl.data.places import hands_over_a_stream
from kpidsl.data.rows import Refused, Rows
from kpidsl.data.table import Array
from kpidsl.data.text_files import csv_door, json_door
from kpidsl.diagnostics import Diagnostic
from kpidsl.periods.calendar import Calendar


def door_of(source: str, given: Given) -> Door | None:
    """How DuckDB gets at the rows; None for those that are frames of pandas, or become such. Raises Refused."""
    match given.place:
        case Csv(path=path):
            return csv_door(source, path, given)
        case Json(path=path):
            return json_door(source, path, given)
        case Parquet(path=path):
            return parquet_door(source, path)
        case DuckDbTable() as place:
            return table_door(source, place)
        case Frame(rows=rows) if hands_over_a_stream(rows):
            return stream_door(source, rows)
        case _:
            return None


def frame_rows(source: str, given: Given) -> FrameRows:
    """The rows of what is a pandas frame or becomes one; raises Refused."""
    match given.place:
        case Frame(rows=pd.DataFrame() as rows):
            return FrameRows(rows)
        case Frame(rows=type() as rows):
            raise Refused(messages.class_for_frame(source, rows.__name__))
        case Frame(rows=rows) if not isinstance(rows, pd.Series | pd.Index) and hasattr(rows, "__dataframe__"):
            return FrameRows(_interchanged(source, rows))
        case Frame(rows=rows):
            raise Refused(messages.not_a_frame(source, type(rows).__name__))
        case Excel() as place:
            return read_excel(source, place)
        case _:
            raise AssertionError(given.place)


@contextmanager
def rows_of(source: str, given: Given) -> Iterator[Rows]:
    """The rows of a source, wherever they are but in another database; raises Refused."""
    door = door_of(source, given)
    if door is None:
        yield frame_rows(source, given)
        return
    with opened(door) as rows:
        yield rows


def _interchanged(source: str, rows: Any) -> pd.DataFrame:
    try:
        return pd.api.interchange.from_dataframe(rows)
    except Exception as reason:  # the frame's own, whatever it is
        raise Refused(messages.unreadable_file(source, "the frame", str(reason) or type(reason).__name__)) from None


class Said(Struct, frozen=True):
    """What the binding of a source says of its moments, and for which time it is complete."""

    clock: Clock
    covers: tuple[datetime, datetime] | None


def said_of(source: str, given: Given, calendar: Calendar) -> Said:
    """Raises Refused for what is no time zone, no format of dates or no time."""
    local = given.timezone or calendar.timezone
    try:
        ZoneInfo(local)
    except (ValueError, OSError, KeyError):
        raise Refused(messages.unknown_timezone(source, local)) from None
    if given.date_format is not None and not reads_dates(given.date_format):
        raise Refused(messages.unknown_date_format(source, given.date_format))
    covers = None if given.covers is None else read_cover(source, given.covers, calendar, empty=True)
    return Said(Clock(calendar.timezone, local, given.date_format), covers)


def positions_of(
    source: Source, columns: Iterable[str], given: Given, names: Sequence[str], found: list[Diagnostic]
) -> dict[str, int] | None:
    """Where columns are among those of the data; None where one is not."""
    wanted = list(columns)
    positions: dict[str, int] = {}
    for column in wanted:
        name = given.columns.get(column) or source.columns[column].data_name or column
        count = names.count(name)
        if count == 1:
            positions[column] = names.index(name)
        elif count == 0:
            found.append(messages.column_missing(source.name, column, name, names))
        else:
            found.append(messages.column_repeated(source.name, name, count))
    return positions if len(positions) == len(wanted) else None


def read_array(
    source: Source, column: Column, rows: Rows, position: int, clock: Clock, found: list[Diagnostic]
) -> Array | None:
    """A column as an array of its declared type; None where a value is not of that."""
    converted = _converted(rows.column(position, column.type, clock.project), column.type, clock)
    misfit, infinite = converted.misfit, converted.infinite
    if misfit is not None:
        place = rows.place(misfit.row)
        found.append(
            messages.wrong_type(source.name, column.name, column.type, misfit.value, place, misfit.count, clock.written)
        )
    if infinite is not None:
        place = rows.place(infinite.row)
        found.append(messages.infinite_number(source.name, column.name, place, infinite.count))
    if converted.array is not None and column.values is not None:
        found.extend(checks.unknown_values(source.name, column, converted.array))
    return converted.array


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
