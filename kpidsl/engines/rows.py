"""Row expressions over a table: a core tree in, its values on the chosen rows out.

References are followed by positions: the rows of a table, taken through its links, are rows of the referenced table, and so on;
there are no joins that could multiply rows. What rows get from other rows is worked out for all rows of its home at once, and
then followed too. What looks at one column of text only is worked out for each different word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Protocol

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import PERIOD_FUNCTIONS, Apply, Constant, Core, Gather, Nearby, Reference, Type, walk
from kpidsl.data.table import Table
from kpidsl.engines.dates import DATES
from kpidsl.engines.operators import OPERATORS
from kpidsl.engines.period import Period
from kpidsl.engines.texts import TEXTS
from kpidsl.engines.vectors import Undefined, Vector, follow, nothing, of_array
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain

FUNCTIONS = {**OPERATORS, **TEXTS, **DATES}
Positions = NDArray[np.int64]
Ticks = NDArray[np.int64]  # microseconds since 1970; MISSING where there is no date
MISSING = int(np.iinfo(np.int64).min)
Path = tuple[str, ...]


class Around(Protocol):
    """What rows ask about other rows."""

    @property
    def catalog(self) -> Catalog: ...

    def table(self, source: str) -> Table: ...

    def find(self, source: str, link: str, positions: Positions | None, moments: Ticks | int | None) -> Positions:
        """Where the rows of a source (all, where None; -1 for none) lead by a reference, at these moments."""
        ...

    def derived(self, source: str, column: str, period: Period | None) -> Vector:
        """A derived column on all rows of its source."""
        ...

    def gathered(self, node: Gather, period: Period | None) -> Vector:
        """What all rows of its home get from the rows that refer to them."""
        ...

    def nearby(self, node: Nearby, period: Period | None) -> Vector:
        """What all rows of its home get from the row before or after them."""
        ...


class Rows:
    """Some rows of a source, all of them where `positions` is None; `cores` are the expressions that will be asked for.

    `moments` are the dates that place the rows, one for each row of the table or one for all: references that are valid for a
    time are read at them. What stands in the expressions more than once is kept once worked out; the rest is not, to keep
    memory low.
    """

    def __init__(
        self,
        around: Around,
        source: str,
        positions: Positions | None = None,
        moments: Ticks | int | None = None,
        period: Period | None = None,
        cores: Iterable[Core] = (),
    ) -> None:
        self._around = around
        self.source = source
        self.positions = positions
        self.all_rows = around.table(source).rows
        self.count = self.all_rows if positions is None else len(positions)
        self.moments = moments
        self.period = period
        asked = Counter(node for core in cores for node in walk(core))
        self._repeated = frozenset(node for node, times in asked.items() if times > 1)
        self._known: dict[Core, Vector] = {}
        self._ways: dict[Path, tuple[str, Positions | None]] = {(): (source, positions)}
        self._earlier: dict[Period, Rows] = {}

    def among(self, rows: Positions, cores: Iterable[Core] = ()) -> Rows:
        """Some of these rows, by their places among them."""
        positions = rows if self.positions is None else self.positions.take(rows)
        return Rows(self._around, self.source, positions, self.moments, self.period, cores)

    def again(self, cores: Iterable[Core]) -> Rows:
        """The same rows, for other expressions."""
        return Rows(self._around, self.source, self.positions, self.moments, self.period, cores)

    def values(self, core: Core) -> Vector:
        """The values of an expression, with a place for each row."""
        with np.errstate(all="ignore"):
            return self._values(core).over(self.count)

    def led(self, path: Path) -> Positions:
        """Where each of these rows leads by references: a row of the last one's source, -1 for none."""
        positions = self._way(path)[1]
        return np.arange(self.count) if positions is None else positions

    def column(self, name: str) -> Vector:
        """A column of the source's own."""
        return self._column((name,)).over(self.count)

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
            case Gather(prefix=prefix):
                return self._seen(self._around.gathered(core, self.period), prefix)
            case Nearby(prefix=prefix):
                return self._seen(self._around.nearby(core, self.period), prefix)
            case Apply(function="previous", arguments=arguments):
                return self._previous(*arguments)
            case Apply(function=function) if function in PERIOD_FUNCTIONS:
                return nothing(core.type) if self.period is None else _constant(self.period.value(function))
            case Apply() if (text := _only_text(core)) is not None:
                return self._by_word(core, text)
            case _:
                return _evaluated(core, self._values, self._around.catalog.calendar)

    def _previous(self, core: Core, *shift: Core) -> Vector:
        """The value that an expression has for an earlier period, on the same rows."""
        earlier = self.period and self.period.earlier(*_amount(shift))
        if earlier is None:
            return nothing(core.type)
        if earlier not in self._earlier:
            self._earlier[earlier] = Rows(self._around, self.source, self.positions, self.moments, earlier)
        return self._earlier[earlier].values(core)

    def _column(self, path: Path) -> Vector:
        source, positions = self._way(path[:-1])
        if self._around.catalog.sources[source].columns[path[-1]].formula is not None:
            column = self._around.derived(source, path[-1], self.period)
        else:
            column = of_array(self._around.table(source).columns[path[-1]])
        return self._taken(column, path[:-1], positions)

    def _seen(self, vector: Vector, prefix: Path) -> Vector:
        """A vector over all rows of the source at the end of a path, seen from these rows."""
        return self._taken(vector, prefix, self._way(prefix)[1])

    def _taken(self, vector: Vector, prefix: Path, positions: Positions | None) -> Vector:
        if positions is None:
            return vector
        return follow(vector, positions) if prefix else vector.at(positions)

    def _way(self, prefix: Path) -> tuple[str, Positions | None]:
        """The source at the end of a path of references, and its row for each of these rows, -1 for none."""
        if prefix not in self._ways:
            source, positions = self._way(prefix[:-1])
            link = self._around.catalog.sources[source].links[prefix[-1]]
            moments = self._own_moments() if link.valid is not None else None
            self._ways[prefix] = (link.target, self._around.find(source, link.name, positions, moments))
        return self._ways[prefix]

    def _own_moments(self) -> Ticks | int | None:
        """The moment of each of these rows."""
        if self.positions is None or self.moments is None or isinstance(self.moments, int):
            return self.moments
        return self.moments.take(self.positions)

    def _by_word(self, core: Apply, text: Reference) -> Vector:
        """The values of what looks at one column of text only, worked out on its words and on no word, which is last."""
        column = self._values(text)
        words = column.words
        if words is None or len(words) >= self.count:
            return _evaluated(core, self._values, self._around.catalog.calendar)
        codes = np.append(np.arange(len(words)), -1)
        listed = Vector(codes, codes >= 0, words)

        def told(node: Core) -> Vector:
            return listed if isinstance(node, Reference) else _evaluated(node, told, self._around.catalog.calendar)

        by_word = told(core).over(len(codes))
        taken = replace(by_word, valid=None, undefined=None).at(column.values)
        return replace(taken, valid=_spread(by_word.valid, column), undefined=_spread_undefined(by_word.undefined, column))


def _amount(shift: Sequence[Core]) -> tuple[int, Grain] | tuple[()]:
    """What the constants of a shift say."""
    match shift:
        case [Constant(value=Fraction() as amount), Constant(value=str(unit))]:
            return int(amount), Grain(unit)
        case _:
            return ()


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
    nodes = tuple(walk(core))
    if any(isinstance(node, Gather | Nearby) or (isinstance(node, Apply) and node.function not in FUNCTIONS) for node in nodes):
        return None
    columns = {node for node in nodes if isinstance(node, Reference)}
    only = next(iter(columns)) if len(columns) == 1 else None
    return only if only is not None and only.type is Type.TEXT else None


# A float holds every whole number up to the one; an int64 those below the other, so that long numbers compare exactly.
_EXACT, _LARGEST = 2**53, 2**63


def _constant(value: Fraction | float | str | bool | date | datetime) -> Vector:
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
