"""Variances by linearisation: against hand-made figures, and gradients against differences."""

from __future__ import annotations

import numpy as np
import pytest
from company import catalog_of, months, partial, plan_of, slots_of
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate
from kpidsl.results.arithmetic import NoRows, Sheet, evaluate
from kpidsl.results.columns import Floats, constant
from kpidsl.results.frames import Path
from kpidsl.results.linear import Gradient, Slot, Tangent

SUMS = "sources: {s: {columns: {a: number, b: number, c: number}}}\nmeasures: {a: sum(s.a), b: sum(s.b), c: sum(s.c)}\n"


class Plain:
    """Each given value is its own slot, with this covariance between any two."""

    def __init__(self, covariances: dict[tuple[str, str], float]) -> None:
        self._covariances = covariances

    def of_aggregate(self, aggregate: Aggregate, path: Path) -> Gradient:
        raise AssertionError(aggregate)

    def of_leaf(self, name: str) -> Gradient:
        return {Slot(0, name): np.ones(1)}

    def covariance(self, left: Slot, right: Slot) -> Floats:
        return np.array([self._covariances.get((left.name, right.name), self._covariances.get((right.name, left.name), 0.0))])


def _tangent(catalog: Catalog, values: dict[str, float], covariances: dict[tuple[str, str], float]) -> Tangent:
    leaves = {name: constant(value) for name, value in values.items()}
    return Tangent(Sheet(catalog.values, leaves, NoRows()), Plain(covariances))


@pytest.mark.parametrize(
    ("formula", "variance"),
    [  # a = 6, b = 3, c = 2; variances 4, 1, 0.25; Cov(a, b) = 0.5
        ("a + c", 4.25),
        ("a + b", 6.0),
        ("a - b", 4.0),
        ("a - a", 0.0),
        ("2 * a", 16.0),
        ("a / b", 4 / 9 + (6 / 9) ** 2 * 1 - 2 * (1 / 3) * (6 / 9) * 0.5),
        ("a ^ 2", 4 * 36 * 4),
        ("sqrt(a)", 4 / (4 * 6)),
        ("ln(a)", 4 / 36),
        ("exp(c)", np.exp(4) * 0.25),
        ("abs(-a)", 4.0),
        ("round(a)", 4.0),
        ("greatest(a, b)", 4.0),
        ("least(a, b, c)", 0.25),
        ("greatest(a, a)", 4.0),
        ("if b > c then a else b", 4.0),
        ("if b < c then 1 / (b - 3) else c", 0.25),
        ("coalesce(1 / (b - 3), b)", 1.0),
        ("(if a > 1 then 5 else 6) + c", 0.25),
        ("7", 0.0),
    ],
)
def test_variance(formula: str, variance: float) -> None:
    catalog = catalog_of(SUMS + f"kpis: {{x: {{formula: '{formula}'}}}}")
    covariances = {("a", "a"): 4.0, ("b", "b"): 1.0, ("c", "c"): 0.25, ("a", "b"): 0.5}
    tangent = _tangent(catalog, {"a": 6.0, "b": 3.0, "c": 2.0}, covariances)
    assert tangent.variance(catalog.values["x"].core)[0] == pytest.approx(variance)


FORMULAS = st.recursive(
    st.sampled_from(["a", "b", "c", "2", "0.5"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(["exp", "sqrt", "ln", "abs"]), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, inner).map(lambda parts: f"greatest({parts[0]}, {parts[1]})"),
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(FORMULAS, st.tuples(*[st.floats(0.5, 3)] * 3))
def test_gradient_is_the_limit_of_differences(formula: str, point: tuple[float, ...]) -> None:
    catalog = catalog_of(SUMS + f"kpis: {{x: {{formula: '{formula}'}}}}")
    values = dict(zip("abc", point, strict=True))
    gradient = _tangent(catalog, values, {}).gradient(catalog.values["x"].core)
    for name in "abc":
        step = 1e-5 * values[name]
        ends = [_value(catalog, values | {name: values[name] + sign * step}) for sign in (1, -1)]
        middle = _value(catalog, values)
        left, right = (ends[0] - middle) / step, (middle - ends[1]) / step
        if not np.isfinite([left, right]).all() or abs(left - right) > 1e-3 * (1 + abs(left)):
            continue  # not smooth here
        found = np.broadcast_to(gradient.get(Slot(0, name), np.zeros(1)), (1,))[0]
        if np.isnan(found):
            continue  # at the edge of a root: there is no interval, and no firm verdict
        assert found == pytest.approx((left + right) / 2, rel=1e-3, abs=1e-4 * (1 + abs(middle)))


def _value(catalog: Catalog, values: dict[str, float]) -> float:
    return float(evaluate(["x"], catalog.values, {name: constant(each) for name, each in values.items()})["x"].values[0])


def test_moments_of_rows_give_what_the_rows_give() -> None:
    """The variance of a mean of amounts is Σ(x - mean)² / n², of a cost per customer that of the parts apart."""
    from kpidsl.results.answer import answer

    amounts = np.array([10.0, 20.0, 60.0, 110.0])
    catalog = catalog_of()
    plan = plan_of(catalog, "mean_deal", "cac", every="month")
    scans = {
        "deals": partial([0], s0=[amounts.sum()], s1=[4], s2=[(amounts**2).sum()]),
        "customers": partial([0], s0=[5]),
        "spend": partial([0], s0=[amounts.sum()], s1=[4], s2=[(amounts**2).sum()]),
    }
    result = answer(plan, slots_of(plan, months(1, 1), scans))
    z = 1.6448536269514722
    mean = result["mean_deal"]
    half = z * np.sqrt(((amounts - 50) ** 2).sum()) / 4
    assert [mean.value, mean.low[0], mean.high[0]] == pytest.approx([50, 50 - half, 50 + half])
    cac = result["cac"]
    half = z * 40 * np.sqrt((amounts**2).sum() / 200**2 + 1 / 5)
    assert [cac.value, cac.low[0], cac.high[0]] == pytest.approx([40, 40 - half, 40 + half])
