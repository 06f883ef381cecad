"""Row expressions over a table: a core tree in, its values on the chosen rows out.

References are followed by positions: the rows of a table, taken through its links, are rows of the referenced table, and so on;
there are no joins that could multiply rows. What looks at one column of text only is worked out for each different word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Apply, Constant, Core, Reference, Type, walk
from kpidsl.data.table import Table
from kpidsl.engines.dates import DATES
from kpidsl.engines.operators import OPERATORS
from kpidsl.engines.texts import TEXTS
from kpidsl.engines.vectors import Undefined, Vector, follow, of_array
from kpidsl.periods.calendar import Calendar

FUNCTIONS = {**OPERATORS, **TEXTS, **DATES}
Positions = NDArray[np.int64]
Path = tuple[str, ...]


class Rows:
    """Some rows of a source, all of them where `positions` is None; `cores` are the expressions that will be asked for.

    What stands in them more than once is kept once worked out; the rest is not, to keep memory low.
    """

    def __init__(
        self,
        catalog: Catalog,
        tables: Mapping[str, Table],
        source: str,
        positions: Positions | None = None,
        cores: Iterable[Core] = (),
    ) -> None:
        self._catalog = catalog
        self._tables = tables
        self.source = source
        self.positions = positions
        self.count = tables[source].rows if positions is None else len(positions)
        asked = Counter(node for core in cores for node in walk(core))
        self._repeated = frozenset(node for node, times in asked.items() if times > 1)
        self._known: dict[Core, Vector] = {}
        self._ways: dict[Path, tuple[Table, Positions | None]] = {(): (tables[source], positions)}

    def among(self, rows: Positions, cores: Iterable[Core] = ()) -> Rows:
        """Some of these rows, by their places among them."""
        positions = rows if self.positions is None else self.positions.take(rows)
        return Rows(self._catalog, self._tables, self.source, positions, cores)

    def again(self, cores: Iterable[Core]) -> Rows:
        """The same rows, for other expressions."""
        return Rows(self._catalog, self._tables, self.source, self.positions, cores)

    def values(self, core: Core) -> Vector:
        """The values of an expression, with a place for each row."""
        with np.errstate(all="ignore"):
            return self._values(core).over(self.count)

    def _values(self, core: Core) -> Vector:
        known = self._known.get(core)
        if known is None:
            known = self._work_out(core)
            if core in self._repeated:
                self._known[core] = known
        return known

    def _work_out(self, core: Core) -> Vector:
        match core:
            case Reference(path=path):
                return self._column(path)
            case Apply() if (text := _only_text(core)) is not None:
                return self._by_word(core, text)
            case _:
                return _evaluated(core, self._values, self._catalog.calendar)

    def _column(self, path: Path) -> Vector:
        table, positions = self._way(path[:-1])
        array = table.columns[path[-1]]
        if positions is None:
            return of_array(array)
        return of_array(array).at(positions) if len(path) == 1 else follow(array, positions)

    def _way(self, prefix: Path) -> tuple[Table, Positions | None]:
        """The table at the end of a path of references, and its row for each of these rows, -1 for none."""
        if prefix not in self._ways:
            table, positions = self._way(prefix[:-1])
            target = self._catalog.sources[table.source].columns[prefix[-1]].references
            assert target is not None
            links = table.links[prefix[-1]]
            # -1, no row, takes the -1 at the end.
            taken = links if positions is None else np.append(links, -1)[positions]
            self._ways[prefix] = (self._tables[target], taken)
        return self._ways[prefix]

    def _by_word(self, core: Apply, text: Reference) -> Vector:
        """The values of what looks at one column of text only, worked out on its words and on no word, which is last."""
        column = self._values(text)
        words = column.words
        if words is None or len(words) >= self.count:
            return _evaluated(core, self._values, self._catalog.calendar)
        codes = np.append(np.arange(len(words)), -1)
        listed = Vector(codes, codes >= 0, words)

        def told(node: Core) -> Vector:
            return listed if isinstance(node, Reference) else _evaluated(node, told, self._catalog.calendar)

        by_word = told(core).over(len(codes))
        taken = replace(by_word, valid=None, undefined=None).at(column.values)
        return replace(taken, valid=_spread(by_word.valid, column), undefined=_spread_undefined(by_word.undefined, column))


def _evaluated(core: Core, values: Callable[[Core], Vector], calendar: Calendar) -> Vector:
    """A constant, or a function of what `values` gives for its arguments."""
    match core:
        case Constant(value=value):
            return _constant(value)
        case Apply(function=function, arguments=arguments):
            return FUNCTIONS[function](core, [values(argument) for argument in arguments], calendar)
        case _:
            raise AssertionError(core)


def _spread(valid: NDArray[np.bool_] | None, column: Vector) -> NDArray[np.bool_] | None:
    """Which rows have a value, from which words (and, last, no word) give one."""
    if valid is None or valid.all() or (column.valid is None and valid[:-1].all()):
        return None
    if valid[:-1].all():
        return column.valid
    taken: NDArray[np.bool_] = valid.take(column.values)
    return taken


def _spread_undefined(undefined: Undefined | None, column: Vector) -> Undefined | None:
    return undefined and Undefined(undefined.rows.take(column.values), undefined.reasons)


def _only_text(core: Apply) -> Reference | None:
    """The column of text that a tree looks at, if it looks at no other column."""
    columns = {node for node in walk(core) if isinstance(node, Reference)}
    only = next(iter(columns)) if len(columns) == 1 else None
    return only if only is not None and only.type is Type.TEXT else None


# A float holds every whole number up to the one; an int64 those below the other, so that long numbers compare exactly.
_EXACT, _LARGEST = 2**53, 2**63


def _constant(value: Fraction | str | bool | date | datetime) -> Vector:
    match value:
        case bool():
            return Vector(np.array([value]))
        case str():
            return Vector(np.zeros(1, np.int64), words=np.array([value], object))
        case date():
            return Vector(np.array([value], "M8[us]"))
        case Fraction(denominator=1) if _EXACT < abs(value) < _LARGEST:
            return Vector(np.array([value.numerator], np.int64))
        case _:
            return Vector(np.array([float(value)]))
