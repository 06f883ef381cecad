"""What the expressions of a plan use of other sources: references, and rows that are gathered."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Core, Gather, Nearby, Reference, walk
from kpidsl.engines.sql.jobs import cores_of
from kpidsl.plan.nodes import Closing, Dated, Plan, Stock

Use = tuple[str, str]  # a source and the name of a reference of it


def links_used(plan: Plan) -> tuple[Use, ...]:
    """The references that a plan follows, by their sources."""
    return tuple(dict.fromkeys(use for source, core in _expressions(plan) for use in _links(source, core, plan.catalog)))


def gathered_sources(plan: Plan) -> tuple[str, ...]:
    """The sources whose rows are gathered by rows that they refer to."""
    nodes = (node for _, core in _expressions(plan) for node in _nodes(core))
    found = (node.aggregate.source for node in nodes if isinstance(node, Gather))
    derived = (
        inner.aggregate.source
        for source in plan.needs
        for column in plan.catalog.sources[source].columns.values()
        if column.formula is not None
        for inner in _nodes(column.formula)
        if isinstance(inner, Gather)
    )
    return tuple(name for name in dict.fromkeys((*found, *derived)) if name in plan.needs)


def _expressions(plan: Plan) -> Iterator[tuple[str, Core]]:
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


def _nodes(core: Core) -> Iterator[Core]:
    """The node and all below it, those on the rows of other sources included."""
    for node in walk(core):
        yield node
        match node:
            case Gather(aggregate=aggregate):
                yield from _nodes(aggregate)
            case Nearby(argument=argument, where=where):
                yield from _nodes(argument)
                if where is not None:
                    yield from _nodes(where)
            case _:
                pass


def _links(source: str, core: Core, catalog: Catalog) -> Iterator[Use]:
    for node in walk(core):
        match node:
            case Reference(path=path):
                yield from _on_way(source, path[:-1], catalog)
                *_, (owner, column) = catalog.steps(source, path)
                yield from _in_column(owner, column, catalog)
            case Gather(aggregate=aggregate, key=key, prefix=prefix):
                yield from _on_way(source, prefix, catalog)
                yield from _on_way(aggregate.source, key, catalog)
                yield from _links(aggregate.source, aggregate, catalog)
            case Nearby():
                yield from _on_way(source, node.prefix, catalog)
                for left, right in node.keys:
                    yield from _links(node.home, left, catalog)
                    yield from _links(node.source, right, catalog)
                for part in (node.argument, node.where):
                    if part is not None:
                        yield from _links(node.source, part, catalog)
            case _:
                pass


def _on_way(source: str, path: tuple[str, ...], catalog: Catalog) -> Iterator[Use]:
    for owner, name in catalog.steps(source, path):
        yield owner, name
        for own, _ in catalog.sources[owner].links[name].match:
            yield from _in_column(owner, own, catalog)


def _in_column(source: str, name: str, catalog: Catalog) -> Iterator[Use]:
    formula = catalog.sources[source].columns[name].formula
    if formula is not None:
        yield from _links(source, formula, catalog)
