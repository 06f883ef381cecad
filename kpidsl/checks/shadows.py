"""Names that stand for one thing where a reader may well take them for another.

Sources with their columns, values, and dimensions each have names of their own, so that a measure `deals` may count the source
`deals`. Worth a word is only what hides something that could be meant in the same place: a column in an aggregate that has the
name of a parameter, a reference called like another source than it leads to, a column called like a name of the period, and a
dimension called like a column beside the one that holds it. Names of functions hide nothing, because calls have parentheses.
"""

from __future__ import annotations

from collections.abc import Iterator, Set

from kpidsl.catalog.catalog import Catalog, Column, Dimension, Kind, Source
from kpidsl.catalog.core import Reference, Type
from kpidsl.catalog.functions import is_aggregate
from kpidsl.catalog.period_names import PERIOD_NAMES
from kpidsl.checks import name_messages as messages
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.model import Formula, Written
from kpidsl.language import tree
from kpidsl.language.walk import names, walk

Tree = tree.Tree


def shadowed_names(inspection: Inspection) -> Iterator[Diagnostic]:
    """`shadowed-value`, `shadowed-source`, `shadowed-period` and `shadowed-column`."""
    catalog = inspection.catalog
    yield from _values(inspection)
    yield from _sources(catalog)
    yield from _periods(catalog)
    for dimension in catalog.dimensions.values():
        yield from _columns(dimension, catalog)


# Values


def _values(inspection: Inspection) -> Iterator[Diagnostic]:
    """Of each column with the name of a value that has nothing to do with it, the first use in a formula over rows."""
    catalog = inspection.catalog
    shared = _shared(catalog)
    said: set[tuple[str, str]] = set()
    for formula, source, name in _uses(catalog, shared) if shared else ():
        column = name.parts[0]
        if (source, column) not in said and not _is_about(column, column, inspection):
            said.add((source, column))
            value = catalog.values[column]
            yield messages.shadowed_value(formula.label(name.span), source, value.kind.value, value.definition.name)


def _shared(catalog: Catalog) -> Set[str]:
    """The names that are those of a column of numbers and of a value."""
    columns = (column for source in catalog.sources.values() for column in source.columns.values())
    return {column.name for column in columns if column.type is Type.NUMBER} & catalog.values.keys()


def _uses(catalog: Catalog, shared: Set[str]) -> Iterator[tuple[Formula[Tree], str, tree.Name]]:
    """The columns of shared names in aggregates; in formulas of columns only those with the name of a parameter."""
    for value in catalog.values.values():
        formula = formula_of(value)
        for owner, name in _in_aggregates(formula, shared):
            if _is_number(owner, name, catalog):
                yield formula, owner, name
    for source in catalog.sources.values():
        for column in source.definition.columns if source.definition is not None else ():
            if column.formula is None or column.formula.tree is None:
                continue
            for name in _plain_names(column.formula.tree, shared):
                is_parameter = catalog.values[name.parts[0]].kind is Kind.PARAMETER
                if is_parameter and _is_number(source.name, name, catalog):
                    yield column.formula, source.name, name


def _is_number(source: str, name: tree.Name, catalog: Catalog) -> bool:
    column = catalog.sources[source].columns.get(name.parts[0]) if source in catalog.sources else None
    return column is not None and column.type is Type.NUMBER


def _in_aggregates(formula: Formula[Tree], shared: Set[str]) -> Iterator[tuple[str, tree.Name]]:
    """The names of one part in aggregates, each with the source; the first name of an aggregate is the source itself."""
    for node in walk(formula.tree) if formula.tree is not None else ():
        if isinstance(node, tree.Call) and is_aggregate(node):
            first = min(names(node), key=lambda name: name.span.start, default=None)
            if first is not None:
                yield from ((first.parts[0], name) for name in _plain_names(node, shared) if name is not first)


def _plain_names(node: tree.Node, shared: Set[str]) -> Iterator[tree.Name]:
    return (name for name in names(node) if len(name.parts) == 1 and name.parts[0] in shared)


def _is_about(name: str, column: str, inspection: Inspection) -> bool:
    """Whether a value is made of a column, so that both names mean one thing: `cost: sum(deals.cost)`."""
    pending, seen = [name], {name}
    while pending:
        formula = formula_of(inspection.catalog.values[pending.pop()])
        nodes = walk(formula.tree) if formula.tree is not None else ()
        calls = (node for node in nodes if isinstance(node, tree.Call) and is_aggregate(node))
        if any(each.parts[-1] == column for call in calls for each in names(call)):
            return True
        used = {each.parts[0] for each in (names(formula.tree) if formula.tree is not None else ())}
        more = (used & inspection.catalog.values.keys()) - seen
        seen |= more
        pending.extend(more)
    return False


# Sources


def _sources(catalog: Catalog) -> Iterator[Diagnostic]:
    """References called like a source to which they do not lead."""
    for source in catalog.sources.values():
        for link in source.links.values():
            if link.name in catalog.sources and link.name != link.target:
                place = _place(source, link.name)
                if place is not None:
                    yield messages.shadowed_source(place, source.name, link.target)


def _place(source: Source, name: str) -> Written[str] | None:
    definition = source.definition
    if definition is None:
        return None
    written = (*(each.name for each in definition.columns), *(each.name for each in definition.references))
    return next((each for each in written if each.value == name), None)


# Names of the period


def _periods(catalog: Catalog) -> Iterator[Diagnostic]:
    for source in catalog.sources.values():
        for name in sorted(PERIOD_NAMES & (source.columns.keys() | source.links.keys())):
            place = _place(source, name)
            if place is not None:
                yield messages.shadowed_period(place, f"in formulas over rows of `{source.name}`")
    for name in sorted(PERIOD_NAMES & catalog.values.keys()):
        yield messages.shadowed_period(catalog.values[name].definition.name, "in formulas over values")


# Columns


def _columns(dimension: Dimension, catalog: Catalog) -> Iterator[Diagnostic]:
    """Sources that have a column of the dimension's name beside the one that holds it."""
    for name, path in dimension.paths.items():
        column = catalog.sources[name].columns.get(dimension.name)
        is_other = column is not None and path.path[0] != dimension.name and not _leads_there(column, path)
        if is_other and column is not None and column.definition is not None and dimension.definition is not None:
            there = column.definition.name
            yield messages.shadowed_column(dimension.definition.name, there, name, path.name)


def _leads_there(column: Column, path: Reference) -> bool:
    """Whether a derived column is nothing but what the dimension reads."""
    return isinstance(column.formula, Reference) and column.formula.path == path.path
