"""How slots vary together: slots of any frames in, their covariance in every cell of the question out.

Within one scan and one frame the covariance of two sums is the sum of the products over the rows, a moment that was collected.
Between two frames it is that over the rows which both take: none in times that have none in common, else, for what adds up, the
moment over the time that both have and by the dimensions of either. Where it does not add up the covariance is not known, and
neither is it for stocks, whose rows are alive in several periods. A distinct count varies as if it were Poisson, and by itself.

For a value with clusters the moments are those of clusters, cell by cell: what one customer does in two cells counts as what
two customers do, so that frames without a time in common vary apart.
"""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from kpidsl.catalog.catalog import Clusters
from kpidsl.catalog.core import Aggregate, Reference
from kpidsl.plan.nodes import Closing, Dated, Distinct
from kpidsl.results.columns import Bools, Floats
from kpidsl.results.frames import Context, Path, Place
from kpidsl.results.linear import Gradient, Slot
from kpidsl.results.readings import Rows, filled

_UNKNOWN: Floats = np.full(1, np.nan)
_NONE: Floats = np.zeros(1)


class Variation(Struct, frozen=True, eq=False):
    """What is random in the rows of one answer, for a value with these clusters."""

    rows: Rows
    clusters: Clusters | None = None

    def of_aggregate(self, aggregate: Aggregate, path: Path) -> Gradient:
        """The derivative of an aggregate by its slots, an average being a sum over a count."""
        reading, place = self.rows.plan.readings[aggregate], self.rows.places.at(path)
        slots = [Slot(reading.scan, name, place.context) for name in reading.slots]
        match reading.function:
            case "count" | "sum" | "distinct":
                return {slots[0]: np.ones(1)}
            case "avg":
                above, below = (self.rows.shelf.slot(place, slot.scan, slot.name) for slot in slots)
                return {slots[0]: 1 / below, slots[1]: -above / below**2}
            case _:
                return {slots[0]: _UNKNOWN}

    def of_leaf(self, name: str) -> Gradient:
        """A parameter is a constant."""
        return {}

    def covariance(self, left: Slot, right: Slot) -> Floats:
        """Of two slots of one scan, in every cell of the question; 0 where the plan says that no row adds to both."""
        if left.context == right.context:
            return self._within(left, right)
        scan = self.rows.plan.scans[left.scan]
        clustered = self._cluster(left.scan) is not None
        if clustered or not self._sums(left) or not self._sums(right):
            apart = isinstance(scan.placement, Dated | Closing) and self._apart(left.context, right.context)
            one_of_each = left.name != right.name and self._is_distinct(left, right)
            return _NONE if apart or one_of_each else self._within_finer(left, right)
        moment = self._moment(left, right)
        return _NONE if moment is None else self._across(left, right, moment)

    def _sums(self, slot: Slot) -> bool:
        return self.rows.shelf.adds_up(slot.scan, slot.name)

    def _is_distinct(self, *slots: Slot) -> bool:
        return any(isinstance(self.rows.plan.scans[slot.scan].slots[slot.name], Distinct) for slot in slots)

    def _moment(self, left: Slot, right: Slot) -> str | None:
        moments, cluster = self.rows.plan.moments, self._cluster(left.scan)
        return moments.get((left.name, right.name, cluster)) or moments.get((right.name, left.name, cluster))

    def _cluster(self, scan: int) -> Reference | None:
        """What the rows of a scan are added up by first."""
        return None if self.clusters is None else self.clusters.key(self.rows.plan.scans[scan].source)

    def _within(self, left: Slot, right: Slot) -> Floats:
        """In one frame."""
        place = self.rows.places.flat(left.context)
        if left.name == right.name and self._is_distinct(left):
            return filled(self.rows.shelf.slot(place, left.scan, left.name))
        name = self._moment(left, right)
        if name is None:
            return _NONE
        if not self.rows.shelf.has(place, left.scan, name):
            return _UNKNOWN
        moment = self.rows.shelf.slot(place, left.scan, name)
        if left.name != right.name:
            return filled(moment)
        # Squares leave the range of numbers before their sum does: some engines say infinity then, others nothing.
        lost = np.isnan(moment) & ~np.isnan(self.rows.shelf.slot(place, left.scan, left.name))
        return np.where(lost, np.nan, filled(moment))

    def _within_finer(self, left: Slot, right: Slot) -> Floats:
        """In the same times the rows of a cell are among those of its total."""
        finer = left.context if set(left.context.by) >= set(right.context.by) else right.context
        both = {*left.context.by, *right.context.by}
        if left.context.times != right.context.times or set(finer.by) != both or self._is_distinct(left, right):
            return _UNKNOWN
        return self._within(Slot(left.scan, left.name, finer), Slot(right.scan, right.name, finer))

    def _across(self, left: Slot, right: Slot, moment: str) -> Floats:
        """Over the pieces that both times have, by the dimensions of either."""
        by = tuple(sorted({*left.context.by, *right.context.by}))
        place = self.rows.places.flat(Context(left.context.times, by))
        one, other = (self.rows.shelf.bounds(slot.scan, self._flat(slot.context)) for slot in (left, right))
        low, high = np.maximum(one.low, other.low), np.minimum(one.high, other.high)
        shared = one.known & other.known & (low < high)
        if not shared.any():
            return _NONE
        low, high = np.where(shared, low, 0), np.where(shared, high, 0)
        return filled(self.rows.shelf.within(left.scan, moment, place, low, high))

    def _flat(self, context: Context) -> Place:
        return self.rows.places.flat(context)

    def _apart(self, one: Context, other: Context) -> bool:
        """Whether two times have nothing in common, in any cell."""
        lines = [self.rows.places.line(context.times).intervals for context in (one, other)]
        pairs = zip(*lines, strict=True)
        disjoint: Bools = np.array(
            [left is None or right is None or left.end <= right.start or right.end <= left.start for left, right in pairs]
        )
        return bool(disjoint[self.rows.places.cells.periods].all())
