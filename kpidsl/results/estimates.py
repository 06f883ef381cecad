"""How sure a value is: what its formula is, its column and what its rows say in; interval, rows behind it, ratio parts out.

Which interval: Wilson's for a proportion, the gamma-Poisson one for a plain count, that of order statistics for a
percentile, a linearised one for every other formula over sums and counts. A census has none, and neither has a formula
with `min` or `max`, with what takes rows in order or with a mean over smaller periods; there the point is judged. Rows
behind a value: those below the line of a proportion, those of a count, else the fewest behind any aggregate of the
formula in any of its frames.

Needed are, unless the KPI says `min_n`, 2 for a proportion, because a single row cannot show that others differ, none for a
count, because a count of 0 is a full observation, as many as its interval takes for a percentile, and 30 for others.

Where rows come in clusters, n rows tell as much as fewer that have nothing to do with each other: as many as would have the
variance that was measured. With that number in place of n the intervals of proportions (Korn and Graubard 1998) and counts are
what they were; linearised alone, that of a rare event would be too short at its upper end by far. Rows behind such a value are
n² / Σ n_c², how many clusters of one size tell as much where all rows of a cluster say the same, and 30 are needed.

Rows that are all alike, such as a single one, say nothing about how others would differ: a linearised interval without a width
is none.

A linearised interval is optimistic where few rows carry most of a sum. Of k rows with the sum T, Σx² is at least T²/k, so that
where the top 1% of n rows carry more than a third of the sum

    k Σx² > (Σx)² / 9,    k = n / 100, rounded up.

Every such cell is flagged, by moments that are there already; the flag may also be raised where they carry somewhat less.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from msgspec import Struct

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Apply, Core
from kpidsl.documents import model
from kpidsl.plan.ranks import fewest
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.columns import Bools, Codes, Column, Floats
from kpidsl.results.intervals import Bounds, normal, poisson, wilson
from kpidsl.results.linear import Tangent
from kpidsl.results.proportion import Shapes

_ROWS = 30
_PAIR = 2
_THIRD = 3.0  # one in so many parts of a sum is much for the top 1% of its rows
_SAME = 1e-9  # sums differ in their last digits from engine to engine

_WIDTH = 1e-12  # an interval that is narrower, as a part of its value, has a width by rounding alone


class Method(Enum):
    """Where an interval comes from."""

    PROPORTION = "proportion"
    COUNT = "count"
    LINEAR = "linear"
    ORDER = "order"
    POINT = "point"


class Basis(Struct, frozen=True):
    """What a formula says before any row is seen: its kind of interval, the parts of its ratio, why its point is judged."""

    core: Core
    method: Method
    above: Core | None
    below: Core | None
    needed: int
    note: str = ""


class Support(Struct, frozen=True, eq=False):
    """What the rows of an answer say of how sure a value is, in every cell or as one for all.

    `rows` are the fewest behind any aggregate of the formula, NaN without any; with `clustered` how many clusters tell as much.
    `ends` are those of the interval of a percentile; `heavy` is where few rows may carry a sum of the formula.
    """

    tangent: Tangent
    rows: Floats
    clustered: bool = False
    ends: Bounds | None = None
    heavy: Bools | None = None


class Estimate(Struct, frozen=True, eq=False):
    """`low` and `high` are NaN where there is no interval; `rows` is NaN where nothing is counted, `needed` the fewest for
    a verdict.

    `numerator` and `denominator` are the parts of a ratio, `trials` the rows that Wilson's interval takes, NaN where it is
    another one. `heavy` says where the interval is optimistic, as few rows carry most of a sum, `alike` where there is none
    because the rows do not differ; None for nowhere.
    """

    method: Method
    low: Floats
    high: Floats
    rows: Floats
    needed: int
    numerator: Column | None = None
    denominator: Column | None = None
    note: str = ""
    heavy: Bools | None = None
    alike: Bools | None = None
    trials: Floats | None = None

    def at(self, cells: Codes) -> Estimate:
        """The estimate of some of the cells."""
        above, below = (None if part is None else part.at(cells) for part in (self.numerator, self.denominator))
        low, high, rows = (numbers[cells] for numbers in (self.low, self.high, self.rows))
        heavy, alike = (None if each is None else each[cells] for each in (self.heavy, self.alike))
        trials = None if self.trials is None else self.trials[cells]
        return Estimate(self.method, low, high, rows, self.needed, above, below, self.note, heavy, alike, trials)


def find_basis(value: Value, shapes: Shapes, *, census: bool = False, note: str = "", clustered: bool = False) -> Basis:
    """The basis of a value; `census` and a `note` (such as `no interval: max(deals.amount)`) make its point be judged."""
    proportion = shapes.proportion(value.core)
    above, below = (proportion.numerator, proportion.denominator) if proportion else shapes.ratio(value.core) or (None, None)
    fraction = shapes.percentile(value.core)
    if census or note:
        method = Method.POINT
    elif fraction is not None:
        method = Method.ORDER
    elif proportion:
        method = Method.PROPORTION
    else:
        method = Method.COUNT if shapes.is_count(value.core) else Method.LINEAR
    usual = {
        Method.PROPORTION: _ROWS if clustered else _PAIR,
        Method.COUNT: _ROWS if clustered else 0,
        Method.LINEAR: _ROWS,
        Method.ORDER: fewest(fraction) if fraction is not None else 0,
        Method.POINT: 0 if census else _ROWS,
    }
    return Basis(value.core, method, above, below, _declared(value, usual[method]), note)


def _declared(value: Value, usual: int) -> int:
    match value.definition:
        case model.Kpi(min_n=int(least)):
            return least
        case _:
            return usual


def estimate(basis: Basis, column: Column, sheet: Sheet, support: Support) -> Estimate:
    """The estimate of a column."""
    above, below = (None if part is None else sheet.tree(part).spread(len(column)) for part in (basis.above, basis.below))
    rows = np.broadcast_to(np.floor(support.rows) if support.clustered else support.rows, (len(column),))
    bounds: Bounds = (np.full(len(column), np.nan),) * 2
    heavy = alike = trials = None
    with np.errstate(all="ignore"):
        match basis.method:
            case Method.COUNT if support.clustered:
                bounds = _count_in_clusters(basis, column, support)
            case Method.COUNT:
                rows, bounds = column.values, poisson(column.values)
            case Method.PROPORTION if above is not None and below is not None:
                rows = _whole(basis, below, support) if support.clustered else below.values
                bounds, trials = _share(basis, column, (above, below), rows, support)
                rows = np.floor(rows)
            case Method.ORDER if support.ends is not None:
                bounds = _within_ends(column, support.ends)
            case Method.LINEAR:
                low, high = _linear(basis, column, support.tangent)
                alike = (high - low <= _WIDTH * np.maximum(np.abs(low), np.abs(high))) & ~np.isnan(rows)
                bounds = (np.where(alike, np.nan, low), np.where(alike, np.nan, high))
                heavy = _flagged(support, bounds, rows, basis.needed)
            case _:
                pass
    return Estimate(basis.method, *bounds, rows, basis.needed, above, below, basis.note, heavy, alike, trials)


def may_be_heavy(rows: Floats, total: Floats, squares: Floats) -> Bools:
    """Where the top 1% of the rows may carry more than a third of a sum, from the sums of x and x²; never False if they do."""
    with np.errstate(over="ignore"):
        found: Bools = (np.ceil(rows / 100) * squares * _THIRD**2 > total**2 * (1 + _SAME)) & (total != 0)
    return found


def _flagged(support: Support, bounds: Bounds, rows: Floats, needed: int) -> Bools | None:
    """Where an interval is shown, and meant to be trusted, that is optimistic."""
    if support.heavy is None:
        return None
    flagged: Bools = support.heavy & ~np.isnan(bounds[0]) & (rows >= needed)
    return flagged if flagged.any() else None


def _within_ends(column: Column, ends: Bounds) -> Bounds:
    known = column.present & ~np.isnan(ends[0]) & ~np.isnan(ends[1])
    return np.where(known, ends[0], np.nan), np.where(known, ends[1], np.nan)


def _count_in_clusters(basis: Basis, column: Column, support: Support) -> Bounds:
    """The interval of the count that would vary as this one does, in its scale."""
    scale = np.broadcast_to(support.tangent.variance(basis.core), column.values.shape) / column.values
    scale = np.where(column.values > 0, np.maximum(scale, 1.0), 1.0)
    low, high = poisson(column.values / scale)
    return low * scale, high * scale


def _share(basis: Basis, column: Column, parts: tuple[Column, Column], rows: Floats, support: Support) -> tuple[Bounds, Floats]:
    """The interval of a proportion, and the rows that it takes."""
    part, trials = (each.values for each in parts)
    if support.clustered:
        worth = np.minimum(_worth(basis, *parts, rows, support), trials)
        part, trials = part / trials * worth, worth
    low, high = wilson(part, trials)
    # More above the line than below: the rows do not refer to each other as declared, which the checks of the data report.
    odd = column.present & np.isnan(low)
    if not odd.any():
        return (low, high), trials
    other_low, other_high = _linear(basis, column, support.tangent)
    return (np.where(odd, other_low, low), np.where(odd, other_high, high)), np.where(odd, np.nan, trials)


def _whole(basis: Basis, below: Column, support: Support) -> Floats:
    """How many clusters of one size tell as much as those below the line."""
    assert basis.below is not None
    variance = np.broadcast_to(support.tangent.variance(basis.below), below.values.shape)
    return np.where(variance > 0, below.values**2 / np.where(variance > 0, variance, 1.0), below.values)


def _worth(basis: Basis, above: Column, below: Column, rows: Floats, support: Support) -> Floats:
    """How many rows that have nothing to do with each other would tell as much of a proportion; `rows` where all are alike.

    Rows above the line that are in another scan are rows below it all the same: their covariance is at least their variance.
    """
    assert basis.above is not None and basis.below is not None
    tangent, share = support.tangent, above.values / below.values
    variance = tangent.variance(Apply("divide", (basis.above, basis.below)))
    if tangent.scans(basis.above).isdisjoint(tangent.scans(basis.below)):
        variance = variance - 2 * share * tangent.variance(basis.above) / below.values**2
    varied = (variance > 0) & (share > 0) & (share < 1)
    return np.where(varied, share * (1 - share) / np.where(varied, variance, 1.0), rows)


def _linear(basis: Basis, column: Column, tangent: Tangent) -> Bounds:
    return normal(column.values, np.broadcast_to(tangent.variance(basis.core), (len(column),)))
