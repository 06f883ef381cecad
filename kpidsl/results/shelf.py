"""Slots to cells: what was collected by piece of time and dimension values in, each slot over the cells of any place out.

Where a cell is one piece by the dimensions of what was collected, its slot is looked up. Else it is put together from the rows
of several pieces, or of several combinations: with the rows in the order of the cell's combination and then of the piece, those
of a cell stand side by side, whatever its times.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

import numpy as np
from msgspec import Struct, field

from kpidsl.engines.slots import Slots
from kpidsl.plan.nodes import Extreme, Plan, cluster_of
from kpidsl.plan.schedule import Found, Where
from kpidsl.results.columns import Bools, Codes, Floats
from kpidsl.results.frames import Context, Place
from kpidsl.results.keys import By, Keys
from kpidsl.results.ranges import Counts, Tree, counts, extremes, sums


class Bounds(Struct, frozen=True, eq=False):
    """The pieces of each interval of a line, from the one up to the other; where there is none, nothing."""

    low: Codes
    high: Codes
    known: Bools

    @property
    def single(self) -> bool:
        """Whether every interval is one piece."""
        return bool(np.all((self.high - self.low == 1) | ~self.known))


class Looked(Struct, frozen=True, eq=False):
    """For each cell its row of what was collected, -1 without one."""

    collect: int
    rows: Codes

    @property
    def here(self) -> Bools:
        return self.rows >= 0


class Ranged(Struct, frozen=True, eq=False):
    """For each cell its rows, from the one up to the other, in the order for these dimensions."""

    collect: int
    by: By
    low: Codes
    high: Codes

    @property
    def here(self) -> Bools:
        return self.low < self.high


class Shelf(Struct, frozen=True, eq=False):
    """What was collected, ready to be seen from the cells of places; whatever several need is made once."""

    plan: Plan
    slots: Slots
    keys: Keys
    _views: dict[tuple[Where, Place], Looked | Ranged] = field(default_factory=dict)
    _orders: dict[tuple[int, By, bool], tuple[Codes, Codes]] = field(default_factory=dict)
    _trees: dict[tuple[int, By, str], Counts | Tree] = field(default_factory=dict)
    _read: dict[tuple[int, str, Place], Floats] = field(default_factory=dict)
    _summed: dict[int, Collection[str]] = field(default_factory=dict)

    def slot(self, place: Place, scan: int, name: str) -> Floats:
        """A slot over the cells of a place, NaN where nothing was collected."""
        key = (scan, name, place)
        if key not in self._read:
            self._read[key] = self._values(self._view(place, self._where(place.context, scan, name)), scan, name)
        return self._read[key]

    def here(self, place: Place, scan: int, name: str) -> Bools:
        """In which cells there is a row of a scan, whether or not it adds something to the slot."""
        return self._view(place, self._where(place.context, scan, name)).here

    def has(self, place: Place, scan: int, name: str) -> bool:
        """Whether a slot was collected for a place."""
        found = self.slots.schedule.found.get(self._where(place.context, scan, name))
        return found is not None and name in self.slots.schedule.collects[found.collect].slots

    def _where(self, context: Context, scan: int, name: str) -> Where:
        if self.adds_up(scan, name):
            return Where(scan, context.times, self.keys.all, summed=True)
        cluster = cluster_of(self.plan.scans[scan].slots[name])
        return Where(scan, context.times, context.by, summed=False, cluster=cluster)

    def adds_up(self, scan: int, name: str) -> bool:
        """Whether a slot is the sum of those of smaller times and single combinations: it was collected once for all."""
        if scan not in self._summed:
            found = self.slots.schedule.found.get(Where(scan, (), self.keys.all, summed=True))
            self._summed[scan] = () if found is None else self.slots.schedule.collects[found.collect].slots.keys()
        return name in self._summed[scan]

    def bounds(self, scan: int, place: Place) -> Bounds:
        """For each cell the pieces of what adds up."""
        found = bounds_of(self.slots.schedule.found[Where(scan, place.context.times, self.keys.all, summed=True)])
        return Bounds(found.low[place.intervals], found.high[place.intervals], found.known[place.intervals])

    def within(self, scan: int, name: str, place: Place, low: Codes, high: Codes) -> Floats:
        """A slot that adds up over given pieces and the combinations of a place."""
        found = self.slots.schedule.found[Where(scan, place.context.times, self.keys.all, summed=True)]
        return self._values(self._ranged(found.collect, place, low, high), scan, name)

    def _view(self, place: Place, where: Where) -> Looked | Ranged:
        key = (where, place)
        if key not in self._views:
            found = self.slots.schedule.found[where]
            bounds = bounds_of(found)
            if bounds.single and self.slots.schedule.collects[found.collect].dimensions == place.context.by:
                self._views[key] = self._looked(found.collect, place, bounds)
            else:
                # Where there is no interval there are no rows, from 0 up to 0.
                low, high = bounds.low[place.intervals], bounds.high[place.intervals]
                self._views[key] = self._ranged(found.collect, place, low, high)
        return self._views[key]

    def _looked(self, collect: int, place: Place, bounds: Bounds) -> Looked:
        if not len(self.slots.collected[collect].piece):
            return Looked(collect, np.full(len(place), -1, dtype=np.int64))
        order, own = self._order(collect, place.context.by, by_piece=True)
        wanted = bounds.low[place.intervals] * self._size(place.context.by) + place.keys
        at = np.minimum(np.searchsorted(own, wanted), len(own) - 1)
        there = (own[at] == wanted) & bounds.known[place.intervals]
        return Looked(collect, np.where(there, order[at], -1))

    def _ranged(self, collect: int, place: Place, low: Codes, high: Codes) -> Ranged:
        _, own = self._order(collect, place.context.by, by_piece=False)
        start = place.keys * self._pieces(collect)
        ends = [np.searchsorted(own, start + pieces) for pieces in (low, np.maximum(low, high))]
        return Ranged(collect, place.context.by, *ends)

    def _order(self, collect: int, by: By, by_piece: bool) -> tuple[Codes, Codes]:
        """The rows in order, and the codes that order them: by piece and then combination, or the other way about."""
        key = (collect, by, by_piece)
        if key not in self._orders:
            piece, codes = self.slots.collected[collect].piece, self.keys.by(by).codes[collect]
            own = piece * self._size(by) + codes if by_piece else codes * self._pieces(collect) + piece
            order = np.argsort(own, kind="stable")
            self._orders[key] = order, own[order]
        return self._orders[key]

    def _size(self, by: By) -> int:
        return max(1, self.keys.by(by).size)

    def _pieces(self, collect: int) -> int:
        return max(1, len(self.slots.schedule.collects[collect].pieces))

    def _values(self, view: Looked | Ranged, scan: int, name: str) -> Floats:
        values = self.slots.collected[view.collect].slots[name]
        if isinstance(view, Ranged):
            return self._tree(view, scan, name).over(view.low, view.high)
        if not len(values):
            return np.full(len(view.rows), np.nan)
        return np.where(view.rows >= 0, values[view.rows].astype(np.float64), np.nan)

    def _tree(self, view: Ranged, scan: int, name: str) -> Counts | Tree:
        key = (view.collect, view.by, name)
        if key not in self._trees:
            order, _ = self._order(view.collect, view.by, by_piece=False)
            values = self.slots.collected[view.collect].slots[name][order]
            slot = self.plan.scans[scan].slots[name]
            grow = partial(extremes, greatest=slot.function == "max") if isinstance(slot, Extreme) else sums
            whole = np.issubdtype(values.dtype, np.integer)
            self._trees[key] = counts(values.astype(np.int64)) if whole else grow(values.astype(np.float64))
        return self._trees[key]


def bounds_of(found: Found) -> Bounds:
    """The pieces of a line's intervals, as columns."""
    pieces = np.array([each or (0, 0) for each in found.pieces], dtype=np.int64).reshape(-1, 2)
    return Bounds(pieces[:, 0], pieces[:, 1], np.array([each is not None for each in found.pieces], dtype=np.bool_))
