"""The rows of one source in a statement, joined to what their expressions reach: a core tree in, its text out.

A reference is a left join that finds at most one row, since keys are checked to be unique before; each way is joined once. What
is needed of a relation is known only when all expressions are written, so the text of the joins is asked for last.

A spot is a place on the ways: a joined relation, and the moment at which references that are valid for a time are read from
there. Inside of a derived column that is the own time of its row, so one relation may be on several spots.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog.core import PERIOD_FUNCTIONS, Apply, Constant, Core, Gather, Nearby, Reference, Type
from kpidsl.catalog.inline import misses_with_row
from kpidsl.data.relations import Physical
from kpidsl.engines.sql.dates import DATES
from kpidsl.engines.sql.numbers import NUMBERS
from kpidsl.engines.sql.relations import Bounds, stored_name
from kpidsl.engines.sql.sql import Function, Sql, constant, finite, missing
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.sql.texts import TEXTS
from kpidsl.engines.sql.windows import Windows
from kpidsl.periods.grain import Grain

FUNCTIONS: dict[str, Function] = {**NUMBERS, **DATES, **TEXTS}
_PERIOD_COLUMNS = {"period_start": "s", "period_end": "e", "previous_period_start": "b"}


class Joined(Struct, eq=False):
    """A relation in the statement, joined `on` a condition, and what is needed of it.

    `stored` are columns needed as they are stored, and `neighbours` are added from nearby rows.
    """

    alias: str
    source: str
    on: str = ""
    columns: dict[str, None] = field(default_factory=dict)
    stored: dict[str, None] = field(default_factory=dict)
    neighbours: dict[Nearby, str] = field(default_factory=dict)


class At(Struct, frozen=True, eq=False):
    """The moment at which a reference is read; with `just_before` the last one before it.

    `column` is that of a relation which is needed for it only if it is read.
    """

    text: str
    just_before: bool = False
    column: tuple[Joined, str] | None = None


class Spot(Struct, eq=False):
    """`found` is a condition that there is a row, none where there always is; `own` is the same place at its own time."""

    joined: Joined
    at: At | None
    found: str = ""
    ways: dict[str, Spot] = field(default_factory=dict)
    own: Spot | None = None


class Derive(Protocol):
    """Writes what rows get from other rows."""

    def gathered(self, node: Gather, select: Select, spot: Spot, windows: Windows | None) -> Sql: ...

    def nearby(self, node: Nearby, select: Select, spot: Spot) -> Sql: ...

    def extended(self, joined: Joined, statement: Statement) -> str:
        """A select of the relation's columns and of those added from nearby rows."""
        ...


