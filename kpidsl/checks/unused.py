"""Names that nothing uses: in goes a catalog, out come the definitions that could be left out without any KPI being another.

KPIs are what a project is for and are never unused. Everything else is used by formulas, identities and tests; a column also by
keys, dates, references and dimensions, an entity by the units that are written, and a dimension by values that it can group.
While there are errors, and where there is no value yet, nothing counts as unused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from kpidsl.catalog.catalog import Catalog, Kind
from kpidsl.catalog.core import aggregates
from kpidsl.checks import name_messages as messages
from kpidsl.checks.inspection import Inspection
from kpidsl.checks.uses import Uses
from kpidsl.diagnostics import Diagnostic, Severity

_WORD = re.compile(r"\w+")


def looks_everywhere(catalog: Catalog) -> bool:
    """Whether one of these rules holds in a project: what it finds depends on every file."""
    return any(catalog.definitions.project.rules.has(code) for code in _RULES)


def unused_names(inspection: Inspection) -> Iterator[Diagnostic]:
    """`unused-…`, as far as these rules hold in the project."""
    catalog = inspection.catalog
    rules = [find for code, find in _RULES.items() if catalog.definitions.project.rules.has(code)]
    has_errors = any(each.severity is Severity.ERROR for each in catalog.diagnostics)
    if not rules or has_errors or all(value.kind is Kind.PARAMETER for value in catalog.values.values()):
        return
    known = _Known(inspection)
    for find in rules:
        yield from find(known)


class _Known:
    """What the rules ask of one catalog; `asked` are the words of the formulas that tests ask for."""

    def __init__(self, inspection: Inspection) -> None:
        self.catalog = inspection.catalog
        self.asked = frozenset(_asked(inspection.catalog))
        self.uses = Uses(inspection.catalog)
        self.values = self.asked | self.uses.values

    @property
    def counted(self) -> frozenset[str]:
        """The sources whose rows values are made of, or tests ask for."""
        cores = (value.core for value in self.catalog.values.values())
        return self.asked | {node.source for core in cores for node in aggregates(core)}


def _asked(catalog: Catalog) -> Iterator[str]:
    for test in catalog.tests:
        for word in test.ask.kpis:
            yield from _WORD.findall(word.value)
        yield from _WORD.findall(test.ask.having.text) if test.ask.having is not None else ()
        yield from test.ask.set


def _measures(known: _Known) -> Iterator[Diagnostic]:
    for measure in known.catalog.definitions.measures:
        if measure.name.value not in known.values:
            yield messages.unused_measure(measure.name)


def _parameters(known: _Known) -> Iterator[Diagnostic]:
    for parameter in known.catalog.definitions.parameters:
        if parameter.name.value not in known.values:
            yield messages.unused_parameter(parameter.name)


def _dimensions(known: _Known) -> Iterator[Diagnostic]:
    counted = known.counted
    for name, dimension in known.catalog.dimensions.items():
        if dimension.definition is not None and not counted & dimension.paths.keys():
            yield messages.unused_dimension(dimension.definition.name, name)


def _sources(known: _Known) -> Iterator[Diagnostic]:
    for source in known.catalog.definitions.sources:
        if source.name.value not in known.uses.sources | known.asked:
            yield messages.unused_source(source.name)


def _columns(known: _Known) -> Iterator[Diagnostic]:
    """Those of a source that nothing uses are not named one by one."""
    for source in known.catalog.definitions.sources:
        name = source.name.value
        for column in source.columns if name in known.uses.sources | known.asked else ():
            if (name, column.name.value) not in known.uses.columns and column.name.value not in known.asked:
                yield messages.unused_column(column.name, name)


def _entities(known: _Known) -> Iterator[Diagnostic]:
    units = known.catalog.units
    used = {above for name in known.uses.units for above in units.ancestors(name)}
    for entity in known.catalog.definitions.entities:
        if entity.name.value not in used:
            yield messages.unused_entity(entity.name)


_RULES: Mapping[str, Callable[[_Known], Iterator[Diagnostic]]] = {
    "unused-column": _columns,
    "unused-dimension": _dimensions,
    "unused-entity": _entities,
    "unused-measure": _measures,
    "unused-parameter": _parameters,
    "unused-source": _sources,
}
