"""Where the rows of a source are in a database: a table, its columns as stored, and the store that runs statements on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Literal, Protocol

from msgspec import Struct
from numpy.typing import NDArray

Kind = Literal["number", "text", "boolean", "date", "moment"]


class Physical(Enum):
    """What a column is stored as: MOMENT is a timestamp without a zone, NANOSECONDS such a one to the nanosecond, ZONED one
    with a zone.
    """

    INTEGER = "integer"
    DECIMAL = "decimal"
    FLOAT = "float"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    NANOSECONDS = "nanoseconds"
    ZONED = "zoned"


class StoredColumn(Struct, frozen=True):
    """A column by its name in the database; `finite` where it is known that no number of it is infinite."""

    name: str
    physical: Physical
    finite: bool = False

    @property
    def may_be_infinite(self) -> bool:
        return self.physical in (Physical.FLOAT, Physical.DECIMAL) and not self.finite


class Store(Protocol):
    """A database that is connected to; `dialect` is the name of its SQL."""

    @property
    def dialect(self) -> str: ...

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        """The columns of a result: float64 with NaN for null for a number, else an object array with None; raises Refused."""
        ...

    def cancel(self) -> None: ...

    def close(self) -> None: ...


class Relation(Struct, frozen=True, eq=False):
    """The table or view of a source. `table` has the parts of its name, unquoted; `columns` go by the definition's names.

    `timezone` is that of moments without one. `covers` is the half-open time for which the rows are complete, where that is
    said; one that is empty covers nothing.
    """

    source: str
    table: tuple[str, ...]
    columns: Mapping[str, StoredColumn]
    timezone: str
    store: Store
    covers: tuple[datetime, datetime] | None = None
