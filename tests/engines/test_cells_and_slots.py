"""The cells of a question and what is collected in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from asking import answered

SOURCES = """
units: {currencies: [USD]}
sources:
  rows:
    time: day
    columns:
      day: date
      channel: text
      yes: boolean
      seen: datetime
      amount: {type: number, unit: USD}
      cost: {type: number, unit: USD}
      seats: number
      owner: {type: text, references: owners}
  owners: {key: id, columns: {id: text, segment: text}}
dimensions:
  channel: [rows.channel]
  yes: [rows.yes]
  day: [rows.day]
  seen: [rows.seen]
  owner: [rows.owner]
  segment: [owners.segment]
measures:
  rows: count(rows)
  amounts: count(rows.amount)
  total: sum(rows.amount)
  mean: avg(rows.amount)
  least: min(rows.amount)
  most: max(rows.amount)
  seats: sum(rows.seats)
  web: sum(rows.amount where channel = "web")
  owners: count(distinct rows.owner)
  days: count(distinct rows.day)
  sizes: count(distinct rows.amount)
  truths: count(distinct rows.yes)
  names: count(distinct rows.seats)
  owners_of_web: count(distinct rows.owner where channel = "web")
  per_seat: sum(rows.amount / seats)
  costly: count(rows where cost / seats > 1 USD)
kpis:
  share: {formula: web / total}
  ratio: {formula: (total - web) / seats}
