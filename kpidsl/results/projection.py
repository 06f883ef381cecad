"""Young cohorts filled up: counts by age in, the share that each cohort will come to with an interval out.

Of the rows of all cohorts, ripe and young, each is seen up to the age at which it succeeded or, without that, the one that it
has at `as_of`. With d rows succeeding at an age and r that are seen through it and had not succeeded before, the hazard of the
age is d/r, and the share that succeeds by the horizon of those that are open at an age is 1 - Π(1 - d/r) over the ages to come:
the discrete estimate of Kaplan and Meier (1958), known to actuaries as the chain ladder. A cohort's projection is what has
succeeded plus that share of what is open, age by age. Its own dimension values have their own hazards.

The variance of the projection is that of a share of so many rows, p(1 - p)/n, which holds both what has happened by chance and
what will, and that of the hazards by Greenwood's formula, d/(r(r - d)), each with the square of how much of the cohort still
has that age before it. The interval is Wilson's for as many rows as give that variance. In a census only what is still to come
is uncertain.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from kpidsl.results.bounds import Interval
from kpidsl.results.columns import Bools, Codes, Floats, Objects
from kpidsl.results.intervals import wilson

FEWEST = 10
Table = NDArray[np.float64]  # ages by cells


class Projected(Struct, frozen=True, eq=False):
    """What young cohorts will come to, in every cell; NaN where nothing is projected, `why` says why not."""

    value: Floats
    low: Floats
    high: Floats
    why: Objects

    @property
    def known(self) -> Bools:
        found: Bools = ~np.isnan(self.value)
        return found

    def over(self, own: Interval) -> Interval:
        """The interval that is judged: the projection where there is one."""
        pairs = ((self.value, own.values), (self.low, own.low), (self.high, own.high))
        values, low, high = (np.where(self.known, mine, other) for mine, other in pairs)
        return Interval(values, low, high, None if own.trials is None else np.where(self.known, np.nan, own.trials))

    def record(self, cell: int) -> dict[str, float] | None:
        """What there is of a cell as plain data."""
        if not self.known[cell]:
            return None
        numbers = (("value", self.value), ("low", self.low), ("high", self.high))
        return {name: float(each[cell]) for name, each in numbers}

    def at(self, cells: Codes) -> Projected:
        """The projections of some of the cells."""
        return Projected(self.value[cells], self.low[cells], self.high[cells], self.why[cells])

    def only(self, cells: Bools) -> Projected:
        """The same, for these cells only."""
        value, low, high = (np.where(cells, each, np.nan) for each in (self.value, self.low, self.high))
        return replace(self, value=value, low=low, high=high, why=np.where(cells, self.why, ""))


class Aged(Struct, frozen=True, eq=False):
    """Rows by age, of each cell: `won` at an age, `open` now at an age, `rows` altogether."""

    rows: Floats
    won: Table
    open: Table


def by_step(columns: Sequence[Floats], length: int) -> Table:
    """Counts up to each age as those at it."""
    counts = np.nan_to_num(np.stack([np.broadcast_to(column, (length,)) for column in columns]))
    return np.diff(counts, axis=0, prepend=0.0)


def project(cohort: Aged, seen: Aged, observed: Floats, *, census: bool) -> Projected:
    """What cohorts will come to, by the hazards of all rows that are `seen` with them.

    `observed` is how many of a cohort count as won in its formula: where that is not what the dates of success say, nothing is
    projected.
    """
    at_risk = _at_risk(seen)
    with np.errstate(all="ignore"):
        hazard = np.where(at_risk > 0, seen.won / at_risk, 0.0)
        # Of those open at an age, how many never succeed up to the horizon, from that age on.
        left = np.cumprod((1 - hazard)[::-1], axis=0)[::-1]
        to_come = (cohort.open * (1 - left)).sum(axis=0)
        share = (cohort.won.sum(axis=0) + to_come) / cohort.rows
        weight = np.cumsum(cohort.open * left, axis=0)
        greenwood = np.where(seen.won > 0, weight**2 * seen.won / (at_risk * (at_risk - seen.won)), 0.0).sum(axis=0)
        future = (cohort.open * left * (1 - left)).sum(axis=0)
        own = future if census else cohort.rows * share * (1 - share)
        variance = (own + greenwood) / cohort.rows**2
        alike = np.where(variance > 0, share * (1 - share) / variance, cohort.rows)
        low, high = wilson(share * alike, alike)
    why: Objects = np.full(len(share), "", dtype=object)
    why[(at_risk <= 0).any(axis=0)] = NOT_SEEN
    why[seen.won.sum(axis=0) < FEWEST] = FEW
    why[cohort.won.sum(axis=0) != observed] = OTHERWISE
    told = (why == "") & np.isfinite(share)
    share, low, high = (np.where(told, each, np.nan) for each in (share, low, high))
    return Projected(share, low, high, why)


NOT_SEEN = "not projected: no cohort has been seen up to the age at which one is mature"
FEW = f"not projected: fewer than {FEWEST} successes have been seen"
OTHERWISE = "not projected: the formula counts other successes than the date in `project` says"


def _at_risk(seen: Aged) -> Table:
    """How many rows are seen through an age and had not succeeded before it."""
    later = seen.rows - seen.won.sum(axis=0) - seen.open.sum(axis=0)  # succeeded, or still open, past the horizon
    won = np.cumsum(seen.won[::-1], axis=0)[::-1]
    # A row that is open at an age now has been seen through the ages before it only.
    waiting = np.cumsum(seen.open[::-1], axis=0)[::-1] - seen.open
    found: Table = later + won + waiting
    return found
