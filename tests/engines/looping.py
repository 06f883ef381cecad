"""A plain loop over rows, written for clarity alone: a value is a Python object, None is missing, UNDEFINED is undefined."""

from __future__ import annotations

import math
import operator
import statistics
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
from asking import catalog_of

from kpidsl.catalog.core import Apply, Constant, Core, Reference
from kpidsl.periods.bounds import start_of
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Count, Distinct, Extreme, Moment, Ordered, Rank, Scan, Slot, Sum
from kpidsl.plan.ranks import places
from kpidsl.plan.schedule import date_of

CATALOG = catalog_of(
    """
sources:
  rows:
    key: number
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
      until: date
      number: number
      target: {type: text, references: targets}
  targets: {key: id, columns: {id: text, weight: number, name: text}}
dimensions: {word: [rows.word], yes: [rows.yes], name: [targets.name]}
measures: {rows: count(rows)}
"""
)
UNDEFINED = "undefined"
AS_OF = datetime(2026, 3, 15)

TARGETS = {
    "t1": {"id": "t1", "weight": 5.0, "name": "web"},
    "t2": {"id": "t2", "weight": None, "name": None},
    "t3": {"id": "t3", "weight": 1.0, "name": "mail"},
}


def value_of(core: Core, row: dict[str, Any] | None) -> Any:
    match core:
        case Constant(value=value):
            return float(value) if isinstance(value, Fraction) else value
        case Reference(path=path):
            for part in path[:-1]:
                row = TARGETS.get(row[part]) if row is not None else None
            return None if row is None else row[path[-1]]
        case Apply(function="period_start" | "period_end" | "previous_period_start" as function):
            return None if row is None else row[function]
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
        case Moment(left, right, Reference() as cluster):
            return of_clusters(scan.slots[left], scan.slots[right], rows, cluster)
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
        case Rank(fraction=fraction, upper=upper):
            place = places(fraction, upper=upper).of(len(terms))
            return sorted(terms)[place - 1] if 1 <= place <= len(terms) else None
        case Ordered(function="first" | "last" as function):
            return ordered(slot, scan, rows)[0 if function == "first" else -1] if terms else None
        case Ordered(function="stddev"):
            return statistics.stdev(terms) if len(terms) > 1 else None
        case Ordered(fraction=fraction):
            return float(np.percentile(terms, float(fraction or Fraction(1, 2)) * 100)) if terms else None
    raise AssertionError(slot)


def of_clusters(left: Slot, right: Slot, rows: list[dict[str, Any]], cluster: Reference) -> float | None:
    """The sum of products of what the rows of each cluster add up to; a row without a cluster is one by itself."""
    groups: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for number, row in enumerate(rows):
        key = as_moment(value_of(cluster, row))
        groups[("alone", number) if key is None else key].append(row)
    sums = [[[each for each in added(slot, held) if each is not None] for slot in (left, right)] for held in groups.values()]
    products = [sum(one) * sum(other) for one, other in sums if one and other]
    return sum(products) if products else None


def ordered(slot: Ordered, scan: Scan, rows: list[dict[str, Any]]) -> list[Any]:
    """What the rows add, by the date that places them, then by key."""
    date = date_of(scan.placement)
    key = CATALOG.sources[scan.source].key
    order = [((row[date.name],) if date else ()) + tuple((row[name] is None, row[name]) for name in key) for row in rows]
    added_ = [pair for pair in zip(order, added(slot, rows), strict=True) if pair[1] is not None]
    return [value for _, value in sorted(added_, key=lambda pair: pair)]


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
