"""Intervals against published figures."""

from __future__ import annotations

from math import exp, lgamma, log

import numpy as np
import pytest

from kpidsl.results.intervals import normal, poisson, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [  # 95%, in percent, as the worked examples print them
        (80, 400, "16.4", "24.2"),
        (1, 4, "4.6", "69.9"),
        (1, 3, "6.1", "79.2"),
        (10, 1000, "0.54", "1.83"),
        (90, 900, "8.2", "12.1"),
        (0, 10, "0.0", "27.8"),
        (10, 10, "72.2", "100.0"),
    ],
)
def test_wilson_at_95_percent(successes: float, trials: float, low: str, high: str) -> None:
    bounds = wilson(np.array([float(successes)]), np.array([float(trials)]), level=0.95)
    digits = len(low.partition(".")[2])
    assert [f"{100 * bound[0]:.{digits}f}" for bound in bounds] == [low, high]


def test_wilson_at_the_ends_is_exact() -> None:
    low, high = wilson(np.array([0.0, 7.0]), np.array([7.0, 7.0]))
    assert low[0] == 0.0
    assert high[1] == 1.0


def test_no_proportion_has_no_bounds() -> None:
    with np.errstate(all="ignore"):
        low, high = wilson(np.array([0.0, 5.0]), np.array([0.0, 4.0]))
    assert np.isnan([*low, *high]).all()


@pytest.mark.parametrize(
    ("count", "level", "low", "high"),
    [  # half the quantiles of chi-square with 2k and 2k + 2 degrees of freedom, as tables print them
        (0, 0.95, 0.0, 3.688879454),
        (1, 0.95, 0.025317808, 5.571643391),
        (2, 0.95, 0.242209279, 7.224687667),
        (5, 0.95, 1.623486390, 11.668332080),
        (10, 0.95, 4.795388736, 18.390356050),
        (0, 0.90, 0.0, 2.995732274),
        (1, 0.90, 0.051293294, 4.743864518),
        (5, 0.90, 1.970149568, 10.513034909),
        (10, 0.90, 5.425405697, 16.962219236),
    ],
)
def test_poisson_against_tables(count: float, level: float, low: float, high: float) -> None:
    bounds = poisson(np.array([float(count)]), level)
    assert bounds[0][0] == pytest.approx(low, abs=1e-6)
    assert bounds[1][0] == pytest.approx(high, abs=1e-6)


@pytest.mark.parametrize("count", [3, 20, 99, 100, 101, 250, 1000])
def test_poisson_bounds_leave_their_tails(count: int) -> None:
    """At the lower bound so many or more, at the upper so many or fewer have a chance of 5%."""
    low, high = poisson(np.array([float(count)]))
    assert 1 - _at_most(count - 1, float(low[0])) == pytest.approx(0.05, abs=1e-7)
    assert _at_most(count, float(high[0])) == pytest.approx(0.05, abs=1e-7)


def _at_most(count: int, mean: float) -> float:
    return sum(exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(count + 1))


def test_poisson_of_a_broken_count() -> None:
    low, high = poisson(np.array([2.5, np.nan]))
    assert 0.2 < low[0] < 2.5 < high[0] < 8.5
    assert np.isnan([low[1], high[1]]).all()


def test_normal_needs_a_variance() -> None:
    low, high = normal(np.array([10.0, 10.0, 10.0]), np.array([4.0, np.nan, np.inf]))
    assert [low[0], high[0]] == pytest.approx([10 - 3.2897, 10 + 3.2897], abs=1e-4)
    assert np.isnan([*low[1:], *high[1:]]).all()
