"""Rows as they came, before they are typed: what every place that holds rows can do."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from msgspec import Struct

from kpidsl.catalog.core import Type
from kpidsl.data.columns import Series
from kpidsl.diagnostics import Diagnostic

Wanted = tuple[int, Type]  # a column's position and what its cells are to be


class CellError(Struct, frozen=True):
    """What a cell says that its program could not compute, such as `#DIV/0!`: no value of any type, and not missing."""

    text: str

    def __str__(self) -> str:
        return self.text


class Refused(Exception):
    """A place cannot be read, or something in it cannot; caught where sources are bound, one by one."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.headline)
        self.diagnostic = diagnostic


class Rows(Protocol):
    """An opened place; `names` are its columns, in order. A column is named by its position, since names may repeat."""

    @property
    def names(self) -> Sequence[str]: ...

    def select(self, wanted: Collection[Wanted]) -> None:
        """Read what these columns hold, once, before the rest is asked; raises Refused."""
        ...

    def count(self) -> int: ...

    def column(self, position: int, kind: Type, zone: str) -> Series:
        """The values of a column, which a file of text may already have typed; raises Refused.

        Moments that are known in UTC only, as databases keep those with a zone, come in `zone`.
        """
        ...

    def place(self, row: int) -> str:
        """Where the user finds a row, which is counted from 0: `row 1`, `line 2`."""
        ...
