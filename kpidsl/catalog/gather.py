"""Aggregates in derived columns: what a row gets from the rows of a source that refer to it, along one way of references."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec.structs import replace

from kpidsl.catalog import row_messages
from kpidsl.catalog.aggregates import read_aggregate
from kpidsl.catalog.core import Aggregate, Apply, Core, Gather, aggregates
from kpidsl.catalog.links import ways
from kpidsl.catalog.rows import RowScope
from kpidsl.language import tree

_MOST_SHOWN = 9

Way = tuple[str, ...]


def read_gather(node: tree.Call, scope: RowScope) -> Core | None:
    """The node for an aggregate's call in a column of the scope's source; None, reported, where it has a mistake."""
    modifiers = node.modifiers
    via = modifiers.via if modifiers is not None else None
    if modifiers is not None and (modifiers.at is not None or modifiers.closing):
        word = "at" if modifiers.at is not None else "closing"
        scope.reading.say(row_messages.modifier_in_derived_column(scope.reading, node, word))
        return None
    core = read_aggregate(node, scope.reading, scope.column_of, gathered=True)
    start = next((each.source for each in aggregates(core)), None) if core is not None else None
    if core is None or start is None or start in scope.world.broken_sources:
        return None
    key = _way(node, start, scope) if via is None else _way_via(node, via, start, scope)
    return None if key is None or not _leads(start, key, scope) else gathered(core, scope.source, key)


def gathered(core: Core, home: str, key: Way) -> Core:
    """The same with each aggregate taken for a row of `home`."""
    match core:
        case Aggregate():
            return Gather(home, core, key, unit=core.unit, type=core.type, span=core.span)
        case Apply(arguments=arguments):
            return replace(core, arguments=tuple(gathered(argument, home, key) for argument in arguments))
        case _:
            return core


def _way(node: tree.Call, start: str, scope: RowScope) -> Way | None:
    sources = scope.world.sources
    found = _some(ways(start, (scope.source,), sources))
    if not found:
        if not any(name == start for name, _ in scope.world.broken_links):
            back = min(ways(scope.source, (start,), sources), key=len, default=())
            scope.reading.say(row_messages.no_way(scope.reading, node, start, sources[scope.source], back))
        return None
    return _only(found, node, start, None, scope)


def _way_via(node: tree.Call, via: tree.Name, start: str, scope: RowScope) -> Way | None:
    """The way that is `via`, or that begins with it."""
    sources, end, passed = scope.world.sources, start, {start}
    for part, span in zip(via.parts, via.spans, strict=True):
        link = sources[end].links.get(part)
        if link is None:
            if (end, part) not in scope.world.broken_links:
                links = tuple(sources[end].links)
                scope.reading.say(row_messages.via_is_no_reference(scope.reading, part, span, end, links))
            return None
        end = link.target
        passed.add(end)
    if end == scope.source:
        return via.parts
    found = _some(ways(end, (scope.source,), sources, frozenset(passed)))
    if not found:
        scope.reading.say(row_messages.via_leads_elsewhere(scope.reading, via, end, scope.source))
        return None
    return _only([(*via.parts, *rest) for rest in found], node, start, via, scope)


def _some(found: Iterator[Way]) -> list[Way]:
    return sorted(islice(found, _MOST_SHOWN), key=lambda way: (len(way), way))


def _only(found: Sequence[Way], node: tree.Call, start: str, via: tree.Name | None, scope: RowScope) -> Way | None:
    if len(found) == 1:
        return found[0]
    words = [".".join(way) for way in found]
    scope.reading.say(row_messages.several_ways(scope.reading, node, start, scope.source, words, via))
    return None


def _leads(source: str, way: Way, scope: RowScope) -> bool:
    """Whether the columns by which the references on a way find their rows are there, among them derived ones."""
    for name in way:
        target = scope.step(source, name)
        if target is None:
            return False
        source = target
    return True
