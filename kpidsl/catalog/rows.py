"""Row level: what names and calls mean inside an aggregate or a derived column."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from kpidsl.catalog import functions, messages, row_messages
from kpidsl.catalog.core import Core, Reference, Type, per_period
from kpidsl.catalog.inline import at_own_time, misses_with_row, prefixed, where_found
from kpidsl.catalog.links import ColumnOf
from kpidsl.catalog.named import Names
from kpidsl.catalog.nearby import read_nearby
from kpidsl.catalog.paths import Spot
from kpidsl.catalog.period_names import PERIOD_NAMES, period_value
from kpidsl.catalog.reading import Reading
from kpidsl.catalog.row_windows import read_row_window
from kpidsl.catalog.windows import is_window
from kpidsl.catalog.world import World
from kpidsl.language import tree
from kpidsl.text import Excerpt, Span

__all__ = ["ColumnOf", "RowScope"]


class RowScope:
    """The names that a row of `source` knows; `first`, an aggregate's first name, begins with the source itself.

    `gather` reads aggregates, in a derived column; elsewhere on rows there are none.
    """

    def __init__(
        self,
        source: str,
        excerpt: Excerpt,
        world: World,
        column_of: ColumnOf,
        first: tree.Name | None = None,
        gather: Callable[[tree.Call, RowScope], Core | None] | None = None,
    ) -> None:
        self.source = source
        self.world = world
        self.column_of = column_of
        self.first = first
        self.gather = gather
        self.reading = Reading(excerpt, world, self.name, self.call, self.listed, names=self.names)

    def over(self, source: str, first: tree.Name | None) -> RowScope:
        """The same formula on the rows of another source; `first`, if any, begins with its name."""
        return RowScope(source, self.reading.excerpt, self.world, self.column_of, first, self.gather)

    def name(self, node: tree.Name) -> Core | None:
        """What a name stands for; a derived column is its formula, seen from this source."""
        if node is not self.first and node.text in PERIOD_NAMES and not self.knows(self.source, node.text):
            return period_value(node.text, node.span)
        spot = self._column_at(node)
        if spot is None or spot.column is None:
            return None
        return spot.reference(node.span) if spot.column.formula is None else self._derived(spot, spot.column.formula, node.span)

    def _derived(self, spot: Spot, formula: Core, span: Span) -> Core:
        """One that reads a reference valid for a time stays a column, as that is read at the own date of its row, and so does
        one that would have a value where no row is found.
        """
        guarded = bool(spot.prefix) and not misses_with_row(formula)
        if at_own_time(formula, spot.owner, self.world.sources) or (guarded and not per_period(formula)):
            return spot.reference(span)
        core = replace(prefixed(formula, spot.prefix), span=span)
        return where_found(core, self._key_at(spot, span)) if guarded else core

    def _key_at(self, spot: Spot, span: Span) -> Reference:
        """The first column by which the last reference on the way to a spot finds its row."""
        source = self.source
        for part in spot.prefix[:-1]:
            source = self.world.sources[source].links[part].target
        name = self.world.sources[source].links[spot.prefix[-1]].match[0][1]
        column = self.column_of(spot.owner, name)
        assert column is not None
        return Reference((*spot.prefix, name), type=column.type, span=span)

    def reference(self, node: tree.Name) -> Reference | None:
        """The path to a column, which may be a derived one."""
        spot = self._column_at(node)
        return None if spot is None else spot.reference(node.span)

    def _column_at(self, node: tree.Name) -> Spot | None:
        spot = self.spot(node)
        if spot is not None and spot.column is None and spot.link is not None:
            target = self.world.sources[spot.link.target]
            self.reading.say(row_messages.reference_is_no_value(self.reading, node, target))
            return None
        return spot

    def spot(self, node: tree.Name) -> Spot | None:
        """Where a path leads; None, reported, where a part of it is neither a column nor a reference."""
        parts, spans = node.parts, node.spans
        if node is self.first:
            parts, spans = parts[1:], spans[1:]
        if not parts:
            self.reading.say(row_messages.source_is_no_value(self.reading, node))
            return None
        source = self.source
        for part, span in zip(parts[:-1], spans[:-1], strict=True):
            target = self.step(source, part)
            if target is None:
                self._no_step(source, part, span, node)
                return None
            source = target
        return self._end(source, parts, spans[-1], node)

    def _end(self, source: str, parts: tuple[str, ...], span: Span, node: tree.Name) -> Spot | None:
        column, link = self.column_of(source, parts[-1]), self.world.sources[source].links.get(parts[-1])
        if column is None and (link is None or self._is_hole(source, parts[-1])):
            if not self._is_hole(source, parts[-1]):
                self._unknown(source, parts[-1], span, node)
            return None
        return Spot(parts[:-1], source, parts[-1], column, link)

    def step(self, source: str, name: str) -> str | None:
        """The source to which a reference leads, if its own columns are there, among them derived ones."""
        link = self.world.sources[source].links.get(name)
        if link is None or link.target in self.world.broken_sources:
            return None
        return link.target if all(self.column_of(source, own) is not None for own, _ in link.match) else None

    def knows(self, source: str, name: str) -> bool:
        """Whether a source has a column or a reference of that name, even a broken one."""
        found = self.column_of(source, name) is not None or name in self.world.sources[source].links
        return found or self._is_hole(source, name)

    def _is_hole(self, source: str, name: str) -> bool:
        place = (source, name)
        return place in self.world.broken_columns or place in self.world.broken_links or source in self.world.broken_sources

    def _no_step(self, source: str, part: str, span: Span, node: tree.Name) -> None:
        if self._is_hole(source, part) or part in self.world.sources[source].links:
            return
        if self.column_of(source, part) is None:
            self._unknown(source, part, span, node)
        else:
            self.reading.say(messages.not_a_reference(self.reading, part, span, source, node))

    def _unknown(self, source: str, part: str, span: Span, node: tree.Name) -> None:
        known = tuple(dict.fromkeys((*self.world.column_names(source), *self.world.sources[source].links)))
        self.reading.say(messages.unknown_column(self.reading, part, span, source, known, node, self.source))

    def names(self) -> Names:
        """The numbers of a row, and those of the rows to which it refers, by their units."""
        source, columns = self.world.sources[self.source], self.world.columns
        own = {name: column.unit for name, column in columns.get(self.source, {}).items() if column.type is Type.NUMBER}
        for name, link in source.links.items():
            there = columns.get(link.target, {}).values()
            own.update({f"{name}.{each.name}": each.unit for each in there if each.type is Type.NUMBER})
        return Names.of(own)

    def call(self, node: tree.Call | tree.Neighbour) -> Core | None:
        if isinstance(node, tree.Neighbour):
            return read_nearby(node, self)
        if functions.is_aggregate(node):
            if self.gather is not None:
                return self.gather(node, self)
            self.reading.say(messages.nested_aggregate(self.reading, node))
            return None
        return read_row_window(node, self.reading) if is_window(node) else functions.read_call(node, self.reading)

    def listed(self, reference: Reference) -> tuple[str, ...] | None:
        """The values that the definition of a column lists."""
        source = self.source
        for part in reference.path[:-1]:
            source = self.world.sources[source].links[part].target
        column = self.column_of(source, reference.path[-1])
        return column.values if column is not None else None
