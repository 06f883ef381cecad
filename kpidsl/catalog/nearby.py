"""`prior(x where c) per key` and `next(…)` to core nodes: whose rows are looked at, and by what they are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from kpidsl.catalog import messages, row_messages
from kpidsl.catalog.catalog import Source
from kpidsl.catalog.core import Core, Nearby, Reference, Type, per_period
from kpidsl.catalog.expressions import read
from kpidsl.catalog.functions import is_aggregate
from kpidsl.catalog.inline import inlined
from kpidsl.catalog.links import ColumnOf, same_kind
from kpidsl.catalog.paths import Spot
from kpidsl.catalog.reading import Reading
from kpidsl.catalog.world import World
from kpidsl.language import tree
from kpidsl.language.walk import children
from kpidsl.text import Span

Pairs = tuple[tuple[Reference, Reference], ...]


class Scope(Protocol):
    """What is asked of the row in which the call stands; that of `rows`."""

    source: str
    world: World
    column_of: ColumnOf
    reading: Reading
    first: tree.Name | None

    def over(self, source: str, first: tree.Name | None) -> Scope: ...
    def spot(self, node: tree.Name) -> Spot | None: ...
    def knows(self, source: str, name: str) -> bool: ...


def read_nearby(node: tree.Neighbour, scope: Scope) -> Core | None:
    """The node for a call; None, reported, where it has a mistake."""
    first = _first_of_other(node.argument, scope)
    inner = scope if first is None else scope.over(first.parts[0], first)
    argument, where = read(node.argument, inner.reading), _condition(node, inner)
    if argument is None or (node.where is not None and where is None) or not _in_order(node, scope, inner.source):
        return None
    keys = _keys(node, scope, inner.source)
    if keys is None:
        return None
    return Nearby(
        node.function,
        scope.source,
        inner.source,
        argument,
        where,
        keys,
        unit=argument.unit,
        type=argument.type,
        span=node.span,
    )


def _first_of_other(argument: tree.Tree, scope: Scope) -> tree.Name | None:
    """The first name, where it names another source and is no path of this one."""
    first = min(_own_names(argument), key=lambda name: name.span.start, default=None)
    if first is None or first is scope.first or first.parts[0] not in scope.world.sources:
        return None
    return None if _is_path(first, scope) else first


def _is_path(name: tree.Name, scope: Scope) -> bool:
    """Whether a name begins with a column of this row; before a dot only one that references is meant."""
    part, world = name.parts[0], scope.world
    references = part in world.sources[scope.source].links or (scope.source, part) in world.broken_links
    return references or (len(name.parts) == 1 and scope.knows(scope.source, part))


def _own_names(argument: tree.Tree) -> Iterator[tree.Name]:
    """Names outside of calls that look at other rows themselves."""
    stack: list[tree.Node] = [argument]
    while stack:
        top = stack.pop()
        if isinstance(top, tree.Name):
            yield top
        elif not isinstance(top, tree.Neighbour) and not (isinstance(top, tree.Call) and is_aggregate(top)):
            stack.extend(children(top))


def _condition(node: tree.Neighbour, inner: Scope) -> Core | None:
    where = read(node.where, inner.reading) if node.where is not None else None
    if where is not None and where.type is not Type.BOOLEAN:
        inner.reading.say(messages.needs_condition(inner.reading, "where", where))
        return None
    return where


def _in_order(node: tree.Neighbour, scope: Scope, other: str) -> bool:
    """Whether the rows of both sources have an order; one whose time is broken is not complained about again."""
    for name in dict.fromkeys((scope.source, other)):
        source = scope.world.sources[name]
        if name in scope.world.broken_sources:
            return False
        if source.time is None or not source.key:
            scope.reading.say(row_messages.order_unknown(scope.reading, node.span, node.function, source))
            return False
    return True


# What both sources have in common: pairs of an own column and one of the other source


def _keys(node: tree.Neighbour, scope: Scope, other: str) -> Pairs | None:
    own = scope.spot(node.key)
    if own is None:
        return None
    if other == scope.source:
        pairs = tuple((each, each) for each in _columns(own, node.key.span, scope).values())
    elif scope.knows(other, node.key.parts[0]):
        pairs = _of_same_name(node, own, scope, other)
    else:
        pairs = _of_same_target(node, own, scope, other)
    return pairs if pairs and all(_fit(node, *pair, other, scope) for pair in pairs) else None


def _columns(spot: Spot, span: Span, scope: Scope) -> dict[str, Reference]:
    """The columns that a key stands for, by what they match in the source that it references; empty if one is a hole."""
    pairs = ((spot.name, spot.name),) if spot.column is not None and spot.link is None else _match(spot)
    found: dict[str, Reference] = {}
    for name, there in pairs:
        column = scope.column_of(spot.owner, name)
        if column is None:
            return {}
        found[there] = Reference((*spot.prefix, name), unit=column.unit, type=column.type, span=span)
    return found


def _match(spot: Spot) -> tuple[tuple[str, str], ...]:
    return () if spot.link is None else spot.link.match


def _of_same_name(node: tree.Neighbour, own: Spot, scope: Scope, other: str) -> Pairs:
    there = scope.over(other, None).spot(node.key)
    if there is None:
        return ()
    left, right = _columns(own, node.key.span, scope), _columns(there, node.key.span, scope)
    if own.column is not None and there.column is not None:
        return tuple(zip(left.values(), right.values(), strict=True))
    if own.link is not None and there.link is not None and own.link.target == there.link.target and left.keys() == right.keys():
        return tuple((left[each], right[each]) for each in left)
    scope.reading.say(row_messages.no_common_key(scope.reading, node, scope.source, other, ()))
    return ()


def _of_same_target(node: tree.Neighbour, own: Spot, scope: Scope, other: str) -> Pairs:
    """By the one reference of the other source to what the key references, or to the rows whose key it is."""
    left = _columns(own, node.key.span, scope)
    target = _target(own, scope.world.sources[own.owner])
    links = scope.world.sources[other].links.values()
    found = [link for link in links if link.target == target and {there for _, there in link.match} == left.keys()]
    if len(found) != 1:
        names = [link.name for link in found]
        scope.reading.say(row_messages.no_common_key(scope.reading, node, scope.source, other, names))
        return ()
    there = Spot((), other, found[0].name, None, found[0])
    right = _columns(there, node.key.span, scope)
    return tuple((left[each], right[each]) for each in left) if right else ()


def _target(own: Spot, owner: Source) -> str | None:
    if own.link is not None:
        return own.link.target
    return owner.name if owner.key == (own.name,) else None


def _fit(node: tree.Neighbour, own: Reference, there: Reference, other: str, scope: Scope) -> bool:
    """Whether two columns can be equal, and are what they are whatever period is asked for."""
    sources = scope.world.sources
    if any(per_period(inlined(*each, sources)) for each in ((own, scope.source), (there, other))):
        scope.reading.say(row_messages.key_depends_on_period(scope.reading, node))
    elif not same_kind(own.type, there.type):
        scope.reading.say(row_messages.key_types(scope.reading, node, own, other, there))
    else:
        return True
    return False
