"""References as written to links, and the ways that lead from source to source along them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from kpidsl.catalog import messages, row_messages
from kpidsl.catalog.catalog import Column, Link, Source
from kpidsl.catalog.core import Type, per_period
from kpidsl.catalog.reading import DATE_TYPES
from kpidsl.catalog.world import World
from kpidsl.documents import model
from kpidsl.suggest import nearest

LONGEST_WAY = 6

ColumnOf = Callable[[str, str], Column | None]
Sources = Mapping[str, model.Source]
Written = model.Written[str]


def build_links(source: model.Source, definitions: Sources, world: World) -> dict[str, Link]:
    """The links of a source by name, whatever the types of their columns; what is wrong is reported and left out."""
    name = source.name.value
    written: dict[str, Link | None] = {}
    for column in source.columns:
        if column.references is not None:
            written[column.name.value] = _of_column(column, column.references, definitions, world)
    for reference in source.references:
        written[reference.name.value] = _of_reference(reference, source, definitions, world)
    world.broken_links.update((name, each) for each, link in written.items() if link is None)
    return {each: link for each, link in written.items() if link is not None}


def _of_column(column: model.Column, references: Written, definitions: Sources, world: World) -> Link | None:
    target = _target(references, definitions, world)
    if target is None:
        return None
    if len(target.key) != 1:
        world.found.append(messages.referenced_source_needs_key(references.label(), target))
        return None
    name = column.name.value
    return Link(name, references.value, ((name, target.key[0].value),))


def _target(written: Written, definitions: Sources, world: World) -> model.Source | None:
    """The definition of a source that is referenced; an empty name was reported where it is missing."""
    target = definitions.get(written.value)
    if target is None and written.value:
        suggestion = nearest(written.value, definitions)
        world.found.append(messages.unknown_referenced_source(written.label(), written.value, suggestion))
    return target


def _of_reference(reference: model.SourceReference, source: model.Source, definitions: Sources, world: World) -> Link | None:
    target = _target(reference.source, definitions, world)
    if target is None or not reference.match:
        return None
    own = [_exists(own, source, world) for own, _ in reference.match]
    there = [_in_data(each, target, world) for each in (*(there for _, there in reference.match), *(reference.valid or ()))]
    if not all((*own, *there)):
        return None
    if reference.valid is None and {there.value for _, there in reference.match} != {each.value for each in target.key}:
        world.found.append(row_messages.may_match_several(reference, target))
        return None
    pairs = tuple((own.value, there.value) for own, there in reference.match)
    valid = (reference.valid[0].value, reference.valid[1].value) if reference.valid is not None else None
    return Link(reference.name.value, target.name.value, pairs, valid)


def _exists(written: Written, source: model.Source, world: World) -> bool:
    known = {column.name.value: column for column in source.columns}
    if written.value not in known:
        world.found.append(messages.unknown_key_column(written.label(), written.value, source.name.value, tuple(known)))
    return written.value in known


def _in_data(written: Written, source: model.Source, world: World) -> bool:
    """Whether a column of a referenced source is in the data, where rows are looked for by it."""
    if not _exists(written, source, world):
        return False
    derived = any(column.name.value == written.value and column.formula is not None for column in source.columns)
    if derived:
        world.found.append(row_messages.derived_there(written.label(), written.value, source.name.value))
    return not derived


def check_links(definitions: Sources, world: World, column_of: ColumnOf) -> None:
    """Report columns of references whose types don't fit each other, and own ones that depend on the period."""
    for source in definitions.values():
        for place, link, (own, there) in _matches(source, world.sources[source.name.value].links):
            left, right = column_of(source.name.value, own), column_of(link.target, there)
            if left is None or right is None:
                continue
            if left.formula is not None and per_period(left.formula):
                world.found.append(row_messages.match_depends_on_period(place.label(), own))
            elif not same_kind(left.type, right.type):
                world.found.append(row_messages.match_types(place.label(), left, right, link.target))
        for reference in source.references:
            _check_valid(reference, world, column_of)


def _matches(source: model.Source, links: Mapping[str, Link]) -> Iterator[tuple[Written, Link, tuple[str, str]]]:
    for column in source.columns:
        if column.references is not None and (link := links.get(column.name.value)) is not None:
            yield column.references, link, link.match[0]
    for reference in source.references:
        if (link := links.get(reference.name.value)) is not None:
            yield from ((own, link, pair) for (own, _), pair in zip(reference.match, link.match, strict=True))


def _check_valid(reference: model.SourceReference, world: World, column_of: ColumnOf) -> None:
    for written in reference.valid or ():
        column = column_of(reference.source.value, written.value)
        if column is not None and column.type not in DATE_TYPES:
            world.found.append(row_messages.valid_is_no_date(written.label(), column))


def same_kind(left: Type, right: Type) -> bool:
    """Whether values of two columns can be equal."""
    return left is right or (left in DATE_TYPES and right in DATE_TYPES)


def ways(
    start: str, goals: Collection[str], sources: Mapping[str, Source], passed: frozenset[str] = frozenset()
) -> Iterator[tuple[str, ...]]:
    """The ways from a source to a goal, each the names of its links: at most six, each source once; a goal ends a way."""
    far = _distances(goals, sources)
    stack: list[tuple[str, tuple[str, ...], frozenset[str]]] = [(start, (), passed | {start})]
    while stack:
        name, way, seen = stack.pop()
        for link in sources[name].links.values():
            if link.target in goals:
                yield (*way, link.name)
            elif link.target not in seen and len(way) + 1 + far.get(link.target, LONGEST_WAY) <= LONGEST_WAY:
                stack.append((link.target, (*way, link.name), seen | {link.target}))


def _distances(goals: Collection[str], sources: Mapping[str, Source]) -> dict[str, int]:
    """How many links are at least between each source and the nearest goal; those that reach none are left out."""
    before: dict[str, set[str]] = {}
    for source in sources.values():
        for link in source.links.values():
            before.setdefault(link.target, set()).add(source.name)
    far = dict.fromkeys(goals, 0)
    queue = list(goals)
    for name in queue:
        for other in before.get(name, ()):
            if other not in far:
                far[other] = far[name] + 1
                queue.append(other)
    return far
