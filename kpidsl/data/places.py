"""Where rows are, to what can read them together, and to words."""

from __future__ import annotations

import pandas as pd
from msgspec import Struct

from kpidsl.data.given import Csv, DuckDbTable, Excel, Frame, Json, Parquet, Place, Remote, Unusable

TITLES = {
    "duckdb": "DuckDB",
    "postgres": "PostgreSQL",
    "spark": "Spark",
    "snowflake": "Snowflake",
    "bigquery": "BigQuery",
    "trino": "Trino",
    "databricks": "Databricks",
}


class Site(Struct, frozen=True):
    """What is on one site can be read together. `kind` is empty here: files and frames; else that of a database.

    Of two live connections each is a site, by its identity.
    """

    kind: str = ""
    connect: str | None = None
    connection: int | None = None


HERE = Site()


def site_of(place: Place) -> Site:
    if not isinstance(place, Remote):
        return HERE
    return Site(place.kind, place.connect, None if place.connection is None else id(place.connection))


def hands_over_a_stream(rows: object) -> bool:
    """Whether a frame that is not of pandas gives its rows as an Arrow stream."""
    return not isinstance(rows, pd.DataFrame | pd.Series | pd.Index | type) and hasattr(rows, "__arrow_c_stream__")


def rows_in_memory(place: Place) -> int | None:
    """How many rows are in memory already, None for those that are elsewhere.

    The rows of a workbook, never many, are on their way there anyway.
    """
    match place:
        case Frame(rows=pd.DataFrame() as frame):
            return len(frame)
        case Frame(rows=rows) if not hands_over_a_stream(rows):
            return 0
        case Excel() | Unusable():
            return 0
        case _:
            return None


def has_python_texts(place: Place) -> bool:
    """Whether a frame holds texts as objects of Python, which DuckDB has to read one by one, and not as Arrow does."""
    match place:
        case Frame(rows=pd.DataFrame() as frame):
            return any(pd.api.types.is_object_dtype(each) or getattr(each, "storage", "") == "python" for each in frame.dtypes)
        case _:
            return False


def described(place: Place) -> str:
    """Where rows are, after `is`."""
    match place:
        case Frame():
            return "a frame in memory"
        case Csv():
            return "a CSV file"
        case Parquet():
            return "in Parquet files"
        case Json():
            return "in JSON files"
        case Excel():
            return "an Excel file"
        case DuckDbTable():
            return "in a DuckDB file"
        case Remote(kind=kind, connect=connect):
            return f"in {TITLES[kind]}" + (f" (`{connect}`)" if connect else "")
        case Unusable():
            return "nowhere"
