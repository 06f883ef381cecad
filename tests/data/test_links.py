"""References from row to row, and keys that repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.catalog.build import build_catalog
from kpidsl.catalog.core import Type
from kpidsl.data.bind import Bound, bind
from kpidsl.data.columns import to_numbers, to_texts, to_truths
from kpidsl.data.dates import Clock, to_dates
from kpidsl.data.given import Frame, Given
from kpidsl.data.links import link, repeated, validity
from kpidsl.data.table import Array, Dates
from kpidsl.documents.find import read_texts
from kpidsl.documents.read import read


def text(*values: object) -> Array:
    return array(to_texts(pd.Series(values, dtype=object)))


def number(*values: object) -> Array:
    return array(to_numbers(pd.Series(values, dtype=object)))


def array(converted: object) -> Array:
    found: Array = converted.array  # type: ignore[attr-defined]
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("values", "keys", "rows"),
    [
        (text("b", "a", "x", None), text("a", "b"), [1, 0, -1, -1]),
        (text("a", None), text("c", None, "a"), [2, -1]),
        (text("a"), text(), [-1]),
        (text(), text("a"), []),
        (text(7, 8), text("8", "7"), [1, 0]),
        (text("a"), text("a", "a"), [0]),
        (number(2, 1, None, 5), number(1, 2), [1, 0, -1, -1]),
        (number(2, 1), number(1.0, None, 2.0), [2, 0]),
        (number(1.5, -0.0), number(0, 1.5), [1, 0]),
        (number(1), number(None, 1, 1), [1]),
        (number(0), number(None, 5), [-1]),
        (number(), number(1), []),
        (number(1), number(), [-1]),
        (text("1"), number(1), [-1]),
    ],
)
def test_links(values: Array, keys: Array, rows: list[int]) -> None:
    assert link([values], [keys]).tolist() == rows


def test_links_between_dates_and_truths() -> None:
    clock = Clock("UTC", "UTC")
    days = [array(to_dates(pd.Series(each), Type.DATE, clock)) for each in (["2026-01-02", None], ["2026-01-01", "2026-01-02"])]
    assert link([days[0]], [days[1]]).tolist() == [1, -1]
    truths = [array(to_truths(pd.Series(each, dtype=object))) for each in ([True, None, False], [False, True])]
    assert link([truths[0]], [truths[1]]).tolist() == [1, -1, 0]


def test_words_without_rows_match_nothing() -> None:
    keys = array(to_texts(pd.Series(["a"], dtype="category").cat.add_categories(["unused"])))
    assert link([text("unused", "a")], [keys]).tolist() == [-1, 0]


def test_repeated_keys() -> None:
    assert repeated([text("a", "b", None, None)]) is None
    found = repeated([text("a", "b", "c", "b", "b", "a")])
    assert found is not None
    assert (found.keys, found.first, found.row) == (2, 1, 3)
    assert repeated([number(1, 2.5, None)]) is None
    assert repeated([text()]) is None


def test_repeated_keys_of_several_columns() -> None:
    items, stores = text("a", "a", "b", "a"), number(1, 2, 1, 2)
    found = repeated([items, stores])
    assert found is not None
    assert (found.keys, found.first, found.row) == (1, 1, 3)
    assert repeated([items, number(1, 2, 1, None)]) is None


def test_a_link_does_not_copy_the_world() -> None:
    keys = number(*range(1000))
    assert np.array_equal(link([keys], [keys]), np.arange(1000))


# Several columns, and validity

CLOCK = Clock("UTC", "UTC")


def days(*values: str | None) -> Dates:
    found = array(to_dates(pd.Series(values, dtype=object), Type.DATE, CLOCK))
    assert isinstance(found, Dates)
    return found


def ticks(*values: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values, "M8[us]").view(np.int64)


def test_links_by_several_columns() -> None:
    own = [text("a", "a", "b", None, "x"), number(1, 2, 2, 1, 1)]
    keys = [text("b", "a", "a"), number(2, 2, None)]
    assert link(own, keys).tolist() == [-1, 1, 0, -1, -1]
    assert link([*own, text("p", "q", "p", "p", "p")], [*keys, text("p", "q", "q")]).tolist() == [-1, 1, 0, -1, -1]


columns = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from([0, 1, None])), max_size=6)


@settings(max_examples=100)
@given(columns, columns)
def test_several_columns_are_equal_together(own: list[tuple[object, object]], keys: list[tuple[object, object]]) -> None:
    held, sought = ([text(*(a for a, _ in pairs)), number(*(b for _, b in pairs))] for pairs in (keys, own))
    expected = [keys.index(pair) if None not in pair and pair in keys else -1 for pair in own]
    assert link(sought, held).tolist() == expected


START = days("2026-01-01", "2026-02-01", None, "2026-01-01", "2026-03-01")
END = days("2026-02-01", None, None, "2026-01-15", "2026-01-01")


def test_the_row_that_is_valid() -> None:
    valid = validity(np.array([0, 0, 0, 1, 1]), START, END)
    moments = ticks("2025-12-31", "2026-01-01", "2026-02-01", "2030-01-01", "2026-01-14", "2026-01-15", "2026-01-01")
    assert valid.find(np.array([0, 0, 0, 0, 1, 1, -1]), moments).tolist() == [-1, 0, 1, 1, 3, -1, -1]
    assert valid.find(np.array([0, 1]), int(ticks("2026-01-31")[0])).tolist() == [0, -1]
    assert valid.overlap() is None


def test_rows_that_are_valid_at_the_same_time() -> None:
    assert validity(np.zeros(5, np.int64), START, END).overlap() == (0, 3)
    assert validity(np.zeros(0, np.int64), days(), days()).overlap() is None


TEXT = """
sources:
  orders:
    time: day
    columns: {day: date, item: text, store: text}
    references:
      price: {source: prices, match: {item: item, store: store}, valid: [since, until]}
      shelf: {source: shelves, match: {item: item, store: store}}
  prices: {columns: {item: text, store: text, since: date, until: date, price: number}}
  shelves: {key: [item, store], columns: {item: text, store: text, size: number}}
