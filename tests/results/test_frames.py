"""Windows: what they are on a few rows, cell by cell; against the same question asked of other periods; and on random rows."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from company import catalog_of
from hand import Row, ask_by_hand
from hypothesis import given, settings
from hypothesis import strategies as st

SHOP = """
units: {currencies: [USD], entities: {order: {}, subscription: {}}}
sources:
  orders:
    row: order
    key: id
    time: on
    columns: {id: text, on: date, shop: text, kind: text, amount: {type: number, unit: USD}, paid_on: date, buyer: text}
  subs: {row: subscription, key: id, time: start, columns: {id: text, start: date, end: date, shop: text}}
dimensions: {shop: [orders.shop, subs.shop], kind: [orders.kind]}
parameters: {base: 2}
measures:
  orders: count(orders)
  sales: sum(orders.amount)
  buyers: count(distinct orders.buyer)
  middle: median(orders.amount)
  smallest: min(orders.amount)
  largest: max(orders.amount)
  unpaid: count(orders where paid_on is missing)
  first_paid: count(orders where paid_on is not missing)
  open_subs: count(subs alive from start to end)
kpis:
  basket: {formula: sales / orders}
  growing: {formula: growth(orders)}
  unpaid_rate: {unit: percent, formula: unpaid / orders}
  since: {formula: period_end - min(orders.paid_on)}
