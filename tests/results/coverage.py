"""How often intervals hold the truth: made-up rows through the whole product, every draw a cell of one question.

A draw has about `rows` rows, as many as a Poisson variable says, or customers with several rows each. Run as a program it
prints the table of docs/intervals.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.random import Generator

import kpidsl

DRAWS = 1_000
SIZES = (30, 100, 300)
SEED = 20
DEFINITIONS = """
sources:
  rows:
    time: day
    columns: {day: date, of: text, customer: text, x: number, y: number, hit: boolean}
dimensions: {of: [rows.of]}
kpis:
  share: {formula: count(rows where hit) / count(rows)}
  count: {formula: count(rows)}
  mean: {formula: avg(rows.x)}
  ratio: {formula: sum(rows.y) / sum(rows.x)}
  half: {formula: median(rows.x)}
  high: {formula: 'percentile(rows.x, 90%)'}
  share_of_customers: {formula: count(rows where hit) / count(rows), cluster: customer}
  mean_of_customers: {formula: avg(rows.x), cluster: customer}
  count_of_customers: {formula: count(rows), cluster: customer}
"""
CATALOG = kpidsl.load(texts={"coverage.yaml": DEFINITIONS})
Columns = dict[str, Any]
Draw = Callable[[Generator, Any], Columns]  # the columns of rows that belong to these draws, by number


@dataclass(frozen=True)
class Case:
    """What is estimated from which rows; `truth` may depend on how many there are."""

    name: str
    kpi: str
    rows: Draw
    truth: Callable[[int], float]


@dataclass(frozen=True)
class Coverage:
    """How often an interval held the truth, lay above and below it, of the draws that had one; how often it was flagged."""

    held: float
    above: float
    below: float
    flagged: float

    def __str__(self) -> str:
        return f"{100 * self.held:.1f}% ({100 * self.below:.1f}, {100 * self.above:.1f})"


def share(of: float) -> Draw:
    return lambda random, draws: {"of": draws, "hit": random.random(len(draws)) < of}


def uniform(random: Generator, draws: Any) -> Columns:
    return {"of": draws, "x": random.uniform(0, 2, len(draws))}


def exponential(random: Generator, draws: Any) -> Columns:
    return {"of": draws, "x": random.exponential(1, len(draws))}


def lognormal(sigma: float) -> Draw:
    return lambda random, draws: {"of": draws, "x": np.exp(random.normal(0, sigma, len(draws)))}


def pairs(random: Generator, draws: Any) -> Columns:
    x = random.exponential(1, len(draws))
    return {"of": draws, "x": x, "y": 3 * x * random.uniform(0, 2, len(draws))}


def of_customers(random: Generator, draws: Any) -> Columns:
    """Customers in place of rows, with four rows each on average; half of the variance is between them."""
    count = len(draws)
    customer = np.repeat(np.arange(count), random.geometric(0.25, count))
    rate, level = random.beta(0.2, 0.8, count), random.normal(0, 1, count)
    return {
        "of": draws[customer],
        "customer": pd.Series(customer).astype(str),
        "hit": random.random(len(customer)) < rate[customer],
        "x": 10 + level[customer] + random.normal(0, 1, len(customer)),
    }


CASES = [
    Case("share of 5%", "share", share(0.05), lambda rows: 0.05),
    Case("share of 20%", "share", share(0.2), lambda rows: 0.2),
    Case("share of 50%", "share", share(0.5), lambda rows: 0.5),
    Case("count", "count", uniform, float),
    Case("mean, uniform", "mean", uniform, lambda rows: 1.0),
    Case("mean, exponential", "mean", exponential, lambda rows: 1.0),
    Case("mean, lognormal with σ = 1", "mean", lognormal(1), lambda rows: exp(0.5)),
    Case("ratio of sums", "ratio", pairs, lambda rows: 3.0),
    Case("median, exponential", "half", exponential, lambda rows: log(2)),
    Case("90th percentile, exponential", "high", exponential, lambda rows: log(10)),
    Case("share of 20%, in clusters", "share_of_customers", of_customers, lambda rows: 0.2),
    Case("the same share without `cluster`", "share", of_customers, lambda rows: 0.2),
    Case("mean, in clusters", "mean_of_customers", of_customers, lambda rows: 10.0),
    Case("the same mean without `cluster`", "mean", of_customers, lambda rows: 10.0),
    Case("count, in clusters", "count_of_customers", of_customers, lambda rows: 4.0 * rows),
    Case("mean, lognormal with σ = 2: heavy", "mean", lognormal(2), lambda rows: exp(2)),
]


def coverage(case: Case, rows: int, draws: int = DRAWS) -> Coverage:
    """How often the 90% interval of a case holds the truth."""
    random = np.random.default_rng([SEED, rows])
    columns = case.rows(random, np.repeat(np.arange(draws), np.maximum(random.poisson(rows, draws), 1)))
    empty = dict.fromkeys({"customer", "x", "y", "hit"} - columns.keys())
    frame = pd.DataFrame({**columns, **empty, "of": pd.Series(columns["of"]).astype(str), "day": pd.Timestamp("2026-01-01")})
    found = kpidsl.evaluate(CATALOG, [case.kpi], data={"rows": frame}, by="of", as_of="2026-02-01", engine="pandas")[case.kpi]
    known = ~np.isnan(found.low)
    low, high, truth = found.low[known], found.high[known], case.truth(rows)
    heavy = found.figure.estimate.heavy
    flagged = 0.0 if heavy is None else float(np.mean(heavy))
    held, above, below = (float(np.mean(each)) for each in ((low <= truth) & (truth <= high), low > truth, high < truth))
    return Coverage(held, above, below, flagged)


def allowed(level: float, draws: int = DRAWS) -> float:
    """Three standard deviations of a share over the draws."""
    return 3 * (level * (1 - level) / draws) ** 0.5


def table() -> str:
    lines = ["| | " + " | ".join(f"{rows} rows" for rows in SIZES) + " |", "|---" * (len(SIZES) + 1) + "|"]
    for case in CASES:
        lines.append(f"| {case.name} | " + " | ".join(str(coverage(case, rows)) for rows in SIZES) + " |")
    return "\n".join(lines)


def heavy_share(sigma: float) -> float:
    """The part of the sum of a lognormal variable that the top 1% carry."""
    normal = NormalDist()
    return normal.cdf(sigma - normal.inv_cdf(0.99))


if __name__ == "__main__":
    print(table())
