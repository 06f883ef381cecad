"""What a host says about where the rows of a source are and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Rows in memory: a pandas DataFrame, or anything that hands them over as an Arrow stream or by the dataframe protocol."""

    rows: object


@dataclass(frozen=True, slots=True)
class Csv:
    path: str


@dataclass(frozen=True, slots=True)
class Parquet:
    """A file, a folder of files, or a pattern such as `leads/*.parquet`."""

    path: str


@dataclass(frozen=True, slots=True)
class Excel:
    """A sheet of a workbook, the first one if none is named; its first row names the columns."""

    path: str
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """What was said of the source is wrong, which was reported."""


Place = Frame | Csv | Parquet | Excel | Unusable
Cover = tuple[date | datetime, date | datetime]


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The rows of one source.

    `columns` names data columns by the columns of the definition, where they differ from what the definition says.
    Moments without a time zone are in `timezone`, else in the project's. `decimal` and `date_format` (in the codes of
    strptime; all fit it; else ISO 8601) are for text. `covers` is the half-open time for which the data are complete.
    """

    place: Place
    columns: Mapping[str, str] = field(default_factory=dict)
    timezone: str | None = None
    decimal: str = "."
    date_format: str | None = None
    covers: Cover | None = None
