"""Sums and extremes over ranges: what numpy says of each range, and no loss of small numbers next to large ones."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.results.ranges import counts, extremes, sums

NUMBERS = st.lists(st.one_of(st.just(np.nan), st.integers(-9, 9).map(float)), max_size=40)


@settings(max_examples=100)
@given(NUMBERS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=20))
def test_like_each_range_by_itself(numbers: list[float], ends: list[tuple[int, int]]) -> None:
    values = np.array(numbers, dtype=np.float64)
    low, high = (np.array(each, dtype=np.int64) for each in zip(*ends, strict=True))
    low, high = np.minimum(low, len(values)), np.minimum(high, len(values))
    pieces = [values[one:other][~np.isnan(values[one:other])] for one, other in zip(low, high, strict=True)]
    for tree, body in ((sums(values), np.sum), (extremes(values, False), np.min), (extremes(values, True), np.max)):
        expected = [body(piece) if len(piece) else np.nan for piece in pieces]
        assert np.array_equal(tree.over(low, high), expected, equal_nan=True)
    whole = np.nan_to_num(values).astype(np.int64)
    expected = [whole[one:other].sum() if one < other else np.nan for one, other in zip(low, high, strict=True)]
    assert np.array_equal(counts(whole).over(low, high), expected, equal_nan=True)


def test_a_large_number_outside_of_a_range_does_no_harm() -> None:
    values = np.array([1e300, 0.1, 0.2, -1e300, 0.3])
    found = sums(values).over(np.array([1, 4, 0]), np.array([3, 5, 1]))
    assert found == pytest.approx([0.1 + 0.2, 0.3, 1e300], rel=1e-15)


def test_nothing_at_all() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(sums(np.zeros(0)).over(np.array([0]), np.array([0]))[0])
