"""Dimensions as written to the path that leads each source to them.

A listed path serves its own source, and every source that reaches the listed one by exactly one way of references. It may end
at a derived column.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from kpidsl.catalog import messages, row_messages
from kpidsl.catalog.catalog import Dimension
from kpidsl.catalog.core import Reference, Type, per_period
from kpidsl.catalog.inline import inlined
from kpidsl.catalog.links import ColumnOf, ways
from kpidsl.catalog.rows import RowScope
from kpidsl.catalog.world import World
from kpidsl.documents import model
from kpidsl.language.tree import Name


def build_dimension(definition: model.Dimension, world: World, column_of: ColumnOf) -> Dimension | None:
    """The resolved dimension; None, reported, where no listed path is good."""
    listed: dict[str, Reference] = {}
    for formula in definition.paths:
        reference = _listed(formula, world, column_of)
        if formula.tree is not None and reference is not None:
            listed[formula.tree.parts[0]] = reference
    if not listed:
        return None
    return _typed(definition, listed, world)


def _listed(formula: model.Formula[Name], world: World, column_of: ColumnOf) -> Reference | None:
    if formula.tree is None:
        return None
    source, *rest = formula.tree.parts
    if source not in world.sources:
        if source not in world.broken_sources:
            place = formula.label(formula.tree.spans[0])
            world.found.append(messages.unknown_source_of_path(place, source, tuple(world.sources)))
        return None
    if not rest:
        world.found.append(messages.path_needs_column(formula.label(), source))
        return None
    reference = RowScope(source, formula.excerpt, world, column_of, formula.tree).reference(formula.tree)
    if reference is not None and per_period(inlined(reference, source, world.sources)):
        world.found.append(row_messages.dimension_depends_on_period(formula.label(), formula.tree.text))
        return None
    return reference


def _typed(definition: model.Dimension, listed: Mapping[str, Reference], world: World) -> Dimension | None:
    kinds = {reference.type for reference in listed.values()}
    if len(kinds) > 1 or Type.NUMBER in kinds:
        world.found.append(messages.dimension_types(definition.name.label(), definition.name.value, kinds))
        return None
    kind = next(iter(kinds))
    paths = dict(listed)
    for name in world.sources:
        if name not in listed:
            found = list(islice(ways(name, listed, world.sources), 2))
            if len(found) == 1:
                paths[name] = _through(found[0], name, listed, world)
    return Dimension(definition.name.value, kind, paths, definition)


def _through(way: tuple[str, ...], source: str, listed: Mapping[str, Reference], world: World) -> Reference:
    end = source
    for name in way:
        end = world.sources[end].links[name].target
    return Reference((*way, *listed[end].path), type=listed[end].type)
