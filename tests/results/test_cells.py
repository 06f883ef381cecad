"""Which cells there are, in which order, and what a scan without a row in a cell means."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from company import Partial, catalog_of, months, partial, plan_of, slots_of
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.catalog.core import Aggregate
from kpidsl.results.cells import Cells
from kpidsl.results.readings import Rows

CATALOG = catalog_of()
DAYS = """
sources:
  rows: {key: id, time: at, columns: {id: text, at: date, flag: boolean, day: datetime}}
  others: {key: id, time: at, columns: {id: text, at: date, flag: boolean, day: datetime}}
dimensions: {flag: [rows.flag, others.flag], day: [rows.day, others.day]}
measures: {one: count(rows), other: count(others)}
"""


def _listed(cells: Cells) -> list[tuple[object, ...]]:
    return list(zip(cells.periods.tolist(), *(key.tolist() for key in cells.keys), strict=True))


def _cells(values: list[str], starts: tuple[date, ...], scans: dict[str, Partial], text: str = "", **asked: object) -> Cells:
    plan = plan_of(catalog_of(text) if text else CATALOG, *values, **asked)  # type: ignore[arg-type]
    return Rows.of(plan, slots_of(plan, starts, scans)).places.cells


def _of_leads(by: list[str], starts: tuple[date, ...], leads: Partial, spend: Partial, **asked: object) -> Cells:
    scans = {"leads": leads, "spend": spend}
    return _cells(["leads", "cost"], starts, scans, by=by, every="month", **asked)


def test_the_union_is_a_full_outer_one_in_order() -> None:
    leads = partial([1, 0, 1], [["web", "email", None]], s0=[3, 1, 2])
    spend = partial([0, 1], [["web", "email"]], s0=[1.0, 2.0], s1=[1, 1], s2=[1.0, 4.0])
    cells = _of_leads(["channel"], months(1, 2), leads, spend)
    assert _listed(cells) == [(0, "email"), (0, "web"), (1, "email"), (1, "web"), (1, None)]


def test_all_cells_are_every_combination_in_every_period() -> None:
    leads = partial([1, 0], [["web", "email"]], s0=[3, 1])
    spend = partial([0], [["web"]], s0=[1.0], s1=[1], s2=[1.0])
    cells = _of_leads(["channel"], months(1, 3), leads, spend, cells="all")
    assert _listed(cells) == [(month, channel) for month in range(3) for channel in ("email", "web")]


def test_without_dimensions_every_observed_period_is_a_cell() -> None:
    leads = partial([1, 3], observed=("2026-02-03", "2026-04-20"), s0=[3, 1])
    assert _listed(_cells(["leads"], months(1, 6), {"leads": leads}, every="month")) == [(1,), (2,), (3,)]
    everything = _cells(["leads"], months(1, 6), {"leads": leads}, every="month", cells="all")
    assert _listed(everything) == [(month,) for month in range(6)]


def test_without_a_grain_there_is_one_cell_even_of_nothing() -> None:
    scans = {"leads": partial([], observed=None, s0=[])}
    assert _listed(_cells(["leads"], (date(2026, 1, 1), date(2027, 1, 1)), scans)) == [(0,)]
    assert _listed(_cells(["leads"], (), scans)) == [(0,)]
    assert _listed(_cells(["hurdle"], (), {})) == [(0,)]
    assert _listed(_cells(["leads"], (), scans, every="month")) == []


def test_a_timeless_scan_is_spread_over_the_periods_and_makes_no_cells() -> None:
    leads = partial([0, 2], [["web", "web"]], s0=[3, 1])
    reps = partial([0, 0], [["social", "web"]], observed=None, s0=[7, 8])
    asked = {"by": ["channel"], "every": "month"}
    plan = plan_of(CATALOG, "leads", "all_reps", **asked)  # type: ignore[arg-type]
    rows = Rows.of(plan, slots_of(plan, months(1, 3), {"leads": leads, "reps": reps}))
    assert _listed(rows.places.cells) == [(0, "web"), (2, "web")]
    assert rows.column(CATALOG.values["all_reps"].core).values.tolist() == [8, 8]  # type: ignore[arg-type]


def test_only_timeless_scans_make_the_cells() -> None:
    scans = {"reps": partial([0, 0], [["social", "web"]], observed=None, s0=[7, 8])}
    assert _listed(_cells(["all_reps"], (), scans, by=["channel"])) == [(0, "social"), (0, "web")]
    by_month = _cells(["all_reps"], months(1, 2), scans, by=["channel"], every="month")
    assert _listed(by_month) == [(0, "social"), (0, "web"), (1, "social"), (1, "web")]


def test_dimension_values_of_every_type_are_ordered_missing_last() -> None:
    keys = [True, None, False], [date(2026, 3, 1), datetime(2026, 2, 1, 5), None]
    rows = partial([0, 0, 0], keys, s0=[1, 2, 3])
    cells = _cells(["one"], months(1, 1), {"rows": rows}, DAYS, by=["flag", "day"], every="month")
    assert _listed(cells) == [(0, False, None), (0, True, date(2026, 3, 1)), (0, None, datetime(2026, 2, 1, 5))]


def test_a_date_meets_its_midnight() -> None:
    scans = {
        "rows": partial([0], [[date(2026, 3, 1)]], s0=[1]),
        "others": partial([0], [[datetime(2026, 3, 1)]], s0=[1]),
    }
    assert len(_cells(["one", "other"], months(1, 1), scans, DAYS, by=["day"], every="month")) == 1


def _read(formula: str, starts: tuple[date, ...], rows: Partial) -> list[float]:
    text = (
        "sources: {deals: {key: deal_id, time: at, columns: {deal_id: text, at: date, stage: text, amount: number}}}\n"
        f"measures: {{x: '{formula}'}}"
    )
    catalog = catalog_of(text)
    plan = plan_of(catalog, "x", every="month")
    core = catalog.values["x"].core
    assert isinstance(core, Aggregate)
    return Rows.of(plan, slots_of(plan, starts, {"deals": rows})).column(core).values.tolist()  # type: ignore[no-any-return]


NO_ENDS = {"s2": [np.nan, np.nan], "s3": [np.nan, np.nan]}


@pytest.mark.parametrize(
    ("formula", "slots", "expected"),
    [  # February has rows, March and May are observed and empty, in April no row meets the condition
        ("count(deals)", {"s0": [3, 2]}, [3, 0, 2, 0]),
        ("count(distinct deals.stage)", {"s0": [2, 0]}, [2, 0, 0, 0]),
        ("sum(deals.amount)", {"s0": [9.0, np.nan], "s1": [3, 0], "s2": [1.0, 0.0]}, [9, 0, 0, 0]),
        ("avg(deals.amount)", {"s0": [9.0, np.nan], "s1": [3, 0], "s2": [1.0, 0.0]}, [3, None, None, None]),
        ("min(deals.amount)", {"s0": [1.0, np.nan], "s1": [3, 0]}, [1, None, None, None]),
        ("median(deals.amount)", {"s0": [1.0, np.nan], "s1": [3, 0], **NO_ENDS}, [1, None, None, None]),
        ("percentile(deals.amount, 90%)", {"s0": [1.0, np.nan], "s1": [3, 0], **NO_ENDS}, [1, None, None, None]),
        ("last(deals.amount)", {"s0": [1.0, np.nan], "s1": [3, 0]}, [1, None, None, None]),
        ("stddev(deals.amount)", {"s0": [np.nan, 2.5], "s1": [1, 2]}, [None, None, 2.5, None]),
    ],
)
def test_zero_or_missing(formula: str, slots: dict[str, list[float]], expected: list[float | None]) -> None:
    rows = partial([1, 3], observed=("2026-02-10", "2026-05-01"), **slots)
    wanted = [np.nan if value is None else value for value in expected]
    assert np.array_equal(_read(formula, months(1, 6), rows), wanted, equal_nan=True)


def test_outside_of_what_is_observed_a_count_is_missing() -> None:
    catalog = CATALOG
    plan = plan_of(catalog, "new_customers", "leads", every="month")
    scans = {
        "leads": partial([0, 1, 2], observed=("2026-01-05", "2026-03-30"), s0=[4, 5, 6]),
        "customers": partial([1], observed=("2026-02-01", "2026-02-28"), s0=[2]),
    }
    rows = Rows.of(plan, slots_of(plan, months(1, 3), scans))
    found = rows.column(catalog.values["new_customers"].core).values  # type: ignore[arg-type]
    assert np.array_equal(found, [np.nan, 2, np.nan], equal_nan=True)


def test_a_sum_that_left_the_range_of_numbers_is_undefined() -> None:
    plan = plan_of(CATALOG, "cost", every="month")
    spend = partial([0, 1], s0=[np.inf, np.nan], s1=[2, 2], s2=[np.inf, np.nan])
    slots = slots_of(plan, months(1, 2), {"spend": spend})
    column = Rows.of(plan, slots).column(CATALOG.values["cost"].core)  # type: ignore[arg-type]
    assert [column.reason(cell) for cell in range(2)] == ["sum(spend.amount) is too large"] * 2


SCANS = """
sources:
  a: {key: id, time: at, columns: {id: text, at: date, channel: text, paid: boolean}}
  b: {key: id, time: at, columns: {id: text, at: date, channel: text, paid: boolean}}
  c: {key: id, columns: {id: text, channel: text, paid: boolean}}
  d: {key: id, columns: {id: text, channel: text, paid: boolean}}
