"""What a result keeps of its evaluation, and the values that it finds there: any part of a formula in any of its frames.

Nothing is worked out before a receipt is asked for. What was collected stays in memory as long as the result does.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache

import numpy as np
from msgspec import Struct, field

from kpidsl.catalog.catalog import Catalog, Value
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference, Type
from kpidsl.engines.slots import Survey
from kpidsl.plan.frames import is_window
from kpidsl.plan.nodes import Plan, Total
from kpidsl.plan.schedule import Interval
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.columns import Codes, Column, Floats, Status
from kpidsl.results.figures import shown_as_percent
from kpidsl.results.frames import Path
from kpidsl.results.readings import Rows
from kpidsl.results.receipts.receipt import Plain, Taken
from kpidsl.results.receipts.words import amount, iso
from kpidsl.units.unit import Unit


class Evidence(Struct, frozen=True, eq=False):
    """The sheet of one evaluation. `rows` are its aggregates, and `kept` the cells that the result has, where it has not all.

    Plain numbers have neither; they are `given`.
    """

    catalog: Catalog
    sheet: Sheet
    rows: Rows | None = None
    survey: Survey | None = None
    kept: Codes | None = None
    given: Mapping[str, Fraction | float] = field(default_factory=dict)
    _columns: dict[tuple[Core, Path], Column] = field(default_factory=dict)
    _counts: dict[tuple[Aggregate, Path], Floats] = field(default_factory=dict)

    @property
    def values(self) -> Mapping[str, Value]:
        return self.sheet.values

    @property
    def plan(self) -> Plan | None:
        return None if self.rows is None else self.rows.plan

    def cells(self, cell: int, path: Path) -> Codes:
        """The cells of a chain of frames that a cell of the result looks at: one, or those of an average's parts."""
        found = np.array([cell if self.kept is None else self.kept[cell]], dtype=np.int64)
        for length in range(1, len(path) + 1):
            assert self.rows is not None
            place = self.rows.places.at(path[:length])
            if place.link is not None and isinstance(place.frame, Total):
                found = np.unique(place.link[found])
            elif place.link is not None:
                found = np.flatnonzero(np.isin(place.link, found))
        return found

    def taken(self, node: Core, path: Path, cells: Codes) -> tuple[Taken, ...]:
        """What a part of a formula is in some cells of a chain of frames."""
        column = self._column(node, path)
        counts = self._count(node, path) if isinstance(node, Aggregate) and self.rows is not None else None
        return tuple(self._one(node, path, column, counts, int(cell)) for cell in cells)

    def _one(self, node: Core, path: Path, column: Column, counts: Floats | None, cell: int) -> Taken:
        start, end = self._interval(path, cell)
        rows = None if counts is None else int(counts[cell])
        status = Status(int(column.status[cell]))
        if status is not Status.VALUE:
            return Taken(start, end, None, status.word, status.word, column.reason(cell), rows)
        number = float(column.values[cell])
        shown = amount(number, *self.unit(node), node.type)
        dated = node.type in (Type.DATE, Type.DATETIME)
        return Taken(start, end, shown if dated else whole(number), shown, status.word, "", rows)

    def _column(self, node: Core, path: Path) -> Column:
        if (node, path) not in self._columns:
            length = 1 if self.rows is None else len(self.rows.places.at(path))
            self._columns[node, path] = self.sheet.tree(node, path).spread(length)
        return self._columns[node, path]

    def _count(self, node: Aggregate, path: Path) -> Floats:
        if (node, path) not in self._counts:
            assert self.rows is not None
            self._counts[node, path] = self.rows.count(node, path)
        return self._counts[node, path]

    def _interval(self, path: Path, cell: int) -> tuple[str | None, str | None]:
        if self.rows is None:
            return None, None
        place = self.rows.places.at(path)
        interval = self.rows.places.line(place.context.times).intervals[int(place.intervals[cell])]
        return bounds(interval)

    def unit(self, node: Core) -> tuple[Unit, bool]:
        """The unit of a part of a formula, and whether it is shown as percent."""
        match node:
            case Reference():
                value = self.values[node.name]
                return value.unit, shown_as_percent(value)
            case Apply(arguments=arguments) if is_window(node):
                return self.unit(arguments[0])
            case _:
                return node.unit, node.unit.percent


@lru_cache(maxsize=10_000)
def bounds(interval: Interval | None) -> tuple[str | None, str | None]:
    """The bounds of an interval as texts; cells share few intervals."""
    return (None, None) if interval is None else (iso(interval.start), iso(interval.end))


def whole(number: float) -> Plain:
    """A number as JSON knows it: a whole one without a point."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number
