"""What is given for the sources that a question needs, to typed and linked tables and to what is wrong with them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Catalog, Link, Source
from kpidsl.data import checks, messages
from kpidsl.data.given import Given, Remote, Unusable
from kpidsl.data.limits import Limits
from kpidsl.data.links import link
from kpidsl.data.places import site_of
from kpidsl.data.reading import positions_of, read_array, rows_of, said_of
from kpidsl.data.remote import open_there
from kpidsl.data.rows import Refused, Rows
from kpidsl.data.shelf import Read, Shelf
from kpidsl.data.table import Array, Table
from kpidsl.diagnostics import Diagnostic


class Bound(Struct, frozen=True, eq=False):
    """The tables of the sources that can be used; `failed` are the others, and `findings` say why."""

    tables: Mapping[str, Table]
    failed: frozenset[str]
    findings: tuple[Diagnostic, ...]


class _Reader(Struct):
    """Reads sources one by one; `places` remembers how to name a row of each."""

    catalog: Catalog
    given: Mapping[str, Given]
    shelf: Shelf
    followed: Collection[tuple[str, str]] | None = None
    tables: dict[str, Table] = field(default_factory=dict)
    places: dict[str, checks.PlaceOf] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)

    def read(self, name: str, columns: Iterable[str]) -> None:
        """The table of a source, or findings that say why there is none."""
        given = self.given.get(name)
        if given is None:
            spare = [each for each in self.given if each not in self.catalog.sources]
            self.found.append(messages.source_not_bound(name, spare or tuple(self.given)))
            return
        if isinstance(given.place, Unusable):
            return
        read = self.shelf.read(name, frozenset(columns), lambda wanted: _read(self.catalog, name, wanted, given))
        self.found.extend(read.found)
        if read.table is not None:
            self.tables[name], self.places[name] = read.table, read.place

    def several(self, name: str, used: Iterable[Link], *, all_keys: bool = False) -> bool:
        """Whether one of the used references could find several rows of a source; `all_keys` checks one that nothing uses."""
        links = [link for link in used if link.target == name]
        source, table, place = self.catalog.sources[name], self.tables[name], self.places[name]
        found: list[Diagnostic | None] = []
        if all_keys or any(link.valid is None for link in links):
            key = _arrays(table, source.key)
            found.append(self.shelf.once(("key", name, *key), lambda: checks.repeated_key(source, table, place)))
        valid = {(tuple(there for _, there in link.match), link.valid): link for link in links if link.valid}
        for (names, times), link_ in valid.items():
            key = _arrays(table, (*names, *(times or ())))
            found.append(self.shelf.once(("times", name, *key), partial(checks.overlapping, link_, table, place)))
        self.found.extend(finding for finding in found if finding is not None)
        return any(finding is not None for finding in found)

    def links(self) -> list[Link]:
        """The references of all tables."""
        return [link for table in self.tables.values() for link in self._links(table)]

    def linked(self, table: Table) -> Table:
        """The table with the rows that its references find; what they do not find is noticed."""
        links = {}
        for each in self._links(table):
            target = self.tables[each.target]
            if not all(own in table.columns for own, _ in each.match):
                continue
            own, there = [table.columns[name] for name, _ in each.match], [target.columns[name] for _, name in each.match]
            found, notices = self.shelf.once(
                ("link", table.source, each.name, *own, *there), partial(self._link, table, each, own, there)
            )
            self.found.extend(notices)
            if each.valid is None:
                links[each.name] = found
        return replace(table, links=links)

    def _links(self, table: Table) -> Iterator[Link]:
        """A table's references whose columns all are there, on both sides; an own one may be derived."""
        source = self.catalog.sources[table.source]
        for each in source.links.values():
            own = all(name in table.columns or source.columns[name].formula is not None for name, _ in each.match)
            there = [*(name for _, name in each.match), *(each.valid or ())]
            used = self.followed is None or (source.name, each.name) in self.followed
            if used and own and each.target in self.tables and all(name in self.tables[each.target].columns for name in there):
                yield each

    def _link(
        self, table: Table, each: Link, own: Sequence[Array], there: Sequence[Array]
    ) -> tuple[NDArray[np.int64], tuple[Diagnostic, ...]]:
        """The row that each row refers to, and what is noticed of that."""
        found, place = link(own, there), self.places[table.source]
        notices = [*checks.unmatched(table, each, found, place)]
        if each.valid is None and _is_subset(self.catalog, table.source, each.target):
            notices.extend(checks.repeated_subset(table, each, found, place))
        return found, tuple(notices)


