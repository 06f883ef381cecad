"""A catalog's definitions as tables: one line for each of a kind."""

from __future__ import annotations

from collections.abc import Callable, Collection

from kpidsl.catalog.catalog import Catalog, Kind, Value
from kpidsl.documents import model
from kpidsl.documents.benchmark_words import benchmark_words
from kpidsl.language.printer import print_tree
from kpidsl.render.tables.table import Head, Table
from kpidsl.units.unit import show

_KPIS = (
    Head("name"),
    Head("title", folds=True, spare=3),
    Head("unit", spare=1),
    Head("better"),
    Head("benchmark"),
    Head("area", spare=2),
    Head("role", spare=2),
)
_SCORECARDS = (Head("name"), Head("title", folds=True, spare=2), Head("KPIs", folds=True), Head("owner", spare=1))
_MEASURES = (Head("name"), Head("unit"), Head("formula", folds=True), Head("description", folds=True, spare=1))
_DIMENSIONS = (Head("name"), Head("type"), Head("sources", folds=True), Head("description", folds=True, spare=1))
_SOURCES = (
    Head("name"),
    Head("row"),
    Head("key"),
    Head("time"),
    Head("columns", number=True),
    Head("description", folds=True, spare=1),
)
_PARAMETERS = (Head("name"), Head("value", number=True), Head("unit"), Head("description", folds=True, spare=1))


def listing(kind: str, catalog: Catalog, only: Collection[str] = ()) -> Table:
    """The definitions of a kind, one of `KINDS`, in the order in which they are written; `only` those of some names, if any."""
    table = KINDS[kind](catalog)
    return Table(table.heads, tuple(row for row in table.rows if not only or row[0].text in only))


def _kpis(catalog: Catalog) -> Table:
    return Table.of(_KPIS, (_kpi(value, value.definition) for value in catalog.kpis()))


def _kpi(value: Value, definition: object) -> list[str]:
    assert isinstance(definition, model.Kpi)
    better = definition.better.value if definition.better else ""
    return [value.name, definition.title, show(value.unit), better, _benchmarks(definition), definition.area, definition.role]


def _benchmarks(definition: model.Kpi) -> str:
    return "; ".join(text for benchmark in definition.benchmarks if (text := benchmark_words(benchmark)))


def _scorecards(catalog: Catalog) -> Table:
    return Table.of(
        _SCORECARDS,
        (
            [
                each.name,
                each.definition.title,
                ", ".join(f"{name} {float(100 * weight):.4g}%" for name, weight in each.weights.items()),
                each.definition.owner,
            ]
            for each in catalog.scorecards.values()
        ),
    )


def _measures(catalog: Catalog) -> Table:
    found = ((value, value.definition) for value in catalog.values.values() if value.kind is Kind.MEASURE)
    return Table.of(
        _MEASURES, ([value.name, show(value.unit), formula(value), definition.description] for value, definition in found)
    )


def _parameters(catalog: Catalog) -> Table:
    found = ((value, value.definition) for value in catalog.values.values() if value.kind is Kind.PARAMETER)
    return Table.of(
        _PARAMETERS, ([value.name, formula(value), _unit(value), definition.description] for value, definition in found)
    )


def _unit(value: Value) -> str:
    """The unit, and whether it follows from the uses only."""
    return show(value.unit) + (" (inferred)" if value.unit_from is not None else "")


def _dimensions(catalog: Catalog) -> Table:
    return Table.of(
        _DIMENSIONS,
        (
            [each.name, each.type.value, ", ".join(each.paths), each.definition.description if each.definition else ""]
            for each in catalog.dimensions.values()
        ),
    )


def _sources(catalog: Catalog) -> Table:
    return Table.of(
        _SOURCES,
        (
            [
                each.name,
                each.row or "",
                ", ".join(each.key),
                each.time or "",
                str(len(each.columns)),
                each.definition.description if each.definition else "",
            ]
            for each in catalog.sources.values()
        ),
    )


def formula(value: Value) -> str:
    """The formula of a value in its one canonical spelling."""
    definition = value.definition
    tree = definition.value.tree if isinstance(definition, model.Parameter) else definition.formula.tree
    return "" if tree is None else print_tree(tree)


KINDS: dict[str, Callable[[Catalog], Table]] = {
    "kpis": _kpis,
    "scorecards": _scorecards,
    "measures": _measures,
    "dimensions": _dimensions,
    "sources": _sources,
    "parameters": _parameters,
}
