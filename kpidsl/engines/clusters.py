"""Moments of clusters: the rows of cells in, sums of products of what they add up to in each cluster of a cell out.

Within a cell the rows of one cluster, such as those of one customer, are added up first. Rows without a cluster are one each,
so their products need no sums.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from msgspec import Struct, field
from numpy.typing import NDArray

from kpidsl.catalog.core import Reference
from kpidsl.engines.rows import Rows
from kpidsl.engines.vectors import Bools, Vector
from kpidsl.plan.nodes import Count, Slot, Sum

Codes = NDArray[np.intp]
Floats = NDArray[np.float64]


class ByCluster(Struct, eq=False):
    """Rows in clusters: `own` numbers those of the rows whose cluster is `known`, `cells` has the cell of each cluster."""

    rows: Rows
    codes: Codes
    size: int
    known: Bools
    own: Codes
    cells: Codes
    added: dict[Slot, tuple[Floats, Floats, Bools]] = field(default_factory=dict)

    @staticmethod
    def of(rows: Rows, cluster: Reference, codes: Codes, size: int) -> ByCluster:
        """The clusters of rows in cells, below `size`."""
        keys, count, known = _numbered(rows.values(cluster), rows.count)
        own, pairs = pd.factorize(codes[known] * count + keys[known])
        return ByCluster(rows, codes, size, known, own, (pairs // count).astype(np.intp))

    def moment(self, left: Slot, right: Slot) -> Floats:
        """The sum of products in each cell; NaN where no row adds to both slots, or rows of one cluster do."""
        (one, one_alone, one_there), (other, other_alone, other_there) = self._added(left), self._added(right)
        there, lonely = one_there & other_there, ~np.isnan(one_alone) & ~np.isnan(other_alone)
        cells = np.concatenate([self.cells[there], self.codes[~self.known][lonely]])
        products = np.concatenate([(one * other)[there], (one_alone * other_alone)[lonely]])
        sums = np.bincount(cells, products, self.size)
        return np.where(np.bincount(cells, minlength=self.size) > 0, sums, np.nan)

    def _added(self, slot: Slot) -> tuple[Floats, Floats, Bools]:
        """What the rows of each cluster add up to, what each row without one adds, and which clusters have a row that adds."""
        if slot not in self.added:
            values = self._values(slot)
            adds = ~np.isnan(values)
            filled = np.where(adds, values, 0.0)
            sums = np.bincount(self.own, filled[self.known], len(self.cells)).astype(np.float64)
            counts = np.bincount(self.own[adds[self.known]], minlength=len(self.cells))
            self.added[slot] = sums, values[~self.known], counts > 0
        return self.added[slot]

    def _values(self, slot: Slot) -> Floats:
        """What each row adds to a slot, NaN where it adds nothing."""
        assert isinstance(slot, Count | Sum)
        values = np.ones(self.rows.count)
        for core, condition in ((slot.term.argument, False), (slot.term.where, True)):
            if core is None:
                continue
            vector = self.rows.values(core)
            if isinstance(slot, Sum) and not condition:
                values = vector.values.astype(np.float64)
            if condition:
                values = np.where(vector.values, values, np.nan)
            if vector.valid is not None:
                values = np.where(vector.valid, values, np.nan)
        return values


def _numbered(vector: Vector, count: int) -> tuple[NDArray[np.int64], int, Bools]:
    """The values as numbers from 0, how many numbers there are, and which rows have one."""
    valid = np.ones(count, np.bool_) if vector.valid is None else vector.valid.copy()
    if vector.words is not None:
        valid &= vector.values >= 0
        return vector.values.astype(np.int64), max(len(vector.words), 1), valid
    values = vector.values
    codes, different = pd.factorize(values.view(np.int64) if values.dtype.kind == "M" else values)
    return codes.astype(np.int64), max(len(different), 1), valid
