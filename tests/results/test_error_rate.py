"""The promise of the rule: a wrong firm verdict happens at most 5% of the time. Fixed seed, 2,000 draws a case."""

from __future__ import annotations

import numpy as np
import pytest
from judged import judged

from kpidsl.results.columns import Floats
from kpidsl.results.intervals import normal, poisson, wilson
from kpidsl.results.verdicts import VERDICTS, Direction, Range, Verdict

DRAWS = 2000
ALLOWED = 0.05 + 3 * np.sqrt(0.05 * 0.95 / DRAWS)


def _wrong(low: Floats, high: Floats, truth: float, bound: float) -> float:
    """How often the verdict is the wrong one where `at least bound` is good."""
    wrong = Verdict.SHORT if truth >= bound else Verdict.WITHIN
    judgement = judged(low, high, Range("", bound, None), Direction.HIGHER)
    return float(np.mean(judgement.codes == VERDICTS.index(wrong)))


@pytest.mark.parametrize("n", [100, 300, 1000])
@pytest.mark.parametrize("truth", [0.199, 0.2, 0.25])
def test_shares(n: int, truth: float) -> None:
    drawn = np.random.default_rng(7).binomial(n, truth, DRAWS).astype(float)
    assert _wrong(*wilson(drawn, np.full(DRAWS, float(n))), truth, 0.2) <= ALLOWED


@pytest.mark.parametrize("truth", [9.99, 10.0, 12.0])
def test_counts(truth: float) -> None:
    drawn = np.random.default_rng(7).poisson(truth, DRAWS).astype(float)
    assert _wrong(*poisson(drawn), truth, 10.0) <= ALLOWED


@pytest.mark.parametrize("truth", [99.9, 100.0])
def test_sums(truth: float) -> None:
    """Compound Poisson: about 300 rows with uniform amounts."""
    random = np.random.default_rng(7)
    rows = random.poisson(300, DRAWS)
    amounts = [random.uniform(0, 2 * truth / 300, count) for count in rows]
    totals = np.array([each.sum() for each in amounts])
    squares = np.array([(each**2).sum() for each in amounts])
    assert _wrong(*normal(totals, squares), truth, 100.0) <= ALLOWED
