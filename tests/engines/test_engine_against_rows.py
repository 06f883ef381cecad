"""The engine's slots against a plain loop over the rows, on random frames and random expressions.

The loop is written for clarity alone: a value is a Python object, None is missing, UNDEFINED is undefined.
"""

from __future__ import annotations

import math
import operator
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

import pandas as pd
import pytest
from asking import catalog_of, run
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.catalog.core import Apply, Constant, Core, Reference, Type
from kpidsl.data.given import Frame, Given
from kpidsl.periods.bounds import start_of
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Count, Dated, Distinct, Extreme, Moment, Plan, Question, Scan, Slot, Sum, Term, Use

CATALOG = catalog_of(
    """
sources:
  rows:
    time: day
    columns:
      day: date
      a: number
      b: number
      n: number
      word: text
      other: text
      yes: boolean
      moment: datetime
      target: {type: text, references: targets}
  targets: {key: id, columns: {id: text, weight: number, name: text}}
dimensions: {word: [rows.word], yes: [rows.yes], name: [targets.name]}
measures: {rows: count(rows)}
"""
)
UNDEFINED = "undefined"
AS_OF = datetime(2026, 3, 15)

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
        "target": st.sampled_from(["t1", "t2", "t9", None]),
    }
)
TARGETS = {
    "t1": {"id": "t1", "weight": 5.0, "name": "web"},
    "t2": {"id": "t2", "weight": None, "name": None},
    "t3": {"id": "t3", "weight": 1.0, "name": "mail"},
}

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

# The loop


def value_of(core: Core, row: dict[str, Any] | None) -> Any:
    match core:
        case Constant(value=value):
            return float(value) if isinstance(value, Fraction) else value
        case Reference(path=path):
            for part in path[:-1]:
                row = TARGETS.get(row[part]) if row is not None else None
            return None if row is None else row[path[-1]]
        case Apply(function=function, arguments=arguments):
            return applied(function, [value_of(argument, row) for argument in arguments])
    raise AssertionError(core)


def applied(function: str, values: list[Any]) -> Any:
    match function, values:
        case "is_missing", [value]:
            return value is None or value == UNDEFINED
        case "coalesce", _:
            there = [value for value in values if value is not None and value != UNDEFINED]
            return there[0] if there else first_gap(values)
        case "and" | "or", _:
            decides = function == "or"
            gap = first_gap(values)
            return decides if any(value is decides for value in values) else gap if gaps(values) else not decides
        case "if", [condition, yes, no]:
            return condition if condition is None or condition == UNDEFINED else yes if condition else no
        case "in", [item, *options]:
            return applied("or", [applied("equal", [item, option]) for option in options])
    return first_gap(values) if gaps(values) else computed(function, values)


def gaps(values: list[Any]) -> bool:
    return any(value is None or (isinstance(value, str) and value == UNDEFINED) for value in values)


def first_gap(values: list[Any]) -> Any:
    return UNDEFINED if any(isinstance(value, str) and value == UNDEFINED for value in values) else None


def computed(function: str, values: list[Any]) -> Any:
    if any(isinstance(value, date) for value in values):
        values = [
            datetime(value.year, value.month, value.day)
            if isinstance(value, date) and not isinstance(value, datetime)
            else value
            for value in values
        ]
    try:
        result = BODIES[function](*values)
    except (ZeroDivisionError, ValueError, OverflowError):
        return UNDEFINED
    return UNDEFINED if isinstance(result, complex) or (isinstance(result, float) and not math.isfinite(result)) else result


def add_months(moment: datetime, months: float) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + int(months), 12)
    last = (datetime(year + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))


def first_day(moment: datetime, grain: str) -> datetime:
    day = start_of(Calendar(), Grain(grain), moment.date())
    return datetime(day.year, day.month, day.day)