"""
ORDERS = {"day": ["2026-01-05"] * 3, "item": ["a", "a", None], "store": ["x", "y", "x"]}
PRICES = {"item": ["a", "a"], "store": ["x", "x"], "since": ["2026-01-01", "2026-01-10"], "until": ["2026-01-11", None]}


def bound_orders(**changed: object) -> Bound:
    definitions, found = read(read_texts({"orders.yaml": TEXT}))
    catalog = build_catalog(definitions, tuple(found))
    assert not catalog.diagnostics
    frames = {"orders": ORDERS, "prices": {**PRICES, "price": [1, 2]}, "shelves": {"item": ["a"], "store": ["x"], "size": [3]}}
    needs = {name: frozenset(source.columns) for name, source in catalog.sources.items()}
    return bind(catalog, needs, {name: Given(Frame(pd.DataFrame(changed.get(name, held)))) for name, held in frames.items()})


def test_rows_of_a_key_that_are_valid_at_the_same_time_fail_their_source() -> None:
    bound = bound_orders()
    assert bound.failed == {"prices"}
    overlap, unmatched = bound.findings
    assert overlap.code == "validity-overlaps"
    assert overlap.headline == (
        "two rows of source `prices` with `a, x` as `item`, `store` are valid at the same time: "
        "row 1 from 2026-01-01 to 2026-01-11 and row 2 from 2026-01-10 on"
    )
    assert unmatched.code == "reference-unmatched"
    assert unmatched.headline == (
        "1 of 2 rows of source `orders` has `item`, `store` that no row of `shelves` has, first `a, y` in row 2"
    )


def test_references_for_a_time_and_by_several_columns() -> None:
    bound = bound_orders(prices={**PRICES, "price": [1, 2], "until": ["2026-01-10", None]})
    assert not bound.failed
    assert [finding.code for finding in bound.findings] == ["reference-unmatched"] * 2
    assert bound.tables["orders"].links["shelf"].tolist() == [0, -1, -1]
    assert set(bound.tables["orders"].links) == {"shelf"}


def test_a_repeated_key_of_several_columns_fails_its_source() -> None:
    bound = bound_orders(
        shelves={"item": ["a", "a"], "store": ["x", "x"], "size": [3, 4]},
        prices={**PRICES, "price": [1, 2], "until": ["2026-01-10", None]},
    )
    assert bound.failed == {"shelves"}
    assert bound.findings[0].code == "key-repeated"
