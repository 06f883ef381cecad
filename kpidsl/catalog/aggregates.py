"""An aggregate's call to its core node: the source that its first name begins with, its argument, its modifiers, its unit."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog import messages, row_messages, window_messages
from kpidsl.catalog.catalog import Source
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference, Type, per_period
from kpidsl.catalog.expressions import read
from kpidsl.catalog.inline import inlined
from kpidsl.catalog.reading import DATE_TYPES, Reading
from kpidsl.catalog.rows import ColumnOf, RowScope
from kpidsl.language import tree
from kpidsl.language.functions import FUNCTIONS
from kpidsl.language.walk import walk
from kpidsl.text import Span
from kpidsl.units.unit import NUMBER, PERCENT, Unit

_OF_NUMBERS = frozenset({"sum", "avg", "median", "stddev", "percentile"})
_IN_ORDER = frozenset({"first", "last"})
_BETWEEN_VALUES = (Type.NUMBER, *DATE_TYPES)


def read_aggregate(node: tree.Call, reading: Reading, column_of: ColumnOf, *, gathered: bool = False) -> Core | None:
    """The aggregate that a call asks for, of `share` the quotient of two; None, reported, where it has a mistake.

    `gathered` says that it stands in the formula of a column: then it may give text, and `via` is read by the caller.
    """
    least, most = FUNCTIONS[node.function].arity
    if not least <= len(node.arguments) <= (most or least):
        reading.say(messages.wrong_number_of_arguments(reading, node, least, most))
        return None
    first = _first_name(node.arguments[0])
    if first is None:
        reading.say(messages.no_source_in_aggregate(reading, node))
        return None
    source = _source(first, node, reading)
    if source is None:
        return None
    scope = RowScope(source.name, reading.excerpt, reading.world, column_of, first)
    return _Call(node, first, source, scope, gathered).read()


def _first_name(argument: tree.Tree) -> tree.Name | None:
    if isinstance(argument, tree.Name):
        return argument
    names = [part for part in walk(argument) if isinstance(part, tree.Name)]
    return min(names, key=lambda name: name.span.start, default=None)


def _source(first: tree.Name, node: tree.Call, reading: Reading) -> Source | None:
    name = first.parts[0]
    if name in reading.world.sources:
        return reading.world.sources[name]
    if name not in reading.world.broken_sources:
        reading.say(messages.unknown_source(reading, first, node, tuple(reading.world.sources)))
    return None


class _Placing(Struct, frozen=True):
    """The modifiers, resolved."""

    at: Reference | None = None
    alive: tuple[Reference, Reference | None] | None = None
    closing: bool = False
    where: Core | None = None


class _Call(Struct, frozen=True):
    """A call over a known source."""

    node: tree.Call
    first: tree.Name
    source: Source
    scope: RowScope
    gathered: bool

    def read(self) -> Core | None:
        """The node; its parts are all read before giving up, for their own mistakes."""
        is_good = self._is_good_call()
        argument = self._argument() if is_good else None
        fraction = self._fraction() if self.node.function == "percentile" else None
        placing = self._placing()
        if not is_good or placing is None or (self.node.function == "percentile" and fraction is None):
            return None
        if argument is None and not self._counts_rows:
            return None
        if self.node.function == "share":
            return self._share(placing)
        return self._aggregate(self.node.function, argument, placing, fraction)

    @property
    def _counts_rows(self) -> bool:
        bare = self.node.arguments[0] is self.first and len(self.first.parts) == 1
        return bare and self.node.function in ("count", "share") and not self.node.distinct

    def _is_good_call(self) -> bool:
        """Whether the function may stand with such a first argument and such words, looked at as written."""
        node, reading, where = self.node, self.scope.reading, self.node.modifiers.where if self.node.modifiers else None
        if node.distinct and node.function != "count":
            reading.say(window_messages.distinct_without_count(reading, node))
        elif node.function == "share" and not self._counts_rows:
            reading.say(window_messages.share_takes_rows(reading, node, self.source.name))
        elif node.function == "share" and where is None:
            reading.say(window_messages.share_without_condition(reading, node, self.source.name))
        elif node.arguments[0] is self.first and len(self.first.parts) == 1 and not self._counts_rows:
            reading.say(messages.aggregate_needs_column(reading, node, self.source))
        else:
            return node.function not in _IN_ORDER or self._has_order()
        return False

    def _has_order(self) -> bool:
        if self.source.name in self.scope.world.broken_sources:
            return False
        if self.source.time is not None and self.source.key:
            return True
        reading = self.scope.reading
        reading.say(row_messages.order_unknown(reading, self.node.span, self.node.function, self.source))
        return False

    def _argument(self) -> Core | None:
        if self._counts_rows:
            return None
        core = read(self.node.arguments[0], self.scope.reading)
        return core if core is not None and self._fits(core) else None

    def _fits(self, core: Core) -> bool:
        node, reading = self.node, self.scope.reading
        if node.function == "count" or core.type is Type.NUMBER or (self.gathered and node.function in _IN_ORDER):
            return True
        if node.function not in _OF_NUMBERS and core.type in _BETWEEN_VALUES:
            return True
        if node.function in _IN_ORDER:
            reading.say(window_messages.value_has_other_type(reading, node, core))
        else:
            reading.say(messages.aggregate_needs_number(reading, node, core))
        return False

    def _fraction(self) -> Fraction | None:
        match self.node.arguments[1]:
            case tree.Share(value=value) | tree.Number(value=value) if 0 <= value <= 1:
                return value
            case _:
                self.scope.reading.say(window_messages.needs_share_of_rows(self.scope.reading, self.node))
                return None

    def _share(self, placing: _Placing) -> Core:
        modifiers = self.node.modifiers
        counted = Span(self.first.span.start, modifiers.span.end if modifiers else self.first.span.end)
        part = replace(self._aggregate("count", None, placing, None), span=counted)
        whole = replace(part, where=None, span=self.first.span)
        return Apply("divide", (part, whole), unit=PERCENT, span=self.node.span)

    def _aggregate(self, function: str, argument: Core | None, placing: _Placing, fraction: Fraction | None) -> Aggregate:
        kept = argument is not None and function != "count"
        return Aggregate(
            function,
            self.source.name,
            argument,
            placing.where,
            placing.at,
            placing.alive,
            placing.closing,
            self.node.distinct,
            fraction,
            unit=self._unit(argument),
            type=argument.type if argument is not None and kept else Type.NUMBER,
            span=self.node.span,
        )

    def _placing(self) -> _Placing | None:
        modifiers = self.node.modifiers
        if modifiers is None:
            return _Placing()
        reading = self.scope.reading
        good = self._via_fits(modifiers.via) & (not modifiers.closing or self._has_last_date())
        at = self._date(modifiers.at, "at") if modifiers.at else None
        alive = self._alive(modifiers.alive) if modifiers.alive else None
        where = read(modifiers.where, reading) if modifiers.where else None
        if (
            not good
            or (modifiers.at and at is None)
            or (modifiers.alive and alive is None)
            or (modifiers.where and where is None)
        ):
            return None
        if where is not None and where.type is not Type.BOOLEAN:
            reading.say(messages.needs_condition(reading, "where", where))
            return None
        return _Placing(at, alive, modifiers.closing, where)

    def _via_fits(self, via: tree.Name | None) -> bool:
        if via is not None and not self.gathered:
            self.scope.reading.say(window_messages.via_on_values(self.scope.reading, via))
        return via is None or self.gathered

    def _has_last_date(self) -> bool:
        if self.source.time is not None or self.source.name in self.scope.world.broken_sources:
            return self.source.time is not None
        self.scope.reading.say(window_messages.no_last_date(self.scope.reading, self.node, self.source))
        return False

    def _alive(self, node: tree.Alive) -> tuple[Reference, Reference | None] | None:
        start = self._date(node.start, "alive")
        end = self._date(node.end, "alive") if node.end else None
        return None if start is None or (node.end and end is None) else (start, end)

    def _date(self, node: tree.Name, word: str) -> Reference | None:
        """The path to a date, which may be a derived column that is the same in every period."""
        reading = self.scope.reading
        found = self.scope.reference(node)
        if found is None:
            return None
        if found.type not in DATE_TYPES:
            reading.say(messages.needs_date(reading, word, found))
        elif per_period(inlined(found, self.source.name, self.scope.world.sources)):
            reading.say(window_messages.depends_on_period(reading, word, node))
        else:
            return found
        return None

    def _unit(self, core: Core | None) -> Unit:
        """A count is in the entity of a row; a distinct one in the entity that its column refers to, or the column's unit."""
        if self.node.function not in ("count", "share"):
            return core.unit if core is not None else NUMBER
        if not self.node.distinct:
            return _row_unit(self.source)
        return _distinct_unit(core, self.source, self.scope)


def _distinct_unit(core: Core | None, source: Source, scope: RowScope) -> Unit:
    if not isinstance(core, Reference):
        return core.unit if core is not None else NUMBER
    owner = source
    for part in core.path[:-1]:
        owner = scope.world.sources[owner.links[part].target]
    column = owner.columns[core.path[-1]]
    if column.references:
        return _row_unit(scope.world.sources.get(column.references))
    return _row_unit(owner) if owner.key == (column.name,) and column.unit.is_number else column.unit


def _row_unit(source: Source | None) -> Unit:
    return Unit.of(source.row) if source is not None and source.row else NUMBER
