"""How long 100,000 cells take to be judged: values with their intervals in, verdicts out, then the sentences that say why.

Nothing is read: the values are made up, 2 to 400 rows behind each share. Prints CPU seconds, the lowest of several rounds.
"""

from __future__ import annotations

import argparse
from fractions import Fraction
from time import process_time

import numpy as np

import kpidsl
from kpidsl.catalog.core import Constant, Core
from kpidsl.results.bounds import Interval
from kpidsl.results.columns import Column, Status
from kpidsl.results.estimates import Estimate, Method
from kpidsl.results.explain import explain
from kpidsl.results.figures import Ages, Axis, Figure, make_figure
from kpidsl.results.intervals import wilson
from kpidsl.results.judging import Reference, Scope

CELLS = 100_000
KPI = """
units: {entities: {lead: {}, won: {subset_of: lead}}}
sources: {leads: {row: lead, time: day, columns: {day: date, ok: boolean}}}
measures: {leads: count(leads), won: {formula: count(leads where ok), unit: won}}
kpis:
  rate:
    better: higher
    formula: won / leads
    benchmarks:
      band: {range: 15% to 25%}
      zones: {zones: {poor: below 15%, fair: 15% to 25%, good: at least 25%}}
      average: {average: 20%, tolerance: 5%}
      before: {compare: previous}
"""


class Made:
    """References that are made up, too."""

    def of(self, benchmark: object, part: str, core: Core) -> Reference:
        if isinstance(core, Constant) and isinstance(core.value, Fraction):
            return Reference(Interval.point(np.full(CELLS, float(core.value))))
        return Reference(share(8), np.zeros(CELLS))

    def doubts(self, benchmark: object) -> None:
        """All of them can be relied on."""


def share(seed: int) -> Interval:
    """Shares with their intervals."""
    random = np.random.default_rng(seed)
    trials = random.integers(2, 400, CELLS).astype(float)
    won = random.binomial(trials.astype(int), 0.2).astype(float)
    return Interval(won / trials, *wilson(won, trials), trials)


def judged(value: kpidsl.Catalog, own: Interval, scope: Scope) -> Figure:
    """The figure of the values, judged by all four benchmarks."""
    kpi = value.values["rate"]
    column = Column(own.values, np.full(CELLS, Status.VALUE, dtype=np.int8))
    estimate = Estimate(Method.PROPORTION, own.low, own.high, np.full(CELLS, 100.0), 1, trials=own.trials)
    ages = Ages(np.zeros(CELLS, dtype=np.bool_))
    return make_figure(kpi, column, estimate, ages, benchmarks=kpi.benchmarks, references=Made(), scope=scope)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    catalog, own = kpidsl.load(texts={"kpi.yaml": KPI}), share(7)
    names = np.array([f"rep {number}" for number in range(CELLS)], dtype=object)
    nothing = np.full(CELLS, None, dtype=object)
    scope = Scope(nothing, {"rep": names}, {}, whole=False)
    axis = Axis(np.full(CELLS, "", dtype=object), nothing, nothing, {"rep": names})
    judging, explaining = [], []
    for _ in range(rounds):
        began = process_time()
        figure = judged(catalog, own, scope)
        judging.append(process_time() - began)
        began = process_time()
        explain(figure, axis)
        explaining.append(process_time() - began)
    by = len(figure.judgements)
    print(f"{CELLS:,} cells by {by} benchmarks: judged {min(judging):.2f} s, explained {min(explaining):.2f} s")


if __name__ == "__main__":
    main()
