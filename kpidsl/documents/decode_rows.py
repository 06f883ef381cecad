"""Entities, sources with their columns, and dimensions."""

from __future__ import annotations

from kpidsl.documents.entries import Entry
from kpidsl.documents.model import Column, Dimension, Entity, Source, Written
from kpidsl.documents.nodes import Node, Scalar, Sequence
from kpidsl.language.parser import parse_expression, parse_path, parse_unit


def decode_entity(entry: Entry, name: Written[str], node: Node) -> Entity:
    """An entity, `lead: {subset_of: person}`."""
    return Entity(name, entry.written("subset_of"), entry.text("description"))


def decode_source(entry: Entry, name: Written[str], node: Node) -> Source:
    """A source with its columns."""
    return Source(
        name,
        row=entry.written("row"),
        key=entry.many("key"),
        time=entry.written("time"),
        columns=tuple(_column(entry.below(below), column, below) for column, below in entry.entries("columns")),
        description=entry.text("description"),
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


def decode_dimension(entry: Entry, name: Written[str], node: Node) -> Dimension:
    """A dimension: a list of paths, or a mapping that has one."""
    if isinstance(node, Sequence):
        return Dimension(name, tuple(entry.parsed(item, parse_path) for item in node.items))
    return Dimension(name, entry.formulas("columns", parse_path), entry.text("description"))