"""
CATALOG = catalog_of(SHOP)


def _order(on: str, amount: float | None, shop: str = "a", kind: str = "x", **more: object) -> Row:
    return {"on": date.fromisoformat(on), "amount": amount, "shop": shop, "kind": kind, "buyer": "b", **more}


ORDERS = [
    _order("2026-01-05", 10.0),
    _order("2026-01-20", 30.0, "b"),
    _order("2026-02-03", 5.0, "b", "y"),
    _order("2026-04-10", 1e16, buyer="c"),
    _order("2026-05-02", 2.0),
    _order("2026-05-31", 7.0, "b", paid_on=date(2026, 6, 2)),
]
SUBS = [
    {"start": date(2026, 1, 3), "end": date(2026, 3, 10), "shop": "a"},
    {"start": date(2026, 2, 3), "end": None, "shop": "b"},
]


def _values(*names: str, **asked: object) -> list[list[float | None]]:
    result = ask_by_hand(CATALOG, {"orders": ORDERS, "subs": SUBS}, *names, **{"end": "2026-06-01", **asked})
    return [[None if np.isnan(value) else value for value in result[name].values] for name in result.kpis]


MONTHLY = [  # January to May, of which March has no orders
    ("previous(orders)", [None, 2, 1, 0, 1]),
    ("previous(sales)", [None, 40, 5, 0, 1e16]),
    ("previous(middle)", [None, 20, 5, None, 1e16]),
    ("previous(orders, 2 months)", [None, None, 2, 1, 0]),
    ("change(orders)", [None, -1, -1, 1, 1]),
    ("growth(orders)", [None, -0.5, -1, None, 1]),
    ("rolling(orders, 2 months)", [None, 3, 1, 1, 3]),
    ("rolling(sales, 2 months)", [None, 45, 5, 1e16, 1e16 + 9]),
    ("rolling(smallest, 3 months)", [None, None, 5, 5, 2]),
    ("rolling(largest, 3 months)", [None, None, 30, 1e16, 1e16]),
    ("rolling(buyers, 2 months)", [None, 1, 1, 1, 2]),
    ("rolling(basket, 2 months)", [None, 15, 5, 1e16, (1e16 + 9) / 3]),
    ("to_date(orders, year)", [2, 3, 3, 4, 6]),
    ("to_date(orders, quarter)", [2, 3, 3, 1, 3]),
    ("to_date(smallest)", [10, 5, 5, 5, 2]),
    ("to_date(largest)", [30, 30, 30, 1e16, 1e16]),
    ("previous(rolling(orders, 2 months))", [None, None, 3, 1, 1]),
    ("rolling(previous(orders), 2 months)", [None, None, None, 3, 1]),  # the two months before the two
    ("previous(base)", [2, 2, 2, 2, 2]),
    ("orders * period_length", [62, 28, 0, 30, 62]),
    ("previous(period_length)", [31, 31, 28, 31, 30]),
    ("previous(open_subs)", [None, 1, 2, 1, 1]),
    ("rolling(open_subs, 2 months)", [None, 2, 1, 1, 1]),
    ("average(open_subs, month)", [1, 2, 1, 1, 1]),
    ("(period_end - previous_period_start) / 1 day", [62, 59, 59, 61, 61]),
    ("if period_start >= 2026-04-01 then orders else 0", [0, 0, 0, 1, 2]),
    ("month(period_start)", [1, 2, 3, 4, 5]),
    ("(start_of(period_end, year) - period_start) / 1 day", [0, -31, -59, -90, -120]),
    ("total(orders)", [2, 1, 0, 1, 2]),
]


@pytest.mark.parametrize(("formula", "expected"), MONTHLY)
def test_by_month(formula: str, expected: list[float | None]) -> None:
    found = _values(formula, "orders", every="month")[0]
    assert found == [None if each is None else pytest.approx(each, rel=1e-14) for each in expected]


def test_a_sum_of_small_ones_past_a_large_one_is_exact() -> None:
    assert _values("rolling(sales, 1 month)", every="month")[0][-1] == 9.0
    last_days = _values("rolling(sales, 3 days)", every="day")[0]
    assert last_days[-1] == 7.0


@pytest.mark.parametrize(
    ("formula", "expected"),
    [  # cells: January a, January b, February b, April a, May a, May b
        ("orders / total(orders)", [0.5, 0.5, 1, 1, 0.5, 0.5]),
        ("total(sales)", [40, 40, 5, 1e16, 9, 9]),
        ("total(buyers)", [1, 1, 1, 1, 1, 1]),
        ("total(middle)", [20, 20, 5, 1e16, 4.5, 4.5]),
        ("previous(orders)", [None, None, 1, 0, 1, 0]),
        ("total(previous(orders))", [None, None, 2, 0, 1, 1]),
        ("previous(total(orders))", [None, None, 2, 0, 1, 1]),
        ("total(orders, kind)", [1, 1, 1, 1, 1, 1]),
        ("total(orders, shop)", [2, 2, 1, 1, 2, 2]),
        ("to_date(orders / total(orders), year)", [0.5, 0.5, 2 / 3, 0.5, 0.5, 0.5]),
        ("orders / rolling(total(orders), 2 months)", [None, None, 1 / 3, 1, 1 / 3, 1 / 3]),
    ],
)
def test_totals_by_shop(formula: str, expected: list[float | None]) -> None:
    found = _values(formula, "orders", every="month", by=["shop"])[0]
    assert found == [None if each is None else pytest.approx(each) for each in expected]


def test_a_total_without_one_of_two_dimensions() -> None:
    found = _values("total(orders, kind)", "total(orders, shop)", "orders", by=["shop", "kind"])
    assert found == [[3, 3, 3], [5, 5, 1], [3, 2, 1]]  # a x, b x, b y


def test_a_stock_has_a_cell_in_every_period_from_its_first_start_on() -> None:
    result = ask_by_hand(
        CATALOG, {"subs": SUBS}, "open_subs", "total(open_subs) as t", every="month", by=["shop"], end="2026-05-01"
    )
    assert list(zip(result.frame["period"][:7], result.axis.dimensions["shop"], result["open_subs"].values, strict=True)) == [
        ("2026-01", "a", 1),
        ("2026-02", "a", 1),
        ("2026-02", "b", 1),
        ("2026-03", "a", 0),
        ("2026-03", "b", 1),
        ("2026-04", "a", 0),
        ("2026-04", "b", 1),
    ]
    assert result["t"].values.tolist() == [1, 2, 2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [  # the quarter that begins in January, and that in April, of which May is the last asked for
        ("average(orders, month)", [1, 1.5]),
        ("average(basket, month)", [None, (1e16 + 4.5) / 2]),
        ("average(middle, month)", [12.5, (1e16 + 4.5) / 2]),
        ("average(rolling(orders, 2 months), month)", [2, 2]),
        ("average(period_length, month)", [30, 30.5]),
        ("average(previous(orders), month)", [1.5, 0.5]),
        ("average(average(orders, day), month)", [(2 / 27 + 1 / 28 + 0) / 3, (1 / 30 + 2 / 31) / 2]),
        ("previous(average(orders, month))", [None, 1]),
    ],
)
def test_means_of_months_by_quarter(formula: str, expected: list[float | None]) -> None:
    found = _values(formula, "orders", every="quarter", end="2026-07-01", as_of=date(2026, 6, 1))[0]
    assert found == [None if each is None else pytest.approx(each) for each in expected]


def test_a_mean_leaves_missing_parts_out_and_is_undefined_where_one_is() -> None:
    result = ask_by_hand(
        CATALOG,
        {"orders": ORDERS},
        "average(basket, month) as mean",
        "average(smallest, month) as least",
        every="quarter",
        end="2026-07-01",
    )
    assert result["mean"].statuses[0] == "undefined"
    assert result["mean"].reasons[0] == "orders is 0"
    assert result["least"].values[0] == 7.5


def test_growth_from_nothing_says_of_what() -> None:
    result = ask_by_hand(CATALOG, {"orders": ORDERS}, "growth(orders) as g", every="month", end="2026-06-01")
    assert result["g"].statuses == ["missing", "value", "value", "undefined", "value"]
    assert result["g"].reasons[3] == "previous(orders) is 0"


def test_dates_between_values() -> None:
    result = ask_by_hand(CATALOG, {"orders": ORDERS}, "since", every="month", start="2026-05-01", end="2026-06-01")
    assert result["since"].value == -1


def test_having_drops_finished_rows_and_no_total() -> None:
    names = ["orders", "orders / total(orders) as part"]
    result = ask_by_hand(CATALOG, {"orders": ORDERS}, *names, by=["shop"], having="sales > 8", every="month", end="2026-06-01")
    assert result.frame["period"].tolist() == ["2026-01", "2026-01", "2026-04"] * 2
    assert result["part"].values.tolist() == [0.5, 0.5, 1]
    assert result["orders"].low.shape == (3,)


def test_having_may_look_at_other_periods() -> None:
    result = ask_by_hand(CATALOG, {"orders": ORDERS}, "orders", having="growing > 0", every="month", end="2026-06-01")
    assert result.frame["period"].tolist() == ["2026-05"]


def test_a_parameter_that_is_set_is_so_in_every_frame() -> None:
    asked = {"every": "month", "end": "2026-06-01", "parameters": {"base": 3}}
    result = ask_by_hand(CATALOG, {"orders": ORDERS}, "previous(orders * base) * average(base, day) as x", **asked)
    assert result["x"].values[1:].tolist() == [18, 9, 0, 9]


def test_rows_behind_a_value_are_the_fewest_in_any_frame() -> None:
    names = ["growth(orders) as g", "rolling(basket, 2 months) as r", "average(sales, day) as a"]
    result = ask_by_hand(CATALOG, {"orders": ORDERS}, *names, every="month", end="2026-06-01")
    frame = result.frame
    assert frame[frame.kpi == "g"]["n"].tolist() == [0, 1, 0, 0, 1]
    assert frame[frame.kpi == "r"]["n"].tolist() == [2, 3, 1, 1, 3]
    assert frame[frame.kpi == "a"]["n"].tolist() == [2, 1, 0, 1, 2]


AMOUNTS = st.one_of(st.none(), st.floats(-1e6, 1e6).map(lambda number: round(number, 3)))
SHOPS = st.sampled_from(["a", "b", None])
ROWS = st.lists(
    st.builds(
        lambda day, amount, shop, kind: _order(
            str(date(2026, 1, 1) + timedelta(days=day)), amount, shop, kind, buyer=str(amount)
        ),
        st.integers(0, 120),
        AMOUNTS,
        SHOPS,
        st.sampled_from("xy"),
    ),
    min_size=1,
    max_size=25,
)
NAMES = st.sampled_from(["orders", "sales", "smallest", "buyers", "basket", "middle"])


@settings(max_examples=40)
@given(ROWS, NAMES, st.sampled_from([(), ("shop",), ("kind", "shop")]))
def test_a_window_is_the_value_asked_of_that_time(rows: list[Row], name: str, by: tuple[str, ...]) -> None:
    """A rolling or shifted value is that of an ask without a grain over the same time; a total that of an ask without `by`."""
    asked = {"by": by, "start": "2026-01-01", "end": "2026-05-01", "as_of": date(2026, 5, 1)}
    windows = [f"rolling({name}, 2 months) as r", f"previous({name}) as p", f"total({name}) as t"]
    result = ask_by_hand(CATALOG, {"orders": rows}, *windows, every="month", **asked)
    first = min(row["on"] for row in rows).replace(day=1)
    for row in result.frame.to_dict("records"):
        month = row["start"]
        start, end, dimensions = {
            "r": (_months_later(month, -1), _months_later(month, 1), by),
            "p": (_months_later(month, -1), month, by),
            "t": (month, _months_later(month, 1), ()),
        }[row["kpi"]]
        expected = np.nan
        if row["kpi"] == "t" or start >= first:
            expected = _asked(rows, name, start, end, {key: row[key] for key in dimensions})
        assert row["value"] == pytest.approx(expected, rel=1e-12, abs=1e-6, nan_ok=True), (row, expected)


def _months_later(day: date, months: int) -> date:
    months += day.year * 12 + day.month - 1
    return date(months // 12, months % 12 + 1, 1)


def _asked(rows: list[Row], name: str, start: date, end: date, keys: dict[str, object]) -> float:
    chosen = [row for row in rows if start <= row["on"] < end and all(_same(row[key], keys[key]) for key in keys)]  # type: ignore[operator]
    amounts = [row["amount"] for row in chosen if row["amount"] is not None]
    match name:
        case "orders":
            return len(chosen) if chosen or _observed(rows, start, end) else np.nan
        case "buyers":
            return len({row["buyer"] for row in chosen}) if chosen or _observed(rows, start, end) else np.nan
        case "sales":
            return sum(amounts) if chosen or _observed(rows, start, end) else np.nan  # type: ignore[arg-type]
        case "basket":
            return sum(amounts) / len(chosen) if chosen else np.nan  # type: ignore[arg-type]
        case "smallest":
            return min(amounts) if amounts else np.nan  # type: ignore[type-var, return-value]
        case _:
            return float(np.median(amounts)) if amounts else np.nan  # type: ignore[arg-type]


def _same(left: object, right: object) -> bool:
    return left == right or (left is None and (right is None or right != right))


def _observed(rows: list[Row], start: date, end: date) -> bool:
    days = [row["on"] for row in rows]
    return start <= max(days) and end > min(days)  # type: ignore[type-var, operator]
