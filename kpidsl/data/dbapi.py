"""Warehouses by drivers of the Python database API: Snowflake, BigQuery, Trino, Databricks.

These drivers were not there when this was written and tested; what they are asked for is what the API and their manuals say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from importlib import import_module
from typing import Any, TypeVar

from numpy.typing import NDArray

from kpidsl.data import store_messages as messages
from kpidsl.data.connecting import Address, address_of, from_environment, without_secrets
from kpidsl.data.physical import physical_of
from kpidsl.data.places import TITLES
from kpidsl.data.relations import Kind, Physical
from kpidsl.data.results import from_rows
from kpidsl.data.rows import Refused
from kpidsl.data.server import Described, Layout
from kpidsl.data.waiting import waited

T = TypeVar("T")
# Snowflake tells types by number.
_NUMBERED = dict(
    enumerate(
        ("number", "double", "text", "date", "timestamp_ltz", "variant", "timestamp_ltz", "timestamp_tz", "timestamp_ntz",
         "object", "array", "binary", "time", "boolean")
    )
)  # fmt: skip
_BACKQUOTED = frozenset({"bigquery", "databricks"})


class DbapiStore:
    """`secrets` are never said."""

    def __init__(self, connection: Any, dialect: str, *, own: bool, secrets: Sequence[str] = ()) -> None:
        self.dialect = dialect
        self._connection = connection
        self._own = own
        self._secrets = secrets
        self._cursor: Any = None

    def layout(self, table: tuple[str, ...]) -> Layout | None:
        """Snowflake knows names that were written without quotes in capital letters."""
        spellings = [table, tuple(part.upper() for part in table)] if self.dialect == "snowflake" else [table]
        refused: Refused | None = None
        for parts in spellings:
            try:
                description = self._waited(f"select * from {self._named(parts)} limit 0", lambda cursor: cursor.description)
                return Layout(parts, [self._described(*column) for column in description])
            except Refused as reason:
                refused = reason
        assert refused is not None
        said = refused.diagnostic.headline.lower()
        if "does not exist" in said or "not found" in said or "not_found" in said:
            return None
        raise refused

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        return from_rows(self._waited(statement, lambda cursor: cursor.fetchall()), kinds)

    def cancel(self) -> None:
        cursor = self._cursor
        if cursor is not None and hasattr(cursor, "cancel"):
            cursor.cancel()
        elif cursor is not None and hasattr(cursor, "abort_query"):
            cursor.abort_query(cursor.sfqid)

    def close(self) -> None:
        if self._own:
            with suppress(Exception):
                self._connection.close()

    def _named(self, parts: Sequence[str]) -> str:
        mark = "`" if self.dialect in _BACKQUOTED else '"'
        return ".".join(mark + part.replace(mark, mark * 2) + mark for part in parts)

    def _described(self, name: str, code: Any = None, *rest: Any) -> Described:
        kind = _NUMBERED.get(code, "") if isinstance(code, int) else str(code or "")
        physical = physical_of(kind, self.dialect)
        scale = rest[3] if len(rest) > 3 else None
        whole = physical is Physical.DECIMAL and scale == 0
        return Described(str(name), Physical.INTEGER if whole else physical, kind)

    def _waited(self, statement: str, taken: Callable[[Any], T]) -> T:
        def work() -> T:
            with closing(self._connection.cursor()) as self._cursor:
                self._cursor.execute(statement)
                return taken(self._cursor)

        try:
            return waited(work, self.cancel)
        except Exception as reason:  # each driver has errors of its own
            said = without_secrets(str(reason), self._secrets)
            raise Refused(messages.query_failed(TITLES[self.dialect], said)) from None


def host_store(connection: Any, dialect: str) -> DbapiStore:
    """On a connection of the host's, or on a client of BigQuery, which is none yet."""
    if dialect == "bigquery" and not hasattr(connection, "cursor"):
        connection = import_module("google.cloud.bigquery.dbapi").connect(connection)
    return DbapiStore(connection, dialect, own=False)


def connect_warehouse(kind: str, variable: str | None) -> DbapiStore:
    """By the address in an environment variable; raises Refused."""
    module, package, example = _DRIVERS[kind]
    text = from_environment(variable)
    try:
        driver = import_module(module)
    except ImportError:
        raise Refused(messages.driver_missing(TITLES[kind], package, package)) from None
    address = Address() if text is None else address_of(text, str(variable), example)
    secrets = (text or "", address.password or "", *address.options.values())
    try:
        connection = waited(lambda: driver.connect(**_words(kind, address)), lambda: None)
    except Exception as reason:  # each driver has errors of its own
        said = without_secrets(str(reason), secrets)
        raise Refused(messages.connection_failed(TITLES[kind], variable, said)) from None
    return DbapiStore(connection, kind, own=True, secrets=secrets)


_DRIVERS = {
    "snowflake": ("snowflake.connector", "snowflake-connector-python", "snowflake://user:password@account/database/schema"),
    "bigquery": ("google.cloud.bigquery.dbapi", "google-cloud-bigquery", "bigquery://project"),
    "trino": ("trino.dbapi", "trino", "trino://user:password@host:443/catalog/schema"),
    "databricks": (
        "databricks.sql",
        "databricks-sql-connector",
        "databricks://token:secret@host?http_path=/sql/1.0/warehouses/1",
    ),
}


def _words(kind: str, address: Address) -> Mapping[str, Any]:
    """What the driver of a kind calls the parts of an address; parts that are not there are its own matter."""
    path: dict[str, str] = dict(zip(("first", "second"), address.path, strict=False))
    words: dict[str, Any]
    match kind:
        case "snowflake":
            words = {"account": address.host, "user": address.user, "password": address.password}
            words |= {"database": path.get("first"), "schema": path.get("second"), **address.options}
        case "bigquery":
            return {"client": import_module("google.cloud.bigquery").Client(project=address.host or None)}
        case "trino":
            words = {"host": address.host, "port": address.port, "user": address.user}
            words |= {"catalog": path.get("first"), "schema": path.get("second"), **address.options}
            if address.password is not None:
                words["auth"] = import_module("trino.auth").BasicAuthentication(address.user, address.password)
                words["http_scheme"] = "https"
        case _:
            words = {"server_hostname": address.host, "access_token": address.password, **address.options}
            words |= {"catalog": path.get("first"), "schema": path.get("second")}
    return {name: value for name, value in words.items() if value is not None and value != ""}
