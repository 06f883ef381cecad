"""PostgreSQL by psycopg: one transaction that only reads, in which all statements see the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from numpy.typing import NDArray

from kpidsl.data import store_messages as messages
from kpidsl.data.connecting import from_environment, without_secrets
from kpidsl.data.physical import physical_of
from kpidsl.data.places import TITLES
from kpidsl.data.relations import Kind
from kpidsl.data.results import from_rows
from kpidsl.data.rows import Refused
from kpidsl.data.server import Described, Layout
from kpidsl.data.waiting import waited
from kpidsl.diagnostics import Diagnostic

T = TypeVar("T")
_TITLE = TITLES["postgres"]
_COLUMNS = """
select a.attname, case t.typtype when 'e' then 'text' when 'd' then format_type(t.typbasetype, t.typtypmod)
  else format_type(a.atttypid, a.atttypmod) end
from pg_attribute a join pg_type t on t.oid = a.atttypid
where a.attrelid = to_regclass(%s) and a.attnum > 0 and not a.attisdropped
order by a.attnum
"""


class PostgresStore:
    """`close` ends what it began: a connection of its own, or the transaction on one of the host's.

    Cursors are made here, since those of the host's connection may yield rows in a way of its own. Raises Refused where the
    connection does not know what characters are.
    """

    dialect = "postgres"

    def __init__(self, connection: Any, *, own: bool) -> None:
        from psycopg.pq import TransactionStatus

        if connection.info.encoding == "ascii":
            raise Refused(messages.without_encoding(_TITLE))
        self._connection = connection
        self._own = own
        self._begun = connection.info.transaction_status == TransactionStatus.IDLE

    def layout(self, table: tuple[str, ...]) -> Layout | None:
        name = ".".join('"' + part.replace('"', '""') + '"' for part in table)
        found = self._waited(lambda: self._rows(_COLUMNS, (name,)))
        columns = [Described(str(column), physical_of(str(kind), self.dialect), str(kind)) for column, kind in found]
        return Layout(table, columns) if columns else None

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        return from_rows(self._waited(lambda: self._rows(statement)), kinds)

    def cancel(self) -> None:
        self._connection.cancel()

    def close(self) -> None:
        with suppress(Exception):  # a connection that was lost cannot be closed any better
            if self._own:
                self._connection.close()
            elif self._begun:
                self._connection.rollback()

    def _rows(self, statement: str, parameters: Sequence[str] | None = None) -> list[tuple[Any, ...]]:
        from psycopg import Cursor
        from psycopg.rows import tuple_row

        with Cursor(self._connection, row_factory=tuple_row) as cursor:
            rows: list[tuple[Any, ...]] = cursor.execute(statement, parameters).fetchall()
            return rows

    def _waited(self, work: Callable[[], T]) -> T:
        import psycopg

        try:
            return waited(work, self.cancel)
        except UnicodeError as reason:
            raise Refused(messages.query_failed(_TITLE, str(reason))) from None
        except psycopg.Error as reason:
            if self._begun and not self._connection.closed:
                self._connection.rollback()
            raise Refused(_told(reason, lost=self._connection.closed)) from None


def _told(reason: Any, *, lost: bool) -> Diagnostic:
    said = without_secrets(str(reason), ())
    match reason.sqlstate:
        case "53200":
            return messages.out_of_memory(None)
        case "42501":
            return messages.not_allowed(_TITLE, said)
        case _:
            return messages.connection_lost(_TITLE, said) if lost else messages.query_failed(_TITLE, said)


def connect_postgres(variable: str | None) -> PostgresStore:
    """By the connection string in an environment variable, else as those of libpq say; raises Refused."""
    text = from_environment(variable) or ""
    try:
        import psycopg
    except ImportError:
        raise Refused(messages.driver_missing(_TITLE, "psycopg", "'kpidsl[postgres]'")) from None
    try:
        parts = psycopg.conninfo.conninfo_to_dict(text)
    except psycopg.Error:
        raise Refused(messages.not_an_address(str(variable), "postgresql://user:password@host/database")) from None
    try:
        connection = waited(lambda: psycopg.connect(text, client_encoding="utf8"), lambda: None)
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    except psycopg.Error as reason:
        said = without_secrets(str(reason), (text, str(parts.get("password") or "")))
        raise Refused(messages.connection_failed(_TITLE, variable, said)) from None
    return PostgresStore(connection, own=True)
