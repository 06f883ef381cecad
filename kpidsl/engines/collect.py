"""The rows of a scan, numbered by cell, to its slots: sums, counts, extremes and different values for each cell.

Slots with the same filter are worked out together, on the rows that pass it only. Where a cell has nothing that adds to a sum
or an extreme, NaN says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpidsl.catalog.core import Apply, Core, Reference, Type, walk
from kpidsl.engines.rows import Rows
from kpidsl.engines.vectors import Bools, Undefined, Vector, all_valid
from kpidsl.plan.filters import conjuncts
from kpidsl.plan.nodes import Count, Distinct, Extreme, Moment, Slot, Sum, Term

Codes = NDArray[np.intp]
Column = NDArray[np.float64] | NDArray[np.int64]
Report = Callable[[Core, Undefined], None]
# Up to so many places a list of which values were seen is cheaper than a table of them.
_SEEN_PER_ROW = 32


def collect(slots: Mapping[str, Slot], rows: Rows, codes: Codes, size: int, report: Report) -> dict[str, Column]:
    """The slots, an array of `size` cells each; `report` hears of conditions and arguments that are undefined somewhere."""
    groups: dict[Core | None, dict[str, Slot]] = {}
    for name, slot in slots.items():
        groups.setdefault(_filter(slot, slots), {})[name] = slot
    base = rows.again([where for where in groups if where is not None])
    collected: dict[str, Column] = {}
    for where, group in groups.items():
        arguments = [argument for slot in group.values() for argument in _arguments(slot, slots)]
        chosen = _chosen(where, base, arguments, codes, report)
        kernel = _Kernel(*chosen, size, report)
        collected.update((name, kernel.slot(slot, slots)) for name, slot in group.items())
    return {name: collected[name] for name in slots}


def holds(condition: Core, rows: Rows, report: Report) -> NDArray[np.int64] | None:
    """The places of the rows for which a condition is true; None for all."""
    told = rows.values(condition)
    if told.undefined is not None:
        report(condition, told.undefined)
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


@dataclass
class _Kernel:
    """The slots of some rows; `codes` are their cells."""

    rows: Rows
    codes: Codes
    size: int
    report: Report
    counts: dict[Core | None, NDArray[np.int64]] = field(default_factory=dict)

    def slot(self, slot: Slot, slots: Mapping[str, Slot]) -> Column:
        with np.errstate(all="ignore"):
            return self._slot(slot, slots)

    def _slot(self, slot: Slot, slots: Mapping[str, Slot]) -> Column:
        match slot:
            case Count(term):
                return self._count(term.argument)
            case Sum():
                return self._sum(slot)
            case Extreme(function, term):
                return self._extreme(function, term.argument)
            case Distinct(term):
                return self._distinct(term.argument)
            case Moment():
                return self._sum(slots[slot.left], slots[slot.right])
            case _:
                raise AssertionError(slot)

    def _values(self, argument: Core) -> Vector:
        vector = self.rows.values(argument)
        if vector.undefined is not None:
            self.report(argument, vector.undefined)
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

    def _extreme(self, function: str, argument: Core | None) -> NDArray[np.float64]:
        assert argument is not None
        vector = self._values(argument)
        codes, values = self.codes, vector.values.astype(np.float64, copy=False)
        if vector.valid is not None:
            codes, values = codes.compress(vector.valid), values.compress(vector.valid)
        least = function == "min"
        found = np.full(self.size, np.inf if least else -np.inf)
        (np.minimum if least else np.maximum).at(found, codes, values)
        return np.where(np.isinf(found), np.nan, found)

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


def columns_in(core: Core) -> tuple[str, ...]:
    """The columns that an expression names, in order."""
    return tuple(dict.fromkeys(node.name for node in walk(core) if isinstance(node, Reference)))
