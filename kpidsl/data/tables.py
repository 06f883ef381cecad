"""What a host says of a table it is connected to, to the database that it is in."""

from __future__ import annotations

from typing import Any

from kpidsl.data import store_messages as messages
from kpidsl.data.given import Remote, Table
from kpidsl.data.places import TITLES
from kpidsl.data.rows import Refused

# The packages whose connections say by themselves what they are connected to.
_PACKAGES = {
    "duckdb": "duckdb",
    "_duckdb": "duckdb",
    "psycopg": "postgres",
    "psycopg2": "postgres",
    "pyspark": "spark",
    "snowflake": "snowflake",
    "trino": "trino",
    "databricks": "databricks",
}
_GOOGLE = "google.cloud.bigquery"


def remote(source: str, table: Table) -> Remote:
    """The place of a table; raises Refused where the connection is none, or of an unknown kind."""
    kind = _kind(table.connection) if table.dialect is None else table.dialect
    if kind not in TITLES:
        called = type(table.connection).__name__
        raise Refused(
            messages.unknown_connection(source, called, tuple(TITLES))
            if table.dialect is None
            else messages.unknown_dialect(source, str(table.dialect), tuple(TITLES))
        )
    if kind == "postgres" and not _is_psycopg(table.connection):
        called = f"{type(table.connection).__module__}.{type(table.connection).__qualname__}"
        raise Refused(messages.not_psycopg(source, called))
    parts = tuple(table.name.split(".")) if isinstance(table.name, str) else ()
    if isinstance(table.name, tuple | list):
        parts = tuple(map(str, table.name))
    if not parts or not all(parts):
        raise Refused(messages.not_a_table(source, str(table.name)))
    return Remote(str(kind), parts, connection=table.connection)


def of_spark(rows: Any) -> Remote | None:
    """The place of a frame of Spark, None for other frames."""
    if isinstance(rows, type) or not hasattr(rows, "createOrReplaceTempView"):
        return None
    return Remote("spark", (), connection=rows.sparkSession, frame=rows)


def _is_psycopg(connection: object) -> bool:
    """A connection of psycopg, not one of psycopg2, and not one whose answers come later."""
    classes = type(connection).__mro__
    return any((each.__module__.split(".")[0], each.__name__) == ("psycopg", "Connection") for each in classes)


def _kind(connection: object) -> str | None:
    modules = [each.__module__ for each in type(connection).__mro__]
    if any(module.startswith(_GOOGLE) for module in modules):
        return "bigquery"
    return next((kind for module in modules if (kind := _PACKAGES.get(module.split(".")[0])) is not None), None)
