"""Where a database runs out of memory a question is asked in parts: Collects one by one, then half of the pieces at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest
from asking import planned, run
from databases import Database, in_duckdb, relations_of, run_stored, same
from numpy.typing import NDArray
from test_windows_and_stocks import DATA, SOURCES

from kpidsl.data.given import Frame, Given
from kpidsl.data.relations import Kind
from kpidsl.data.rows import Refused
from kpidsl.diagnostics import Diagnostic, Severity

QUESTION = ("active", "payers", "rolled", "middle", "value", "kept", "lists_alive")


class Small:
    """A database that can answer statements up to some length only."""

    def __init__(self, database: Database, most: int, code: str = "out-of-memory") -> None:
        self._store = database.store
        self.dialect = database.store.dialect
        self.most = most
        self.code = code
        self.refused = 0

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        if " as s0" in statement and len(statement) > self.most:
            self.refused += 1
            raise Refused(Diagnostic(self.code, Severity.ERROR, "too much"))
        return self._store.run(statement, kinds)

    def cancel(self) -> None: ...

    def close(self) -> None: ...


def asked(most: int, code: str = "out-of-memory") -> Small:
    """The same as in memory, though by short statements."""
    plan = planned(SOURCES, *QUESTION, every="month", as_of="2026-03-15")
    frames = {name: pd.DataFrame(rows) for name, rows in DATA.items()}
    database = in_duckdb()
    relations = relations_of(plan, frames, database)
    small = Small(database, most, code)
    database.store = small  # type: ignore[assignment]
    expected = run(plan, {name: Given(Frame(frame)) for name, frame in frames.items()})
    same(expected, run_stored(plan, relations, database))
    return small


def lengths() -> list[int]:
    """How long the statements are when nothing is refused, and when everything is that can be split."""
    plan = planned(SOURCES, *QUESTION, every="month", as_of="2026-03-15")
    database = in_duckdb()
    frames = {name: pd.DataFrame(rows) for name, rows in DATA.items()}
    run_stored(plan, relations_of(plan, frames, database), database)
    return [len(text) for text in database.store.statements if " as s0" in text]


def test_one_statement_where_it_fits() -> None:
    (length,) = lengths()
    assert asked(length + 100).refused == 0


@pytest.mark.parametrize("share", [1.2, 2, 3])
def test_several_statements_come_to_the_same(share: float) -> None:
    (length,) = lengths()
    assert asked(int(length / share)).refused > 0


def test_what_cannot_be_split_any_more_is_refused() -> None:
    with pytest.raises(Refused):
        asked(10)


def test_another_reason_is_no_matter_of_memory() -> None:
    with pytest.raises(Refused):
        asked(10, "query-failed")
