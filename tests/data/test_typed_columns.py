"""Columns of pandas frames as text, numbers and truth values, and the first value that is none."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

from kpidsl.data.columns import Converted, to_numbers, to_texts, to_truths
from kpidsl.data.table import Numbers, Texts, Truths


def shown(converted: Converted) -> list[object]:
    """The values of a column, None where missing."""
    match converted.array:
        case Numbers(values=values, valid=valid) | Truths(values=values, valid=valid):
            assert np.isfinite(values).all()
            held = values.tolist()
            return held if valid is None else [value if there else None for value, there in zip(held, valid, strict=True)]
        case Texts(codes=codes, words=words):
            assert len(set(words)) == len(words)
            return [words[code] if code >= 0 else None for code in codes]
        case _:
            raise AssertionError(converted)


NUMBERS: list[tuple[Any, list[object]]] = [
    (pd.Series([1, 2]), [1, 2]),
    (pd.Series([1, 2], dtype="uint8"), [1, 2]),
    (pd.Series([2**63, 1], dtype="uint64"), [2.0**63, 1.0]),
    (pd.Series([1.5, np.nan]), [1.5, None]),
    (pd.Series([1.5, 2.5], dtype="float32"), [1.5, 2.5]),
    (pd.Series([1, None], dtype="Int64"), [1, None]),
    (pd.Series([1.5, None], dtype="Float64"), [1.5, None]),
    (pd.Series([2**53 + 1, 1]), [2**53 + 1, 1]),
    (pd.Series([-0.0, 0.0]), [0.0, 0.0]),
    (pd.Series([1, 2.5, None, np.nan, pd.NA], dtype=object), [1.0, 2.5, None, None, None]),
    (pd.Series([1, 2], dtype=object), [1, 2]),
    (pd.Series([Decimal("1.5"), None], dtype=object), [1.5, None]),
    (pd.Series([Fraction(1, 4), 2], dtype=object), [0.25, 2.0]),
    (pd.Series([10**30, 1], dtype=object), [1e30, 1.0]),
    (pd.Series([3, 3, 4], dtype="category"), [3, 3, 4]),
    (pd.Series([], dtype=object), []),
    (pd.Series([None, None], dtype=object), [None, None]),
    (pd.Series([None, None], dtype="str"), [None, None]),
    (pd.Series(pd.arrays.SparseArray([0.0, 1.5])).sparse.to_dense(), [0.0, 1.5]),
]


@pytest.mark.parametrize(("values", "expected"), NUMBERS)
def test_numbers(values: Any, expected: list[object]) -> None:
    assert shown(to_numbers(values)) == expected


@pytest.mark.parametrize(
    ("values", "row"),
    [
        (pd.Series([True, False]), 0),
        (pd.Series([None, True], dtype="boolean"), 1),
        (pd.Series([1, None, True], dtype=object), 2),
        (pd.Series(["1", "2"]), 0),
        (pd.Series([None, "1"], dtype=object), 1),
        (pd.Series([1, "x", "y"], dtype=object), 1),
        (pd.to_datetime(pd.Series(["2026-01-01"])), 0),
        (pd.Series([pd.Timedelta(days=1)]), 0),
        (pd.Series([[1], 2], dtype=object), 0),
        (pd.Series([1j, 2j]), 0),
        (pd.Series([None, Decimal(1), Decimal("sNaN")], dtype=object), 2),
    ],
)
def test_what_is_no_number(values: Any, row: int) -> None:
    converted = to_numbers(values)
    assert converted.array is None
    assert converted.misfit is not None and converted.misfit.row == row


def test_infinite_numbers_count_as_missing() -> None:
    for values in (pd.Series([1.0, np.inf, -np.inf]), pd.Series([1, 10**400, float("-inf")], dtype=object)):
        converted = to_numbers(values)
        assert shown(converted) == [1.0, None, None]
        assert converted.infinite is not None
        assert (converted.infinite.row, converted.infinite.count) == (1, 2)


TEXTS: list[tuple[Sequence[object] | pd.Series, list[object]]] = [
    (["a", None, "b", "a"], ["a", None, "b", "a"]),
    (pd.Series(["a", np.nan, pd.NA, None], dtype=object), ["a", None, None, None]),
    (["", " a"], ["", " a"]),
    ([7, 8], ["7", "8"]),
    ([7.0, np.nan], ["7", None]),
    (pd.Series([7, None], dtype="Int64"), ["7", None]),
    (pd.Series(["7", 7, 7.0], dtype=object), ["7", "7", "7"]),
    (pd.Series(["b", "a", None, "b"], dtype="category"), ["b", "a", None, "b"]),
    (pd.Series([7, 8, 7], dtype="category"), ["7", "8", "7"]),
    (pd.Series(["a"], dtype="category").cat.add_categories(["unused"]), ["a"]),
    (pd.Series([UUID(int=1)], dtype=object), ["00000000-0000-0000-0000-000000000001"]),
    ([], []),
    ([None, None], [None, None]),
    (["é", "e\u0301"], ["é", "e\u0301"]),
]


@pytest.mark.parametrize(("values", "expected"), TEXTS)
def test_texts(values: Any, expected: list[object]) -> None:
    assert shown(to_texts(pd.Series(values))) == expected


@pytest.mark.parametrize(
    ("values", "row", "count"),
    [
        ([7.5, 8.5], 0, 2),
        ([True, False], 0, 2),
        (pd.Series(["a", 1.5, 1.5], dtype=object), 1, 2),
        (pd.Series(["a", ["list"]], dtype=object), 1, 1),
        (pd.Series(["a", None, Decimal("sNaN")], dtype=object), 2, 1),
        (pd.to_datetime(pd.Series([None, "2026-01-01"])), 1, 1),
        (pd.Series([b"bytes"], dtype=object), 0, 1),
    ],
)
def test_what_is_no_text(values: Any, row: int, count: int) -> None:
    misfit = to_texts(pd.Series(values)).misfit
    assert misfit is not None
    assert (misfit.row, misfit.count) == (row, count)


TRUTHS: list[tuple[Any, list[object]]] = [
    ([True, False], [True, False]),
    (pd.Series([True, None], dtype="boolean"), [True, None]),
    (pd.Series([True, None, False], dtype=object), [True, None, False]),
    ([1, 0], [True, False]),
    ([1.0, np.nan], [True, None]),
    (["yes", "No", " TRUE ", "f", "1", None], [True, False, True, False, True, None]),
    ([], []),
]


@pytest.mark.parametrize(("values", "expected"), TRUTHS)
def test_truths(values: Any, expected: list[object]) -> None:
    assert shown(to_truths(pd.Series(values))) == expected


@pytest.mark.parametrize(
    ("values", "row"),
    [([1, 2], 1), (["yes", "maybe"], 1), ([0.5], 0), (pd.to_datetime(pd.Series(["1970-01-01"])), 0)],
)
def test_what_is_no_truth(values: Any, row: int) -> None:
    misfit = to_truths(pd.Series(values)).misfit
    assert misfit is not None
    assert misfit.row == row
