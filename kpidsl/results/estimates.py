"""How sure a value is: what its formula is and its column in; interval, rows behind it and the parts of its ratio out.

Which interval: Wilson's for a proportion, the gamma-Poisson one for a plain count, a linearised one for every other formula
over sums and counts. A census has none, and neither has a formula with `min` or `max`, with what takes rows in order or with a
mean over smaller periods; there the point is judged. Rows behind a value: those below the line of a proportion, those of a
count, else the fewest behind any aggregate of the formula in any of its frames.
Needed are, unless the KPI says `min_n`, 1 for a proportion, none for a count, because a count of 0 is a full observation,
and 30 for others.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Core
from kpidsl.documents import model
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.columns import Codes, Column, Floats
from kpidsl.results.intervals import Bounds, normal, poisson, wilson
from kpidsl.results.linear import Tangent
from kpidsl.results.proportion import Shapes

_ROWS = 30
_FEWEST = 2  # a mean over a single row says nothing about how rows differ


class Method(Enum):
    """Where an interval comes from."""

    PROPORTION = "proportion"
    COUNT = "count"
    LINEAR = "linear"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a formula says before any row is seen: its kind of interval, the parts of its ratio, why its point is judged."""

    core: Core
    method: Method
    above: Core | None
    below: Core | None
    needed: int
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """`low` and `high` are NaN where there is no interval; `rows` is NaN where nothing is counted, `needed` the fewest for
    a verdict.

    `numerator` and `denominator` are the parts of a ratio.
    """

    method: Method
    low: Floats
    high: Floats
    rows: Floats
    needed: int
    numerator: Column | None = None
    denominator: Column | None = None
    note: str = ""

    def at(self, cells: Codes) -> Estimate:
        """The estimate of some of the cells."""
        above, below = (None if part is None else part.at(cells) for part in (self.numerator, self.denominator))
        low, high, rows = (numbers[cells] for numbers in (self.low, self.high, self.rows))
        return Estimate(self.method, low, high, rows, self.needed, above, below, self.note)


def find_basis(value: Value, shapes: Shapes, *, census: bool = False, note: str = "") -> Basis:
    """The basis of a value; `census` and a `note` (such as `no interval: max(deals.amount)`) make its point be judged."""
    proportion = shapes.proportion(value.core)
    above, below = (proportion.numerator, proportion.denominator) if proportion else shapes.ratio(value.core) or (None, None)
    if census or note:
        method = Method.POINT
    elif proportion:
        method = Method.PROPORTION
    else:
        method = Method.COUNT if shapes.is_count(value.core) else Method.LINEAR
    usual = {Method.PROPORTION: 1, Method.COUNT: 0, Method.LINEAR: _ROWS, Method.POINT: 0 if census else _ROWS}
    return Basis(value.core, method, above, below, _declared(value, usual[method]), note)


def _declared(value: Value, usual: int) -> int:
    match value.definition:
        case model.Kpi(min_n=int(least)):
            return least
        case _:
            return usual


def estimate(basis: Basis, column: Column, fewest: Floats, sheet: Sheet, tangent: Tangent) -> Estimate:
    """The estimate of a column; `fewest` has the fewest rows behind any aggregate of the formula, NaN without any."""
    above, below = (None if part is None else sheet.tree(part).spread(len(column)) for part in (basis.above, basis.below))
    rows = np.broadcast_to(fewest, (len(column),))
    bounds: Bounds = (np.full(len(column), np.nan),) * 2
    with np.errstate(all="ignore"):
        match basis.method:
            case Method.COUNT:
                rows, bounds = column.values, poisson(column.values)
            case Method.PROPORTION if above is not None and below is not None:
                rows, bounds = below.values, _share(basis, column, above, below, tangent)
            case Method.LINEAR:
                low, high = _linear(basis, column, tangent)
                lone = (rows < _FEWEST) & (low == high)
                bounds = (np.where(lone, np.nan, low), np.where(lone, np.nan, high))
            case _:
                pass
    return Estimate(basis.method, *bounds, rows, basis.needed, above, below, basis.note)


def _share(basis: Basis, column: Column, above: Column, below: Column, tangent: Tangent) -> Bounds:
    low, high = wilson(above.values, below.values)
    # More above the line than below: the rows do not refer to each other as declared, which the checks of the data report.
    odd = column.present & np.isnan(low)
    if not odd.any():
        return low, high
    other_low, other_high = _linear(basis, column, tangent)
    return np.where(odd, other_low, low), np.where(odd, other_high, high)


def _linear(basis: Basis, column: Column, tangent: Tangent) -> Bounds:
    return normal(column.values, np.broadcast_to(tangent.variance(basis.core), (len(column),)))
