"""Derived columns as written to an order in which each comes after what it uses, and the size that a formula comes to.

The order is read off the names alone. Where it is wrong, since a name means something else, a column is only asked for earlier
than its turn; so the way from column to column is short but for circles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpidsl.catalog.catalog import Link
from kpidsl.catalog.core import Core, Gather, Nearby, children
from kpidsl.catalog.functions import is_aggregate
from kpidsl.catalog.order import resolve_order
from kpidsl.language import tree
from kpidsl.language import walk as surface

MOST_NODES = 2_000
DEEPEST = 100

Place = tuple[str, str]
Links = Mapping[str, Mapping[str, Link]]


def in_order(formulas: Mapping[Place, tree.Tree], links: Links) -> list[Place]:
    """The derived columns, those on circles last."""
    places = {".".join(place): place for place in formulas}
    uses = {
        name: [".".join(used) for used in _uses(formulas[place], place[0], links) if used in formulas]
        for name, place in places.items()
    }
    order = [places[name] for name in resolve_order(uses)[0]]
    return [*order, *(place for place in formulas if place not in set(order))]


def _uses(formula: tree.Tree, source: str, links: Links) -> Iterator[Place]:
    stack: list[tuple[tree.Node, str, tree.Name | None]] = [(formula, source, None)]
    while stack:
        node, scope, first = stack.pop()
        match node:
            case tree.Name(parts=parts):
                yield from _steps(scope, parts[1:] if node is first else parts, links)
            case tree.Call() | tree.Neighbour() if isinstance(node, tree.Neighbour) or is_aggregate(node):
                leading = min(surface.names(node), key=lambda name: name.span.start, default=None)
                if leading is not None and leading is not first and leading.parts[0] in links:
                    scope, first = leading.parts[0], leading
                stack.extend((child, scope, first) for child in surface.children(node))
            case _:
                stack.extend((child, scope, first) for child in surface.children(node))


def _steps(source: str, parts: tuple[str, ...], links: Links) -> Iterator[Place]:
    for part in parts:
        yield source, part
        link = links[source].get(part)
        if link is None:
            return
        yield from ((source, own) for own, _ in link.match)
        source = link.target if link.target in links else source


def is_too_large(core: Core) -> bool:
    """Whether a formula, with those of the columns that it uses, has more nodes or levels than any analyst means."""
    nodes, level = 0, [core]
    for _ in range(DEEPEST):
        nodes += len(level)
        if not level or nodes > MOST_NODES:
            break
        level = [below for node in level for below in _below(node)]
    return bool(level)


def _below(node: Core) -> tuple[Core, ...]:
    """The nodes below, and those that look at rows of other sources."""
    match node:
        case Gather(aggregate=aggregate):
            return (aggregate,)
        case Nearby(argument=argument, where=where):
            return (argument,) if where is None else (argument, where)
        case _:
            return children(node)
