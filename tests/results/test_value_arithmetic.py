"""The arithmetic of values, missing and undefined: one case a line."""

from __future__ import annotations

import numpy as np
import pytest
from company import catalog_of

from kpidsl.results.arithmetic import evaluate
from kpidsl.results.columns import Column, Status, constant

MISSING = None
UNDEFINED = "z is 0"
Leaf = float | str | None


def _column(given: Leaf) -> Column:
    match given:
        case None:
            return Column(np.array([np.nan]), np.array([Status.MISSING], dtype=np.int8))
        case str():
            status = np.array([Status.UNDEFINED], dtype=np.int8)
            return Column(np.array([np.nan]), status, np.array([0]), (given,))
        case _:
            return constant(float(given))


def _value(formula: str, **given: Leaf) -> Leaf:
    """The value of a formula over a, b and c, None if it is missing, its reason if it is undefined."""
    measures = "".join(f"  {name}: sum(s.{name})\n" for name in "abc")
    text = (
        "sources: {s: {columns: {a: number, b: number, c: number}}}\nmeasures:\n"
        + measures
        + f"kpis:\n  x: {{formula: '{formula}'}}\n"
    )
    catalog = catalog_of(text)
    leaves = {name: _column(given.get(name, 1.0)) for name in "abc"}
    found = evaluate(["x"], catalog.values, leaves)["x"]
    assert np.isfinite(found.values[0]) == (found.status[0] == Status.VALUE)
    match found.status[0]:
        case Status.VALUE:
            return float(found.values[0])
        case Status.MISSING:
            return None
        case _:
            return found.reason(0)


@pytest.mark.parametrize(
    ("formula", "given", "expected"),
    [
        ("a + b - c", {"a": 5, "b": 2, "c": 1}, 6),
        ("a * b / c", {"a": 5, "b": 2, "c": 4}, 2.5),
        ("-a ^ 2", {"a": 3}, -9),
        ("a ^ b", {"a": 2, "b": -1}, 0.5),
        ("abs(a)", {"a": -2}, 2),
        ("round(a)", {"a": 2.5}, 3),
        ("round(a)", {"a": -2.5}, -3),
        ("round(a)", {"a": 0.49999999999999994}, 0),
        ("floor(a)", {"a": -1.5}, -2),
        ("ceil(a)", {"a": 1.2}, 2),
        ("sqrt(a)", {"a": 9}, 3),
        ("ln(exp(a))", {"a": 2}, 2),
        ("greatest(a, b, c)", {"a": 1, "b": 7, "c": 3}, 7),
        ("least(a, b, c)", {"a": 4, "b": 7, "c": 3}, 3),
        ("if a > b then a else b", {"a": 1, "b": 7}, 7),
        ("if a in (1, 2) then 10 else 20", {"a": 2}, 10),
        ("if a not in (1, 2) then 10 else 20", {"a": 2}, 20),
        ("if a between 1 and 2 then 10 else 20", {"a": 2}, 10),
    ],
)
def test_values(formula: str, given: dict[str, Leaf], expected: float) -> None:
    assert _value(formula, **given) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("formula", "given", "reason"),
    [
        ("a / b", {"b": 0}, "b is 0"),
        ("a / b", {"a": 0, "b": 0}, "b is 0"),
        ("a / (b - c)", {}, "b - c is 0"),
        ("a / (b * (b - c))", {}, "b * (b - c) is 0"),
        ("ln(a)", {"a": 0}, "a is 0"),
        ("ln(a)", {"a": -1}, "a is negative"),
        ("sqrt(a)", {"a": -1}, "a is negative"),
        ("a ^ b", {"a": 0, "b": -2}, "a is 0"),
        ("a ^ 0.5", {"a": -2}, "a is negative"),
        ("exp(a)", {"a": 1000}, "exp(a) is too large"),
        ("a * a", {"a": 1e200}, "a * a is too large"),
        ("a / b", {"a": 1e200, "b": 1e-200}, "a / b is too large"),
        ("a + b", {"a": UNDEFINED}, UNDEFINED),
        ("a + b", {"a": MISSING, "b": UNDEFINED}, UNDEFINED),
        ("a + b", {"a": UNDEFINED, "b": "y is 0"}, UNDEFINED),
        ("b + 1 / c", {"a": 1, "b": UNDEFINED, "c": 0}, UNDEFINED),
        ("greatest(a, b)", {"a": MISSING, "b": UNDEFINED}, UNDEFINED),
        ("coalesce(a, b)", {"a": MISSING, "b": UNDEFINED}, UNDEFINED),
        ("if a > 0 then 1 else 2", {"a": UNDEFINED}, UNDEFINED),
        ("if a > 0 then b else c", {"b": UNDEFINED}, UNDEFINED),
    ],
)
def test_undefined_says_why(formula: str, given: dict[str, Leaf], reason: str) -> None:
    assert _value(formula, **given) == reason


