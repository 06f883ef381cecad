"""Sources of an old version in the words of the new one: which columns and references are the same, whatever they are called.

A column is the same if it is read from the same column of the data and in the same type; then the two versions may call it
differently. A derived column is the same if its formula is, a reference if it finds the same rows. What is not the same gets a
name of its own, so that a formula over it is another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog, Column, Link, Source
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Gather, Nearby, Reference, Type

OLD = " (old)"
_ORDERED = frozenset({"first", "last"})

Way = tuple[str, ...]


class Places:
    """The sources of both versions together, and trees over the old ones moved there."""

    def __init__(self, old: Catalog, new: Catalog) -> None:
        self._old, self._new = old, new
        self._columns: dict[tuple[str, str], str] = {}
        self._links: dict[tuple[str, str], str] = {}
        self._shared = old.sources.keys() & new.sources.keys()
        for name in self._shared:
            self._match_columns(name)
        for name in self._shared:
            self._match_links(name)
        self._timed = {name for name in self._shared if self._time(name) != new.sources[name].time}
        self._ordered = self._timed | {name for name in self._shared if self._key(name) != new.sources[name].key}
        self._same = not (self._columns or self._links or self._ordered)
        for name in self._shared:
            self._match_derived(name)
        shared = old.dimensions.keys() & new.dimensions.keys()
        self.dimensions = frozenset(name for name in shared if self._paths(name) != new.dimensions[name].paths)
        self._same = self._same and not (self._columns or self.dimensions)
        self.sources: Mapping[str, Source] = MappingProxyType(self._joined())

    # What is the same

    def _match_columns(self, source: str) -> None:
        """Data columns that are called differently, or are others now."""
        ours, theirs = self._old.sources[source].columns, self._new.sources[source].columns
        by_data = {(each.data_name, each.type): name for name, each in theirs.items() if each.formula is None}
        for name, column in ours.items():
            if column.formula is None:
                found = name if _same_data(column, theirs.get(name)) else by_data.get((column.data_name, column.type))
                if found != name:
                    self._columns[source, name] = found or name + OLD

    def _match_links(self, source: str) -> None:
        theirs = self._new.sources[source].links
        for name, link in self._old.sources[source].links.items():
            moved = self._link(source, link)
            found = next((other for other, each in theirs.items() if _found_by(each) == _found_by(moved)), None)
            found = name if name in theirs and _found_by(theirs[name]) == _found_by(moved) else found
            if found != name:
                self._links[source, name] = found or name + OLD

    def _match_derived(self, source: str) -> None:
        theirs = self._new.sources[source].columns
        for name, column in self._old.sources[source].columns.items():
            other = theirs.get(name)
            if column.formula is not None and (other is None or other.formula != self.row(column.formula, source)):
                self._columns[source, name] = name + OLD

    def _link(self, source: str, link: Link) -> Link:
        match = tuple((self._column(source, own), self._column(link.target, there)) for own, there in link.match)
        valid = None if link.valid is None else tuple(self._column(link.target, each) for each in link.valid)
        return replace(link, match=match, valid=None if valid is None else (valid[0], valid[1]))

    def _column(self, source: str, name: str) -> str:
        return self._columns.get((source, name), name)

    def _time(self, source: str) -> str | None:
        time = self._old.sources[source].time
        return None if time is None else self._column(source, time)

    def _key(self, source: str) -> tuple[str, ...]:
        return tuple(self._column(source, name) for name in self._old.sources[source].key)

    def _paths(self, dimension: str) -> dict[str, Reference]:
        paths = self._old.dimensions[dimension].paths
        return {source: self._reference(reference, source) for source, reference in paths.items()}

    # Trees moved

    def value(self, core: Core, names: Mapping[str, str]) -> Core:
        """A formula over values of the old version, with the values called as `names` says."""
        if self._same and not names:
            return core
        match core:
            case Reference(path=(name,)):
                return replace(core, path=(names[name],)) if name in names else core
            case Apply(function="total", arguments=(inner, *words)):
                return replace(core, arguments=(self.value(inner, names), *map(self._dimension, words)))
            case Apply(arguments=arguments):
                return replace(core, arguments=tuple(self.value(argument, names) for argument in arguments))
            case Aggregate():
                return core if self._same else self._aggregate(core)
            case _:
                return core

    def _dimension(self, word: Core) -> Core:
        changed = isinstance(word, Constant) and isinstance(word.value, str) and word.value in self.dimensions
        return replace(word, value=f"{word.value}{OLD}") if changed and isinstance(word, Constant) else word

    def row(self, core: Core, source: str) -> Core:
        """A formula over the rows of a source of the old version."""
        if self._same:
            return core
        match core:
            case Reference():
                return self._reference(core, source)
            case Apply(arguments=arguments):
                return replace(core, arguments=tuple(self.row(argument, source) for argument in arguments))
            case Gather(aggregate=aggregate, key=key, prefix=prefix):
                key = self._way(aggregate.source, key)
                return replace(core, aggregate=self._aggregate(aggregate), key=key, prefix=self._way(source, prefix))
            case Nearby():
                return self._nearby(core, source)
            case _:
                return core

    def _aggregate(self, node: Aggregate) -> Aggregate:
        source = node.source
        own_time = node.at is None and node.alive is None
        at = None if node.at is None else self._reference(node.at, source)
        apart = node.function in _ORDERED and source in self._ordered
        if own_time and source in self._timed:
            time = self._time(source)
            apart = apart or time is None
            at = None if time is None else Reference((time,), type=self._type(source))
        return replace(
            node,
            source=source + OLD if apart else source,
            argument=None if node.argument is None else self.row(node.argument, source),
            where=None if node.where is None else self.row(node.where, source),
            at=at,
            alive=None if node.alive is None else self._alive(node.alive, source),
        )

    def _alive(self, alive: tuple[Reference, Reference | None], source: str) -> tuple[Reference, Reference | None]:
        start, end = alive
        return self._reference(start, source), None if end is None else self._reference(end, source)

    def _nearby(self, node: Nearby, source: str) -> Nearby:
        moved = {node.source, node.home} & self._ordered
        keys = ((self._reference(own, node.home), self._reference(there, node.source)) for own, there in node.keys)
        return replace(
            node,
            home=node.home + OLD if moved else node.home,
            argument=self.row(node.argument, node.source),
            where=None if node.where is None else self.row(node.where, node.source),
            keys=tuple(keys),
            prefix=self._way(source, node.prefix),
        )

    def _type(self, source: str) -> Type:
        time = self._old.sources[source].time
        assert time is not None
        return self._old.sources[source].columns[time].type

    def _reference(self, reference: Reference, source: str) -> Reference:
        """A path moved: references, and the column at its end, which may be called like a reference of its source."""
        way, column = reference.path[:-1], reference.path[-1]
        owner = source
        for part in way:
            owner = self._old.sources[owner].links[part].target
        path = (*self._way(source, way), self._column(owner, column))
        return reference if path == reference.path else replace(reference, path=path)

    def _way(self, source: str, way: Way) -> Way:
        return tuple(self._links.get(step, step[1]) for step in self._old.steps(source, way))

    # The sources together

    def _joined(self) -> dict[str, Source]:
        joined = {**self._old.sources, **self._new.sources}
        for name in self._shared:
            ours, theirs = self._old.sources[name], self._new.sources[name]
            columns = {new: ours.columns[own] for own in ours.columns if (new := self._column(name, own)) not in theirs.columns}
            links = {
                new: self._link(name, each)
                for own, each in ours.links.items()
                if (new := self._links.get((name, own), own)) not in theirs.links
            }
            joined[name] = replace(theirs, columns={**theirs.columns, **columns}, links={**theirs.links, **links})
            if name in self._ordered:
                joined[name + OLD] = replace(joined[name], name=name + OLD, time=self._time(name), key=self._key(name))
        return joined


def _same_data(column: Column, other: Column | None) -> bool:
    same = other is not None and other.formula is None
    return same and other is not None and (column.data_name, column.type) == (other.data_name, other.type)


def _found_by(link: Link) -> tuple[object, ...]:
    return link.target, frozenset(link.match), link.valid
