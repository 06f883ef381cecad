"""The promise of the rule: a wrong firm verdict happens at most 5% of the time.

Of proportions it is worked out exactly, at whatever share and for however few rows; of others it is simulated with a fixed
seed, 2,000 draws a case, so that it may be 5% and three standard deviations.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from judged import judged, judged_shares

from kpidsl.plan.ranks import places
from kpidsl.results.columns import Floats
from kpidsl.results.intervals import normal, poisson
from kpidsl.results.verdicts import VERDICTS, Direction, Range, Verdict

DRAWS = 2000
ALLOWED = 0.05 + 3 * np.sqrt(0.05 * 0.95 / DRAWS)


def _wrong(low: Floats, high: Floats, truth: float, bound: float) -> float:
    """How often the verdict is the wrong one where `at least bound` is good."""
    wrong = Verdict.SHORT if truth >= bound else Verdict.WITHIN
    judgement = judged(low, high, Range("", bound, None), Direction.HIGHER)
    return float(np.mean(judgement.codes == VERDICTS.index(wrong)))


EDGES = (0.001, 0.01, 0.04, 0.0601, 0.1, 0.2, 0.27, 0.5, 0.575, 0.8, 0.9, 0.975, 0.999)


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 6, 8, 10, 13, 20, 30, 50, 77, 100, 300, 1000, 5000])
def test_shares(rows: int) -> None:
    """Held against the very share that they have: neither short nor within is found more often."""
    counts = np.arange(rows + 1.0)
    for share in (*EDGES, *np.linspace(0.003, 0.997, 200 if rows < 300 else 50)):
        chances = _chances(rows, float(share))
        codes = judged_shares(counts, rows, Range("", float(share), None), Direction.HIGHER).codes
        for verdict in (Verdict.SHORT, Verdict.WITHIN):
            assert chances[codes == VERDICTS.index(verdict)].sum() <= 0.05 + 1e-9


@pytest.mark.parametrize("rows", [2, 10, 30, 100, 300, 2000])
@pytest.mark.parametrize("truth", [0.02, 0.18, 0.2, 0.25, 0.3, 0.31, 0.5])
def test_shares_in_a_band(rows: int, truth: float) -> None:
    """Of 20% to 30%, higher being better: what is firm and wrong."""
    judgement = judged_shares(np.arange(rows + 1.0), rows, Range("", 0.2, 0.3), Direction.HIGHER)
    right = Verdict.SHORT if truth < 0.2 else Verdict.BEYOND if truth > 0.3 else Verdict.WITHIN
    firm = [VERDICTS.index(each) for each in (Verdict.SHORT, Verdict.WITHIN, Verdict.BEYOND) if each is not right]
    assert _chances(rows, truth)[np.isin(judgement.codes, firm)].sum() <= 0.05


def _chances(rows: int, share: float) -> Floats:
    """How probable each number of successes is."""
    counts = np.arange(rows + 1)
    ways = np.cumsum(np.log(np.arange(1.0, rows + 1)))
    ways = np.concatenate([[0.0], ways])
    return np.exp(ways[rows] - ways - ways[::-1] + counts * np.log(share) + (rows - counts) * np.log1p(-share))


@pytest.mark.parametrize("truth", [0.5, 1.0, 3.0, 10.0])
@pytest.mark.parametrize("rows", [5, 30, 200])
def test_medians(rows: int, truth: float) -> None:
    """Exponential values around a median of 1, whatever their scale."""
    values = np.sort(np.random.default_rng(7).exponential(truth / np.log(2), (DRAWS, rows)))
    low, high = (values[:, places(Fraction(1, 2), upper=upper).of(rows) - 1] for upper in (False, True))
    assert _wrong(low, high, truth, 1.0) <= ALLOWED


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
