"""What a session keeps from one question to the next: sources opened, what was seen of their rows, statements written.

Most of the time one database holds all sources and columns that were asked for so far; another one takes its place where a
question needs more. What is found when sources are opened is about the columns of one question, and so is the database then.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from kpidsl.catalog.core import Reference
from kpidsl.data.given import Given
from kpidsl.data.opened import Opened
from kpidsl.data.places import rows_in_memory
from kpidsl.data.relations import Kind, Store
from kpidsl.data.shelf import Shelf
from kpidsl.engines.dialects.listed import DIALECTS

T = TypeVar("T")
Needs = Mapping[str, frozenset[str]]
_ANSWERS, _OTHERS = 256, 4


class Latest(Generic[T]):
    """The values that were last used, so many of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        if key in self._found:
            self._found.move_to_end(key)
        return self._found.get(key)

    def put(self, key: Hashable, value: T) -> T | None:
        """Add a value; the one that gave way for it."""
        self._found[key] = value
        return self._found.popitem(last=False)[1] if len(self._found) > self._most else None

    def clear(self) -> list[T]:
        """Forget all, and say what it was."""
        values = list(self._found.values())
        self._found.clear()
        return values


class Facts:
    """What a database says of rows whatever the question: each statement is run once.

    `surveyed` are the dates that were asked for together.
    """

    def __init__(self, store: Store) -> None:
        self.surveyed: set[tuple[tuple[str, Reference], ...]] = set()
        self._store = store
        self._found: Latest[list[NDArray[Any]]] = Latest(_ANSWERS)

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        """As of a store."""
        found = self._found.get(statement)
        if found is None:
            found = self._store.run(statement, kinds)
            self._found.put(statement, found)
        return found


class Opening(Struct, frozen=True, eq=False):
    """A database that was opened for some sources and columns; `written` has what was bound there for a plan, by the plan."""

    needs: Needs
    opened: Opened
    facts: Facts
    written: Latest[Any] = field(default_factory=lambda: Latest(_ANSWERS))

    @property
    def is_clean(self) -> bool:
        return not self.opened.failed and not self.opened.findings

    def serves(self, needs: Needs) -> bool:
        return all(source in self.needs and columns <= self.needs[source] for source, columns in needs.items())

    def among(self, needs: Needs) -> Opened:
        """What was opened, with these sources and columns only."""
        if not self.is_clean:
            return self.opened
        relations = {
            source: replace(relation, columns={name: relation.columns[name] for name in sorted(needs[source])})
            for source, relation in self.opened.relations.items()
            if source in needs
        }
        return replace(self.opened, relations=relations)


class Openings:
    """Databases that stay open until all of them are closed."""

    def __init__(self) -> None:
        self._clean: Opening | None = None
        self._others: Latest[Opening] = Latest(_OTHERS)

    def opening(self, needs: Needs, known: Collection[str], open_: Callable[[Needs], Opened]) -> Opening:
        """The one that serves these needs; `open_` opens another one, of `known` sources."""
        exact = frozenset(needs.items())
        other = self._others.get(exact)
        if other is not None:
            return other
        if self._clean is not None and self._clean.serves(needs):
            return self._clean
        kept = self._clean.needs if self._clean is not None else {}
        before = {source: columns for source, columns in kept.items() if source in known}
        every = {**before, **{source: columns | before.get(source, frozenset()) for source, columns in needs.items()}}
        found = _open(every, open_)
        if found.is_clean:
            self._replace(found)
            return found
        if every.items() != needs.items():
            found.opened.store.close()
            found = _open(needs, open_)
        if (oldest := self._others.put(exact, found)) is not None:
            oldest.opened.store.close()
        return found

    @property
    def sources(self) -> frozenset[str]:
        """Those that are open and nothing is wrong with."""
        return frozenset(self._clean.needs) if self._clean is not None else frozenset()

    def rows(self, source: str) -> int | None:
        """How many rows a source has, where it is open."""
        relation = self._clean.opened.relations.get(source) if self._clean is not None else None
        if relation is None or self._clean is None:
            return None
        dialect = DIALECTS[relation.store.dialect]
        counted = f"select {dialect.cast('count(*)', dialect.double)} from {dialect.table(relation.table)}"
        return int(self._clean.facts.run(counted, ("number",))[0][0])

    def close(self) -> None:
        for each in (*self._others.clear(), *([self._clean] if self._clean is not None else [])):
            each.opened.store.close()
        self._clean = None

    def _replace(self, found: Opening) -> None:
        if self._clean is not None:
            self._clean.opened.store.close()
        self._clean = found


def _open(needs: Needs, open_: Callable[[Needs], Opened]) -> Opening:
    opened = open_(needs)
    return Opening(needs, opened, Facts(opened.store))


class Keep:
    """All of it, for each engine; empty when it is made.

    `rows` says how many rows of a source are in memory, or may be read there, None for what stays where it is. Up to `worth`
    rows are worth being read there for the questions to come.
    """

    def __init__(self, rows: Callable[[str, Given], int | None] = lambda source, given: rows_in_memory(given.place)) -> None:
        self.rows = rows
        self.worth = 0
        self.shelf = Shelf()
        self.openings = Openings()

    def close(self) -> None:
        """Close what is open, and forget everything."""
        self.openings.close()
        self.shelf = Shelf()
