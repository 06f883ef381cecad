"""The rows of a scan, numbered by cell, to its slots: sums, counts, extremes, different values, what needs an order.

Slots with the same filter are worked out together, on the rows that pass it only. Where a cell has nothing that adds to a slot,
NaN says so; counts are 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce

import numpy as np
import pandas as pd
from msgspec import Struct, field
from numpy.typing import NDArray

from kpidsl.catalog.core import Apply, Core, Reference, Type
from kpidsl.catalog.filters import conjuncts
from kpidsl.engines.clusters import ByCluster
from kpidsl.engines.ordering import deviations, edges, quantiles, ranked, sort_keys
from kpidsl.engines.rows import Rows, Ticks
from kpidsl.engines.vectors import Bools, Undefined, Vector, all_valid, as_floats, follow
from kpidsl.plan.nodes import Count, Distinct, Extreme, Moment, Ordered, Rank, Slot, Sum, Term, cluster_of
from kpidsl.plan.ranks import places

Codes = NDArray[np.intp]
Column = NDArray[np.float64] | NDArray[np.int64]
Report = Callable[[Rows, Core, Undefined], None]
# Up to so many places a list of which values were seen is cheaper than a table of them.
_SEEN_PER_ROW = 64


class Order(Struct, frozen=True, eq=False):
    """What is first and last among rows: the date that places each row of the table, if there is any, then the key."""

    dates: Ticks | None
    key: tuple[str, ...]

    def keys(self, rows: Rows) -> list[NDArray[np.generic]]:
        """What some rows are sorted by, what counts most first; rows without a part of the key are last."""
        found: list[NDArray[np.generic]] = []
        if self.dates is not None:
            found.append(self.dates if rows.positions is None else self.dates.take(rows.positions))
        for name in self.key:
            found.extend(sort_keys(rows.column(name)))
        return found


def collect(
    slots: Mapping[str, Slot], all_slots: Mapping[str, Slot], rows: Rows, codes: Codes, size: int, order: Order, report: Report
) -> dict[str, Column]:
    """The slots, an array of `size` cells each; `all_slots` has those that moments are of.

    `report` hears of conditions and arguments that are undefined somewhere.
    """
    groups: dict[Core | None, dict[str, Slot]] = {}
    clustered: dict[Reference, list[str]] = {}
    for name, slot in slots.items():
        cluster = cluster_of(slot)
        if cluster is not None:
            clustered.setdefault(cluster, []).append(name)
        else:
            groups.setdefault(_filter(slot, all_slots), {})[name] = slot
    base = rows.again([where for where in groups if where is not None])
    collected: dict[str, Column] = {}
    for cluster, names in clustered.items():
        by_cluster = ByCluster.of(rows, cluster, codes, size)
        collected.update((name, by_cluster.moment(*_parts(slots[name], all_slots))) for name in names)
    for where, group in groups.items():
        arguments = [argument for slot in group.values() for argument in _arguments(slot, all_slots)]
        chosen = _chosen(where, base, arguments, codes, report)
        kernel = Kernel(*chosen, size, order, report)
        collected.update((name, kernel.slot(slot, all_slots)) for name, slot in group.items())
    return {name: collected[name] for name in slots}


def holds(condition: Core, rows: Rows, report: Report) -> NDArray[np.int64] | None:
    """The places of the rows for which a condition is true; None for all."""
    told = rows.values(condition)
    if told.undefined is not None:
        report(rows, condition, told.undefined)
    true: Bools = told.values if told.valid is None else told.values & told.valid
    return None if true.all() else np.flatnonzero(true)


def _chosen(where: Core | None, rows: Rows, arguments: Iterable[Core], codes: Codes, report: Report) -> tuple[Rows, Codes]:
    places = None if where is None else holds(where, rows, report)
    return (rows.again(arguments), codes) if places is None else (rows.among(places, arguments), codes.take(places))


def _terms(slot: Slot, slots: Mapping[str, Slot]) -> Iterator[Term]:
    if isinstance(slot, Moment):
        for part in (slots[slot.left], slots[slot.right]):
            yield from _terms(part, slots)
    else:
        yield slot.term


def _parts(slot: Slot, slots: Mapping[str, Slot]) -> tuple[Slot, Slot]:
    assert isinstance(slot, Moment)
    return slots[slot.left], slots[slot.right]


def _arguments(slot: Slot, slots: Mapping[str, Slot]) -> list[Core]:
    return [term.argument for term in _terms(slot, slots) if term.argument is not None]


def _filter(slot: Slot, slots: Mapping[str, Slot]) -> Core | None:
    """The condition of a slot; for a moment that both parts hold, as one of them if it is the stricter."""
    conditions = [term.where for term in _terms(slot, slots)]
    together = frozenset[Core]().union(*(conjuncts(condition) for condition in conditions))
    for condition in conditions:
        if conjuncts(condition) == together:
            return condition
    return Apply("and", tuple(condition for condition in conditions if condition is not None), type=Type.BOOLEAN)


class Kernel(Struct):
    """What some rows add up to; `codes` are their cells, below `size`."""

    rows: Rows
    codes: Codes
    size: int
    order: Order
    report: Report
    counts: dict[Core | None, NDArray[np.int64]] = field(default_factory=dict)

    def slot(self, slot: Slot, slots: Mapping[str, Slot]) -> Column:
        """A slot for every cell; moments are of two of `slots`."""
        with np.errstate(all="ignore"):
            return self._slot(slot, slots)

    def _slot(self, slot: Slot, slots: Mapping[str, Slot]) -> Column:
        match slot:
            case Count(term):
                return self._count(term.argument)
            case Sum():
                return self._sum(slot)
            case Extreme(function, Term(argument)) if argument is not None:
                return _or_nan(self.extreme(function, argument))
            case Distinct(term):
                return self._distinct(term.argument)
            case Moment():
                return self._sum(slots[slot.left], slots[slot.right])
            case Rank(Term(argument), fraction, upper) if argument is not None:
                codes, vector, _ = self._present(argument)
                return ranked(codes, as_floats(vector), self.size, places(fraction, upper=upper))
            case Ordered("first" | "last" as function, Term(argument)) if argument is not None:
                return _or_nan(self.edge(function, argument))
            case Ordered(term=Term(argument)) if argument is not None:
                return self._spread(slot, argument)
            case _:
                raise AssertionError(slot)

    def _values(self, argument: Core) -> Vector:
        vector = self.rows.values(argument)
        if vector.undefined is not None:
            self.report(self.rows, argument, vector.undefined)
        return vector

    def _count(self, argument: Core | None) -> NDArray[np.int64]:
        """How many rows of each cell have the argument."""
        if argument not in self.counts:
            valid = None if argument is None else self._values(argument).valid
            self.counts[argument] = (
                self._count_valid(valid) if argument is not None else np.bincount(self.codes, minlength=self.size)
            )
        return self.counts[argument]

    def _count_valid(self, valid: Bools | None) -> NDArray[np.int64]:
        return self._count(None) if valid is None else np.bincount(self.codes.compress(valid), minlength=self.size)

    def _sum(self, *parts: Slot) -> NDArray[np.float64]:
        """The sum over the rows of the product of what each adds: its argument to a Sum, 1 to a Count."""
        given = [part.term.argument for part in parts if isinstance(part, Count | Sum)]
        present = {argument: self._values(argument) for argument in given if argument is not None}
        valid = all_valid(list(present.values()))
        counts = self._count(next(iter(present))) if len(present) == 1 else self._count_valid(valid)
        factors = [present[part.term.argument].values for part in parts if isinstance(part, Sum) and part.term.argument]
        if not factors:
            return _where_counted(counts, counts)
        weights = reduce(np.multiply, [factor.astype(np.float64, copy=False) for factor in factors])
        sums = np.bincount(self.codes, weights if valid is None else np.where(valid, weights, 0.0), self.size)
        return _where_counted(sums, counts)

    def _present(self, argument: Core) -> tuple[Codes, Vector, NDArray[np.int64] | None]:
        """The cells and values of the rows that have the argument, and their places where not all have."""
        vector = self._values(argument)
        if vector.valid is None:
            return self.codes, vector, None
        places = np.flatnonzero(vector.valid)
        return self.codes.take(places), vector.at(places), places

    def extreme(self, function: str, argument: Core) -> Vector:
        """The least or greatest number or date of each cell."""
        codes, vector, _ = self._present(argument)
        dates = vector.values.dtype.kind == "M"
        values = vector.values.view(np.int64) if dates else vector.values.astype(np.float64, copy=False)
        least = function == "min"
        kind = np.iinfo(np.int64) if dates else np.finfo(np.float64)
        found = np.full(self.size, kind.max if least else kind.min, values.dtype)
        (np.minimum if least else np.maximum).at(found, codes, values)
        return Vector(found.view("M8[us]") if dates else found, np.bincount(codes, minlength=self.size) > 0)

    def edge(self, function: str, argument: Core) -> Vector:
        """The first or last value of each cell, of whatever type."""
        codes, vector, places = self._present(argument)
        rows = self.rows if places is None else self.rows.among(places)
        found = edges(codes, [*self.order.keys(rows), *sort_keys(vector)], self.size, last=function == "last")
        return follow(vector, found)

    def _spread(self, slot: Ordered, argument: Core) -> NDArray[np.float64]:
        codes, vector, _ = self._present(argument)
        match slot.function:
            case "median":
                return quantiles(codes, as_floats(vector), self.size, 0.5)
            case "percentile":
                assert slot.fraction is not None
                return quantiles(codes, as_floats(vector), self.size, float(slot.fraction))
            case "stddev":
                return deviations(codes, as_floats(vector), self.size)
            case _:
                raise AssertionError(slot)

    def _distinct(self, argument: Core | None) -> NDArray[np.int64]:
        assert argument is not None
        vector = self._values(argument)
        values, count = _numbered(vector)
        pairs = self.codes * count + values
        if vector.valid is not None:
            pairs = pairs.compress(vector.valid)
        if self.size * count <= _SEEN_PER_ROW * max(len(pairs), 1 << 10):
            seen = np.zeros(self.size * count, np.bool_)
            seen[pairs] = True
            per_cell: NDArray[np.int64] = seen.reshape(self.size, count).sum(axis=1, dtype=np.int64)
            return per_cell
        return np.bincount(pd.unique(pairs) // count, minlength=self.size)


def _where_counted(values: NDArray[np.generic], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(counts > 0, values, np.nan)


def _numbered(vector: Vector) -> tuple[NDArray[np.int64], int]:
    """The values as whole numbers from 0, equal for equal values, and how many numbers there are; -1 may stand for no value."""
    if vector.words is not None:
        return vector.values, max(len(vector.words), 1)
    values = vector.values
    if values.dtype.kind == "b":
        return values.astype(np.int64), 2
    if values.dtype.kind == "i" and len(values):
        low, high = int(values.min()), int(values.max())
        if high - low < 4 * len(values):
            return values - low, high - low + 1
    codes, different = pd.factorize(values.view(np.int64) if values.dtype.kind == "M" else values)
    return codes.astype(np.int64, copy=False), max(len(different), 1)


def _or_nan(vector: Vector) -> NDArray[np.float64]:
    """Numbers, dates in days since 1970; NaN for no value."""
    values = as_floats(vector)
    return values if vector.valid is None else np.where(vector.valid, values, np.nan)
