"""Dimensions as written to the path that leads each source to them.

A listed path serves its own source, and every source that reaches the listed one by exactly one way of references.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpidsl.catalog import messages
from kpidsl.catalog.catalog import Dimension, Source
from kpidsl.catalog.core import Reference, Type
from kpidsl.catalog.rows import ColumnOf, RowScope
from kpidsl.catalog.world import World
from kpidsl.documents import model

_LONGEST_WAY = 6


def build_dimension(definition: model.Dimension, world: World, column_of: ColumnOf) -> Dimension | None:
    """The resolved dimension; None, reported, where no listed path is good."""
    listed: dict[str, Reference] = {}
    for formula in definition.paths:
        if formula.tree is None:
            continue
        source, *rest = formula.tree.parts
        if source not in world.sources:
            if source not in world.broken_sources:
                place = formula.label(formula.tree.spans[0])
                world.found.append(messages.unknown_source_of_path(place, source, tuple(world.sources)))
            continue
        if not rest:
            world.found.append(messages.path_needs_column(formula.label(), source))
            continue
        scope = RowScope(source, formula.excerpt, world, column_of, formula.tree)
        core = scope.name(formula.tree)
        if isinstance(core, Reference):
            listed[source] = core
        elif core is not None:
            world.found.append(messages.derived_dimension(formula.label(), formula.tree.text))
    if not listed:
        return None
    return _typed(definition, listed, world)


def _typed(definition: model.Dimension, listed: Mapping[str, Reference], world: World) -> Dimension | None:
    kinds = {reference.type for reference in listed.values()}
    if len(kinds) > 1 or Type.NUMBER in kinds:
        world.found.append(messages.dimension_types(definition.name.label(), definition.name.value, kinds))
        return None
    kind = next(iter(kinds))
    paths = dict(listed)
    for name in world.sources:
        if name not in listed:
            ways = set(_ways(name, listed, world.sources))
            if len(ways) == 1:
                paths[name] = Reference(next(iter(ways)), type=kind)
    return Dimension(definition.name.value, kind, paths, definition)


def _ways(start: str, listed: Mapping[str, Reference], sources: Mapping[str, Source]) -> Iterator[tuple[str, ...]]:
    """The full column paths by which a source reaches a listed one, each source on a way once."""
    stack: list[tuple[str, tuple[str, ...], frozenset[str]]] = [(start, (), frozenset({start}))]
    while stack:
        name, way, seen = stack.pop()
        if way and name in listed:
            yield (*way, *listed[name].path)
            continue
        if len(way) == _LONGEST_WAY or name not in sources:
            continue
        for column in sources[name].columns.values():
            if column.references and column.references not in seen:
                stack.append((column.references, (*way, column.name), seen | {column.references}))
