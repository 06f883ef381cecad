"""Aggregates read off the slots: what the plan says about an aggregate in, its column over the cells of any frames out.

Zero or missing is decided here: over no rows a count or sum is 0 where its source is observed and missing elsewhere; everything
else over no rows is missing. A shifted time, or a window, that is not observed from its beginning is missing altogether.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from msgspec import Struct, field

from kpidsl.catalog.core import Aggregate, Apply
from kpidsl.engines.slots import Slots
from kpidsl.periods.calendar import Calendar
from kpidsl.plan.nodes import Plan, Reading
from kpidsl.results.cells import unite
from kpidsl.results.columns import Bools, Column, Fault, Floats, from_floats, strict
from kpidsl.results.frames import Path, Place, Places
from kpidsl.results.keys import Keys
from kpidsl.results.shelf import Shelf
from kpidsl.results.spelling import spell


class Rows(Struct, frozen=True, eq=False):
    """The aggregates of one answer, in the frames in which its formulas take them."""

    plan: Plan
    places: Places
    shelf: Shelf
    _columns: dict[tuple[Aggregate, Path], Column] = field(default_factory=dict)

    @staticmethod
    def of(plan: Plan, slots: Slots) -> Rows:
        """The aggregates that a plan reads off what was collected for it."""
        dimensions = [collect.dimensions for collect in slots.schedule.collects]
        keys = Keys(slots.collected, dimensions, len(plan.question.by))
        places = Places(plan, slots.schedule, unite(plan, slots, keys), keys)
        return Rows(plan, places, Shelf(plan, slots, keys))

    @property
    def calendar(self) -> Calendar:
        return self.plan.calendar

    def column(self, aggregate: Aggregate, path: Path = ()) -> Column:
        """The value of an aggregate in every cell of a chain of frames."""
        key = (aggregate, path)
        if key not in self._columns:
            self._columns[key] = self._read(aggregate, self.places.at(path))
        return self._columns[key]

    def period(self, name: str, path: Path) -> Column:
        """What a name of the period stands for in every cell of a chain of frames."""
        return from_floats(self.places.interval(self.places.at(path), name))

    def returned(self, column: Column, path: Path, node: Apply) -> Column:
        """What a window, the last frame of a path, is in every cell outside of it."""
        return self.places.returned(column, path, node)

    def count(self, aggregate: Aggregate, path: Path = ()) -> Floats:
        """How many rows stand behind an aggregate, in every cell of a chain of frames."""
        return self._count(self.plan.readings[aggregate], self.places.at(path))

    def _count(self, reading: Reading, place: Place) -> Floats:
        return filled(self.shelf.slot(place, reading.scan, reading.rows))

    def _read(self, aggregate: Aggregate, place: Place) -> Column:
        reading = self.plan.readings[aggregate]
        with np.errstate(all="ignore"):
            values = _READERS.get(reading.function, _as_collected)(self, reading, place)
        unknown = self._unknown(reading.scan, place)
        if unknown is not None:
            values = np.where(unknown, np.nan, values)
        found = from_floats(values)
        broken = self._broken(values, reading, place)
        if unknown is not None:
            broken &= ~unknown
        if not broken.any():
            return found
        return strict(values, [Column(values, np.where(broken, 0, found.status))], [_too_large(aggregate, broken)])

    def _broken(self, values: Floats, reading: Reading, place: Place) -> Bools:
        """Where an engine has left the range of its numbers: infinity, or NaN over rows that are there."""
        needed = 2 if reading.function == "stddev" else 1
        broken: Bools = ~np.isfinite(values) & (np.isinf(values) | (self._count(reading, place) >= needed))
        return broken

    def _unknown(self, scan: int, place: Place) -> Bools | None:
        """Where a window of a place begins before its source does, or a time does not exist."""
        times = place.context.times
        if not times:
            return None
        intervals = self.places.line(times).intervals
        none: Bools = np.array([interval is None for interval in intervals], dtype=np.bool_)[place.intervals]
        in_time: Bools = np.array(self.places.schedule.in_time[scan, times], dtype=np.bool_)[place.intervals]
        return none | ~in_time

    def observed(self, scan: int, place: Place) -> Bools:
        """In which cells the source of a scan is observed, and has rows to close with where it needs them."""
        schedule, times = self.places.schedule, place.context.times
        seen: Bools = np.array(schedule.observed[scan, times], dtype=np.bool_)[place.intervals]
        snapshots = schedule.snapshots.get((scan, times))
        return seen if snapshots is None else seen & np.array(snapshots, dtype=np.bool_)[place.intervals]

    def total(self, reading: Reading, place: Place) -> Floats:
        """A count or a sum: over no rows 0 where the source is observed."""
        (name,) = reading.slots
        values = self.shelf.slot(place, reading.scan, name)
        here = self.shelf.here(place, reading.scan, name)
        empty = np.where(here, self._count(reading, place) == 0, self.observed(reading.scan, place))
        return np.where(np.isnan(values) & empty, 0.0, values)

    def average(self, reading: Reading, place: Place) -> Floats:
        """A sum over a count."""
        above, below = (self.shelf.slot(place, reading.scan, name) for name in reading.slots)
        return np.where(below > 0, above / below, np.nan)

    def as_collected(self, reading: Reading, place: Place) -> Floats:
        """What is missing over no rows."""
        return self.shelf.slot(place, reading.scan, reading.slots[0])


def filled(values: Floats) -> Floats:
    """The values, 0 where there is none."""
    return np.where(np.isnan(values), 0.0, values)


_as_collected = Rows.as_collected
_READERS: dict[str, Callable[[Rows, Reading, Place], Floats]] = {
    "count": Rows.total,
    "sum": Rows.total,
    "distinct": Rows.total,
    "avg": Rows.average,
}


def _too_large(aggregate: Aggregate, where: Bools) -> Fault:
    return Fault(where, lambda: f"{spell(aggregate)} is too large")
