"""The engine's slots against a plain loop over the rows, on random frames, random expressions and random pieces of time."""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date, datetime
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest
from asking import run
from hypothesis import given, settings
from hypothesis import strategies as st
from looping import AS_OF, CATALOG, TARGETS, looped, slot_of, value_of
from msgspec.structs import replace

from kpidsl.catalog.core import Apply, Constant, Core, Reference, Type
from kpidsl.data.given import Frame, Given
from kpidsl.engines.pandas import Pandas
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import (
    Closing,
    Count,
    Dated,
    Distinct,
    Extreme,
    Moment,
    Ordered,
    Placement,
    Plan,
    Question,
    Rank,
    Scan,
    Slot,
    Stock,
    Sum,
    Term,
    Timeless,
    Use,
)
from kpidsl.plan.schedule import Collect, Found, Interval, Line, Schedule, Where

# Rows

numbers = st.sampled_from([0.0, 1.0, 2.0, -1.0, 2.5, -0.0, 3.0, 7.25, None])
words = st.sampled_from(["web", "Web", "mail", "", None])
day = st.sampled_from(
    [date(2026, 1, 31), date(2026, 2, 1), date(2026, 2, 28), date(2026, 3, 14), date(2026, 3, 15), date(2024, 2, 29), None]
)
moment = st.sampled_from([datetime(2026, 1, 31, 12), datetime(2026, 2, 1), datetime(2025, 12, 31, 23, 59), None])
ROW = st.fixed_dictionaries(
    {
        "day": day,
        "a": numbers,
        "b": numbers,
        "n": st.integers(-3, 3),
        "word": words,
        "other": words,
        "yes": st.sampled_from([True, False, None]),
        "moment": moment,
        "until": day,
        "target": st.sampled_from(["t1", "t2", "t9", None]),
    }
)
# Expressions


def column(kind: Type, *paths: str) -> st.SearchStrategy[Core]:
    return st.sampled_from([Reference(tuple(path.split(".")), type=kind) for path in paths])


def constant(kind: Type, *values: Any) -> st.SearchStrategy[Core]:
    return st.sampled_from([Constant(value, type=kind) for value in values])


def apply(function: str, kind: Type, *arguments: st.SearchStrategy[Core]) -> st.SearchStrategy[Core]:
    return st.tuples(*arguments).map(lambda parts: Apply(function, parts, type=kind))


def one_of(functions: str, kind: Type, *arguments: st.SearchStrategy[Core]) -> st.SearchStrategy[Core]:
    return st.sampled_from(functions.split()).flatmap(lambda function: apply(function, kind, *arguments))


LEAVES = {
    Type.NUMBER: column(Type.NUMBER, "a", "b", "n", "target.weight") | constant(Type.NUMBER, Fraction(0), Fraction(5, 2)),
    Type.TEXT: column(Type.TEXT, "word", "other", "target.name") | constant(Type.TEXT, "web", "we", ""),
    Type.DATE: column(Type.DATE, "day") | column(Type.DATETIME, "moment") | constant(Type.DATE, date(2026, 2, 1)),
    Type.BOOLEAN: column(Type.BOOLEAN, "yes") | constant(Type.BOOLEAN, True, False),
}


@cache
def expression(kind: Type, depth: int = 3) -> st.SearchStrategy[Core]:
    """Expressions of a type, functions in functions up to a depth."""
    if depth == 0:
        return LEAVES[kind]
    number, text, moment, truth = (expression(each, depth - 1) for each in LEAVES)
    months = constant(Type.NUMBER, Fraction(1), Fraction(-12), Fraction(3))
    grain = constant(Type.TEXT, "week", "month", "quarter")
    nodes = {
        Type.NUMBER: [
            one_of("add multiply greatest least", Type.NUMBER, number, number, number),
            one_of("divide power", Type.NUMBER, number, number),
            one_of("negate abs round floor ceil ln exp sqrt", Type.NUMBER, number),
            one_of("year quarter month weekday", Type.NUMBER, moment),
            apply("days_between", Type.NUMBER, moment, moment),
            apply("if", Type.NUMBER, truth, number, number),
            apply("coalesce", Type.NUMBER, number, number),
        ],
        Type.TEXT: [
            one_of("lower upper", Type.TEXT, text),
            apply("if", Type.TEXT, truth, text, text),
            apply("coalesce", Type.TEXT, text, text),
        ],
        Type.DATE: [
            apply("add_duration", Type.DATETIME, moment, number),
            apply("add_months", Type.DATETIME, moment, months),
            apply("start_of", Type.DATE, moment, grain),
            apply("if", Type.DATETIME, truth, moment, moment),
        ],
        Type.BOOLEAN: [
            one_of("equal less at_most greater at_least", Type.BOOLEAN, number, number),
            one_of("equal less at_least", Type.BOOLEAN, moment, moment),
            one_of("equal contains starts_with ends_with", Type.BOOLEAN, text, text),
            apply("in", Type.BOOLEAN, text, text, text),
            apply("in", Type.BOOLEAN, number, number, number),
            one_of("and or", Type.BOOLEAN, truth, truth, truth),
            one_of("and or equal", Type.BOOLEAN, truth, truth),
            apply("not", Type.BOOLEAN, truth),
            apply("is_missing", Type.BOOLEAN, st.one_of(number, text, moment, truth)),
            apply("if", Type.BOOLEAN, truth, truth, truth),
        ],
    }
    return st.one_of(LEAVES[kind], *nodes[kind])


