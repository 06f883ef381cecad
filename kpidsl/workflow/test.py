"""A catalog's examples and row tests, run: each passes, or says in what it differs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from msgspec import Struct

from kpidsl.catalog.catalog import Catalog, Example
from kpidsl.catalog.core import Constant, Core
from kpidsl.diagnostics import Label
from kpidsl.documents import nodes
from kpidsl.documents.decode_tests import expected_value
from kpidsl.documents.model import Absent, Scalar, Test, Written
from kpidsl.errors import KpidslError
from kpidsl.pipeline import calc, evaluate
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.results.result import Result
from kpidsl.results.table import column_names
from kpidsl.workflow.rows import Placing, Row, Span, frames, span_of

_DIGITS = 1e-9
_PARTS = (
    "verdict",
    "status",
    "unit",
    "low",
    "high",
    "n",
    "n_needed",
    "score",
    "coverage",
    "process",
    "reason",
    "benchmark",
    "numerator",
    "denominator",
)


class Outcome(Struct, frozen=True):
    """One example or row test: what it is called, where it stands, and each way in which it came out other than expected."""

    name: str
    kind: str
    place: Label
    differences: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.differences


class TestReport(Struct, frozen=True):
    """The outcomes in the order of the definitions."""

    outcomes: tuple[Outcome, ...]

    @property
    def failures(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if not outcome.passed)


def run_tests(catalog: Catalog, only: str = "", *, engine: str = "pandas", place: Placing | None = None) -> TestReport:
    """Every example and row test of a catalog whose name holds `only`.

    Rows are added up by `engine`; `place` brings those of a source to where that reads them.
    """
    examples = ((f"{example.kpi}, example {number}", example) for example, number in _numbered(catalog.examples))
    outcomes = [
        Outcome(name, "example", example.definition.place.label(), tuple(_example(example, catalog)))
        for name, example in examples
        if only in name
    ]
    outcomes += [
        Outcome(test.name.value, "rows", test.name.label(), tuple(_rows(test, catalog, engine, place)))
        for test in catalog.tests
        if only in test.name.value
    ]
    return TestReport(tuple(outcomes))


def _numbered(examples: tuple[Example, ...]) -> Iterator[tuple[Example, int]]:
    seen: dict[str, int] = {}
    for example in examples:
        seen[example.kpi] = seen.get(example.kpi, 0) + 1
        yield example, seen[example.kpi]


# Examples


def _example(example: Example, catalog: Catalog) -> Iterator[str]:
    given = {name: number for name, amount in example.given.items() if (number := _number(amount)) is not None}
    try:
        result = calc(catalog, example.kpi, given)
    except KpidslError as error:
        yield str(error)
        return
    cell = _first(result)
    if example.definition.undefined and cell["status"] != "undefined":
        yield f"expected is undefined, and it is {_shown(cell, 'value')}"
    expected = _number(example.expect)
    if expected is not None and not _same(expected, cell):
        yield f"expected is {_expected(expected)}, and it is {_shown(cell, 'value')}"
    verdict = example.definition.verdict
    if verdict is not None and cell["verdict"] != verdict.value:
        yield f"the expected verdict is `{verdict.value}`, and it is `{cell['verdict'] or 'none'}`: {cell['reason']}"


def _number(amount: Core | None) -> Fraction | None:
    return amount.value if isinstance(amount, Constant) and isinstance(amount.value, Fraction) else None


def _first(result: Result) -> dict[str, Any]:
    return {str(name): part for name, part in result.frame.iloc[0].to_dict().items()}


# Rows


def _rows(test: Test, catalog: Catalog, engine: str, place: Placing | None) -> Iterator[str]:
    unknown = tuple(_unknown(test, catalog))
    if unknown:
        yield from unknown
        return
    try:
        result = _answer(test, catalog, engine, place)
    except KpidslError as error:
        yield from _refused(test, error)
        return
    if test.error is not None:
        yield f"expected is the error `{test.error.value}`, and the ask was answered"
    elif test.expect is not None:
        differences = tuple(_compare(test.expect, result))
        yield from differences
        yield from (finding.headline for finding in result.diagnostics.errors if differences)


def _unknown(test: Test, catalog: Catalog) -> Iterator[str]:
    """Sources and columns that are given and that there are not; a derived column is not given."""
    for name, (_, rows) in test.given.items():
        source = catalog.sources.get(name)
        if source is None:
            yield f"no source is called `{name}`"
            continue
        known = {column for column, each in source.columns.items() if each.formula is None}
        given = dict.fromkeys(column for row in rows for column in row)
        yield from (f"source `{name}` has no column `{column}` in its data" for column in given if column not in known)


def _answer(test: Test, catalog: Catalog, engine: str, place: Placing | None) -> Result:
    words = _words(test)
    question, _ = ask(catalog, **words)
    plan = make_plan(catalog, question)[0] if question is not None else None
    span: Span | None = span_of(test, plan) if plan is not None else None
    if words["as_of"] is None and span is not None:
        words["as_of"] = span.end
    if words["start"] is None and span is not None:
        words["start"] = span.start
    if words["end"] is None and span is not None:
        words["end"] = span.end
    cards = [name.value for name in test.ask.scorecards]
    given = frames(test, catalog, span, place)
    return evaluate(catalog, words.pop("values"), scorecards=cards, data=given, engine=engine, **words)


def _words(test: Test) -> dict[str, Any]:
    asked = test.ask
    return {
        "values": [name.value for name in asked.kpis],
        "by": [name.value for name in asked.by],
        "every": asked.every.value if asked.every else None,
        "start": asked.start.value if asked.start else None,
        "end": asked.end.value if asked.end else None,
        "where": asked.where.text if asked.where else None,
        "having": asked.having.text if asked.having else None,
        "cells": asked.cells.value if asked.cells else None,
        "as_of": asked.as_of.value if asked.as_of else None,
        "parameters": {name: formula.text for name, (_, formula) in asked.set.items()},
    }


def _refused(test: Test, error: KpidslError) -> Iterator[str]:
    codes = [finding.code for finding in error.diagnostics.errors]
    if test.error is None:
        yield f"the ask was refused: {error}"
    elif test.error.value not in codes:
        yield f"expected is the error `{test.error.value}`, and it is `{', '.join(codes)}`: {error}"


def _keys(result: Result) -> dict[str, str]:
    """What names a cell to the column of the answer: the period, and dimensions as they are called there.

    A dimension that is called like a value asked for has `by_` before its name too.
    """
    names = column_names(result.axis)
    dimensions = names[names.index("start") + 1 : names.index("value")]
    return {"period": "period", **{f"by_{name}" if name in result.figures else name: name for name in dimensions}}


def _cells(result: Result) -> Iterator[dict[str, Any]]:
    """One mapping for each cell: period, dimensions, and of each value its number and parts (`cac`, `cac.verdict`)."""
    cells: dict[tuple[object, ...], dict[str, Any]] = {}
    keys = _keys(result)
    for row in result.frame.to_dict("records"):
        place = {key: row[column] for key, column in keys.items()}
        cell = cells.setdefault(tuple(place.values()), dict(place))
        cell[row["kpi"]] = row
    for card in result.scorecards.values():
        for cell, score, coverage in zip(cells.values(), card.values, card.coverage, strict=True):
            status = "missing" if math.isnan(score) else "value"
            cell.setdefault(card.name, {"value": score, "status": status, "score": score, "coverage": coverage})
    yield from cells.values()


def _compare(expected: tuple[Row, ...], result: Result) -> Iterator[str]:
    keys = _keys(result)
    left = list(_cells(result))
    for row in expected:
        place = {name: written for name, written in row.items() if name in keys}
        match = next(
            (cell for cell in left if all(_same_key(written.value, cell.get(name)) for name, written in place.items())), None
        )
        if match is None:
            yield f"no row has {_listed(place)}" if place else "there are fewer rows than expected"
            continue
        left.remove(match)
        for name, written in row.items():
            if name not in keys:
                yield from _difference(name, written, match, place)
    for cell in left:
        where = ", ".join(f"{key} {_spelled(cell[key])}" for key in cell if key in keys)
        yield f"unexpected row: {where or 'the only one'}"


def _difference(
    name: str, written: Written[Scalar], cell: Mapping[str, Any], place: Mapping[str, Written[Scalar]]
) -> Iterator[str]:
    value, _, part = name.partition(".")
    where = f" at {_listed(place)}" if place else ""
    if value not in cell or part not in ("", *_PARTS) or (part and part not in cell[value]):
        yield f"`{name}` is not among what was asked for"
    elif not part and not _same(written.value, cell[value]):
        yield f"`{name}`{where}: expected is {_exactly(written.value)}, and it is {_shown(cell[value], 'value')}"
    elif part and not _same_part(part, written.value, cell[value][part]):
        yield f"`{name}`{where}: expected is {_exactly(written.value)}, and it is {_shown(cell[value], part)}"


def _same_key(expected: Scalar, actual: object) -> bool:
    if expected is None or actual is None or actual != actual:
        return expected is None and (actual is None or actual != actual)
    return str(expected) == str(actual) or expected == actual


def _same(expected: Scalar, cell: Mapping[str, Any]) -> bool:
    match expected:
        case None:
            return bool(cell["status"] == "missing")
        case Absent.UNDEFINED:
            return bool(cell["status"] == "undefined")
        case bool() | str():
            return False
        case int() | Fraction():
            return bool(cell["status"] in ("value", "projected")) and _close(float(expected), cell["value"])
        case _:
            return False


def _same_part(part: str, expected: Scalar, actual: object) -> bool:
    """`missing` and `undefined` are words of a status, and `undefined` is one of a verdict."""
    if isinstance(expected, int | Fraction) and isinstance(actual, int | float):
        return _close(float(expected), float(actual))
    if isinstance(expected, Absent):
        expected = expected.value
    elif expected is None and part == "status":
        expected = "missing"
    return _same_key(expected, actual if actual != "" else None)


def _close(expected: float, actual: float) -> bool:
    return math.isclose(expected, actual, rel_tol=_DIGITS, abs_tol=_DIGITS * 1e-3)


def _listed(place: Mapping[str, Written[Scalar]]) -> str:
    return ", ".join(f"{name} {_expected(written.value)}" for name, written in place.items())


def _expected(value: Scalar) -> str:
    match value:
        case None:
            return "missing"
        case Absent():
            return "undefined"
        case Fraction():
            return f"{float(value):.12g}"
        case _:
            return _spelled(value)


def _exactly(value: Scalar) -> str:
    """A value as it is told from all others: a text that looks like a number or a date is in quotes."""
    spelled = _expected(value)
    return (
        f'"{spelled}"' if spelled == value and not isinstance(expected_value(nodes.Scalar(spelled, "", 0, 0)), str) else spelled
    )


def _spelled(value: object) -> str:
    """A value as a test writes it: a text in quotes where it would be read as something else without."""
    if value is None or value != value:
        return "missing"
    if not isinstance(value, str):
        return str(value).lower() if isinstance(value, bool) else str(value)
    read = expected_value(nodes.Scalar(value, "", 0, 0))
    return value if isinstance(read, date) or str(read) == value else f'"{value}"'


def _shown(cell: Mapping[str, Any], part: str) -> str:
    if part == "value" and cell["status"] != "value":
        return f"{cell['status']} ({cell['reason']})" if cell["reason"] else str(cell["status"])
    value = cell[part]
    return f"{value:.12g}" if isinstance(value, float) and value == value else _spelled(value)
