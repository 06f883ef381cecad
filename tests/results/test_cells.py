"""Which cells there are, in which order, and what a scan without a row in a cell means."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest
from company import catalog_of, months, partial, plan_of, slots_of

from kpidsl.catalog.core import Aggregate
from kpidsl.engines.slots import Slots
from kpidsl.results.cells import Cells, unite
from kpidsl.results.readings import Rows

CATALOG = catalog_of()


def _listed(cells: Cells) -> list[tuple[object, ...]]:
    return list(zip(cells.periods.tolist(), *(key.tolist() for key in cells.keys), strict=True))


def test_the_union_is_a_full_outer_one_in_order() -> None:
    leads = partial([1, 0, 1], [["web", "email", None]], s0=[3, 1, 2])
    spend = partial([0, 1], [["web", "email"]], s0=[1.0, 2.0])
    cells = unite(Slots(months(1, 2), (leads, spend)), True, 1)
    assert _listed(cells) == [(0, "email"), (0, "web"), (1, "email"), (1, "web"), (1, None)]
    assert cells.rows[0].tolist() == [1, -1, -1, 0, 2]
    assert cells.rows[1].tolist() == [-1, 0, 1, -1, -1]


def test_without_dimensions_every_observed_period_is_a_cell() -> None:
    leads = partial([1, 3], observed=("2026-02-03", "2026-04-20"), s0=[3, 1])
    cells = unite(Slots(months(1, 6), (leads,)), True, 0)
    assert _listed(cells) == [(1,), (2,), (3,)]
    assert cells.rows[0].tolist() == [0, -1, 1]


def test_without_a_grain_there_is_one_cell_even_of_nothing() -> None:
    leads = partial([], observed=None, s0=[])
    assert _listed(unite(Slots((date(2026, 1, 1), date(2027, 1, 1)), (leads,)), False, 0)) == [(0,)]
    assert _listed(unite(Slots((), (leads,)), False, 0)) == [(0,)]
    assert _listed(unite(Slots((), ()), False, 0)) == [(0,)]
    assert _listed(unite(Slots((), (leads,)), True, 0)) == []


def test_a_timeless_scan_is_spread_over_the_periods_and_makes_no_cells() -> None:
    leads = partial([0, 2], [["web", "web"]], s0=[3, 1])
    reps = partial([0, 0], [["social", "web"]], timeless=True, observed=None, s0=[7, 8])
    cells = unite(Slots(months(1, 3), (leads, reps)), True, 1)
    assert _listed(cells) == [(0, "web"), (2, "web")]
    assert cells.rows[1].tolist() == [1, 1]


def test_only_timeless_scans_make_the_cells() -> None:
    reps = partial([0, 0], [["social", "web"]], timeless=True, observed=None, s0=[7, 8])
    assert _listed(unite(Slots((), (reps,)), False, 1)) == [(0, "social"), (0, "web")]
    assert _listed(unite(Slots(months(1, 2), (reps,)), True, 1)) == [(0, "social"), (0, "web"), (1, "social"), (1, "web")]


def test_dimension_values_of_every_type_are_ordered_missing_last() -> None:
    keys = [True, None, False], [date(2026, 3, 1), datetime(2026, 2, 1, 5), None]
    rows = partial([0, 0, 0], keys, s0=[1, 2, 3])
    cells = unite(Slots(months(1, 1), (rows,)), True, 2)
    assert _listed(cells) == [(0, False, None), (0, True, date(2026, 3, 1)), (0, None, datetime(2026, 2, 1, 5))]


def test_a_date_meets_its_midnight() -> None:
    one = partial([0], [[date(2026, 3, 1)]], s0=[1])
    other = partial([0], [[datetime(2026, 3, 1)]], s0=[1])
    assert len(unite(Slots(months(1, 1), (one, other)), True, 1)) == 1


def _read(formula: str, starts: tuple[date, ...], rows: object, by: int = 0) -> list[float]:
    text = (
        "sources: {deals: {key: deal_id, time: at, columns: {deal_id: text, at: date, stage: text, amount: number}}}\n"
        f"measures: {{x: '{formula}'}}"
    )
    catalog = catalog_of(text)
    plan = plan_of(catalog, "x", every="month")
    slots = slots_of(plan, starts, {"deals": rows})  # type: ignore[dict-item]
    core = catalog.values["x"].core
    assert isinstance(core, Aggregate)
    return Rows(plan, slots, unite(slots, True, by)).column(core).values.tolist()  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("formula", "slots", "expected"),
    [  # February has rows, March and May are observed and empty, in April no row meets the condition
        ("count(deals)", {"s0": [3, 2]}, [3, 0, 2, 0]),
        ("count(distinct deals.stage)", {"s0": [2, 0]}, [2, 0, 0, 0]),
        ("sum(deals.amount)", {"s0": [9.0, np.nan], "s1": [3, 0], "s2": [1.0, 0.0]}, [9, 0, 0, 0]),
        ("avg(deals.amount)", {"s0": [9.0, np.nan], "s1": [3, 0], "s2": [1.0, 0.0]}, [3, None, None, None]),
        ("min(deals.amount)", {"s0": [1.0, np.nan], "s1": [3, 0]}, [1, None, None, None]),
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
    slots = slots_of(plan, months(1, 3), scans)
    rows = Rows(plan, slots, unite(slots, True, 0))
    found = rows.column(catalog.values["new_customers"].core).values  # type: ignore[arg-type]
    assert np.array_equal(found, [np.nan, 2, np.nan], equal_nan=True)


def test_a_sum_that_left_the_range_of_numbers_is_undefined() -> None:
    plan = plan_of(CATALOG, "cost", every="month")
    spend = partial([0, 1], s0=[np.inf, np.nan], s1=[2, 2], s2=[np.inf, np.nan])
    slots = slots_of(plan, months(1, 2), {"spend": spend})
    cells = unite(slots, True, 0)
    column = Rows(plan, slots, cells).column(CATALOG.values["cost"].core)  # type: ignore[arg-type]
    assert [column.reason(cell) for cell in range(2)] == ["sum(spend.amount) is too large"] * 2
