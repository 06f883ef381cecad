"""Exact values are those that the arithmetic of results comes to, or none."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numbers_project import formulas, project
from random_formulas import nodes, spell

from kpidsl.algebra.exact import Inexact, Sheet
from kpidsl.algebra.formulas import Formulas
from kpidsl.results import arithmetic as results
from kpidsl.results.columns import constant

PARAMETERS = {"p": Fraction(1, 10), "q": Fraction(2)}


def exact(formula: str, known: Formulas | None = None, **inputs: Fraction) -> Fraction | None:
    known = known or formulas(formula)
    return Sheet(known, lambda node: inputs[node.where.arguments[1].value], PARAMETERS).number(known.values["k0"].core)


@settings(max_examples=100)
@given(nodes(), st.tuples(*[st.sampled_from([0, 1, -1, 2, Fraction(1, 2)])] * 3))
def test_like_the_arithmetic_of_results(node: object, point: tuple[Fraction, ...]) -> None:
    known = Formulas(project([spell(node)], "abc"))
    inputs = {name: Fraction(number) for name, number in zip("abc", point, strict=True)}
    value = exact("", known, **inputs)
    leaves = {name: constant(float(number)) for name, number in (inputs | PARAMETERS).items()}
    column = results.evaluate(["k0"], known.values, leaves)["k0"]
    assert (value is None) == (column.status[0] != 0)
    if value is not None:
        assert float(value) == pytest.approx(column.values[0])


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("sqrt(a)", 3),
        ("a ^ 0.5", 3),
        ("round(a / 2)", 5),
        ("round(-a / 2)", -5),
        ("floor(-a / 2)", -5),
        ("ceil(-a / 2)", -4),
        ("ln(a / 9)", 0),
        ("exp(a - 9)", 1),
        ("ln(a - 9)", None),
        ("sqrt(-a)", None),
        ("0 ^ -1", None),
        ("(a - 9) ^ 0", 1),
        ("if a / 0 > 1 then 1 else 2", None),
        ("if a > 1 or a / 0 > 1 then 1 else 2", 1),
        ("if a in (1, 9) then 1 else 2", 1),
        ("if a / 0 is missing then 1 else 2", 1),
    ],
)
def test_values(formula: str, value: int | None) -> None:
    assert exact(formula, a=Fraction(9)) == value


@pytest.mark.parametrize(
    "formula", ["sqrt(a + 1)", "ln(a)", "exp(a)", "a ^ 0.3", "((a ^ 64) ^ 64) ^ 64", "a ^ a ^ a ^ a", "a ^ 64 ^ -64"]
)
def test_what_cannot_be_said_exactly_or_shortly(formula: str) -> None:
    with pytest.raises(Inexact):
        exact(formula, a=Fraction(9))
