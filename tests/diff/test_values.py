"""Two versions over the same rows: which values moved, by how much, largest first."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from versions import catalog

import kpidsl

DEALS = pd.DataFrame(
    {
        "id": ["a", "b", "c", "d", "e"],
        "day": pd.to_datetime(["2026-01-05", "2026-01-20", "2026-02-03", "2026-02-10", "2026-02-11"]),
        "closed": pd.to_datetime(["2026-01-06", "2026-02-20", "2026-02-03", "2026-02-10", "2026-02-11"]),
        "outcome": ["won", "lost", "won", "won", "open"],
        "amount": [100.0, 250.0, 80.0, 20.0, 40.0],
        "cost": [10.0, 20.0, 30.0, 40.0, 50.0],
        "region": ["n", "s", "n", "n", None],
    }
)
ROWS = {"deals": DEALS}


def compare(old: dict[str, Any], new: dict[str, Any], **asked: Any) -> Any:
    return kpidsl.diff(catalog(old), catalog(new), data=ROWS, as_of="2026-03-01", **asked).movements


def test_cells_that_moved() -> None:
    found = compare({"a": "won / deals", "b": "deals"}, {"a": "won / (won + lost)", "b": "deals * 1"}, every="month")
    assert found.kpis == ("a", "b") and found.compared == 4
    (cell,) = found.cells
    assert (cell.kpi, cell.period, cell.group) == ("a", "2026-02", ())
    assert (cell.old, cell.new) == pytest.approx((2 / 3, 1.0))
    assert cell.difference == pytest.approx(1 / 3)


def test_the_largest_movement_is_first_and_groups_are_named() -> None:
    found = compare({"a": "revenue"}, {"a": "sum(deals.amount)"}, by="region", every="month")
    cells = [(cell.period, cell.group, cell.old, cell.new) for cell in found.cells]
    assert cells == [
        ("2026-01", (("region", "s"),), 0.0, 250.0),
        ("2026-02", (("region", None),), 0.0, 40.0),
    ]


def test_a_value_that_is_no_more_is_the_largest_movement() -> None:
    found = compare({"a": "lost * 2 + deals"}, {"a": "(lost * 3 + deals) * (lost / lost)"}, every="month")
    cells = [(cell.period, cell.old, cell.new, cell.new_status) for cell in found.cells]
    assert cells == [("2026-02", 3.0, None, "undefined"), ("2026-01", 4.0, 5.0, "value")]


def test_what_has_another_name_is_compared() -> None:
    found = compare({"old_name": "cost / deals"}, {"new_name": "2 * cost / (2 * deals)"})
    assert found.kpis == ("new_name",) and found.cells == ()


def test_identical_kpis_are_not_asked_for() -> None:
    assert compare({"a": "won"}, {"a": "won"}).kpis == ()


def test_groups_that_one_version_cannot_make() -> None:
    found = compare({"a": "deals", "b": "deals"}, {"a": "leads", "b": "deals * 2"}, by=["region"])
    assert found.left_out == ("a",) and found.kpis == ("b",)


def test_sources_that_are_not_there_fail_what_needs_them() -> None:
    found = compare({"a": "leads", "b": "won"}, {"a": "leads * 2", "b": "won * 2"})
    assert [name for name, _ in found.failed] == ["a"]
    assert {cell.kpi for cell in found.cells} == {"b"}


def test_a_question_that_means_nothing() -> None:
    with pytest.raises(kpidsl.AskError):
        compare({"a": "deals"}, {"a": "deals * 2"}, every="moon")
