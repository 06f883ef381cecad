"""The same small tables in DuckDB, PostgreSQL and Spark, bound for a plan, and their answers beside those of pandas."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from asking import Answer
from numpy.typing import NDArray
from servers import Load, rows_of, unique_name

from kpidsl.catalog.core import Type
from kpidsl.data.opened import Opened
from kpidsl.data.relations import Kind, Physical, Relation, StoredColumn
from kpidsl.engines.notices import date_notices
from kpidsl.engines.slots import Collected
from kpidsl.engines.sql.engine import Stored, lacks
from kpidsl.plan.nodes import Count, Distinct, Plan
from kpidsl.plan.schedule import Schedule
from kpidsl.plan.timing import make_schedule

PHYSICAL = {
    Type.TEXT: Physical.TEXT,
    Type.NUMBER: Physical.FLOAT,
    Type.BOOLEAN: Physical.BOOLEAN,
    Type.DATE: Physical.DATE,
    Type.DATETIME: Physical.MOMENT,
}
DUCKDB_TYPES = {
    Type.TEXT: "varchar",
    Type.NUMBER: "double",
    Type.BOOLEAN: "boolean",
    Type.DATE: "date",
    Type.DATETIME: "timestamp",
}


@dataclass
class Ran:
    """A store over a function from a statement to rows; keeps the statements."""

    dialect: str
    rows: Callable[[str], Sequence[Sequence[Any]]]
    statements: list[str] = field(default_factory=list)

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        self.statements.append(statement)
        found = self.rows(statement)
        assert all(len(row) == len(kinds) for row in found)
        return [_column([row[place] for row in found], kind) for place, kind in enumerate(kinds)]

    def cancel(self) -> None:
        """Nothing runs for long."""

    def close(self) -> None:
        """The connection is that of all tests."""


def _column(values: Sequence[Any], kind: Kind) -> NDArray[Any]:
    wanted: dict[Kind, type] = {"text": str, "boolean": bool, "date": date, "moment": datetime, "number": float}
    assert all(value is None or isinstance(value, wanted[kind]) for value in values), (kind, values[:3])
    if kind == "number":
        return np.array([np.nan if value is None else value for value in values], np.float64)
    column = np.empty(len(values), object)
    column[:] = values
    return column


@dataclass
class Database:
    """Makes tables and runs statements."""

    store: Ran
    load: Load


def in_duckdb() -> Database:
    connection = duckdb.connect()

    def load(name: str, frame: pd.DataFrame, types: Mapping[str, Type | str]) -> str:
        unique = unique_name(name)
        columns = ", ".join(f'"{column}" {DUCKDB_TYPES[Type(kind)]}' for column, kind in types.items())
        connection.execute(f'create table "{unique}" ({columns})')
        rows = rows_of(frame, types)
        if rows:
            connection.executemany(f'insert into "{unique}" values ({", ".join("?" * len(types))})', rows)
        return unique

    return Database(Ran("duckdb", lambda text: connection.execute(text).fetchall()), load)


def relations_of(plan: Plan, data: Mapping[str, pd.DataFrame], database: Database) -> dict[str, Relation]:
    """The needed columns of the sources as tables, each of its declared type."""
    found = {}
    for source, names in plan.needs.items():
        types = {name: plan.catalog.sources[source].columns[name].type for name in sorted(names)} or {"one": Type.NUMBER}
        frame = data[source].assign(one=1.0)
        frame = frame.assign(**{name: None for name in types if name not in frame})
        table = database.load(source, frame, types)
        stored = {name: StoredColumn(name, PHYSICAL[types[name]]) for name in names}
        found[source] = Relation(source, (table,), stored, plan.calendar.timezone, database.store)
    return found


def opened(relations: Mapping[str, Relation], database: Database) -> Opened:
    return Opened(relations, frozenset(), (), database.store)


def run_stored(plan: Plan, relations: Mapping[str, Relation], database: Database) -> Answer:
    assert not lacks(plan, database.store.dialect), lacks(plan, database.store.dialect)
    stored = Stored(plan, opened(relations, database))
    assert not stored.failed, [finding.headline for finding in stored.findings]
    return answer_of(plan, stored)


def answer_of(plan: Plan, stored: Stored) -> Answer:
    survey = stored.survey(plan, range(len(plan.scans)))
    spans = {key: line.span for key, line in survey.timelines.items()}
    schedule, moved = make_schedule(plan, spans, survey.covers)
    assert schedule is not None
    collected = tuple(stored.collect(plan, schedule, range(len(schedule.collects))))
    notes = (*moved, *date_notices(plan, survey, schedule), *stored.notices)
    return Answer(plan, survey, schedule, collected, notes)


def same(one: Answer, other: Answer) -> None:
    """Both surveyed and collected the same, to nine digits."""
    assert one.survey.timelines.keys() == other.survey.timelines.keys()
    for key, line in one.survey.timelines.items():
        found = other.survey.timelines[key]
        assert (line.rows, line.missing, line.span) == (found.rows, found.missing, found.span), key
        assert (line.span and line.span.days) == (found.span and found.span.days), key
    assert one.schedule.collects == other.schedule.collects
    same_slots(one.schedule, one.collected, other.collected)


def same_slots(schedule: Schedule, one: Sequence[Collected], other: Sequence[Collected]) -> None:
    for asked, left, right in zip(schedule.collects, one, other, strict=True):
        expected, cells = _cells(left), _cells(right)
        assert cells.keys() == expected.keys(), (asked.dimensions, asked.pieces)
        for name, slot in asked.slots.items():
            kind = np.int64 if isinstance(slot, Count | Distinct) else np.float64
            assert right.slots[name].dtype == kind
            for cell, place in expected.items():
                pair = left.slots[name][place], right.slots[name][cells[cell]]
                np.testing.assert_allclose(pair[1], pair[0], rtol=1e-9, atol=1e-12, err_msg=f"{slot} in {cell}")


def _cells(collected: Collected) -> dict[tuple[object, ...], int]:
    keys = [collected.piece.tolist(), *(key.tolist() for key in collected.keys)]
    cells = {cell: place for place, cell in enumerate(zip(*keys, strict=True))}
    assert len(cells) == len(collected.piece)
    return cells


def in_postgres(connection: Any, load: Load) -> Database:
    return Database(Ran("postgres", lambda text: connection.execute(text).fetchall()), load)


def in_spark(session: Any, load: Load) -> Database:
    return Database(Ran("spark", lambda text: [tuple(row) for row in session.sql(text).collect()]), load)


@pytest.fixture(params=["duckdb", "postgres", "spark"])
def database(request: pytest.FixtureRequest) -> Database:
    """Each verified dialect where it runs."""
    if request.param == "duckdb":
        return in_duckdb()
    made = in_postgres if request.param == "postgres" else in_spark
    return made(request.getfixturevalue(request.param), request.getfixturevalue(f"load_{request.param}"))