NUMBER, TEXT, DATE, TRUTH = (expression(kind) for kind in LEAVES)

NEEDS = {name: frozenset(source.columns) for name, source in CATALOG.sources.items()}


def given_rows(rows: list[dict[str, Any]]) -> dict[str, Given]:
    for number, row in enumerate(rows):
        row["number"] = number
    frames = {
        "rows": pd.DataFrame(rows, columns=list(CATALOG.sources["rows"].columns), dtype=object),
        "targets": pd.DataFrame(TARGETS.values()),
    }
    return {name: Given(Frame(frame)) for name, frame in frames.items()}


# The laws


def terms(argument: st.SearchStrategy[Core]) -> st.SearchStrategy[Term]:
    return st.builds(Term, argument, st.none() | TRUTH)


SLOT = st.one_of(
    st.builds(Count, terms(st.none() | NUMBER | TEXT | DATE | TRUTH)),
    st.builds(Sum, terms(NUMBER)),
    st.builds(Extreme, st.sampled_from(["min", "max"]), terms(NUMBER)),
    st.builds(Distinct, terms(NUMBER | TEXT | DATE | TRUTH)),
    st.builds(Ordered, st.sampled_from(["first", "last", "median", "stddev"]), terms(NUMBER)),
    st.builds(Ordered, st.just("percentile"), terms(NUMBER), st.sampled_from([Fraction(1, 4), Fraction(9, 10)])),
    st.builds(Rank, terms(NUMBER), st.sampled_from([Fraction(1, 2), Fraction(2, 5)]), st.booleans()),
)
CLUSTER = column(Type.TEXT, "word", "target.name") | column(Type.NUMBER, "n") | column(Type.DATETIME, "moment")
DIMENSIONS = st.lists(
    st.sampled_from(
        [
            Reference(("word",), type=Type.TEXT),
            Reference(("target", "name"), type=Type.TEXT),
            Reference(("yes",), type=Type.BOOLEAN),
            Reference(("moment",), type=Type.DATETIME),
        ]
    ),
    max_size=2,
    unique=True,
)


@st.composite
def slots(draw: st.DrawFn) -> dict[str, Slot]:
    plain = draw(st.lists(SLOT, min_size=1, max_size=4))
    named: dict[str, Slot] = {f"s{number}": slot for number, slot in enumerate(plain)}
    additive = [name for name, slot in named.items() if isinstance(slot, Count | Sum)]
    cluster = draw(st.none() | CLUSTER)
    for one in additive:
        for other in additive:
            named[f"{one}{other}"] = Moment(one, other)
            if cluster is not None:
                named[f"{one}{other}c"] = Moment(one, other, cluster)
    return named


@settings(max_examples=75)
@given(
    st.lists(ROW, max_size=8),
    slots(),
    DIMENSIONS,
    st.none() | TRUTH,
    st.sampled_from([None, Grain.DAY, Grain.WEEK, Grain.MONTH, Grain.YEAR]),
)
def test_slots_are_those_of_a_loop_over_rows(
    rows: list[dict[str, Any]], slots: dict[str, Slot], dimensions: list[Reference], condition: Core | None, every: Grain | None
) -> None:
    scan = Scan("rows", Dated(Reference(("day",), type=Type.DATE)), tuple(dimensions), condition, slots)
    question = Question(("rows",), every=every)
    use = Use(0, (), (), tuple(slots))
    plan = Plan(CATALOG, question, AS_OF, CATALOG.calendar, CATALOG.values, (scan,), (use,), {}, {}, NEEDS, 1)
    plan = replace(plan, question=replace(question, by=tuple(map(str, range(len(dimensions))))))
    plan = replace(plan, uses=(replace(use, by=plan.question.by),))
    answer = run(plan, given_rows(rows))
    found: dict[tuple[Any, ...], dict[str, Any]] = defaultdict(dict)
    for collect, collected in zip(answer.schedule.collects, answer.collected, strict=True):
        for at, piece in enumerate(collected.piece):
            start = collect.pieces[piece].start.date() if every else None
            cell = found[start, *(key[at] for key in collected.keys)]
            cell.update({name: held[at] for name, held in collected.slots.items()})
    expected = looped(scan, rows, every)
    assert found.keys() == expected.keys()
    for cell, values in expected.items():
        for name, value in values.items():
            if value is None:
                assert math.isnan(found[cell][name])
            else:
                assert found[cell][name] == pytest.approx(value, rel=1e-9, abs=1e-9)


