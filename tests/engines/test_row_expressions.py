"""Expressions on rows: each is true, false, missing or has a value on each row of one small table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from asking import answered, catalog_of

from kpidsl.data.bind import bind
from kpidsl.data.given import Frame, Given
from kpidsl.engines.tables import Tables

SOURCES = """
project: {{language: 1, name: Test, calendar: {{year_starts: {year_starts}, week_starts: {week_starts}}}}}
units: {{currencies: [USD]}}
sources:
  rows:
    key: id
    columns:
      id: text
      a: number
      b: number
      n: number
      text: text
      other: text
      yes: boolean
      no: boolean
      day: date
      later: date
      moment: datetime
      target: {{type: text, references: targets}}
      tested: {{formula: {formula}}}
  targets:
    key: id
    columns: {{id: text, weight: number, name: text, day: date, next: {{type: text, references: targets}}}}
"""

AS_OF = datetime(2027, 1, 1)
ROWS = {
    "id": ["r1", "r2", "r3"],
    "a": [1.5, -2.5, None],
    "b": [0.0, 2.0, 4.0],
    "n": [7, 8, 9],
    "text": ["Won", None, "lost"],
    "other": ["on", "on", "lost"],
    "yes": [True, None, False],
    "no": [False, False, None],
    "day": ["2026-01-31", "2024-02-29", None],
    "later": ["2026-03-01", "2024-02-29", "2026-01-01"],
    "moment": ["2026-01-31T12:00", "2024-02-29T00:00", "2026-12-31T23:59"],
    "target": ["t1", "t2", None],
}
TARGETS = {
    "id": ["t2", "t1"],
    "weight": [20, None],
    "name": ["two", "one"],
    "day": ["2026-05-01", None],
    "next": ["t1", "t9"],
}


def values(expression: str, year_starts: str = "january", week_starts: str = "monday") -> list[Any]:
    """What an expression has on the three rows: None where missing, undefined where it is so."""
    quoted = "'" + expression + "'"
    catalog = catalog_of(SOURCES.format(year_starts=year_starts, week_starts=week_starts, formula=quoted))
    core = catalog.sources["rows"].columns["tested"].formula
    assert core is not None
    given = {name: Given(Frame(pd.DataFrame(rows))) for name, rows in (("rows", ROWS), ("targets", TARGETS))}
    needs = {
        name: frozenset(column.name for column in source.columns.values() if column.formula is None)
        for name, source in catalog.sources.items()
    }
    vector = Tables(catalog, bind(catalog, needs, given).tables, AS_OF).rows("rows").values(core)
    assert vector.words is not None or vector.values.dtype.kind == "M" or np.isfinite(vector.values).all()
    shown = [] if vector.words is None else [vector.words[code] if code >= 0 else None for code in vector.values]
    shown = shown or [
        str(value).removesuffix(".000000") if vector.values.dtype.kind == "M" else value.item() for value in vector.values
    ]
    if vector.valid is not None:
        shown = [value if there else None for value, there in zip(shown, vector.valid, strict=True)]
    if vector.undefined is not None:
        shown = ["undefined" if broken else value for value, broken in zip(shown, vector.undefined.rows, strict=True)]
    return shown


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", [1.5, -0.5, None]),
        ("a - b - n", [-5.5, -12.5, None]),
        ("a * b * n", [0.0, -40.0, None]),
        ("b / a", [0.0, -0.8, None]),
        ("a / b", ["undefined", -1.25, None]),
        ("b / b", ["undefined", 1.0, 1.0]),
        ("a / (b - b)", ["undefined", "undefined", None]),
        ("a / b + a", ["undefined", -3.75, None]),
        ("b^2", [0.0, 4.0, 16.0]),
        ("b^(-1)", ["undefined", 0.5, 0.25]),
        ("b^0", [1.0, 1.0, 1.0]),
        ("a^(1 / 2)", [1.5**0.5, "undefined", None]),
        ("a^3", [3.375, -15.625, None]),
        ("-n", [-7, -8, -9]),
        ("abs(a)", [1.5, 2.5, None]),
        ("round(a)", [2.0, -3.0, None]),
        ("round(a / 10)", [0.0, 0.0, None]),
        ("floor(a)", [1.0, -3.0, None]),
        ("ceil(a)", [2.0, -2.0, None]),
        ("ln(b)", ["undefined", np.log(2.0), np.log(4.0)]),
        ("ln(a)", [np.log(1.5), "undefined", None]),
        ("exp(b)", [1.0, np.exp(2.0), np.exp(4.0)]),
        ("exp(n * 1000)", ["undefined"] * 3),
        ("sqrt(b)", [0.0, 2**0.5, 2.0]),
        ("sqrt(a)", [1.5**0.5, "undefined", None]),
        ("greatest(a, b, 1)", [1.5, 2.0, None]),
        ("least(a, b)", [0.0, -2.5, None]),
        ("a + 0 * n", [1.5, -2.5, None]),
    ],
)
def test_numbers(expression: str, expected: list[Any]) -> None:
    assert values(expression) == pytest.approx(expected, abs=0)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a < 0", [False, True, None]),
        ("a >= b", [True, False, None]),
        ("a != 1.5", [False, True, None]),
        ("n = 8", [False, True, False]),
        ("a between -2.5 and 1.5", [True, True, None]),
        ("a in (1.5, 3)", [True, False, None]),
        ("a not in (1.5, 3)", [False, True, None]),
        ("n in (a, 8)", [False, True, None]),
        ("n not in (a, 8)", [True, False, None]),
        ("yes and no", [False, False, False]),
        ("yes or no", [True, None, None]),
        ("not yes", [False, None, True]),
        ("yes and a > 0", [True, False, False]),
        ("yes or a > 0", [True, None, None]),
        ("not (yes and no)", [True, True, True]),
        ("yes = no", [False, None, None]),
        ("a / b > 0 or n = 7", [True, False, None]),
        ("a / b > 0 and n = 7", ["undefined", False, False]),
        ("not (a / b > 0)", ["undefined", True, None]),
        ("a / b > 0 and n = 8", [False, False, False]),
        ("a is missing", [False, False, True]),
        ("a is not missing", [True, True, False]),
        ("a / b is missing", [True, False, True]),
        ("n is missing", [False, False, False]),
    ],
)
def test_truths(expression: str, expected: list[Any]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("if yes then a else b", [1.5, None, 4.0]),
        ("if no then 1 else 2", [2.0, 2.0, None]),
        ("if b = 0 then 0 else a / b", [0.0, -1.25, None]),
        ("if a / b > 0 then 1 else 2", ["undefined", 2.0, None]),
        ('if yes then text else "none"', ["Won", None, "none"]),
        ("if n > 7 then day else later", ["2026-03-01T00:00:00", "2024-02-29T00:00:00", None]),
        ("coalesce(a, b)", [1.5, -2.5, 4.0]),
        ("coalesce(a / b, n)", [7.0, -1.25, 9.0]),
        ("coalesce(a, a / b)", [1.5, -2.5, None]),
        ("coalesce(a / b, ln(b), a)", [1.5, -1.25, np.log(4.0)]),
        ("coalesce(a / b, a / b)", ["undefined", -1.25, None]),
        ('coalesce(text, other, "x")', ["Won", "on", "lost"]),
        ("coalesce(yes, true)", [True, True, False]),
    ],
)
def test_choices(expression: str, expected: list[Any]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('text = "Won"', [True, None, False]),
        ('text != "Won"', [False, None, True]),
        ('text not in ("Won", "x")', [False, None, True]),
        ("text = other", [False, None, True]),
        ("text in (other, id)", [False, None, True]),
        ("lower(text)", ["won", None, "lost"]),
        ("upper(text)", ["WON", None, "LOST"]),
        ('lower(text) = "won"', [True, None, False]),
        ('contains(text, "o")', [True, None, True]),
        ("contains(text, other)", [True, None, True]),
        ('starts_with(text, "W")', [True, None, False]),
        ("ends_with(text, other)", [True, None, True]),
        ('contains(text, "")', [True, None, True]),
        ("text is missing", [False, True, False]),
        ('coalesce(text, "none") = "none"', [False, True, False]),
        ('if text = "Won" then 1 else 0', [1.0, None, 0.0]),
        ("if text is missing then 1 else 0 / 0", ["undefined", 1.0, "undefined"]),
    ],
)
def test_text(expression: str, expected: list[Any]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("later - day", [29.0, 0.0, None]),
        ("moment - day", [0.5, 0.0, None]),
        ("day < moment", [True, False, None]),
        ("day = 2024-02-29", [False, True, None]),
        ("day + 30 days", ["2026-03-02T00:00:00", "2024-03-30T00:00:00", None]),
        ("day - 1 week", ["2026-01-24T00:00:00", "2024-02-22T00:00:00", None]),
        ("moment + 36 hours", ["2026-02-02T00:00:00", "2024-03-01T12:00:00", "2027-01-02T11:59:00"]),
        ("day + 1 month", ["2026-02-28T00:00:00", "2024-03-29T00:00:00", None]),
        ("day + 1 year", ["2027-01-31T00:00:00", "2025-02-28T00:00:00", None]),
        ("day - 1 quarter", ["2025-10-31T00:00:00", "2023-11-29T00:00:00", None]),
        ("moment + 1 month", ["2026-02-28T12:00:00", "2024-03-29T00:00:00", "2027-01-31T23:59:00"]),
        ("day + 4000000 days", ["undefined", "undefined", None]),
        ("day + 96000 months", ["undefined", "undefined", None]),
        ("year(day)", [2026, 2024, None]),
        ("quarter(later)", [1, 1, 1]),
        ("month(moment)", [1, 2, 12]),
        ("weekday(later)", [7, 4, 4]),
        ("weekday(1969-12-28)", [7, 7, 7]),
        ("start_of(day, month)", ["2026-01-01T00:00:00", "2024-02-01T00:00:00", None]),
        ("start_of(moment, week)", ["2026-01-26T00:00:00", "2024-02-26T00:00:00", "2026-12-28T00:00:00"]),
        ("start_of(later, year)", ["2026-01-01T00:00:00", "2024-01-01T00:00:00", "2026-01-01T00:00:00"]),
    ],
)
def test_dates(expression: str, expected: list[Any]) -> None:
    assert values(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("year(moment)", [2026, 2024, 2027]),
        ("quarter(moment)", [4, 4, 3]),
        ("month(moment)", [1, 2, 12]),
        ("start_of(moment, year)", ["2025-04-01T00:00:00", "2023-04-01T00:00:00", "2026-04-01T00:00:00"]),
        ("start_of(moment, week)", ["2026-01-25T00:00:00", "2024-02-25T00:00:00", "2026-12-27T00:00:00"]),
    ],
)
def test_years_from_april_and_weeks_from_sunday(expression: str, expected: list[Any]) -> None:
    assert values(expression, "april", "sunday") == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("target.weight", [None, 20, None]),
        ("target.name", ["one", "two", None]),
        ('target.name = "two"', [False, True, None]),
        ("target.day", [None, "2026-05-01T00:00:00", None]),
        ("target.next", ["t9", "t1", None]),
        ("target.next.name", [None, "one", None]),
        ("target.next.next.name", [None, None, None]),
        ("target.weight + n", [None, 28, None]),
        ("target.next.weight is missing", [True, True, True]),
    ],
)
def test_references(expression: str, expected: list[Any]) -> None:
    assert values(expression) == expected


def test_references_into_an_empty_table() -> None:
    text = """
sources:
  rows: {columns: {target: {type: text, references: targets}}}
  targets: {key: id, columns: {id: text, weight: number, name: text, day: date, yes: boolean}}
measures:
  weights: sum(rows.target.weight)
  named: count(rows where target.name = "x" or target.yes or target.day > 2026-01-01)
  different: count(distinct rows.target.name)
"""
    empty: dict[str, list[object]] = {"id": [], "weight": [], "name": [], "day": [], "yes": []}
    answer = answered(text, {"rows": {"target": ["a", None]}, "targets": empty})
    assert [answer.cells(name) for name in ("weights", "named", "different")] == [{(): None}, {(): 0}, {(): 0}]
