"""An aggregate's call to its core node: the source that its first name begins with, its argument, its modifiers, its unit."""

from __future__ import annotations

from kpidsl.catalog import messages
from kpidsl.catalog.catalog import Source
from kpidsl.catalog.core import Aggregate, Core, Reference, Type
from kpidsl.catalog.expressions import read
from kpidsl.catalog.reading import DATE_TYPES, Reading
from kpidsl.catalog.rows import ColumnOf, RowScope
from kpidsl.language import tree
from kpidsl.language.functions import FUNCTIONS
from kpidsl.language.walk import walk
from kpidsl.units.unit import NUMBER, Unit


def read_aggregate(node: tree.Call, reading: Reading, column_of: ColumnOf) -> Core | None:
    """The aggregate that a call asks for; None, reported, where it has a mistake or cannot be evaluated yet."""
    if not FUNCTIONS[node.function].evaluated:
        reading.say(messages.not_evaluated_yet(reading.label(node.span), node.function))
        return None
    if len(node.arguments) != 1:
        reading.say(messages.wrong_number_of_arguments(reading, node, 1, 1))
        return None
    first = _first_name(node.arguments[0])
    if first is None:
        reading.say(messages.no_source_in_aggregate(reading, node))
        return None
    source = _source(first, node, reading)
    if source is None:
        return None
    scope = RowScope(source.name, reading.excerpt, reading.world, column_of, first)
    return _with_argument(node, first, source, scope)


def _with_argument(node: tree.Call, first: tree.Name, source: Source, scope: RowScope) -> Core | None:
    argument = node.arguments[0]
    core: Core | None = None
    if argument is first and len(first.parts) == 1:
        if node.function != "count" or node.distinct:
            scope.reading.say(messages.aggregate_needs_column(scope.reading, node, source))
            return None
    else:
        core = read(argument, scope.reading)
        if core is None or not _fits(core, node, scope.reading):
            _modifiers(node, source, scope)  # for their own mistakes
            return None
    modifiers = _modifiers(node, source, scope)
    if modifiers is None:
        return None
    at, where = modifiers
    unit = _unit(node, core, source, scope)
    return Aggregate(node.function, source.name, core, where, at, distinct=node.distinct, unit=unit, span=node.span)


def _first_name(argument: tree.Tree) -> tree.Name | None:
    names = [part for part in walk(argument) if isinstance(part, tree.Name)]
    return min(names, key=lambda name: name.span.start, default=None)


def _source(first: tree.Name, node: tree.Call, reading: Reading) -> Source | None:
    name = first.parts[0]
    if name in reading.world.sources:
        return reading.world.sources[name]
    if name not in reading.world.broken_sources:
        reading.say(messages.unknown_source(reading, first, node, tuple(reading.world.sources)))
    return None


def _fits(core: Core, node: tree.Call, reading: Reading) -> bool:
    if node.function == "count" or core.type is Type.NUMBER:
        return True
    reading.say(messages.aggregate_needs_number(reading, node, core))
    return False


def _modifiers(node: tree.Call, source: Source, scope: RowScope) -> tuple[Reference | None, Core | None] | None:
    modifiers = node.modifiers
    if modifiers is None:
        return None, None
    for word, given in (("via", modifiers.via), ("alive", modifiers.alive), ("closing", modifiers.closing)):
        if given:
            scope.reading.say(messages.not_evaluated_yet(scope.reading.label(node.span), word))
            return None
    at = _date(modifiers.at, scope) if modifiers.at else None
    where = read(modifiers.where, scope.reading) if modifiers.where else None
    if (modifiers.at and at is None) or (modifiers.where and where is None):
        return None
    if where is not None and where.type is not Type.BOOLEAN:
        scope.reading.say(messages.needs_condition(scope.reading, "where", where))
        return None
    return at, where


def _date(node: tree.Name, scope: RowScope) -> Reference | None:
    core = scope.name(node)
    if core is None:
        return None
    if core.type not in DATE_TYPES or not isinstance(core, Reference):
        scope.reading.say(messages.needs_date(scope.reading, "at", core))
        return None
    return core


def _unit(node: tree.Call, core: Core | None, source: Source, scope: RowScope) -> Unit:
    """A count is in the entity of a row; a distinct count in the entity that its column refers to, or the column's own unit."""
    if node.function != "count":
        return core.unit if core is not None else NUMBER
    if not node.distinct:
        return Unit.of(source.row) if source.row else NUMBER
    return _distinct_unit(core, source, scope)


def _distinct_unit(core: Core | None, source: Source, scope: RowScope) -> Unit:
    if not isinstance(core, Reference):
        return core.unit if core is not None else NUMBER
    owner = source
    for part in core.path[:-1]:
        column = owner.columns[part]
        owner = scope.world.sources[column.references or ""]
    column = owner.columns[core.path[-1]]
    if column.references:
        row = scope.world.sources[column.references].row
        return Unit.of(row) if row else NUMBER
    if owner.key == (column.name,) and column.unit.is_number:
        return Unit.of(owner.row) if owner.row else NUMBER
    return column.unit
