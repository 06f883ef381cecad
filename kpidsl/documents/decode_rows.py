"""Entities, sources with their columns, and dimensions."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.documents import messages
from kpidsl.documents.entries import Entry
from kpidsl.documents.model import Column, Dimension, Entity, Source, SourceReference, Written
from kpidsl.documents.nodes import Mapping, Node, Scalar, Sequence
from kpidsl.language.parser import parse_duration, parse_expression, parse_path, parse_unit
from kpidsl.text import Span

Pair = tuple[Written[str], Written[str]]


def decode_entity(entry: Entry, name: Written[str], node: Node) -> Entity:
    """An entity, `lead: {subset_of: person}`."""
    return Entity(name, entry.written("subset_of"), entry.text("description"))


def decode_source(entry: Entry, name: Written[str], node: Node) -> Source:
    """A source with its columns and references."""
    columns = tuple(_column(entry.below(below), column, below) for column, below in entry.entries("columns"))
    return Source(
        name,
        row=entry.written("row"),
        key=entry.many("key"),
        time=entry.written("time"),
        columns=columns,
        description=entry.text("description"),
        references=tuple(_references(entry, name, {column.name.value: column.name for column in columns})),
        every=entry.written("every"),
        fresh_within=entry.formula("fresh_within", parse_duration),
        late_by=entry.formula("late_by", parse_duration),
    )


def _column(entry: Entry, name: Written[str], node: Node) -> Column:
    if isinstance(node, Scalar):
        return Column(name, type=entry.scalar(node))
    return Column(
        name,
        type=entry.written("type"),
        unit=entry.formula("unit", parse_unit),
        values=entry.many("values") if "values" in entry.pairs else None,
        references=entry.written("references"),
        formula=entry.formula("formula", parse_expression),
        column=entry.text("column") or None,
        description=entry.text("description"),
    )


def _references(entry: Entry, source: Written[str], columns: dict[str, Written[str]]) -> Iterator[SourceReference]:
    """The references of a source that are not called like one of its columns."""
    for name, node in entry.entries("references"):
        reference = _reference(entry.below(node), name)
        if name.value in columns:
            entry.report(messages.reference_like_column(name, columns[name.value], source.value))
        else:
            yield reference


def _reference(entry: Entry, name: Written[str]) -> SourceReference:
    nowhere = Written("", name.file, Span(name.span.start, name.span.start))
    return SourceReference(
        name,
        entry.written("source") or nowhere,
        _match(entry),
        _valid(entry),
        entry.text("description"),
    )


def _match(entry: Entry) -> tuple[Pair, ...]:
    """Own columns with columns there; one name stands for both."""
    node = entry.node("match")
    both = entry.written("match")
    if both is not None:
        return ((both, both),)
    if isinstance(node, Mapping) and not node.pairs and not node.cut and (place := entry.place("match")) is not None:
        entry.report(messages.nothing_matched(place.label()))
    pairs = ((own, entry.scalar(there)) for own, there in entry.entries("match"))
    return tuple((own, there) for own, there in pairs if there is not None)


def _valid(entry: Entry) -> Pair | None:
    node, place, columns = entry.node("valid"), entry.place("valid"), entry.many("valid")
    if not isinstance(node, Sequence) or place is None or len(columns) < len(node.items):
        return None
    if len(columns) == 2:
        return columns[0], columns[1]
    entry.report(messages.two_columns(place.label(), len(columns)))
    return None


def decode_dimension(entry: Entry, name: Written[str], node: Node) -> Dimension:
    """A dimension: a list of paths, or a mapping that has one."""
    if isinstance(node, Sequence):
        return Dimension(name, tuple(entry.parsed(item, parse_path) for item in node.items))
    return Dimension(name, entry.formulas("columns", parse_path), entry.text("description"))