dimensions: {channel: [a.channel, b.channel, c.channel, d.channel], paid: [a.paid, b.paid, c.paid, d.paid]}
measures: {of_a: count(a), of_b: count(b), of_c: count(c), of_d: count(d)}
"""
SCAN_CATALOG = catalog_of(SCANS)
CELL = st.tuples(st.integers(0, 3), st.sampled_from(["web", "email", "Über", None]), st.sampled_from([True, False, None]))
GIVEN = st.dictionaries(st.sampled_from("abcd"), st.lists(CELL, unique=True, max_size=12), min_size=1)


def _place(value: object) -> tuple[bool, object]:
    return (value is None, value if value is not None else 0)


@settings(max_examples=60)
@given(GIVEN)
def test_the_union_of_cells_is_that_of_a_dictionary(given: dict[str, list[tuple[int, str | None, bool | None]]]) -> None:
    """The dated sources `a` and `b` make cells; `c` and `d`, which have no dates, only by themselves."""
    dated = [name for name in given if name in "ab"]
    timeless = {name: list(dict.fromkeys((0, *keys) for _, *keys in given[name])) for name in given if name in "cd"}
    naive = {cell for name in dated for cell in given[name]}
    if not dated:
        naive = {(period, *keys) for cells in timeless.values() for _, *keys in cells for period in range(4)}
    expected = sorted(naive, key=lambda cell: (cell[0], _place(cell[1]), _place(cell[2])))
    rows = {name: timeless.get(name, cells) for name, cells in given.items()}
    scans = {
        name: partial([cell[0] for cell in cells], [[cell[place] for cell in cells] for place in (1, 2)], s0=range(len(cells)))
        for name, cells in rows.items()
    }
    plan = plan_of(SCAN_CATALOG, *(f"of_{name}" for name in given), by=["channel", "paid"], every="month")
    found = Rows.of(plan, slots_of(plan, months(1, 4), scans))
    assert _listed(found.places.cells) == expected
    for name, cells in rows.items():
        own = {cell: float(number) for number, cell in enumerate(cells)}
        looked_up = [own.get((cell[0] if name in dated else 0, cell[1], cell[2])) for cell in expected]
        column = found.column(SCAN_CATALOG.values[f"of_{name}"].core)  # type: ignore[arg-type]
        zero = 0.0  # all periods are observed
        assert column.values.tolist() == [zero if value is None else value for value in looked_up]
