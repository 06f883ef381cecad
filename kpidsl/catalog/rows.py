"""Row level: what names mean inside an aggregate or a derived column, and how a derived column stands for its formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kpidsl.catalog import functions, messages
from kpidsl.catalog.catalog import Column
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference
from kpidsl.catalog.reading import Reading
from kpidsl.catalog.world import World
from kpidsl.language import tree
from kpidsl.language.operators import PERIODS
from kpidsl.text import Excerpt, Span

PERIOD_NAMES = frozenset(signature.name for signature in PERIODS)

ColumnOf = Callable[[str, str], Column | None]


class RowScope:
    """The names that a row of `source` knows; `first`, an aggregate's first name, begins with the source itself."""

    def __init__(
        self, source: str, excerpt: Excerpt, world: World, column_of: ColumnOf, first: tree.Name | None = None
    ) -> None:
        self.source = source
        self.world = world
        self.column_of = column_of
        self.first = first
        self.reading = Reading(excerpt, world, self.name, self.call, self.listed)

    def name(self, node: tree.Name) -> Core | None:
        parts, spans = node.parts, node.spans
        if node is self.first:
            parts, spans = parts[1:], spans[1:]
        return self.path(parts, spans, node)

    def path(self, parts: tuple[str, ...], spans: tuple[Span, ...], node: tree.Name) -> Core | None:
        """A path of columns; a derived column at its end stands for its formula, seen from this source."""
        source = self.source
        for part, span in zip(parts[:-1], spans[:-1], strict=True):
            column = self._column(source, part, span, node)
            if column is None:
                return None
            if column.references is None:
                self.reading.say(messages.not_a_reference(self.reading, part, span, source, node))
                return None
            if column.references in self.world.broken_sources:
                return None
            source = column.references
        column = self._column(source, parts[-1], spans[-1], node)
        if column is None:
            return None
        if column.formula is not None:
            return replace(prefixed(column.formula, parts[:-1]), span=node.span)
        return Reference(parts, unit=column.unit, type=column.type, span=node.span)

    def call(self, node: tree.Call | tree.Neighbour) -> Core | None:
        if functions.is_aggregate(node):
            self.reading.say(messages.nested_aggregate(self.reading, node))
            return None
        return functions.read_call(node, self.reading)

    def listed(self, reference: Reference) -> tuple[str, ...] | None:
        source = self.source
        for part in reference.path[:-1]:
            column = self.column_of(source, part)
            if column is None or column.references is None:
                return None
            source = column.references
        last = self.column_of(source, reference.path[-1])
        return last.values if last is not None else None

    def _column(self, source: str, part: str, span: Span, node: tree.Name) -> Column | None:
        column = self.column_of(source, part)
        if column is None and part in PERIOD_NAMES:
            self.reading.say(messages.not_evaluated_yet(self.reading.label(span), part))
        elif column is None and (source, part) not in self.world.broken_columns and source not in self.world.broken_sources:
            known = tuple(self.world.column_names(source))
            self.reading.say(messages.unknown_column(self.reading, part, span, source, known, node, self.source))
        return column


def prefixed(core: Core, prefix: tuple[str, ...]) -> Core:
    """A row formula of a referenced source, seen from the source that reaches it by `prefix`."""
    if not prefix:
        return core
    match core:
        case Reference(path=path):
            return replace(core, path=(*prefix, *path))
        case Apply(arguments=arguments):
            return replace(core, arguments=tuple(prefixed(argument, prefix) for argument in arguments))
        case Aggregate():
            raise AssertionError(core)
        case _:
            return core
