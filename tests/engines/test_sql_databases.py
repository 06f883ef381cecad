"""One set of rows in every database that runs here: each answers as pandas does."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from asking import run
from databases import Database, database, relations_of, run_stored, same
from test_sql_other_rows import PLANS_ASKED, framed

from kpidsl.data.given import Frame, Given

__all__ = ["database"]

DEALS = [
    (1, date(2026, 1, 31), None, 2.0, "a", "k1"),
    (2, date(2026, 1, 31), date(2026, 2, 28), 2.5, "b", "k1"),
    (3, date(2026, 2, 1), date(2026, 2, 1), 0.0, "a", "k2"),
    (4, date(2025, 1, 20), None, -1.0, None, "k2"),
    (5, date(2026, 2, 28), None, None, "b", "k9"),
    (6, None, None, 1.0, "a", "k1"),
    (7, date(2026, 3, 15), None, 8.0, "a", "k1"),
    (8, date(2026, 3, 1), None, 3.0, "B", None),
    (9, date(2026, 3, 1), None, 4.0, "é", "k3"),
    (10, date(2026, 3, 2), None, 4.0, "z", "k3"),
]
TOUCHES = [
    (1, datetime(2026, 1, 31), "a", "k1"),
    (2, datetime(2026, 2, 1), "b", "k1"),
    (3, datetime(2026, 2, 1), "a", "k2"),
    (4, None, "a", "k2"),
    (5, datetime(2026, 2, 1), "a", "k1"),
]
DATA = {
    "customers": [
        {"id": "k1", "joined": date(2026, 1, 31), "region": "north"},
        {"id": "k2", "joined": date(2026, 2, 1), "region": "south"},
        {"id": "k3", "joined": date(2025, 1, 20), "region": None},
        {"id": "k4", "joined": None, "region": "north"},
    ],
    "deals": [dict(zip(("deal_id", "day", "ended", "amount", "word", "customer"), row, strict=True)) for row in DEALS],
    "touches": [dict(zip(("touch_id", "at", "word", "customer"), row, strict=True)) for row in TOUCHES],
}


EVERY = range(len(PLANS_ASKED))
# Spark takes seconds for each of these.
CASES = [*(("duckdb", number) for number in EVERY), *(("postgres", number) for number in EVERY), ("spark", 3), ("spark", 7)]


@pytest.mark.parametrize(("database", "number"), CASES, indirect=["database"])
def test_every_database_agrees_with_pandas(number: int, database: Database) -> None:
    plan = PLANS_ASKED[number]
    frames = framed(plan, DATA)
    expected = run(plan, {name: Given(Frame(frame)) for name, frame in frames.items() if name in plan.needs})
    found = run_stored(plan, relations_of(plan, frames, database), database)
    same(expected, found)
    assert {note.headline for note in found.notes} == {note.headline for note in expected.notes}
