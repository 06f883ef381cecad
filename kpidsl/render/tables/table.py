"""A table of texts, as the formats are given it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from kpidsl.render.paint import Role

LONGEST = 60


class Head(Struct, frozen=True):
    """A column: its name, whether its cells are numbers, which stand right, and whether a long cell may be folded.

    A column that `cuts` has texts from data, which may be of any length: people are shown `LONGEST` characters of each.
    On a terminal that is too narrow the columns with the largest `spare` are left out first, those with 0 never.
    """

    name: str
    number: bool = False
    folds: bool = False
    spare: int = 0
    cuts: bool = False


class Entry(Struct, frozen=True):
    """A cell, and what colour says about it besides the text."""

    text: str
    role: Role | None = None


class Table(Struct, frozen=True):
    heads: tuple[Head, ...]
    rows: tuple[tuple[Entry, ...], ...]

    @staticmethod
    def of(heads: Iterable[Head], rows: Iterable[Iterable[str | Entry]]) -> Table:
        """A table of texts and entries."""
        entries = (tuple(cell if isinstance(cell, Entry) else Entry(cell) for cell in row) for row in rows)
        return Table(tuple(heads), tuple(entries))

    def filled(self) -> Table:
        """The table without the columns in which every cell is empty."""
        return self.only(index for index in range(len(self.heads)) if any(row[index].text for row in self.rows))

    def only(self, columns: Iterable[int]) -> Table:
        """The table with some of its columns."""
        kept = tuple(columns)
        return Table(
            tuple(self.heads[index] for index in kept), tuple(tuple(row[index] for index in kept) for row in self.rows)
        )
