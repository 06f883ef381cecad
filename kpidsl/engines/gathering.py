"""What each row of a source gets from the rows of another that refer to it: an aggregate of them, over all up to `as_of`."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from kpidsl.catalog.core import Aggregate, Gather
from kpidsl.engines.collect import Kernel, Order, holds
from kpidsl.engines.operators import within_bounds
from kpidsl.engines.period import Period, ticks_of
from kpidsl.engines.rows import Around, Rows
from kpidsl.engines.undefined import UndefinedRows
from kpidsl.engines.vectors import DAY, Bools, Vector
from kpidsl.plan.nodes import Count, Distinct, Ordered, Slot, Sum, Term


class Gathered(Around, Protocol):
    """What is asked of the tables."""

    as_of: int
    undefined: UndefinedRows

    def rows(self, source: str, period: Period | None = None) -> Rows: ...

    def read(self, source: str) -> Bools | None: ...

    def is_known(self, source: str) -> bool: ...


def gather(node: Gather, tables: Gathered, period: Period | None) -> Vector:
    """The aggregate for every row of its home, whatever prefix it is seen through."""
    aggregate, size = node.aggregate, tables.table(node.home).rows
    rows = tables.rows(aggregate.source, period)
    homes = rows.led(node.key)
    taken = homes >= 0
    read = tables.read(aggregate.source)
    if read is not None:
        taken &= read
    if aggregate.alive is not None:
        taken &= _alive(aggregate, rows, tables, period)
    rows, homes = rows.among(np.flatnonzero(taken)), homes.compress(taken)
    chosen = holds(aggregate.where, rows, tables.undefined.add) if aggregate.where is not None else None
    if chosen is not None:
        rows, homes = rows.among(chosen), homes.take(chosen)
    order = Order(rows.moments if isinstance(rows.moments, np.ndarray) else None, tables.catalog.sources[rows.source].key)
    kernel = Kernel(rows, homes, size, order, tables.undefined.add)
    with np.errstate(all="ignore"):
        return _aggregated(node, kernel, tables.is_known(aggregate.source))


def alive_at(start: Vector, end: Vector | None, moment: int) -> Bools:
    """Which rows are alive at a moment: begun before it, and not ended before it or still open."""
    begun: Bools = start.values.view(np.int64) < moment
    if start.valid is not None:
        begun &= start.valid
    if end is None:
        return begun
    open_: Bools = end.values.view(np.int64) >= moment
    return begun & (open_ if end.valid is None else open_ | ~end.valid)


def _alive(aggregate: Aggregate, rows: Rows, tables: Gathered, period: Period | None) -> Bools:
    """At the end of the period, or at `as_of` if that is earlier."""
    assert aggregate.alive is not None
    start, end = (None if date is None else rows.values(date) for date in aggregate.alive)
    assert start is not None
    moment = tables.as_of if period is None else min(tables.as_of, ticks_of(period.interval.end))
    return alive_at(start, end, moment)


def _aggregated(node: Gather, kernel: Kernel, known: bool) -> Vector:
    aggregate = node.aggregate
    term = Term(aggregate.argument, None)
    match aggregate.function:
        case "count" if aggregate.distinct:
            return _total(kernel, Distinct(term), known)
        case "count":
            return _total(kernel, Count(term), known)
        case "sum":
            return within_bounds(_total(kernel, Sum(term), known))
        case "avg":
            return within_bounds(_mean(kernel, term))
        case "min" | "max" if aggregate.argument is not None:
            return _extreme(kernel, aggregate)
        case "first" | "last" if aggregate.argument is not None:
            return kernel.edge(aggregate.function, aggregate.argument)
        case _:
            return _spread(node, kernel, Ordered(aggregate.function, term, aggregate.fraction))


def _slot(kernel: Kernel, slot: Slot) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return kernel.slot(slot, {}).astype(np.float64, copy=False)


def _total(kernel: Kernel, slot: Slot, known: bool) -> Vector:
    """A sum or count: over no rows 0 if anything is known of their source."""
    values = kernel.slot(slot, {})
    if not known:
        return Vector(np.zeros(kernel.size), np.zeros(kernel.size, np.bool_))
    return Vector(np.where(np.isnan(values), 0, values))


def _mean(kernel: Kernel, term: Term) -> Vector:
    counts = kernel.slot(Count(term), {})
    sums = _slot(kernel, Sum(term))
    return Vector(np.where(counts > 0, sums, 0.0) / np.maximum(counts, 1), counts > 0)


def _extreme(kernel: Kernel, aggregate: Aggregate) -> Vector:
    assert aggregate.argument is not None
    vector = kernel.extreme(aggregate.function, aggregate.argument)
    assert vector.valid is not None
    return Vector(np.where(vector.valid, vector.values, np.zeros(1, vector.values.dtype)), vector.valid)


def _spread(node: Gather, kernel: Kernel, slot: Ordered) -> Vector:
    values = _slot(kernel, slot)
    valid = ~np.isnan(values)
    values = np.where(valid, values, 0.0)
    if node.type.value in ("date", "datetime"):
        return Vector(np.rint(values * DAY).astype("M8[us]"), valid)
    return within_bounds(Vector(values, valid))