"""

ROWS: dict[str, list[Any]] = {
    "day": ["2026-01-05", "2026-01-20", "2026-01-31", "2026-02-01", "2026-02-28"],
    "channel": ["web", "mail", None, "web", "web"],
    "yes": [True, None, False, True, True],
    "seen": ["2026-01-05T10:00", None, "2026-01-05T10:00", None, "2026-01-06T00:00"],
    "amount": [10.0, 20.0, np.nan, -5.0, None],
    "cost": [1.0, 2.0, 3.0, 4.0, None],
    "seats": [2, 0, 1, 5, 5],
    "owner": ["o1", "o2", "o1", None, "o3"],
}
OWNERS = {"id": ["o1", "o2", "o4"], "segment": ["big", None, "small"]}


def rows(*values: str, **asked: Any) -> Any:
    return answered(SOURCES, {"rows": ROWS, "owners": OWNERS}, *values, **asked)


@pytest.mark.parametrize(
    ("value", "january", "february"),
    [
        ("rows", 3, 2),
        ("amounts", 2, 1),
        ("total", 30.0, -5.0),
        ("mean", (30.0, 2), (-5.0, 1)),
        ("least", 10.0, -5.0),
        ("most", 20.0, -5.0),
        ("seats", 3.0, 10.0),
        ("web", 10.0, -5.0),
        ("owners", 2, 1),
        ("days", 3, 2),
        ("sizes", 2, 1),
        ("truths", 2, 1),
        ("names", 3, 1),
        ("owners_of_web", 1, 1),
        ("per_seat", 5.0, -1.0),
        ("costly", 1, 0),
    ],
)
def test_slots(value: str, january: object, february: object) -> None:
    for answer in (rows(value, every="month"), rows(every="month")):
        assert answer.cells(value) == {"2026-01-01": january, "2026-02-01": february}


def test_what_has_nothing_to_collect() -> None:
    answer = rows(every="month", by=["channel"])
    assert answer.cells("total")["2026-01-01", None] is None
    assert answer.cells("mean")["2026-01-01", None] == (None, 0)
    assert answer.cells("least")["2026-01-01", None] is None
    assert answer.cells("web")["2026-01-01", "mail"] is None
    assert answer.cells("owners_of_web")["2026-01-01", "mail"] == 0
    (count,) = answer.plan.readings[answer.plan.values["rows"].core].slots
    assert answer.collect("rows").slots[count].dtype == np.int64


def test_only_cells_with_rows_are_there_before_any_filter_of_an_aggregate() -> None:
    answer = rows("web", every="month", by=["channel"])
    assert answer.cells("web") == {
        ("2026-01-01", "web"): 10.0,
        ("2026-01-01", "mail"): None,
        ("2026-01-01", None): None,
        ("2026-02-01", "web"): -5.0,
    }


def test_the_ask_s_condition_removes_rows_before_cells_are_made() -> None:
    answer = rows("rows", every="month", by=["channel"], where='channel = "mail" or yes')
    assert answer.cells("rows") == {("2026-01-01", "web"): 1, ("2026-01-01", "mail"): 1, ("2026-02-01", "web"): 2}
    assert answer.collect("rows").rows == 4
    assert answer.span("rows").first == datetime(2026, 1, 5)
    nothing = rows("rows", every="month", by=["channel"], where='channel = "tv"')
    assert nothing.cells("rows") == {}
    assert nothing.span("rows") is not None


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [
        ("yes", {True: 3, False: 1, None: 1}),
        ("day", {date(2026, 1, 5): 1, date(2026, 1, 20): 1, date(2026, 1, 31): 1, date(2026, 2, 1): 1, date(2026, 2, 28): 1}),
        ("seen", {datetime(2026, 1, 5, 10): 2, datetime(2026, 1, 6): 1, None: 2}),
        ("segment", {"big": 2, None: 3}),
        ("owner", {"o1": 2, "o2": 1, "o3": 1, None: 1}),
    ],
)
def test_dimensions(dimension: str, expected: dict[object, int]) -> None:
    cells = rows("rows", by=[dimension]).cells("rows")
    assert cells == expected
    assert {type(key) for key in cells} <= {bool, date, datetime, str, type(None)}


def test_several_dimensions() -> None:
    cells = rows("total", by=["channel", "yes"]).cells("total")
    assert cells == {("web", True): 5.0, ("mail", None): 20.0, (None, False): None}


def test_many_more_cells_than_rows() -> None:
    count = 300
    many = {
        "day": ["2026-01-05"] * count,
        "channel": [f"c{number}" for number in range(count)],
        "owner": [f"o{number}" for number in range(count)],
        "yes": [True, False] * (count // 2),
    }
    answer = answered(
        SOURCES,
        {"rows": many, "owners": {"id": many["owner"], "segment": many["channel"]}},
        "rows",
        "owners",
        by=["channel", "owner", "segment", "yes"],
        every="day",
    )
    cells = answer.cells("rows")
    assert len(cells) == count and set(cells.values()) == {1}
    assert cells["2026-01-05", "c7", "o7", "c7", False] == 1
    assert set(answer.cells("owners").values()) == {1}


def test_many_more_cells_than_can_be_counted() -> None:
    count = 40
    text = SOURCES
    many: dict[str, list[Any]] = {"day": ["2026-01-05"] * count}
    for number in range(14):
        text = text.replace("      channel: text\n", f"      channel: text\n      x{number}: text\n")
        text = text.replace("  yes: [rows.yes]\n", f"  yes: [rows.yes]\n  x{number}: [rows.x{number}]\n")
        many[f"x{number}"] = [f"v{row}" for row in range(count)]
    answer = answered(text, {"rows": many}, "rows", by=[f"x{number}" for number in range(14)])
    cells = answer.cells("rows")
    assert len(cells) == count
    assert cells[("v3",) * 14] == 1


def test_undefined_rows_count_as_missing_with_a_notice() -> None:
    answer = rows("per_seat", "costly", every="month")
    (first, second) = answer.notes
    assert {first.code, second.code} == {"undefined-rows"}
    assert first.headline == (
        "1 row of source `rows` counts as missing: a division by 0 in what is computed from `amount` and `seats`"
    )
    guarded = SOURCES.replace("sum(rows.amount / seats)", "sum(if rows.seats > 0 then amount / seats else 0 USD)")
    assert answered(guarded, {"rows": ROWS, "owners": OWNERS}, "per_seat").notices == []


def test_pair_moments() -> None:
    """The sums of products over the rows, which intervals need, against the rows themselves."""
    answer = rows("share", "ratio", "mean", every="month")
    frame = pd.DataFrame(ROWS).assign(month=pd.to_datetime(ROWS["day"]).to_period("M").astype(str))
    by_slot = {
        answer.plan.readings[answer.plan.catalog.values[name].core].slots[0]: added
        for name, added in {
            "total": frame.amount,
            "web": frame.amount.where(frame.channel == "web"),
            "seats": frame.seats.astype(float),
        }.items()
    }
    checked = 0
    collected = answer.collect("total")
    for (left, right, _), moment in answer.plan.moments.items():
        if left in by_slot and right in by_slot:
            products = (by_slot[left] * by_slot[right]).groupby(frame.month).sum()
            assert np.nan_to_num(collected.slots[moment]).tolist() == products.tolist()
            checked += 1
    assert checked >= 4


def test_sums_of_large_whole_numbers() -> None:
    large = {"day": ["2026-01-05"] * 3, "seats": [2**62, 2**62, 2**62], "amount": [2**52, 1, -(2**52)]}
    answer = answered(SOURCES, {"rows": large}, "seats", "total")
    assert answer.cells("seats") == {(): 3 * 2.0**62}
    assert answer.cells("total") == {(): 1.0}


def test_zero_and_minus_zero_are_one_value() -> None:
    zeros = {"day": ["2026-01-05"] * 2, "amount": [0.0, -0.0]}
    assert answered(SOURCES, {"rows": zeros}, "sizes").cells("sizes") == {(): 1}


def test_different_words_that_become_the_same() -> None:
    text = SOURCES.replace("count(distinct rows.owner)\n", "count(distinct lower(rows.owner))\n")
    same = {"day": ["2026-01-05"] * 3, "owner": ["A", "a", None]}
    assert answered(text, {"rows": same}, "owners").cells("owners") == {(): 1}
