"""Spark by PySpark: statements in a session of the host's, or in one that is stopped with the question."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, TypeVar
from uuid import uuid4

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

T = TypeVar("T")
_TITLE = TITLES["spark"]
_CALL = re.compile(r"An error occurred while calling .*\n: ")


class SparkStore:
    """Each statement runs under a tag, by which it, and nothing else in the session, is cancelled."""

    dialect = "spark"

    def __init__(self, session: Any, *, own: bool) -> None:
        self._session = session
        self._own = own
        self._tag = f"kpidsl-{uuid4().hex}"
        self._views: list[str] = []

    def view(self, frame: Any) -> tuple[str, ...]:
        """The name of a view of a frame, which is gone when the store is closed."""
        name = f"kpidsl_{uuid4().hex}"
        frame.createOrReplaceTempView(name)
        self._views.append(name)
        return (name,)

    def layout(self, table: tuple[str, ...]) -> Layout | None:
        name = ".".join("`" + part.replace("`", "``") + "`" for part in table)
        try:
            fields = waited(lambda: self._session.table(name).schema.fields, self.cancel)
        except Exception as reason:
            if "TABLE_OR_VIEW_NOT_FOUND" in str(reason) or "SCHEMA_NOT_FOUND" in str(reason):
                return None
            raise Refused(_told(reason)) from None
        kinds = [(str(field.name), str(field.dataType.simpleString())) for field in fields]
        return Layout(table, [Described(column, physical_of(kind, self.dialect), kind) for column, kind in kinds])

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        try:
            rows = waited(lambda: self._tagged(lambda: self._session.sql(statement).collect()), self.cancel)
        except Exception as reason:
            raise Refused(_told(reason)) from None
        return from_rows(rows, kinds)

    def cancel(self) -> None:
        self._session.interruptTag(self._tag)

    def close(self) -> None:
        with suppress(Exception):  # a session that was lost cannot be closed any better
            for name in self._views:
                self._session.catalog.dropTempView(name)
            if self._own:
                self._session.stop()

    def _tagged(self, work: Callable[[], T]) -> T:
        """Tags belong to the thread in which they are set."""
        self._session.addTag(self._tag)
        try:
            return work()
        finally:
            self._session.removeTag(self._tag)


def _told(reason: Exception) -> Any:
    """PySpark names its own call before the reason, and says of a session that was stopped only what it has no more."""
    said = without_secrets(_CALL.sub("", str(reason)), ())
    if "OutOfMemory" in str(reason):
        return messages.out_of_memory(None)
    if isinstance(reason, AttributeError):
        return messages.connection_lost(_TITLE, "its session was stopped")
    if isinstance(reason, OSError) or type(reason).__name__ == "Py4JNetworkError":
        return messages.connection_lost(_TITLE, said)
    return messages.query_failed(_TITLE, said)


def connect_spark(variable: str | None) -> SparkStore:
    """The session that is there, else one by what an environment variable says: a master, or `sc://…`. Raises Refused."""
    address = from_environment(variable)
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Refused(messages.driver_missing(_TITLE, "PySpark", "'kpidsl[spark]'")) from None
    builder = SparkSession.builder.appName("kpidsl")
    if address is not None:
        builder = builder.remote(address) if address.startswith("sc://") else builder.master(address)
    there = SparkSession.getActiveSession()
    try:
        session = builder.getOrCreate()
    except Exception as reason:  # whatever Java or the network make PySpark raise
        raise Refused(messages.connection_failed(_TITLE, variable, without_secrets(str(reason), (address,)))) from None
    return SparkStore(session, own=there is None)
