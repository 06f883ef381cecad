"""What is given for the sources that a question needs, to typed and linked tables and to what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from kpidsl.catalog.catalog import Catalog, Link, Source
from kpidsl.data import checks, messages
from kpidsl.data.given import Given, Remote, Unusable
from kpidsl.data.limits import Limits
from kpidsl.data.links import link
from kpidsl.data.places import site_of
from kpidsl.data.reading import positions_of, read_array, rows_of, said_of
from kpidsl.data.remote import open_there
from kpidsl.data.rows import Refused, Rows
from kpidsl.data.table import Array, Table
from kpidsl.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """The tables of the sources that can be used; `failed` are the others, and `findings` say why."""

    tables: Mapping[str, Table]
    failed: frozenset[str]
    findings: tuple[Diagnostic, ...]


@dataclass
class _Reader:
    """Reads sources one by one; `places` remembers how to name a row of each."""

    catalog: Catalog
    given: Mapping[str, Given]
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
        try:
            with rows_of(name, given) as rows:
                self._read(self.catalog.sources[name], sorted(columns), given, rows)
        except Refused as refused:
            self.found.append(refused.diagnostic)

    def several(self, name: str, used: Iterable[Link], *, all_keys: bool = False) -> bool:
        """Whether one of the used references could find several rows of a source; `all_keys` checks one that nothing uses."""
        links = [link for link in used if link.target == name]
        found: list[Diagnostic | None] = []
        if all_keys or any(link.valid is None for link in links):
            found.append(checks.repeated_key(self.catalog.sources[name], self.tables[name], self.places[name]))
        valid = {(tuple(there for _, there in link.match), link.valid): link for link in links if link.valid}
        found += [checks.overlapping(link, self.tables[name], self.places[name]) for link in valid.values()]
        self.found.extend(finding for finding in found if finding is not None)
        return any(finding is not None for finding in found)

    def _read(self, source: Source, columns: Sequence[str], given: Given, rows: Rows) -> None:
        said = said_of(source.name, given, self.catalog.calendar)
        positions = positions_of(source, columns, given, rows.names, self.found)
        if positions is None:
            return
        rows.select({(position, source.columns[name].type): None for name, position in positions.items()})
        arrays: dict[str, Array] = {}
        for name, position in positions.items():
            array = read_array(source, source.columns[name], rows, position, said.clock, self.found)
            if array is not None:
                arrays[name] = array
        if len(arrays) == len(columns):
            self.tables[source.name] = Table(source.name, rows.count(), arrays, covers=_ticks(said.covers))
            self.places[source.name] = rows.place


def _ticks(covers: tuple[datetime, datetime] | None) -> tuple[np.datetime64, np.datetime64] | None:
    return None if covers is None else (np.datetime64(covers[0], "us"), np.datetime64(covers[1], "us"))


def bind(catalog: Catalog, needs: Mapping[str, frozenset[str]], given: Mapping[str, Given]) -> Bound:
    """The tables of the needed sources with their needed columns, linked along references; a source that fails stops no other.

    A source fails where a reference could find several of its rows, because that would multiply those that refer to it: its
    key repeats, or rows of one key are valid at the same time.
    """
    reader = _Reader(catalog, given)
    for source, columns in needs.items():
        reader.read(source, columns)
    used = [link for table in reader.tables.values() for link in _links(catalog, table, reader.tables)]
    for source in [name for name in reader.tables if reader.several(name, used)]:
        del reader.tables[source]
    tables = {name: _linked(catalog, table, reader) for name, table in reader.tables.items()}
    return Bound(tables, frozenset(needs) - frozenset(tables), tuple(reader.found))


def check_all(catalog: Catalog, given: Mapping[str, Given]) -> tuple[Diagnostic, ...]:
    """Findings on everything that is given: every column and its type, keys, references, listed values.

    Of tables in databases the columns and their types only.
    """
    reader = _Reader(catalog, given)
    columns = {
        name: [column.name for column in source.columns.values() if column.formula is None]
        for name, source in catalog.sources.items()
        if name in given
    }
    there = {name: place for name in columns if isinstance(place := given[name].place, Remote)}
    for name in columns:
        if name not in there:
            reader.read(name, columns[name])
    used = [link for table in reader.tables.values() for link in _links(catalog, table, reader.tables)]
    for name, table in reader.tables.items():
        reader.several(name, used, all_keys=True)
        _linked(catalog, table, reader)
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


def _links(catalog: Catalog, table: Table, tables: Mapping[str, Table]) -> Iterator[Link]:
    """The table's references whose columns all are there, on both sides; an own one may be derived."""
    source = catalog.sources[table.source]
    for each in source.links.values():
        own = all(name in table.columns or source.columns[name].formula is not None for name, _ in each.match)
        there = [*(name for _, name in each.match), *(each.valid or ())]
        if own and each.target in tables and all(name in tables[each.target].columns for name in there):
            yield each


def _linked(catalog: Catalog, table: Table, reader: _Reader) -> Table:
    links, place = {}, reader.places[table.source]
    for each in _links(catalog, table, reader.tables):
        target = reader.tables[each.target]
        if not all(own in table.columns for own, _ in each.match):
            continue
        own, there = [table.columns[name] for name, _ in each.match], [target.columns[name] for _, name in each.match]
        found = link(own, there)
        reader.found.extend(checks.unmatched(table, each, found, place))
        if each.valid is not None:
            continue
        links[each.name] = found
        if _is_subset(catalog, table.source, each.target):
            reader.found.extend(checks.repeated_subset(table, each, found, place))
    return replace(table, links=links)


def _is_subset(catalog: Catalog, source: str, target: str) -> bool:
    """Whether the rows of one source are declared a subset of another's, so that at most one may refer to each."""
    child, parent = catalog.sources[source].row, catalog.sources[target].row
    return child is not None and parent is not None and child != parent and catalog.units.is_subset(child, parent)
