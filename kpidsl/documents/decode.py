"""The nodes of all files to definitions; names that stand twice keep their first meaning.

Each kind of definition is decoded in `decode_rows.py`, `decode_values.py` or `decode_tests.py`; here they are put together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import messages
from kpidsl.documents.decode_benchmarks import decode_table
from kpidsl.documents.decode_project import decode_project
from kpidsl.documents.decode_rows import decode_dimension, decode_entity, decode_source
from kpidsl.documents.decode_tests import decode_identity, decode_test
from kpidsl.documents.decode_values import decode_kpi, decode_measure, decode_parameter, decode_scorecard
from kpidsl.documents.entries import Entry, pairs_of
from kpidsl.documents.model import Definitions, Project, Written
from kpidsl.documents.nodes import Node
from kpidsl.text import File


class _Named(Protocol):
    @property
    def name(self) -> Written[str]: ...


N = TypeVar("N", bound=_Named)


def decode(documents: Sequence[tuple[File, Node]]) -> tuple[Definitions, tuple[Diagnostic, ...]]:
    """The definitions of the files in their order, and what is wrong with expressions and names."""
    found: list[Diagnostic] = []
    roots = [Entry(file, pairs_of(root), found) for file, root in documents]
    names = _Names(found)
    units = [root.entry("units") for root in roots]
    definitions = Definitions(
        project=_project(roots, found),
        currencies=_currencies(names, units),
        entities=names.each("units", "entity", units, "entities", decode_entity),
        sources=names.each("rows", "source", roots, "sources", decode_source),
        dimensions=names.each("dimensions", "dimension", roots, "dimensions", decode_dimension),
        parameters=names.each("values", "parameter", roots, "parameters", decode_parameter),
        measures=names.each("values", "measure", roots, "measures", decode_measure),
        kpis=names.each("values", "KPI", roots, "kpis", decode_kpi),
        identities=names.each("identities", "identity", roots, "identities", decode_identity),
        tests=names.each("tests", "test", roots, "tests", decode_test),
        tables=names.each("tables", "table of figures", roots, "benchmark_tables", decode_table),
        scorecards=names.each("scorecards", "scorecard", roots, "scorecards", decode_scorecard),
    )
    return definitions, tuple(found)


def _currencies(names: _Names, units: Sequence[Entry]) -> tuple[Written[str], ...]:
    """The currencies of all files; one that is listed by several is the same currency."""
    listed: dict[str, Written[str]] = {}
    for currency in (currency for unit in units for currency in unit.many("currencies")):
        listed.setdefault(currency.value, currency)
    return tuple(currency for currency in listed.values() if names.is_new("units", "currency", currency))


def _project(roots: Sequence[Entry], found: list[Diagnostic]) -> Project:
    """The project of the first file that has one."""
    places = [(root, place) for root in roots if (place := root.place("project")) is not None]
    if not places:
        return Project()
    root, first = places[0]
    found.extend(messages.project_twice(again.label("again here"), first.label("first here")) for _, again in places[1:])
    return decode_project(root.entry("project"), found)


class _Names:
    """The names met so far in each namespace, with what has them."""

    def __init__(self, found: list[Diagnostic]) -> None:
        self._found = found
        self._known: dict[tuple[str, str], tuple[str, Written[str]]] = {}

    def each(
        self, space: str, noun: str, roots: Sequence[Entry], key: str, decode: Callable[[Entry, Written[str], Node], N]
    ) -> tuple[N, ...]:
        """The definitions below a key of all files whose names are new."""
        return tuple(
            thing for root in roots for thing in self._decoded(root, key, decode) if self.is_new(space, noun, thing.name)
        )

    def _decoded(self, root: Entry, key: str, decode: Callable[[Entry, Written[str], Node], N]) -> Iterator[N]:
        for name, node in root.entries(key):
            yield decode(root.below(node), name, node)

    def is_new(self, space: str, noun: str, name: Written[str]) -> bool:
        """Whether nothing else has the name; if something has, that is reported."""
        first = self._known.setdefault((space, name.value), (noun, name))
        if first[1] is name:
            return True
        self._found.append(
            messages.name_twice(name.value, noun, name.label("again here"), first[1].label("first here"), first[0])
        )
        return False
