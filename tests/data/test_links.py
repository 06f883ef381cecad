"""References from row to row, and keys that repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpidsl.catalog.core import Type
from kpidsl.data.columns import to_numbers, to_texts, to_truths
from kpidsl.data.dates import Clock, to_dates
from kpidsl.data.links import link, repeated
from kpidsl.data.table import Array


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
