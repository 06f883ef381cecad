"""Rows that are added up by periods before these are known: dates and slots as pandas sees them, and one statement for all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from asking import planned, run
from databases import Database, answer_of, database, in_duckdb, opened, relations_of, run_stored, same

import kpidsl
from kpidsl import pipeline
from kpidsl.data.given import DuckDbTable, Frame, Given
from kpidsl.data.rows import Refused
from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.engines.sql.engine import Stored

__all__ = ["database"]

SOURCES = """
project: {language: 1, name: Test, calendar: {week_starts: sunday}}
sources:
  deals:
    key: id
    time: at
    columns: {id: text, at: datetime, closed: date, region: text, amount: number}
  visits:
    time: at
    columns: {at: datetime, region: text}
dimensions: {region: [deals.region, visits.region]}
measures:
  deals: count(deals)
  closed: count(deals at closed)
  value: sum(deals.amount at closed where amount > 1)
  middle: median(deals.amount)
  buyers: count(distinct deals.id at closed)
  before: previous(deals)
  year_before: previous(value, 1 year)
  visits: count(visits)
  share: deals / visits
"""
NAMES = ("deals", "closed", "value", "middle", "buyers", "before", "year_before", "visits")
DEALS = [
    ("a", "2024-01-31T23:59:59.999999", "2024-02-29", "north", 1.0),
    ("b", "2024-02-01T00:00:00", None, "south", 2.5),
    ("c", "2024-02-28T12:00:00", "2024-12-31", None, float("nan")),
    ("d", None, "2025-01-01", "north", 4.0),
    ("e", "2025-03-30T02:30:00", "2025-03-31", "north", float("inf")),
    ("f", "2025-06-15T12:00:00", "2025-06-15", "south", 8.0),
    ("g", "2025-06-15T12:00:01", "2025-06-16", "south", 16.0),
    ("h", "2031-01-01T00:00:00", "2031-01-01", "south", 32.0),
]
VISITS = [("2024-01-30T10:00:00", "north"), ("2024-02-01T00:00:00", None), ("2025-06-15T11:59:59", "west")]
FRAMES = {
    "deals": pd.DataFrame(DEALS, columns=["id", "at", "closed", "region", "amount"]).astype(
        {"at": "datetime64[us]", "closed": "datetime64[us]"}
    ),
    "visits": pd.DataFrame(VISITS, columns=["at", "region"]).astype({"at": "datetime64[us]"}),
}


def collected(statements: list[str]) -> list[str]:
    """The statements that add something up, and those that look at dates."""
    return [text for text in statements if " as s0" in text or " as lo" in text]


@pytest.mark.parametrize("as_of", ["2025-06-15T12:00:01", "2025-06-16", "2040-01-01", "2000-01-01", "2024-02-01"])
@pytest.mark.parametrize("every", ["day", "week", "month"])
@pytest.mark.parametrize("by", [(), ("region",)])
def test_a_database_sees_what_pandas_sees(database: Database, every: str, as_of: str, by: tuple[str, ...]) -> None:
    plan = planned(SOURCES, *NAMES, every=every, as_of=as_of, by=by)
    expected = run(plan, {name: Given(Frame(frame)) for name, frame in FRAMES.items()})
    found = run_stored(plan, relations_of(plan, FRAMES, database), database)
    same(expected, found)
    assert sorted(found.notices) == sorted(expected.notices)


@pytest.mark.parametrize("week_starts", ["monday", "sunday", "saturday"])
@pytest.mark.parametrize("every", ["day", "week", "month"])
@pytest.mark.parametrize(
    ("days", "as_of"),
    [
        (("0001-01-01", "0001-01-09"), "0001-02-10"),
        (("9999-12-20", "9999-12-30", "9999-12-31"), "9999-12-31T12:00:00"),
        (("9999-11-20", "9999-12-31"), "9999-12-31T12:00:00"),
    ],
)
def test_the_ends_of_time(days: tuple[str, ...], as_of: str, every: str, week_starts: str) -> None:
    plan = planned(SOURCES.replace("sunday", week_starts), "closed", "value", "buyers", every=every, as_of=as_of)
    rows = [(str(number), None, datetime.fromisoformat(day), "north", 2.0) for number, day in enumerate(days)]
    deals = pd.DataFrame(rows, columns=["id", "at", "closed", "region", "amount"]).astype(FRAMES["deals"].dtypes)
    frames, database = {**FRAMES, "deals": deals}, in_duckdb()
    expected = run(plan, {name: Given(Frame(frame)) for name, frame in frames.items()})
    same(expected, run_stored(plan, relations_of(plan, frames, database), database))


JUDGED = """
kpis:
  total:
    formula: value
    better: higher
    benchmarks: {target: {range: at least 10, every: month}}
  count_of_deals:
    formula: deals
    better: higher
    benchmarks: {before: {compare: previous year}}
  buyers_now:
    formula: buyers
    better: higher
    benchmarks: {target: {range: at least 1, every: month}}
