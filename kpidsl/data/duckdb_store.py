"""Statements run by DuckDB: in a database in memory that is closed with the question, or on a connection of the host's."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from numpy.typing import NDArray

from kpidsl.data import store_messages as messages
from kpidsl.data.database import Database
from kpidsl.data.limits import Limits
from kpidsl.data.relations import Kind
from kpidsl.data.results import from_arrays
from kpidsl.data.rows import Refused
from kpidsl.data.waiting import waited

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

T = TypeVar("T")
_STATEMENTS = 64


class DuckDbStore:
    """`close` closes the database that was opened for it, and never a connection of the host's.

    In a database of its own a statement that is run a second time is prepared, since planning it can take longer than running.
    """

    dialect = "duckdb"

    def __init__(self, connection: DuckDBPyConnection, limits: Limits, close: Callable[[], None] | None = None) -> None:
        self.connection = connection
        self._limits = limits
        self._prepared: OrderedDict[str, str] | None = None if close is None else OrderedDict()
        self._named = 0
        self.close = close or (lambda: None)

    @staticmethod
    def of(paths: Sequence[str], attached: Mapping[str, str], limits: Limits) -> DuckDbStore:
        """An empty database that may read these files; raises Refused."""
        import duckdb

        try:
            database = Database(paths, attached, limits)
        except duckdb.Error as reason:
            raise Refused(messages.query_failed("DuckDB", _first_line(reason))) from None
        return DuckDbStore(database.connection, limits, database.close)

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        columns = self.working(lambda: self._execute(statement).fetchnumpy())
        return from_arrays(list(columns.values()), kinds)

    def _execute(self, statement: str) -> DuckDBPyConnection:
        if self._prepared is None:
            return self.connection.execute(statement)
        if statement not in self._prepared:
            return self._first(statement, self._prepared)
        self._prepared.move_to_end(statement)
        if not self._prepared[statement]:
            self._named += 1
            self.connection.execute(f"prepare again_{self._named} as {statement}")
            self._prepared[statement] = f"again_{self._named}"
        return self.connection.execute(f"execute {self._prepared[statement]}")

    def _first(self, statement: str, prepared: OrderedDict[str, str]) -> DuckDBPyConnection:
        """Run it as it is, and remember that it was."""
        prepared[statement] = ""
        if len(prepared) > _STATEMENTS and (name := prepared.popitem(last=False)[1]):
            self.connection.execute(f"deallocate {name}")
        return self.connection.execute(statement)

    def working(self, work: Callable[[], T]) -> T:
        """What takes long on the connection, to be stopped by an interruption; raises Refused for what is no mistake here."""
        import duckdb

        try:
            return waited(work, self.cancel, self._tell if self._limits.progress is not None else None)
        except duckdb.OutOfMemoryException as reason:
            raise Refused(self._too_much(str(reason))) from None
        except (duckdb.ParserException, duckdb.BinderException, duckdb.InternalException):
            raise
        except duckdb.ConnectionException as reason:
            raise Refused(messages.connection_lost("DuckDB", _first_line(reason))) from None
        except duckdb.Error as reason:
            full = "No space left" in str(reason)
            raise Refused(messages.disk_full() if full else messages.query_failed("DuckDB", _first_line(reason))) from None

    def cancel(self) -> None:
        self.connection.interrupt()

    def _tell(self) -> None:
        if self._limits.progress is not None:
            self._limits.progress(max(0.0, self.connection.query_progress() / 100))

    def _too_much(self, reason: str) -> Any:
        if "max_temp_directory_size" in reason or "disk" in reason.lower():
            return messages.disk_full()
        return messages.out_of_memory(self._limits.memory)


def _first_line(reason: BaseException) -> str:
    return (str(reason).splitlines() or [type(reason).__name__])[0]
