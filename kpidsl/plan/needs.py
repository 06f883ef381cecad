"""Row-level expressions to the columns that they read: of their own rows, of rows that they refer to, of rows gathered."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.catalog.catalog import Catalog, Link
from kpidsl.catalog.core import Aggregate, Core, Gather, Nearby, Reference, walk

Needed = tuple[str, str]  # a source and a column of it; no column for its rows alone


def read_by(aggregate: Aggregate, catalog: Catalog) -> Iterator[Needed]:
    """What an aggregate reads; its own source with no column first."""
    source = catalog.sources[aggregate.source]
    yield source.name, ""
    if source.time is not None and (aggregate.at is None or aggregate.closing):
        yield source.name, source.time
    if aggregate.function in ("first", "last"):
        yield from ((source.name, name) for name in source.key)
    for part in (aggregate.argument, aggregate.where, aggregate.at, *(aggregate.alive or ())):
        if part is not None:
            yield from read_on(source.name, part, catalog)


def looked_into(aggregate: Aggregate, catalog: Catalog) -> Iterator[str]:
    """The sources whose rows, of whatever time, derived columns gather or look for."""
    for part in (aggregate.argument, aggregate.where, aggregate.at, *(aggregate.alive or ())):
        if part is not None:
            yield from _looked_into(aggregate.source, part, catalog)


def _looked_into(source: str, core: Core, catalog: Catalog) -> Iterator[str]:
    for node in walk(core):
        match node:
            case Reference(path=path):
                *_, (owner, name) = catalog.steps(source, path)
                formula = catalog.sources[owner].columns[name].formula
                if formula is not None:
                    yield from _looked_into(owner, formula, catalog)
            case Gather(aggregate=aggregate):
                yield aggregate.source
                yield from looked_into(aggregate, catalog)
            case Nearby(source=other, argument=argument, where=where):
                yield other
                for part in (argument, where):
                    if part is not None:
                        yield from _looked_into(other, part, catalog)
            case _:
                pass


def read_on(source: str, core: Core, catalog: Catalog) -> Iterator[Needed]:
    """What an expression on the rows of a source reads."""
    for node in walk(core):
        match node:
            case Reference(path=path):
                yield from read_on_path(source, path, catalog)
            case Gather(aggregate=aggregate, key=key, prefix=prefix):
                yield from read_on_links(source, prefix, catalog)
                yield from read_by(aggregate, catalog)
                yield from read_on_links(aggregate.source, key, catalog)
            case Nearby():
                yield from read_on_links(source, node.prefix, catalog)
                yield from _read_nearby(node, catalog)
            case _:
                pass


def _read_nearby(node: Nearby, catalog: Catalog) -> Iterator[Needed]:
    for own, other in node.keys:
        yield from read_on_path(node.home, own.path, catalog)
        yield from read_on_path(node.source, other.path, catalog)
    for name in (node.home, node.source):
        source = catalog.sources[name]
        yield from ((name, column) for column in (*source.key, source.time) if column is not None)
    for part in (node.argument, node.where):
        if part is not None:
            yield from read_on(node.source, part, catalog)


def read_on_path(source: str, path: tuple[str, ...], catalog: Catalog) -> Iterator[Needed]:
    """What a path to a column reads, the columns that link the sources on the way included."""
    yield from read_on_links(source, path[:-1], catalog)
    *_, (owner, name) = catalog.steps(source, path)
    yield from _read_column(owner, name, catalog)


def read_on_links(source: str, path: tuple[str, ...], catalog: Catalog) -> Iterator[Needed]:
    """What a path of references reads; one that is valid for a time, also the date of its row in a derived column."""
    for owner, name in catalog.steps(source, path):
        link = catalog.sources[owner].links[name]
        for dated in (source, owner) if link.valid is not None else ():
            time = catalog.sources[dated].time
            yield from [(dated, time)] if time is not None else []
        for own, _ in link.match:
            yield from _read_column(owner, own, catalog)
        yield from ((link.target, column) for column in _target_columns(link))
        yield link.target, ""


def _target_columns(link: Link) -> tuple[str, ...]:
    return (*(other for _, other in link.match), *(link.valid or ()))


def _read_column(source: str, name: str, catalog: Catalog) -> Iterator[Needed]:
    """A derived column reads what its formula does."""
    formula = catalog.sources[source].columns[name].formula
    if formula is None:
        yield source, name
    else:
        yield source, ""
        yield from read_on(source, formula, catalog)
