"""What KPIs stand on, in two versions: sources with their columns, dimensions, the calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpidsl.catalog.catalog import Catalog, Column, Dimension, Link, Source
from kpidsl.checks.versions.changes import Aspect, Change, Detail, Meaning
from kpidsl.language.printer import print_tree
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.calendar import facts as calendar_facts
from kpidsl.periods.grain import Grain
from kpidsl.units.unit import show

Facts = Mapping[str, str]


def calendar_details(old: Calendar, new: Calendar) -> Iterator[Detail]:
    """How days fall into periods; that changes the values of all KPIs for some question."""
    return _details(Aspect.CALENDAR, calendar_facts(old), calendar_facts(new), breaking=True)


def source_changes(old: Catalog, new: Catalog) -> Iterator[Change]:
    """The sources that are not as they were."""
    facts = (
        {name: _source(each) for name, each in old.sources.items()},
        {name: _source(each) for name, each in new.sources.items()},
    )
    return _changes("source", *facts)


def dimension_changes(old: Catalog, new: Catalog) -> Iterator[Change]:
    """The dimensions that are not as they were."""
    facts = ({name: _dimension(each) for name, each in catalog.dimensions.items()} for catalog in (old, new))
    return _changes("dimension", *facts)


def _changes(kind: str, old: Mapping[str, Facts], new: Mapping[str, Facts]) -> Iterator[Change]:
    for name, facts in new.items():
        if name not in old:
            yield Change(kind, name, Meaning.ADDED)
        elif facts != old[name]:
            yield Change(kind, name, Meaning.CHANGED, name, details=tuple(_details(Aspect.DATA, old[name], facts)))
    for name in old:
        if name not in new:
            yield Change(kind, name, Meaning.REMOVED, name)


def _details(aspect: Aspect, old: Facts, new: Facts, *, breaking: bool = False) -> Iterator[Detail]:
    for name in dict.fromkeys((*old, *new)):
        before, now = old.get(name, ""), new.get(name, "")
        if before != now:
            yield Detail(aspect, name, before, now, breaking)


def _source(source: Source) -> Facts:
    own = {
        "row": source.row or "",
        "key": ", ".join(source.key),
        "time": source.time or "",
        "every": source.every.value if source.every else "",
        "fresh within": _length(source.fresh_within),
        "late by": _length(source.late_by),
    }
    columns = {f"column {name}": _column(column) for name, column in source.columns.items()}
    links = {f"reference {name}": _link(link) for name, link in source.links.items()}
    return {**own, **columns, **links}


def _length(length: tuple[int, Grain] | None) -> str:
    return "" if length is None else f"{length[0]} {length[1].value}{'' if length[0] == 1 else 's'}"


def _column(column: Column) -> str:
    formula = column.definition.formula if column.definition else None
    parts = [
        column.type.value,
        "" if column.unit.is_number and not column.unit.percent else f"in {show(column.unit)}",
        f"from {column.data_name}" if column.data_name != column.name else "",
        f"one of {', '.join(column.values)}" if column.values is not None else "",
        f"= {print_tree(formula.tree)}" if formula is not None and formula.tree is not None else "",
    ]
    return " ".join(filter(None, parts))


def _link(link: Link) -> str:
    match = " and ".join(f"{own} = {there}" for own, there in link.match)
    return f"{link.target} where {match}" + (f", valid from {link.valid[0]} to {link.valid[1]}" if link.valid else "")


def _dimension(dimension: Dimension) -> Facts:
    paths = {f"of {source}": f"{source}.{reference.name}" for source, reference in dimension.paths.items()}
    return {"type": dimension.type.value, **paths}
