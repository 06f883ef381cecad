"""The slots that DuckDB collects against those of pandas, on random frames, expressions, placements and pieces of time."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pandas as pd
from asking import run
from databases import in_duckdb, opened, relations_of, run_stored, same, same_slots
from hypothesis import given, settings
from hypothesis import strategies as st
from looping import AS_OF, CATALOG, TARGETS
from msgspec.structs import replace
from test_engine_against_rows import (
    DIMENSIONS,
    IN_PERIOD,
    NEEDS,
    PIECES,
    PLACEMENTS,
    ROW,
    TRUTH,
    given_rows,
    slots,
)

from kpidsl.catalog.core import Core, Reference, Type
from kpidsl.engines.pandas import Pandas
from kpidsl.engines.sql.engine import Stored
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Count, Dated, Placement, Plan, Question, Scan, Slot, Term, Use, cluster_of
from kpidsl.plan.schedule import Collect, Found, Interval, Line, Schedule, Where

Rows = list[dict[str, Any]]


def frames(rows: Rows) -> dict[str, pd.DataFrame]:
    columns = list(CATALOG.sources["rows"].columns)
    return {"rows": pd.DataFrame(rows, columns=columns, dtype=object), "targets": pd.DataFrame(TARGETS.values())}


@settings(max_examples=30)
@given(
    st.lists(ROW, max_size=8),
    slots(),
    DIMENSIONS,
    st.none() | TRUTH,
    st.sampled_from([None, Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.YEAR]),
)
def test_slots_of_periods(
    rows: Rows, slots: dict[str, Slot], dimensions: list[Reference], condition: Core | None, every: Grain | None
) -> None:
    scan = Scan("rows", Dated(Reference(("day",), type=Type.DATE)), tuple(dimensions), condition, slots)
    question = Question(("rows",), every=every, by=tuple(map(str, range(len(dimensions)))))
    use = Use(0, (), question.by, tuple(slots))
    plan = Plan(CATALOG, question, AS_OF, CATALOG.calendar, CATALOG.values, (scan,), (use,), {}, {}, NEEDS, 1)
    expected, database = run(plan, given_rows(rows)), in_duckdb()
    found = run_stored(plan, relations_of(plan, frames(rows), database), database)
    same(expected, found)


@settings(max_examples=30)
@given(
    st.lists(ROW, max_size=8),
    slots(),
    DIMENSIONS,
    st.none() | TRUTH,
    st.sampled_from(PLACEMENTS),
    PIECES,
    st.none() | IN_PERIOD,
)
def test_slots_of_pieces(
    rows: Rows,
    slots: dict[str, Slot],
    dimensions: list[Reference],
    condition: Core | None,
    placement: Placement,
    bounds: list[tuple[datetime, datetime]],
    in_period: Core | None,
) -> None:
    slots = slots if in_period is None else {**slots, "seen": Count(Term(None, in_period))}
    pieces = tuple(Interval(start, end, start - (end - start)) for start, end in sorted(bounds))
    tiling = all(one.end <= other.start for one, other in pairwise(pieces))
    scan = Scan("rows", placement, tuple(dimensions), condition, slots)
    by = tuple(range(len(dimensions)))
    plan = Plan(CATALOG, Question(("rows",)), AS_OF, CATALOG.calendar, CATALOG.values, (scan,), (), {}, {}, NEEDS, 1)
    plan = replace(plan, question=replace(plan.question, by=tuple(map(str, by))))
    line = Line(pieces, tuple(range(len(pieces))))
    pairs = tuple((number, number + 1) for number in range(len(pieces)))
    clusters = dict.fromkeys([None, *map(cluster_of, slots.values())])
    parts = [{name: slot for name, slot in slots.items() if cluster_of(slot) == cluster} for cluster in clusters]
    collects = tuple(Collect(0, part, by, pieces, tiling) for part in parts)
    found = {Where(0, (), by, False, cluster): Found(number, pairs) for number, cluster in enumerate(clusters)}
    schedule = Schedule((), {(): line}, collects, found, {}, (0,))
    numbers = range(len(collects))
    expected, database = Pandas().bind(plan, given_rows(rows)).collect(plan, schedule, numbers), in_duckdb()
    stored = Stored(plan, opened(relations_of(plan, frames(rows), database), database))
    same_slots(schedule, expected, stored.collect(plan, schedule, numbers))