BODIES: dict[str, Callable[..., Any]] = {
    "add": lambda *terms: sum(terms),
    "multiply": lambda *factors: math.prod(factors),
    "divide": operator.truediv,
    "power": lambda base, exponent: float(base) ** exponent,
    "negate": operator.neg,
    "abs": abs,
    "round": lambda value: math.copysign(math.floor(abs(value) + 0.5), value),
    "floor": math.floor,
    "ceil": math.ceil,
    "ln": math.log,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "greatest": max,
    "least": min,
    "equal": operator.eq,
    "less": operator.lt,
    "at_most": operator.le,
    "greater": operator.gt,
    "at_least": operator.ge,
    "not": operator.not_,
    "lower": str.lower,
    "upper": str.upper,
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "days_between": lambda left, right: (left - right) / timedelta(days=1),
    "add_duration": lambda moment, days: moment + timedelta(days=days),
    "add_months": add_months,
    "year": lambda moment: moment.year,
    "quarter": lambda moment: (moment.month - 1) // 3 + 1,
    "month": lambda moment: moment.month,
    "weekday": lambda moment: moment.isoweekday(),
    "start_of": first_day,
}


def looped(scan: Scan, rows: list[dict[str, Any]], every: Grain | None) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The slots of each cell, by its period's first day (without a grain None) and its keys."""
    cells: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["day"] is None or row["day"] >= AS_OF.date():
            continue
        if scan.condition is not None and value_of(scan.condition, row) is not True:
            continue
        start = start_of(Calendar(), every, row["day"]) if every else None
        cells[start, *(value_of(dimension, row) for dimension in scan.dimensions)].append(row)
    return {cell: {name: slot_of(slot, scan, held) for name, slot in scan.slots.items()} for cell, held in cells.items()}


def slot_of(slot: Slot, scan: Scan, rows: list[dict[str, Any]]) -> Any:
    match slot:
        case Moment(left, right):
            pairs = zip(added(scan.slots[left], rows), added(scan.slots[right], rows), strict=True)
            products = [one * other for one, other in pairs if one is not None and other is not None]
            return sum(products) if products else None
        case _:
            terms = [term for term in added(slot, rows) if term is not None]
    match slot:
        case Count():
            return len(terms)
        case Sum():
            return sum(terms) if terms else None
        case Extreme(function):
            return (min if function == "min" else max)(terms) if terms else None
        case Distinct():
            return len({as_moment(term) for term in terms})
    raise AssertionError(slot)


def as_moment(value: Any) -> Any:
    return datetime(value.year, value.month, value.day) if isinstance(value, date) else value


def added(slot: Slot, rows: list[dict[str, Any]]) -> list[Any]:
    """What each row adds, None for nothing."""
    assert not isinstance(slot, Moment)
    term = slot.term
    terms = []
    for row in rows:
        holds = term.where is None or value_of(term.where, row) is True
        value = (1 if term.argument is None else value_of(term.argument, row)) if holds else None
        counted = isinstance(slot, Count) and value is not None and value != UNDEFINED
        terms.append(1 if counted else None if value is None or value == UNDEFINED else value)
    return terms


# The law


def terms(argument: st.SearchStrategy[Core]) -> st.SearchStrategy[Term]:
    return st.builds(Term, argument, st.none() | TRUTH)


SLOT = st.one_of(
    st.builds(Count, terms(st.none() | NUMBER | TEXT | DATE | TRUTH)),
    st.builds(Sum, terms(NUMBER)),
    st.builds(Extreme, st.sampled_from(["min", "max"]), terms(NUMBER)),
    st.builds(Distinct, terms(NUMBER | TEXT | DATE | TRUTH)),
)
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
    for one in additive:
        for other in additive:
            named[f"{one}{other}"] = Moment(one, other)
    return named


@settings(max_examples=150, deadline=None)
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
    frames = {
        "rows": pd.DataFrame(rows, columns=list(CATALOG.sources["rows"].columns), dtype=object),
        "targets": pd.DataFrame(TARGETS.values()),
    }
    needs = {name: frozenset(source.columns) for name, source in CATALOG.sources.items()}
    question = Question(("rows",), every=every)
    use = Use(0, (), (), tuple(slots))
    plan = Plan(CATALOG, question, AS_OF, CATALOG.calendar, CATALOG.values, (scan,), (use,), {}, {}, needs)
    plan = replace(plan, question=replace(question, by=tuple(map(str, range(len(dimensions))))))
    plan = replace(plan, uses=(replace(use, by=plan.question.by),))
    answer = run(plan, {name: Given(Frame(frame)) for name, frame in frames.items()})
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
