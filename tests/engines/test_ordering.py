"""What needs the rows of a cell in order, against Python's own sorting and statistics."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpidsl.engines.ordering import deviations, edges, quantiles, sort_keys, sorted_by
from kpidsl.engines.vectors import Vector

SIZE = 3
rows = st.lists(st.tuples(st.integers(0, SIZE - 1), st.sampled_from([-2.0, 0.0, 0.5, 1.0, 7.25])), max_size=12)
Row = tuple[int, float]


def arrays(held: list[Row]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([cell for cell, _ in held], np.intp), np.array([value for _, value in held], np.float64)


def cells(held: list[Row]) -> list[list[float]]:
    return [[value for cell, value in held if cell == each] for each in range(SIZE)]


@given(rows, st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]))
def test_quantiles_lie_between_two_values_in_proportion(held: list[Row], fraction: float) -> None:
    found = quantiles(*arrays(held), SIZE, fraction)
    expected = [np.quantile(values, fraction) if values else np.nan for values in cells(held)]
    assert found == pytest.approx(expected, nan_ok=True)


@given(rows)
def test_deviations_are_those_of_a_sample(held: list[Row]) -> None:
    expected = [statistics.stdev(values) if len(values) > 1 else np.nan for values in cells(held)]
    assert deviations(*arrays(held), SIZE) == pytest.approx(expected, nan_ok=True)


@given(rows, st.booleans())
def test_edges_are_the_first_and_last_rows(held: list[Row], last: bool) -> None:
    codes, values = arrays(held)
    for cell, place in enumerate(edges(codes, [values], SIZE, last=last)):
        there = [value for each, value in held if each == cell]
        assert place == -1 if not there else values[place] == (max if last else min)(there)


def test_text_is_in_the_order_of_its_characters_and_missing_is_last() -> None:
    words = np.array(["b", "Z", "é", "a"], object)
    vector = Vector(np.array([0, 1, -1, 2, 3]), np.array([True, True, False, True, True]), words)
    assert sorted_by(sort_keys(vector)).tolist() == [1, 4, 0, 3, 2]


def test_moments_and_truths_have_an_order() -> None:
    moments = Vector(np.array(["2026-01-02", "1969-01-01", "NaT"], "M8[us]"), np.array([True, True, False]))
    assert sorted_by(sort_keys(moments)).tolist() == [1, 0, 2]
    assert sorted_by(sort_keys(Vector(np.array([True, False])))).tolist() == [1, 0]
