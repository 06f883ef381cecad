"""Which rows belong together: the `cluster` of a KPI in, the column for it in each source of the formula out.

The path is looked for in every source on its own, as `customer` is a column of orders and of visits. In a source to which a
reference of that name leads, such as the customers themselves, every row stands for itself. A value that says nothing has what
the values that it uses say; where two of them disagree about one source nothing can be told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpidsl.catalog import row_messages
from kpidsl.catalog.catalog import Clusters, Value
from kpidsl.catalog.core import Core, Reference, aggregates, per_period, value_names
from kpidsl.catalog.inline import inlined
from kpidsl.catalog.links import ColumnOf
from kpidsl.catalog.world import World
from kpidsl.documents import model


def clusters_of(definition: model.Measure | model.Kpi, core: Core, world: World, column_of: ColumnOf) -> Clusters | None:
    """The clusters that a definition declares, else those of what its formula uses; what is wrong is reported."""
    written = definition.cluster if isinstance(definition, model.Kpi) else None
    if written is None:
        return _inherited(core, world)
    if written.tree is None:
        return None
    sources, path = tuple(dict.fromkeys(_sources(core, world))), written.tree.parts
    keys = {source: _key(source, path, world, column_of) for source in sources}
    lacking = [source for source, key in keys.items() if key is None and not _stands_for_itself(source, path, world)]
    if lacking:
        if not any(_is_hole(source, path, world) for source in lacking):
            shared = [name for name in _names(lacking[0], world) if all(name in _names(source, world) for source in sources)]
            has = [_names(source, world) for source in lacking]
            found = row_messages.cluster_out_of_reach(written, definition.name.value, lacking, has, shared)
            world.found.append(found)
        return None
    for source, key in keys.items():
        if key is not None and per_period(inlined(key, source, world.sources)):
            world.found.append(row_messages.cluster_depends_on_period(written, source))
            return None
    return Clusters((written.tree.text,), tuple(keys.items()))


def _inherited(core: Core, world: World) -> Clusters | None:
    used = [found for each in value_names(core) if (value := world.values.get(each.name)) and (found := value.clusters)]
    if not used:
        return None
    keys: dict[str, Reference | None] = {}
    clash = any(each.clash for each in used)
    for each in used:
        for source, key in each.keys:
            clash |= keys.setdefault(source, key) != key
    return Clusters(tuple(dict.fromkeys(path for each in used for path in each.paths)), tuple(keys.items()), clash)


def _sources(core: Core, world: World) -> Iterator[str]:
    """The sources of all aggregates under a formula."""
    seen: set[str] = set()
    stack = [core]
    while stack:
        top = stack.pop()
        yield from (node.source for node in aggregates(top))
        for name in (reference.name for reference in value_names(top)):
            value: Value | None = world.values.get(name)
            if value is not None and name not in seen:
                seen.add(name)
                stack.append(value.core)


def _key(source: str, path: Sequence[str], world: World, column_of: ColumnOf) -> Reference | None:
    """The column to which a path leads from a source; a reference stands for the column that it goes by."""
    owner, way = source, tuple(path[:-1])
    for part in way:
        link = world.sources[owner].links.get(part)
        if link is None or link.target in world.broken_sources:
            return None
        owner = link.target
    column, last = column_of(owner, path[-1]), world.sources[owner].links.get(path[-1])
    if column is None and last is not None and len(last.match) == 1:
        column = column_of(owner, last.match[0][0])
    return None if column is None else Reference((*way, column.name), type=column.type)


def _stands_for_itself(source: str, path: Sequence[str], world: World) -> bool:
    """Whether a reference of that name leads to the rows of a source, each of which it finds by their key."""
    if len(path) > 1:
        return False
    links = (link for each in world.sources.values() for link in each.links.values() if link.name == path[0])
    return any(link.target == source and link.valid is None for link in links)


def _is_hole(source: str, path: Sequence[str], world: World) -> bool:
    """Whether something of a path was reported already."""
    for part in path:
        place = (source, part)
        if source in world.broken_sources or place in world.broken_columns or place in world.broken_links:
            return True
        link = world.sources[source].links.get(part) if source in world.sources else None
        if link is None:
            return False
        source = link.target
    return False


def _names(source: str, world: World) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*world.column_names(source), *world.sources[source].links)))
