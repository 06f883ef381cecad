"""What a host says about where the rows of a source are and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct, field


class Frame(Struct, frozen=True, eq=False):
    """Rows in memory: a pandas DataFrame, or anything that hands them over as an Arrow stream or by the dataframe protocol."""

    rows: object


class Csv(Struct, frozen=True):
    path: str


class Parquet(Struct, frozen=True):
    """A file, a folder of files, or a pattern such as `leads/*.parquet`."""

    path: str


class Json(Struct, frozen=True):
    """A file or a pattern for several, each with an object per line or a list of them."""

    path: str


class Excel(Struct, frozen=True):
    """A sheet of a workbook, the first one if none is named; its first row names the columns."""

    path: str
    sheet: str | None = None


class DuckDbTable(Struct, frozen=True):
    """A table or view of a DuckDB file, by the parts of its name."""

    path: str
    table: tuple[str, ...]


class Remote(Struct, frozen=True, eq=False):
    """A table or view of a database that adds up by itself, or a `frame` of it; `kind` names its SQL.

    `connection` is a live one; else `connect` names the environment variable with the connection string, and without either
    the database's own settings count.
    """

    kind: str
    table: tuple[str, ...]
    connect: str | None = None
    connection: object = None
    frame: object = None


class Unusable(Struct, frozen=True):
    """What was said of the source is wrong, which was reported."""


class Table(Struct, frozen=True, eq=False):
    """A table in a database that a host is connected to: `Table(connection, "crm.leads")`.

    The connection is one of DuckDB, of psycopg, a Spark session, or any of the Python database API with its `dialect`, as in
    `Table(connection, "leads", dialect="snowflake")`. A name with dots in its parts is given as these.
    """

    connection: object
    name: str | tuple[str, ...]
    dialect: str | None = None


Place = Frame | Csv | Parquet | Json | Excel | DuckDbTable | Remote | Unusable
Cover = tuple[date | datetime, date | datetime]


class Given(Struct, frozen=True, eq=False):
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
