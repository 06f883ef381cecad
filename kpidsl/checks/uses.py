"""All that the definitions of a catalog use: its values, sources, columns and the names in units, as they are written.

Where a name could be read in two ways both count as used, so that nothing is called unused that is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.functions import is_aggregate
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.language.walk import children, names


class Uses:
    """What is used: `values` by name, `sources`, `columns` by source and name, `units` by the names in them."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.values: set[str] = set()
        self.sources: set[str] = set()
        self.columns: set[tuple[str, str]] = set()
        self.units: set[str] = set()
        for source in catalog.definitions.sources:
            self._source(source)
        for node in _over_values(catalog.definitions):
            self._read(node)
        for value in catalog.values.values():
            for home, key in value.clusters.keys if value.clusters is not None else ():
                self._path(key.path if key is not None else (), (home,))
        for kpi in catalog.definitions.kpis:
            found = catalog.values.get(kpi.name.value)
            if found is not None and found.projection is not None and kpi.project is not None and kpi.project.tree is not None:
                self._read(kpi.project.tree, (found.projection.rows.source,))
        for dimension in catalog.definitions.dimensions:
            for path in dimension.paths:
                self._path(path.tree.parts if path.tree is not None else (), ())

    def _source(self, source: model.Source) -> None:
        """What holds a source together, and what its derived columns read."""
        name = source.name.value
        self.units |= {source.row.value} if source.row is not None else set()
        held = (*source.key, source.time, *(own for each in source.references for own, _ in each.match))
        self.columns |= {(name, each.value) for each in held if each is not None}
        for reference in source.references:
            there = (*(each for _, each in reference.match), *(reference.valid or ()))
            self.columns |= {(reference.source.value, each.value) for each in there}
            self.sources.add(reference.source.value)
        for column in source.columns:
            if column.references is not None:
                self.columns.add((name, column.name.value))
                self.sources.add(column.references.value)
            for formula in (column.unit, column.formula):
                if formula is not None and formula.tree is not None:
                    self._read(formula.tree, (name,))

    def _read(self, node: tree.Node, sources: tuple[str, ...] = ()) -> None:
        """A formula over values, or over the rows of some sources."""
        stack: list[tuple[tree.Node, tuple[str, ...]]] = [(node, sources)]
        while stack:
            top, within = stack.pop()
            match top:
                case tree.Factor(name=name):
                    self.units.add(name)
                case tree.Name(parts=parts) if within:
                    self._path(parts, within)
                case tree.Name(parts=parts):
                    self.values.add(parts[0])
                case tree.Call() if is_aggregate(top):
                    within = (*within, *self._first(top))
                case tree.Neighbour():
                    within = (*within, *self._first(top))
                case _:
                    pass
            stack.extend((child, within) for child in children(top))

    def _first(self, node: tree.Call | tree.Neighbour) -> tuple[str, ...]:
        """The source that the first name in a call begins with, if it does."""
        first = min(names(node), key=lambda name: name.span.start, default=None)
        return (first.parts[0],) if first is not None and first.parts[0] in self._catalog.sources else ()

    def _path(self, parts: tuple[str, ...], within: tuple[str, ...]) -> None:
        """A path of columns from one of these sources, or from the source that it begins with."""
        for source in within:
            self.columns.update(self._catalog.steps(source, parts))
        if parts and parts[0] in self._catalog.sources:
            self.sources.add(parts[0])
            self.columns.update(self._catalog.steps(parts[0], parts[1:]))


def _over_values(definitions: model.Definitions) -> Iterator[tree.Node]:
    """Everything over values that is written in the language, units too."""
    for formula in _formulas(definitions):
        if formula is not None and formula.tree is not None:
            yield formula.tree


def _formulas(definitions: model.Definitions) -> Iterator[model.Formula[Any] | None]:
    for parameter in definitions.parameters:
        yield from (parameter.value, parameter.unit)
    for measure in definitions.measures:
        yield from (measure.formula, measure.unit)
    for kpi in definitions.kpis:
        yield from (kpi.formula, kpi.unit)
        for benchmark in kpi.benchmarks:
            yield from benchmark.ranges
            yield from benchmark.formulas
        for example in kpi.examples:
            yield from (example.expect, *(amount for _, amount in example.given.values()))
    for table in definitions.tables:
        for _, figures in table.rows.values():
            yield from (figure.formula for _, figure in figures.values())
    for identity in definitions.identities:
        yield from (identity.claim, *identity.given)
    for test in definitions.tests:
        yield from (amount for _, amount in test.ask.set.values())
