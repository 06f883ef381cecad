"""That intervals hold the truth as often as docs/intervals.md says, and that a flag is raised wherever few rows carry a sum."""

from __future__ import annotations

import re
from fractions import Fraction
from math import lgamma, log
from pathlib import Path

import numpy as np
import pytest
from coverage import CASES, SIZES, Case, allowed, coverage, heavy_share, of_customers
from hypothesis import given
from hypothesis import strategies as st

from kpidsl.plan.ranks import fewest, places
from kpidsl.results.estimates import may_be_heavy
from kpidsl.results.intervals import wilson

PAGE = (Path(__file__).parents[2] / "docs" / "intervals.md").read_text(encoding="utf-8")
MEASURED = PAGE.partition("## How often they hold the truth")[2]
# The largest are in the table only: they take long.
RUN = [(case, rows) for case in CASES for rows in SIZES if rows < max(SIZES) or case.rows is not of_customers]


def _stated(case: Case, rows: int) -> list[float]:
    """What the page says: how often the truth is held, and how often an interval lies below and above it."""
    line = next(line for line in MEASURED.splitlines() if line.startswith(f"| {case.name} |"))
    return [float(number) / 100 for number in re.findall(r"[0-9.]+", line.split("|")[2 + SIZES.index(rows)])]


@pytest.mark.parametrize(("case", "rows"), [pytest.param(*each, id=f"{each[0].name}: {each[1]}") for each in RUN])
def test_the_page_says_what_is_measured(case: Case, rows: int) -> None:
    found = coverage(case, rows)
    for stated, measured in zip(_stated(case, rows), (found.held, found.below, found.above), strict=True):
        assert measured == pytest.approx(stated, abs=max(allowed(stated), 0.005))


def _errors(trials: int, share: float) -> tuple[float, float]:
    """The exact chances that Wilson's interval lies above a share and below it."""
    counts = np.arange(trials + 1.0)
    low, high = wilson(counts, np.full(trials + 1, float(trials)))
    chances = _binomial(trials, share)
    return float(chances[low > share].sum()), float(chances[high < share].sum())


def _binomial(trials: int, share: float) -> np.ndarray:
    counts = np.arange(trials + 1)
    ways = np.array([lgamma(trials + 1) - lgamma(count + 1) - lgamma(trials - count + 1) for count in counts])
    return np.exp(ways + counts * log(share) + (trials - counts) * log(1 - share))


@pytest.mark.parametrize("trials", [1, 5, 10, 20, 50, 100, 300, 1000])
def test_the_page_says_how_often_a_verdict_on_a_proportion_is_wrong(trials: int) -> None:
    """Firm and wrong at the bound, over shares from 10% to 50%: on average, and at worst, on either side."""
    errors = np.array([_errors(trials, share) for share in np.linspace(0.1, 0.5, 801)])
    line = next(line for line in MEASURED.splitlines() if line.startswith(f"| {trials:,} |"))
    stated = [float(number) / 100 for number in re.findall(r"[0-9.]+(?=%)", line)]
    assert [*errors.mean(axis=0), *errors.max(axis=0)] == pytest.approx(stated, abs=0.0015)


def test_names_of_cases_are_told_apart() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("mean, lognormal with σ = 2: heavy", 0.5, 0.7), ("mean, exponential", 0.0, 0.0), ("mean, uniform", 0.0, 0.0)],
)
def test_heavy_tails_are_flagged(name: str, least: float, most: float) -> None:
    case = next(case for case in CASES if case.name == name)
    assert least <= coverage(case, 100).flagged <= most


@given(st.lists(st.just(0.0) | st.floats(1e-3, 1e6), min_size=1, max_size=300))
def test_no_heavy_tail_goes_unflagged(amounts: list[float]) -> None:
    count, total = len(amounts), sum(amounts)
    top = sum(sorted(amounts, reverse=True)[: -(-count // 100)])
    squares = sum(amount**2 for amount in amounts)
    flagged = may_be_heavy(*(np.array([number], dtype=float) for number in (count, total, squares)))
    if total > 0 and top > total / 3 * (1 + 1e-6):
        assert flagged.all()


def test_of_lognormal_amounts_those_are_flagged_of_which_the_top_carries_a_fifth() -> None:
    """n Σx² / (Σx)² is exp(σ²), and flagged above 100 / 9."""
    assert heavy_share(log(100 / 9) ** 0.5) == pytest.approx(0.22, abs=0.005)
    assert heavy_share(1.895) == pytest.approx(1 / 3, abs=0.002)


FRACTIONS = [Fraction(percent, 100) for percent in (1, 10, 25, 50, 75, 90, 95)]


def _tails(rows: int, fraction: Fraction) -> tuple[float, float]:
    """The exact chances that the lower place lies above the percentile, and the upper one below it."""
    chances = _binomial(rows, float(fraction))
    low, high = (places(fraction, upper=upper).of(rows) for upper in (False, True))
    return float(chances[:low].sum()), float(chances[high:].sum())


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_each_end_of_the_interval_of_a_percentile_is_wrong_in_5_percent_at_most(fraction: Fraction) -> None:
    least = fewest(fraction)
    for rows in [*range(least, least + 150), *range(least + 150, 4_000, 397)]:
        assert max(_tails(rows, fraction)) <= 0.05


def test_fewest_rows_of_percentiles() -> None:
    assert [fewest(Fraction(each)) for each in ("1/2", "9/10", "0", "1")] == [MEDIAN, HIGH, 0, 0]
    assert places(Fraction(1, 2), upper=False).of(MEDIAN - 1) < 1


MEDIAN, HIGH = 5, 30