@pytest.mark.parametrize(
    ("formula", "given"),
    [
        ("a + b", {"a": MISSING}),
        ("a / b", {"a": MISSING, "b": 0}),
        ("greatest(a, b)", {"b": MISSING}),
        ("least(a, b)", {"b": MISSING}),
        ("coalesce(a, b)", {"a": MISSING, "b": MISSING}),
        ("if a > 0 then 1 else 2", {"a": MISSING}),
        ("if a != 3 then 1 else 2", {"a": MISSING}),
        ("if a not in (3, 4) then 1 else 2", {"a": MISSING}),
        ("if a > 0 then b else c", {"b": MISSING}),
        ("if a > 0 and b > 0 then 1 else 2", {"a": MISSING}),
        ("if a > 5 or b > 0 then 1 else 2", {"b": MISSING}),
    ],
)
def test_missing_passes_through(formula: str, given: dict[str, Leaf]) -> None:
    assert _value(formula, **given) is None


@pytest.mark.parametrize(
    ("formula", "given", "expected"),
    [
        ("coalesce(a, b)", {"a": MISSING, "b": 4}, 4),
        ("coalesce(a, b)", {"a": UNDEFINED, "b": 4}, 4),
        ("coalesce(a, b, c)", {"a": UNDEFINED, "b": MISSING, "c": 5}, 5),
        ("if a > 0 then b else c", {"c": UNDEFINED}, 1),
        ("if a > 0 then b else 1 / c", {"c": 0}, 1),
        ("if a > 5 and b > 0 then 1 else 2", {"b": MISSING}, 2),
        ("if a > 0 or b > 0 then 1 else 2", {"b": UNDEFINED}, 1),
        ("if not (a > 5 and b > 0) then 1 else 2", {"b": MISSING}, 1),
        ("if a is missing then 1 else 2", {"a": MISSING}, 1),
        ("if a is missing then 1 else 2", {"a": UNDEFINED}, 1),
        ("if a is not missing then 1 else 2", {}, 1),
    ],
)
def test_what_does_not_need_every_value(formula: str, given: dict[str, Leaf], expected: float) -> None:
    assert _value(formula, **given) == expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("(2026-03-01 - 2026-02-01) / 1 day", 28),
        ("(2026-01-31 + 1 month - 2026-01-31) / 1 day", 28),
        ("(2026-01-31 + 2 weeks - 2026-01-31) / 1 day", 14),
        ("(start_of(2026-03-05, quarter) - 2025-12-31) / 1 day", 1),
        ("year(2026-03-05) + quarter(2026-05-05) + month(2026-12-31) + weekday(2026-01-05)", 2026 + 2 + 12 + 1),
        ("if 2026-03-05 > 2026-03-04 then 1 else 2", 1),
        ("if 2026-03-05 in (2026-03-04, 2026-03-05) then 1 else 2", 1),
    ],
)
def test_dates(formula: str, expected: float) -> None:
    assert _value(formula) == expected


def test_a_date_that_no_calendar_has_is_undefined() -> None:
    reason = "2026-01-01 + a * 365 * 1 day is before the year 1 or after 9999"
    assert _value("(2026-01-01 + a * 365 * 1 day - 2026-01-01) / 1 day", a=1e6) == reason


def test_a_long_chain_of_names_does_not_recurse() -> None:
    links = "".join(f"  k{step}: {{formula: k{step - 1} + 1}}\n" for step in range(1, 3000))
    catalog = catalog_of("sources: {s: {columns: {a: number}}}\nkpis:\n  k0: {formula: sum(s.a)}\n" + links)
    assert evaluate(["k2999"], catalog.values, {"k0": constant(1)})["k2999"].values[0] == 3000


def test_a_leaf_overrides_its_definition() -> None:
    catalog = catalog_of("parameters: {rate: 10%}\nkpis: {x: {formula: 2 * rate}, y: {formula: x + 1}}\n")
    assert evaluate(["x"], catalog.values, {})["x"].values[0] == pytest.approx(0.2)
    assert evaluate(["x"], catalog.values, {"rate": constant(0.5)})["x"].values[0] == 1
    assert evaluate(["y"], catalog.values, {"x": constant(7)})["y"].values[0] == 8
