"""Limits of a process against worked numbers."""

from __future__ import annotations

import numpy as np
import pytest

from kpidsl.results.limits import laney, xmr

# Flow rates of ten batches: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, Individuals Control Charts.
FLOW = np.array([[49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]])


def test_individuals_and_moving_ranges() -> None:
    fit = xmr(FLOW, money=False)
    assert fit.centre[0] == pytest.approx(50.81)
    assert fit.distance[0] / 2.66 == pytest.approx(1.8778, abs=1e-4)
    # The handbook takes 3 / 1.128 in place of the rounded 2.66.
    assert fit.centre[0] + fit.distance[0] == pytest.approx(55.8041, abs=2e-3)
    assert fit.centre[0] - fit.distance[0] == pytest.approx(45.8159, abs=2e-3)
    assert not fit.constant[0] and not fit.logarithmic[0]


def test_ratios_of_counts() -> None:
    """p = 10%, 20%, 10%, 20% of 100, 400, 100, 400: P = 180 / 1000, s = 3.8419% and 1.9209%, moving ranges of z of 3.1235."""
    values, rows = np.array([[0.1, 0.2, 0.1, 0.2]]), np.array([[100.0, 400.0, 100.0, 400.0]])
    fit = laney(values, rows, proportion=True)
    assert fit.centre[0] == pytest.approx(0.18)
    assert fit.distance[0] == pytest.approx(3 * 3.1235 / 1.128, rel=1e-4)
    other = laney(values, rows, proportion=False)
    assert other.distance[0] == pytest.approx(fit.distance[0] * np.sqrt(1 - 0.18))


@pytest.mark.parametrize(
    ("values", "money", "taken"),
    [
        ([1, 2, 1, 2, 1, 50], True, True),
        ([1, 2, 1, 2, 1, 50], False, False),
        ([0, 2, 1, 2, 1, 50], True, False),
        ([10, 12, 10, 12, 10, 12], True, False),
        ([50, 49, 50, 49, 50, 1], True, False),
    ],
)
def test_logarithms_are_for_skewed_money(values: list[float], money: bool, taken: bool) -> None:
    assert xmr(np.array([values], dtype=float), money).logarithmic[0] == taken


def test_what_does_not_vary_and_what_follows_each_other() -> None:
    rising = np.arange(12.0)
    fit = xmr(np.stack([np.full(12, 0.1), rising, rising % 2]), money=False)
    assert fit.constant.tolist() == [True, False, False]
    assert fit.tied.tolist() == [False, True, False]


def test_shares_of_which_none_or_all_are_counted_do_not_vary() -> None:
    rows = np.full((3, 12), 50.0)
    fit = laney(np.stack([np.zeros(12), np.ones(12), np.arange(12) % 2 * 0.1]), rows, proportion=True)
    assert fit.constant.tolist() == [True, True, False]
