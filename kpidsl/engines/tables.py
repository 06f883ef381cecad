"""The tables of sources, their references, and what rows get from other rows: worked out once for all rows of a source."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime

import numpy as np
from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog, Link
from kpidsl.catalog.core import Core, Gather, Nearby, per_period
from kpidsl.data.links import Codes, Validity, link, matched, validity
from kpidsl.data.table import Array, Dates, Table
from kpidsl.engines.gathering import gather
from kpidsl.engines.neighbours import nearby
from kpidsl.engines.period import Period, ticks_of
from kpidsl.engines.rows import MISSING, Positions, Rows, Ticks
from kpidsl.engines.undefined import UndefinedRows
from kpidsl.engines.vectors import Bools, Vector, as_array

# Of what depends on the period only so much is kept: each takes a place for every row.
_KEPT = 16


class Tables:
    """What rows ask about other rows, see `rows.Around`. Rows of a source with `time` are read if that is before `as_of`."""

    def __init__(self, catalog: Catalog, tables: Mapping[str, Table], as_of: datetime) -> None:
        self.catalog = catalog
        self.as_of = ticks_of(as_of)
        self.undefined = UndefinedRows()
        self._tables = tables
        self._vectors: dict[Hashable, Vector] = {}
        self._of_periods: OrderedDict[Hashable, Vector] = OrderedDict()
        self._links: dict[tuple[str, str], Positions] = {}
        self._valid: dict[tuple[str, str], tuple[Codes, Validity]] = {}

    def table(self, source: str) -> Table:
        return self._tables[source]

    def rows(self, source: str, period: Period | None = None) -> Rows:
        """All rows of a source, placed by its own `time`."""
        return Rows(self, source, None, self.moments(source), period)

    def moments(self, source: str) -> Ticks | None:
        """The own `time` of the rows of a source; None if it has none, or if nothing needs it."""
        time = self.catalog.sources[source].time
        return None if time is None else _ticks(self._tables[source].columns.get(time))

    def read(self, source: str) -> Bools | None:
        """Which rows are read; None for all."""
        if self.catalog.sources[source].time is None:
            return None
        moments = self.moments(source)
        assert moments is not None, f"a plan must need the time of {source}"
        read: Bools = (moments != MISSING) & (moments < self.as_of)
        return read

    def is_known(self, source: str) -> bool:
        """Whether anything is known of a source at all: it has rows that are read, or is said to be complete for some time."""
        table = self._tables[source]
        if table.covers is not None:
            start, end = table.covers
            return bool(start < min(end, np.datetime64(self.as_of, "us")))
        read = self.read(source)
        return read is None or bool(read.any())

    def find(self, source: str, name: str, positions: Positions | None, moments: Ticks | int | None) -> Positions:
        each = self.catalog.sources[source].links[name]
        if each.valid is None:
            found = self._linked(source, each)
            return found if positions is None else np.append(found, -1)[positions]
        codes, valid = self._by_key(source, each)
        own = codes if positions is None else np.append(codes, -1)[positions]
        return np.full(len(own), -1) if moments is None else valid.find(own, moments)

    def derived(self, source: str, column: str, period: Period | None) -> Vector:
        formula = self.catalog.sources[source].columns[column].formula
        assert formula is not None
        return self._kept((source, column), formula, period, lambda: self.rows(source, period).values(formula))

    def gathered(self, node: Gather, period: Period | None) -> Vector:
        own = replace(node, prefix=())
        return self._kept(own, own, period, lambda: gather(own, self, period))

    def nearby(self, node: Nearby, period: Period | None) -> Vector:
        own = replace(node, prefix=())
        return self._kept(own, own, period, lambda: nearby(own, self, period))

    def _kept(self, key: Hashable, core: Core, period: Period | None, work_out: Callable[[], Vector]) -> Vector:
        """What was worked out before, for the same period if it depends on that."""
        if not per_period(core):
            if key not in self._vectors:
                self._vectors[key] = work_out()
            return self._vectors[key]
        key = (key, period)
        if key not in self._of_periods:
            self._of_periods[key] = work_out()
            if len(self._of_periods) > _KEPT:
                self._of_periods.popitem(last=False)
        self._of_periods.move_to_end(key)
        return self._of_periods[key]

    def _linked(self, source: str, each: Link) -> Positions:
        links = self._tables[source].links
        if each.name in links:
            return links[each.name]
        if (source, each.name) not in self._links:
            self._links[source, each.name] = link(*self._match(source, each))
        return self._links[source, each.name]

    def _by_key(self, source: str, each: Link) -> tuple[Codes, Validity]:
        """Numbers for the key to which each row of a source leads, and the rows of the target by those and by moment."""
        if (source, each.name) not in self._valid:
            assert each.valid is not None
            start, end = (self._tables[each.target].columns[name] for name in each.valid)
            assert isinstance(start, Dates) and isinstance(end, Dates)
            own, there = matched(*self._match(source, each))
            self._valid[source, each.name] = own, validity(there, start, end)
        return self._valid[source, each.name]

    def _match(self, source: str, each: Link) -> tuple[list[Array], list[Array]]:
        return [self._array(source, own) for own, _ in each.match], [self._array(each.target, there) for _, there in each.match]

    def _array(self, source: str, column: str) -> Array:
        if self.catalog.sources[source].columns[column].formula is None:
            return self._tables[source].columns[column]
        return as_array(self.derived(source, column, None))


def _ticks(array: Array | None) -> Ticks | None:
    return array.values.view(np.int64) if isinstance(array, Dates) else None
