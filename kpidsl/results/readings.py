"""Aggregates read off the slots: what the plan says about an aggregate in, its column over the cells out.

Zero or missing is decided here: over no rows a count or sum is 0 where its source is observed and missing elsewhere; an
average or an extreme over no rows is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from kpidsl.catalog.core import Aggregate
from kpidsl.engines.slots import Slots
from kpidsl.plan.nodes import Distinct, Plan, Reading
from kpidsl.results.cells import Cells, aligned
from kpidsl.results.columns import Column, Fault, Floats, from_floats, strict
from kpidsl.results.spelling import spell


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The aggregates of one answer; each slot is aligned with the cells once."""

    plan: Plan
    slots: Slots
    cells: Cells
    _slots: dict[str, Floats] = field(default_factory=dict)
    _columns: dict[Aggregate, Column] = field(default_factory=dict)

    def column(self, aggregate: Aggregate) -> Column:
        """The value of an aggregate in every cell."""
        if aggregate not in self._columns:
            self._columns[aggregate] = self._read(aggregate)
        return self._columns[aggregate]

    def _read(self, aggregate: Aggregate) -> Column:
        reading = self.plan.readings[aggregate]
        with np.errstate(all="ignore"):
            values = _READERS[reading.function](self, reading)
        found = from_floats(values)
        # An engine that adds up to infinity, or to NaN over rows that are there, has left the range of its numbers.
        broken = ~np.isfinite(values) & (np.isinf(values) | (self.count(reading) > 0))
        if not broken.any():
            return found
        return strict(values, [Column(values, np.where(broken, 0, found.status))], [_too_large(aggregate, broken)])

    def count(self, reading: Reading) -> Floats:
        """How many rows stand behind an aggregate, in every cell."""
        return _filled(self.slot(reading.scan, reading.rows))

    def slot(self, scan: int, name: str) -> Floats:
        """A slot over the cells, NaN where the scan has no row or nothing was collected."""
        if name not in self._slots:
            self._slots[name] = aligned(self.slots.partials[scan].slots[name], self.cells.rows[scan])
        return self._slots[name]

    def of_aggregate(self, aggregate: Aggregate) -> dict[tuple[int, str], Floats]:
        """The derivative of an aggregate by its slots, an average being a sum over a count."""
        reading = self.plan.readings[aggregate]
        slots = [(reading.scan, name) for name in reading.slots]
        match reading.function:
            case "count" | "sum" | "distinct":
                return {slots[0]: np.ones(1)}
            case "avg":
                above, below = (self.slot(*slot) for slot in slots)
                return {slots[0]: 1 / below, slots[1]: -above / below**2}
            case _:
                return {slots[0]: np.full(1, np.nan)}

    def of_leaf(self, name: str) -> dict[tuple[int, str], Floats]:
        """A parameter is a constant."""
        return {}

    def covariance(self, left: tuple[int, str], right: tuple[int, str]) -> Floats:
        """Of two slots of one scan, over its rows: the moment that the plan names, and 0 where it names none.

        A distinct count varies as if it were Poisson and by itself.
        """
        (scan, one), (_, other) = left, right
        if one == other and isinstance(self.plan.scans[scan].slots[one], Distinct):
            return _filled(self.slot(scan, one))
        name = self.plan.moments.get((one, other)) or self.plan.moments.get((other, one))
        return np.zeros(1) if name is None else _filled(self.slot(scan, name))


def _filled(values: Floats) -> Floats:
    """The values, 0 where there is none."""
    return np.where(np.isnan(values), 0.0, values)


def _total(rows: Rows, reading: Reading) -> Floats:
    """A count or a sum: over no rows 0 where the source is observed."""
    values = rows.slot(reading.scan, reading.slots[0])
    here = rows.cells.rows[reading.scan] >= 0
    empty = np.where(here, rows.count(reading) == 0, rows.cells.observed[reading.scan])
    return np.where(np.isnan(values) & empty, 0.0, values)


def _average(rows: Rows, reading: Reading) -> Floats:
    above, below = (rows.slot(reading.scan, name) for name in reading.slots)
    return np.where(below > 0, above / below, np.nan)


def _extreme(rows: Rows, reading: Reading) -> Floats:
    return rows.slot(reading.scan, reading.slots[0])


_READERS: dict[str, Callable[[Rows, Reading], Floats]] = {
    "count": _total,
    "sum": _total,
    "distinct": _total,
    "avg": _average,
    "min": _extreme,
    "max": _extreme,
}


def _too_large(aggregate: Aggregate, where: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Fault:
    return Fault(where, lambda: f"{spell(aggregate)} is too large")
