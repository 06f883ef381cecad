"""Intervals of formulas over several frames: what two frames share counts once."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from company import catalog_of
from hand import ask_by_hand
from test_frames import CATALOG, ORDERS, SHOP, SUBS, _order

from kpidsl.results.proportion import Shapes
from kpidsl.results.result import Result
from kpidsl.results.spelling import spell

ROWS = [*ORDERS[:3], _order("2026-02-11", 11.0), _order("2026-03-11", 13.0, "b"), _order("2026-04-10", 4.0), *ORDERS[4:]]
Z = 1.6448536269514722


def _ask(*names: str, **asked: object) -> Result:
    given = {"every": "month", "end": "2026-06-01", **asked}
    return ask_by_hand(CATALOG, {"orders": ROWS, "subs": SUBS}, *names, **given)


def _variances(formula: str, **asked: object) -> list[float | None]:
    view = _ask(f"{formula} as x", "orders", **asked)["x"]
    found = ((view.high - view.low) / 2 / Z) ** 2
    return [None if np.isnan(variance) else float(variance) for variance in found]


@pytest.mark.parametrize(
    ("formula", "same"),
    [
        ("rolling(sales, 2 months) - previous(sales)", "sales * 1"),
        ("rolling(sales, 3 months) - rolling(previous(sales, 1 month), 2 months)", "sales * 1"),
        ("rolling(sales, 3 months) - rolling(sales, 2 months)", "previous(sales, 2 months) * 1"),
        ("previous(total(sales)) - total(previous(sales)) + sales", "sales * 1"),
        ("total(previous(sales)) + previous(total(sales))", "2 * previous(sales)"),
    ],
)
def test_what_two_windows_share_counts_once(formula: str, same: str) -> None:
    found, expected = _variances(formula), _variances(same)
    assert found[3:] == pytest.approx(expected[3:])
    assert None not in found[3:]


def test_windows_apart_are_independent() -> None:
    found, alone = _variances("change(sales)"), _variances("sales * 1")
    assert found[1:] == pytest.approx([one + other for one, other in pairwise(alone)])  # type: ignore[operator]


def test_a_part_of_a_total() -> None:
    """The variance of x - total(x) is that of the others."""
    found = _variances("sales - total(sales)", by=["shop"])
    assert found[:3] == [pytest.approx(900), pytest.approx(100), pytest.approx(25)]  # January a and b, February a
    share = _variances("sales / total(sales)", by=["shop"])[0]
    assert share == pytest.approx((10 / 40**2) ** 2 * 900 + (30 / 40**2) ** 2 * 100)


def test_counts_of_values_in_windows_that_overlap_have_no_interval() -> None:
    assert _variances("rolling(buyers, 2 months) - buyers")[1:] == [None] * 4
    assert all(variance is not None for variance in _variances("change(buyers)")[1:])


def test_stocks_in_different_frames() -> None:
    assert _variances("change(open_subs)") == [None] * 5
    assert _variances("open_subs / total(open_subs)", by=["shop"])[2] is not None


@pytest.mark.parametrize(
    ("formula", "note"),
    [
        ("average(orders, day)", "average(orders, day)"),
        ("2 * average(sales / orders, month)", "average(sales / orders, month)"),
        ("2 * rolling(middle, 2 months)", "median(orders.amount)"),
    ],
)
def test_no_interval_and_why(formula: str, note: str) -> None:
    figure = _ask(f"{formula} as x").figures["x"]
    assert figure.estimate.note == f"no interval: {note}"
    assert np.isnan(figure.estimate.low).all()


@pytest.mark.parametrize(
    ("formula", "above", "below"),
    [
        ("previous(unpaid_rate, 1 year)", "previous(unpaid, 1 year)", "previous(orders, 1 year)"),
        ("rolling(unpaid / orders, 3 months)", "rolling(unpaid, 3 months)", "rolling(orders, 3 months)"),
        ("1 - to_date(unpaid_rate, year)", "to_date(orders, year) - to_date(unpaid, year)", "to_date(orders, year)"),
        ("total(unpaid_rate, shop)", "total(unpaid, shop)", "total(orders, shop)"),
        ("share(orders where paid_on is missing)", "count(orders where paid_on is missing)", "count(orders)"),
        (
            'share(subs alive from start to end where shop = "a")',
            'count(subs alive from start to end where shop = "a")',
            "count(subs alive from start to end)",
        ),
        (
            'share(orders closing where shop = "a")',
            'count(orders closing where shop = "a")',
            "count(orders closing)",
        ),
        (
            "count(orders where paid_on < period_end) / orders",
            "count(orders where paid_on < period_end)",
            "orders",
        ),
    ],
)
def test_proportions_in_one_frame(formula: str, above: str, below: str) -> None:
    found = _proportion(formula)
    assert found == (above, below)


@pytest.mark.parametrize(
    "formula",
    [
        "previous(unpaid) / orders",
        "orders / total(orders)",
        "average(unpaid_rate, month)",
        "count(subs alive from start to end) / count(subs)",
        "count(subs alive from start to end) / count(subs alive from start)",
        "count(orders closing) / orders",
    ],
)
def test_no_proportions(formula: str) -> None:
    assert _proportion(formula) is None


def _proportion(formula: str) -> tuple[str, str] | None:
    catalog = catalog_of(SHOP + f"  x: {{formula: '{formula}'}}\n")
    found = Shapes(catalog).proportion(catalog.values["x"].core)
    return found and (spell(found.numerator), spell(found.denominator))


def test_a_cohort_is_immature_until_its_time_has_passed() -> None:
    text = SHOP + (
        "  paid: {formula: first_paid / orders, matures_after: 45 days, better: higher, "
        "benchmarks: {target: {range: at least 10%}}}\n"
        "  before: {formula: previous(paid)}\n"
        "  longer: {formula: paid * 2, matures_after: 3 months}\n"
    )
    names = ["paid", "before", "longer"]
    asked = {"every": "month", "end": "2026-06-01", "as_of": date(2026, 5, 20)}
    result = ask_by_hand(catalog_of(text), {"orders": ROWS}, *names, **asked)
    words = {name: [verdict and verdict.value for verdict in result[name].verdicts] for name in names}
    assert words["paid"] == ["inconclusive", "inconclusive", "insufficient", "immature", "partial"]
    assert result["paid"].reasons[3] == "the cohort is too young: it is mature on 2026-06-15, the data are as of 2026-05-20"
    assert words["before"] == [None, None, None, None, "partial"]
    assert words["longer"] == [None, "immature", "immature", "immature", "partial"]
    assert result["longer"].reasons[1] == "the cohort is too young: it is mature on 2026-06-01, the data are as of 2026-05-20"