EDGES = [datetime(2024, 1, 1), datetime(2026, 1, 31), datetime(2026, 2, 1), datetime(2026, 2, 1, 12), datetime(2026, 3, 1)]
EDGES += [AS_OF, datetime(2026, 4, 1)]
Row = dict[str, Any]
PIECES = st.lists(
    st.tuples(*[st.sampled_from(EDGES)] * 2).filter(lambda pair: pair[0] < pair[1]), min_size=1, max_size=4, unique=True
)
IN_PERIOD = st.sampled_from(["period_start", "period_end", "previous_period_start"]).map(
    lambda name: Apply("at_least", (Reference(("day",), type=Type.DATE), Apply(name, (), type=Type.DATE)), type=Type.BOOLEAN)
)
DAY, UNTIL = (Reference((name,), type=Type.DATE) for name in ("day", "until"))
PLACEMENTS: list[Placement] = [Dated(DAY), Closing(DAY), Stock(DAY, UNTIL), Stock(DAY, None), Timeless()]


def placed(
    placement: Placement, rows: list[dict[str, Any]], piece: Interval
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of a piece, and those of them that add to slots."""
    read = [row for row in rows if row["day"] is not None and row["day"] < AS_OF.date()]
    end = min(piece.end, AS_OF)
    inside = [row for row in read if piece.start <= at(row["day"]) < end]
    match placement:
        case Dated():
            return inside, inside
        case Closing():
            last = max((row["day"] for row in inside), default=None)
            return inside, [row for row in inside if row["day"] == last]
        case Stock(end=until):
            started = [row for row in read if at(row["day"]) < end]
            return started, [row for row in started if until is None or row["until"] is None or at(row["until"]) >= end]
        case Timeless():
            return rows, rows


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)


@settings(max_examples=100)
@given(
    st.lists(ROW, max_size=8),
    slots(),
    DIMENSIONS,
    st.none() | TRUTH,
    st.sampled_from(PLACEMENTS),
    PIECES,
    st.none() | IN_PERIOD,
)
def test_pieces_are_those_of_a_loop_over_rows(
    rows: list[dict[str, Any]],
    slots: dict[str, Slot],
    dimensions: list[Reference],
    condition: Core | None,
    placement: Placement,
    bounds: list[tuple[datetime, datetime]],
    in_period: Core | None,
) -> None:
    if in_period is not None:
        slots["seen"] = Count(Term(None, in_period))
    given_ = given_rows(rows)
    pieces = tuple(Interval(start, end, start - (end - start)) for start, end in sorted(bounds))
    tiling = all(one.end <= other.start for one, other in pairwise(pieces))
    scan = Scan("rows", placement, tuple(dimensions), condition, slots)
    by = tuple(range(len(dimensions)))
    question = Question(("rows",), by=tuple(map(str, by)))
    plan = Plan(CATALOG, question, AS_OF, CATALOG.calendar, CATALOG.values, (scan,), (), {}, {}, NEEDS, 1)
    line = Line(pieces, tuple(range(len(pieces))))
    found_ = Found(0, tuple((number, number + 1) for number in range(len(pieces))))
    schedule = Schedule(
        (), {(): line}, (Collect(0, slots, by, pieces, tiling),), {Where(0, (), by, summed=False): found_}, {}, (0,)
    )
    (collected,) = Pandas().bind(plan, given_).collect(plan, schedule, [0])
    expected: dict[tuple[Any, ...], dict[str, Any]] = {}
    for number, piece in enumerate(pieces):
        names = {"period_start": piece.start, "period_end": piece.end, "previous_period_start": piece.before}
        there, adding = ([{**row, **names} for row in each] for each in placed(placement, rows, piece))
        for row in there:
            if condition is None or value_of(condition, row) is True:
                expected.setdefault((number, *(value_of(dimension, row) for dimension in dimensions)), {})
        for cell in expected:
            if cell[0] == number:
                held = [row for row in adding if (number, *(value_of(dimension, row) for dimension in dimensions)) == cell]
                held = [row for row in held if condition is None or value_of(condition, row) is True]
                expected[cell] = {name: slot_of(slot, scan, held) for name, slot in slots.items()}
    found = {(piece, *(key[at] for key in collected.keys)): at for at, piece in enumerate(collected.piece)}
    assert found.keys() == expected.keys()
    for cell, values in expected.items():
        for name, value in values.items():
            told = collected.slots[name][found[cell]]
            assert math.isnan(told) if value is None else told == pytest.approx(value, rel=1e-9, abs=1e-9)