def _arrays(table: Table, names: Iterable[str]) -> tuple[Array | None, ...]:
    return tuple(table.columns.get(name) for name in names)


def _read(catalog: Catalog, name: str, columns: Iterable[str], given: Given) -> Read:
    """Columns of a source as a table, or findings that say why there is none."""
    found: list[Diagnostic] = []
    try:
        with rows_of(name, given) as rows:
            table = _table(catalog, catalog.sources[name], sorted(columns), given, rows, found)
            return Read(table, rows.place, tuple(found))
    except Refused as refused:
        return Read(None, str, (*found, refused.diagnostic))


def _table(
    catalog: Catalog, source: Source, columns: Sequence[str], given: Given, rows: Rows, found: list[Diagnostic]
) -> Table | None:
    said = said_of(source.name, given, catalog.calendar)
    positions = positions_of(source, columns, given, rows.names, found)
    if positions is None:
        return None
    rows.select({(position, source.columns[name].type): None for name, position in positions.items()})
    arrays: dict[str, Array] = {}
    for name, position in positions.items():
        array = read_array(source, source.columns[name], rows, position, said.clock, found)
        if array is not None:
            arrays[name] = array
    if len(arrays) < len(columns):
        return None
    return Table(source.name, rows.count(), arrays, covers=_ticks(said.covers))


def _ticks(covers: tuple[datetime, datetime] | None) -> tuple[np.datetime64, np.datetime64] | None:
    return None if covers is None else (np.datetime64(covers[0], "us"), np.datetime64(covers[1], "us"))


def bind(
    catalog: Catalog,
    needs: Mapping[str, frozenset[str]],
    given: Mapping[str, Given],
    followed: Collection[tuple[str, str]] | None = None,
    shelf: Shelf | None = None,
) -> Bound:
    """The tables of the needed sources with their needed columns, linked along references; a source that fails stops no other.

    References are those that are `followed`, by source and name, so that what is found does not hang on what other values
    read; None is for all whose columns are there.

    A source fails where a reference could find several of its rows, because that would multiply those that refer to it: its
    key repeats, or rows of one key are valid at the same time. What is read is kept on the `shelf`.
    """
    reader = _Reader(catalog, given, shelf or Shelf(), followed)
    for source, columns in needs.items():
        reader.read(source, columns)
    used = reader.links()
    for source in [name for name in reader.tables if reader.several(name, used)]:
        del reader.tables[source]
    tables = {name: reader.linked(table) for name, table in reader.tables.items()}
    return Bound(tables, frozenset(needs) - frozenset(tables), tuple(reader.found))


def check_all(catalog: Catalog, given: Mapping[str, Given]) -> tuple[Diagnostic, ...]:
    """Findings on everything that is given: every column and its type, keys, references, listed values.

    Of tables in databases the columns and their types only.
    """
    reader = _Reader(catalog, given, Shelf())
    columns = {
        name: [column.name for column in source.columns.values() if column.formula is None]
        for name, source in catalog.sources.items()
        if name in given
    }
    there = {name: place for name in columns if isinstance(place := given[name].place, Remote)}
    for name in columns:
        if name not in there:
            reader.read(name, columns[name])
    used = reader.links()
    for name, table in reader.tables.items():
        reader.several(name, used, all_keys=True)
        reader.linked(table)
    return (*reader.found, *_check_tables(catalog, columns, given, there))


def _check_tables(
    catalog: Catalog, columns: Mapping[str, Sequence[str]], given: Mapping[str, Given], there: Mapping[str, Remote]
) -> Iterator[Diagnostic]:
    """Findings on tables of databases: whether they are there, and their columns of the declared types."""
    for site in dict.fromkeys(map(site_of, there.values())):
        own = {name: columns[name] for name, place in there.items() if site_of(place) == site}
        opened = open_there(catalog, own, given, Limits())
        opened.store.close()
        yield from opened.findings


def _is_subset(catalog: Catalog, source: str, target: str) -> bool:
    """Whether the rows of one source are declared a subset of another's, so that at most one may refer to each."""
    child, parent = catalog.sources[source].row, catalog.sources[target].row
    return child is not None and parent is not None and child != parent and catalog.units.is_subset(child, parent)
