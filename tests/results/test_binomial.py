"""Tails of the binomial distribution against sums of its terms, in exact fractions."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpidsl.results.binomial import at_least, at_most


def _exact(successes: int, trials: int, share: Fraction) -> float:
    terms = (comb(trials, each) * share**each * (1 - share) ** (trials - each) for each in range(successes, trials + 1))
    return float(sum(terms))


@given(st.integers(1, 120).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))), st.integers(1, 999))
def test_tails(counts: tuple[int, int], thousandths: int) -> None:
    (successes, trials), share = counts, Fraction(thousandths, 1000)
    arguments = [np.array([float(each)]) for each in (successes, trials, share)]
    assert at_least(*arguments)[0] == pytest.approx(_exact(successes, trials, share), rel=1e-9, abs=1e-12)
    assert at_most(*arguments)[0] == pytest.approx(1 - _exact(successes + 1, trials, share), rel=1e-9, abs=1e-12)


def test_many_trials_are_nearly_normal() -> None:
    trials = np.full(3, 1e9)
    above = 0.3 * trials + 1.644853627 * np.sqrt(0.21 * trials)
    assert at_least(above, trials, np.full(3, 0.3)) == pytest.approx(0.05, abs=1e-4)


def test_trials_need_not_be_whole() -> None:
    """Between those of the whole numbers around them."""
    found = [float(at_most(np.array([0.0]), np.array([trials]), np.array([0.5]))[0]) for trials in (2.0, 2.5, 3.0)]
    assert found == pytest.approx([0.25, 0.5**2.5, 0.125])
