"""What the expressions of a plan use of other sources: references, and rows that are gathered or nearby."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Core, Gather, Nearby, Reference, walk
from kpidsl.plan.nodes import Closing, Dated, Moment, Plan, Scan, Slot, Stock

Use = tuple[str, str]  # a source and the name of a reference of it
Node = tuple[str, Core]  # a node and the source on whose rows it stands


def cores_of(scan: Scan, slots: Mapping[str, Slot], dimensions: Sequence[int]) -> Iterator[Core]:
    """The expressions on rows."""
    yield from (scan.dimensions[number] for number in dimensions)
    if scan.condition is not None:
        yield scan.condition
    for slot in slots.values():
        if not isinstance(slot, Moment):
            yield from (part for part in (slot.term.argument, slot.term.where) if part is not None)
        elif slot.cluster is not None:
            yield slot.cluster


def links_used(plan: Plan) -> tuple[Use, ...]:
    """The references that a plan follows, by their sources."""
    nodes = dict.fromkeys(nodes_of(plan))
    return tuple(dict.fromkeys(use for source, node in nodes for use in _links(source, node, plan.catalog)))


def links_in(source: str, core: Core, catalog: Catalog) -> Iterator[Use]:
    """The references that an expression on the rows of a source follows, those of what it is derived from included."""
    for owner, node in _nodes(source, core, catalog):
        yield from _links(owner, node, catalog)


def sources_under(source: str, column: str, catalog: Catalog) -> frozenset[str]:
    """The sources that a column is worked out from, its own included."""
    nodes = dict.fromkeys(_in_column(source, column, catalog))
    targets = {
        catalog.sources[owner].links[name].target for where, node in nodes for owner, name in _links(where, node, catalog)
    }
    return frozenset({source, *(where for where, _ in nodes), *targets})


def gathered_sources(plan: Plan) -> tuple[str, ...]:
    """The sources whose rows are gathered by rows that they refer to."""
    return tuple(dict.fromkeys(node.aggregate.source for _, node in nodes_of(plan) if isinstance(node, Gather)))


def nodes_of(plan: Plan) -> Iterator[Node]:
    """Every node of the expressions of a plan, those of derived columns and of gathered rows included."""
    for source, core in _expressions(plan):
        yield from _nodes(source, core, plan.catalog)


def _expressions(plan: Plan) -> Iterator[Node]:
    for scan in plan.scans:
        for core in cores_of(scan, scan.slots, range(len(scan.dimensions))):
            yield scan.source, core
        match scan.placement:
            case Dated(date=date) | Closing(date=date):
                yield scan.source, date
            case Stock(start=start, end=end):
                yield from ((scan.source, each) for each in (start, end) if each is not None)
            case _:
                pass


def _nodes(source: str, core: Core, catalog: Catalog) -> Iterator[Node]:
    for node in walk(core):
        yield source, node
        match node:
            case Reference(path=path):
                *_, (owner, column) = catalog.steps(source, path)
                yield from _in_column(owner, column, catalog)
            case Gather(aggregate=aggregate):
                yield from _nodes(aggregate.source, aggregate, catalog)
            case Nearby(home=home, source=other, argument=argument, where=where):
                for left, right in node.keys:
                    yield from (*_nodes(home, left, catalog), *_nodes(other, right, catalog))
                for part in (argument, where):
                    if part is not None:
                        yield from _nodes(other, part, catalog)
            case _:
                pass
        for owner, name in _links(source, node, catalog):
            for own, _ in catalog.sources[owner].links[name].match:
                yield from _in_column(owner, own, catalog)


def _in_column(source: str, name: str, catalog: Catalog) -> Iterator[Node]:
    """What a derived column is made of."""
    formula = catalog.sources[source].columns[name].formula
    if formula is not None:
        yield from _nodes(source, formula, catalog)


def _links(source: str, node: Core, catalog: Catalog) -> Iterator[Use]:
    """The references that a node itself follows."""
    match node:
        case Reference(path=path):
            yield from catalog.steps(source, path[:-1])
        case Gather(aggregate=aggregate, key=key, prefix=prefix):
            yield from (*catalog.steps(source, prefix), *catalog.steps(aggregate.source, key))
        case Nearby(prefix=prefix):
            yield from catalog.steps(source, prefix)
        case _:
            pass