class Select:
    """All rows of a source, for each piece of `windows` where there are any, which are joined as `window`."""

    def __init__(self, statement: Statement, source: str, derive: Derive, windows: Windows | None = None) -> None:
        self.statement = statement
        self.dialect = statement.dialect
        self.source = source
        self.derive = derive
        self.windows = windows
        self.bounds: Bounds | None = None
        self._joins: list[Joined | str] = []
        self._lists: dict[Windows, str] = {}
        self._known: dict[tuple[Core, Spot, Windows | None], Sql] = {}
        self._root = Joined(statement.alias("r"), source)
        self.window = ""
        if windows is not None:
            self.window = self._lists[windows] = statement.alias("w")
            self._joins.append(f"cross join {statement.listed(windows)} {self.window}")
        self.root = self._own(Spot(self._root, None))

    def value(self, core: Core, windows: Windows | None = None, spot: Spot | None = None) -> Sql:
        """An expression on the rows at a spot, by default these, for pieces of time, by default those of the rows."""
        where, when = spot or self.root, windows or self.windows
        key = (core, where, when)
        if key not in self._known:
            self._known[key] = self._value(core, where, when)
        return self._known[key]

    def _value(self, core: Core, spot: Spot, windows: Windows | None) -> Sql:
        match core:
            case Constant(value=value):
                return constant(value, self.statement.setting)
            case Reference(path=path):
                return self.column(self.reach(path[:-1], spot), path[-1], windows)
            case Gather(prefix=prefix):
                return self.derive.gathered(core, self, self.reach(prefix, spot), windows)
            case Nearby(prefix=prefix):
                return self.derive.nearby(core, self, self.reach(prefix, spot))
            case Apply(function="previous", arguments=(inner, *shift)):
                if windows is None:
                    return missing(core.type, self.dialect)
                return self.value(inner, windows.earlier(*_amount(shift)), spot)
            case Apply(function=function) if function in PERIOD_FUNCTIONS:
                return self._of_period(core, windows)
            case Apply(function=function, arguments=arguments):
                values = [self.value(argument, windows, spot) for argument in arguments]
                return FUNCTIONS[function](core, values, self.statement.setting)
            case _:
                raise AssertionError(core)

    def _of_period(self, core: Apply, windows: Windows | None) -> Sql:
        if windows is None:
            return missing(core.type, self.dialect)
        column = _PERIOD_COLUMNS.get(core.function, "n")
        return Sql(f"{self.list_alias(windows)}.{column}", core.type)

    def list_alias(self, windows: Windows) -> str:
        """The alias of a list of pieces, joined by their numbers to those of the rows."""
        if windows not in self._lists:
            alias = self._lists[windows] = self.statement.alias("w")
            self._joins.append(f"left join {self.statement.listed(windows)} {alias} on {alias}.i = {self.window}.i")
        return self._lists[windows]

    def column(self, spot: Spot, name: str, windows: Windows | None = None) -> Sql:
        """A column of the relation at a spot."""
        source = spot.joined.source
        column = self.statement.catalog.sources[source].columns[name]
        if column.formula is not None:
            value = self.value(column.formula, windows, self._own(spot))
            return value if not spot.found or misses_with_row(column.formula) else _only(value, spot.found)
        spot.joined.columns[name] = None
        text = f"{spot.joined.alias}.{self.dialect.identifier(name)}"
        physical = self.statement.physical(source, name) if column.type is Type.NUMBER else Physical.FLOAT
        return Sql(text, column.type, physical)

    def stored_day(self, path: Sequence[str]) -> str | None:
        """A column of these rows that is stored as days, as it is, where a database finds its periods faster so."""
        stored = self.statement.relations[self.source].columns.get(path[0])
        if len(path) > 1 or stored is None or stored.physical is not Physical.DATE or not self.dialect.truncates_days:
            return None
        return self.stored(path[0])

    def stored(self, name: str) -> str:
        """A column of these rows as it is stored."""
        self._root.stored[name] = None
        return f"{self._root.alias}.{self.dialect.identifier(stored_name(name))}"

    def doubles(self) -> list[str]:
        """The columns of these rows that are read so far and may hold infinite numbers."""
        columns, stored = self.statement.catalog.sources[self.source].columns, self.statement.relations[self.source].columns
        return [name for name in self._root.columns if columns[name].type is Type.NUMBER and stored[name].may_be_infinite]

    def _own(self, spot: Spot) -> Spot:
        """The same place, seen at the own time of its row."""
        if spot.own is None:
            spot.own = Spot(spot.joined, self._own_time(spot.joined), spot.found)
            spot.own.own = spot.own
        return spot.own

    def _own_time(self, joined: Joined) -> At | None:
        time = self.statement.time(joined.source)
        return None if time is None else At(f"{joined.alias}.{self.dialect.identifier(time)}", column=(joined, time))

    def place(self, at: At | None) -> None:
        """Say at which moment references of these rows are read, if not at their own time."""
        self.root = Spot(self._root, at, own=self.root.own)

    # Ways

    def reach(self, path: Sequence[str], spot: Spot | None = None) -> Spot:
        """The spot at the end of a way of references."""
        found = spot or self.root
        for name in path:
            if name not in found.ways:
                found.ways[name] = self._join(found, name)
            found = found.ways[name]
        return found

    def _join(self, spot: Spot, name: str) -> Spot:
        link = self.statement.catalog.sources[spot.joined.source].links[name]
        joined = Joined(self.statement.alias("j"), link.target)
        there = Spot(joined, spot.at)
        there.found = f"{self.column(there, link.match[0][1]).text} is not null"
        conditions = [
            f"{self.column(there, other).text} = {finite(self.column(spot, own), self.dialect).text}"
            for own, other in link.match
        ]
        if link.valid is not None:
            conditions.append(self._valid(link.valid, spot, there))
        joined.on = " and ".join(conditions)
        self._joins.append(joined)
        return there

    def _valid(self, valid: tuple[str, str], spot: Spot, there: Spot) -> str:
        """That a row holds at the moment: from the first day on, up to the second, which may be missing."""
        start, end = (self.column(there, name).text for name in valid)
        if spot.at is None:
            return "1 = 0"
        if spot.at.column is not None:
            joined, column = spot.at.column
            joined.columns[column] = None
        at = spot.at.text
        if spot.at.just_before:
            return f"{start} < {at} and ({end} is null or {end} >= {at})"
        return f"{start} <= {at} and ({end} is null or {end} > {at})"

    def join(self, text: str) -> None:
        self._joins.append(text)

    def text(self) -> str:
        """The rows with all that was reached: `from …`."""
        joins = [each if isinstance(each, str) else self._left(each) for each in self._joins]
        return "\n".join([f"from ({self._rows(self._root, self.bounds)}) {self._root.alias}", *joins])

    def _left(self, joined: Joined) -> str:
        return f"left join ({self._rows(joined)}) {joined.alias} on {joined.on}"

    def _rows(self, joined: Joined, bounds: Bounds | None = None) -> str:
        if joined.neighbours:
            return self.derive.extended(joined, self.statement)
        return self.statement.rows(joined.source, joined.columns, bounds, joined.stored)


def _only(value: Sql, condition: str) -> Sql:
    """A value where a condition holds."""
    return replace(value, text=f"case when {condition} then {value.text} end", constant=None)


def _amount(shift: Sequence[Core]) -> tuple[int, Grain] | tuple[()]:
    """What the constants of a shift say."""
    match shift:
        case [Constant(value=Fraction() as amount), Constant(value=str(unit))]:
            return int(amount), Grain(unit)
        case _:
            return ()