"""


@pytest.mark.parametrize("as_of", ["2025-06-16", "2025-06-30", "2025-03-31", "2025-03-01", "2025-02-28", "2025-06-15T12:00:01"])
@pytest.mark.parametrize("every", ["day", "week", "month"])
def test_the_same_part_of_earlier_months(every: str, as_of: str) -> None:
    plan = planned(SOURCES + JUDGED, "total", "count_of_deals", "buyers_now", every=every, as_of=as_of, by=("region",))
    database = in_duckdb()
    expected = run(plan, {name: Given(Frame(frame)) for name, frame in FRAMES.items()})
    same(expected, run_stored(plan, relations_of(plan, FRAMES, database), database))
    if every == "month" and "T" not in as_of:
        assert len(collected(database.store.statements)) == 1


@pytest.mark.parametrize("names", [("deals",), ("deals", "visits"), ("middle", "closed", "share"), ("before",)])
def test_one_statement_for_dates_and_slots(database: Database, names: tuple[str, ...]) -> None:
    plan, before = planned(SOURCES, *names, every="month", by=("region",)), len(database.store.statements)
    run_stored(plan, relations_of(plan, FRAMES, database), database)
    assert len(collected(database.store.statements[before:])) == 1


@pytest.mark.parametrize(
    "question",
    [
        {"every": "quarter"},
        {},
        {"every": "month", "start": "2024-01-01"},
        {"every": "month", "end": "2025-01-01"},
        {"every": "month", "where": 'region = "north"'},
    ],
)
def test_other_questions_look_at_dates_first(question: dict[str, Any]) -> None:
    plan, database = planned(SOURCES, "deals", "value", **question), in_duckdb()
    expected = run(plan, {name: Given(Frame(frame)) for name, frame in FRAMES.items()})
    same(expected, run_stored(plan, relations_of(plan, FRAMES, database), database))
    assert len(collected(database.store.statements)) == 2


def test_dates_that_are_all_missing_or_of_no_rows() -> None:
    for rows in (DEALS[3:4], []):
        frames = {**FRAMES, "deals": pd.DataFrame(rows, columns=["id", "at", "closed", "region", "amount"])}
        plan, database = planned(SOURCES, "deals", every="month"), in_duckdb()
        found = run_stored(plan, relations_of(plan, frames, database), database)
        (line,) = found.survey.timelines.values()
        assert (line.rows, line.missing, line.span) == (len(rows), len(rows), None)
        assert len(collected(database.store.statements)) == 1


def test_asked_again_nothing_is_kept_of_the_first_answer() -> None:
    """The rows of a connection of the host's may have changed."""
    database, plan = in_duckdb(), planned(SOURCES, "deals", every="month")
    stored = Stored(plan, opened(relations_of(plan, FRAMES, database), database))
    first = answer_of(plan, stored)
    again = stored.collect(plan, first.schedule, range(len(first.schedule.collects)))
    same(first, answer_of(plan, stored))
    assert [each.slots.keys() for each in again] == [each.slots.keys() for each in first.collected]
    assert len(collected(database.store.statements)) == 3


def test_where_all_at_once_needs_too_much_memory_dates_come_first() -> None:
    database, plan = in_duckdb(), planned(SOURCES, *NAMES, every="month", by=("region",))
    run_as_it_is, refused = database.store.run, []

    def run_small(statement: str, kinds: Any) -> Any:
        if not refused and " as s0" in statement:
            refused.append(statement)
            raise Refused(Diagnostic("out-of-memory", Severity.ERROR, "too much"))
        return run_as_it_is(statement, kinds)

    relations = relations_of(plan, FRAMES, database)
    database.store.run = run_small  # type: ignore[method-assign]
    expected = run(plan, {name: Given(Frame(frame)) for name, frame in FRAMES.items()})
    same(expected, run_stored(plan, relations, database))
    assert refused
    later = [text for text in collected(database.store.statements) if " as s0" in text]
    assert len(later) > 1, "the same is not tried twice"


def test_what_explain_shows_is_what_is_asked() -> None:
    catalog = kpidsl.load(texts={"kpidsl.yaml": SOURCES})
    shown = pipeline.statement(*pipeline.planned(catalog, ["deals"], every="month"), "duckdb")
    assert "bit_or" in shown and " as lo" in shown
    bounded = pipeline.planned(catalog, ["deals"], every="month", start=datetime(2026, 1, 1))
    assert "bit_or" not in pipeline.statement(*bounded, "duckdb")


@pytest.mark.parametrize("every", ["day", "month", "quarter", None])
def test_rows_at_infinite_moments_are_in_no_period(every: str | None, tmp_path: Path) -> None:
    path = str(tmp_path / "rows.duckdb")
    moments = ["2024-01-01", "2024-02-03 10:00:00", "infinity", "-infinity"]
    with duckdb.connect(path) as connection:
        listed = ", ".join(f"('{number}', timestamp '{moment}')" for number, moment in enumerate(moments))
        connection.execute(f'create table deals as select * from (values {listed}) t(id, "at")')
    catalog = kpidsl.load(texts={"kpidsl.yaml": SOURCES})
    table = Given(DuckDbTable(path, ("deals",)))
    found = kpidsl.evaluate(catalog, "deals", data={"deals": table}, every=every, as_of="2024-03-01")
    assert found.frame["value"].sum() == 2
