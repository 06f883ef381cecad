"""What a database elsewhere can do: describe a table, and run statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from kpidsl.data.relations import Physical, Store


class Described(NamedTuple):
    """A column: its name, what it is stored as (None for what fits no declared type), and what the database calls that."""

    name: str
    physical: Physical | None
    kind: str


class Layout(NamedTuple):
    """The name of a table as the database spells it, and its columns."""

    table: tuple[str, ...]
    columns: Sequence[Described]


class Server(Store, Protocol):
    def layout(self, table: tuple[str, ...]) -> Layout | None:
        """None where there is no such table; raises Refused."""
        ...
