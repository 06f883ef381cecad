"""Identities, and tests with their rows."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Row

from kpidsl.documents.entries import Entry, items_of, pairs_of
from kpidsl.documents.model import Absent, Ask, Identity, Test, Written
from kpidsl.documents.model import Scalar as Value
from kpidsl.documents.nodes import Node, Scalar, is_empty
from kpidsl.documents.scalars import given_value, row_value, share_value
from kpidsl.language.parser import parse_claim, parse_expression
from kpidsl.text import File, Span

Rows = tuple[Row[str, Written[Value]], ...]
_ERROR = "error "


def decode_identity(entry: Entry, name: Written[str], node: Node) -> Identity:
    """An identity with its assumptions."""
    return Identity(
        name,
        entry.required("claim", parse_claim, name),
        entry.formulas("given", parse_claim),
        entry.text("description"),
    )


def decode_test(entry: Entry, name: Written[str], node: Node) -> Test:
    """A test: rows of sources, a question, and the rows or the error that it results in."""
    expect, place = entry.node("expect"), entry.place("expect")
    error = _error(entry)
    return Test(
        name,
        given={source.value: (source, _rows(entry.file, rows, given_value)) for source, rows in entry.entries("given")},
        columns={source.value: _columns(entry.file, rows) for source, rows in entry.entries("given")},
        ask=_ask(entry.entry("ask")),
        expect=None if error or expect is None else _rows(entry.file, expect, expected_value),
        expect_place=place,
        error=error,
        description=entry.text("description"),
        cite=entry.text("cite"),
    )


def _error(entry: Entry) -> Written[str] | None:
    said = entry.written("expect")
    if said is None or not said.value.startswith(_ERROR):
        return None
    return Written(said.value.removeprefix(_ERROR), said.file, said.span)


def _ask(entry: Entry) -> Ask:
    return Ask(
        kpis=tuple(asked for node in items_of(entry.node("kpis")) if (asked := _asked(entry, node)) is not None),
        by=entry.many("by"),
        every=entry.written("every"),
        start=_moment(entry, "from"),
        end=_moment(entry, "to"),
        where=entry.formula("where", parse_expression),
        as_of=_moment(entry, "as_of"),
        set=entry.settings("set"),
        having=entry.formula("having", parse_expression),
        cells=entry.written("cells"),
        scorecards=entry.many("scorecards"),
    )


def _asked(entry: Entry, node: Node) -> Written[str] | None:
    """One thing asked for; the mapping reads as its short form `formula as name`, at the place of the formula."""
    written = entry.scalar(node)
    if written is not None:
        return written
    below = entry.below(node)
    formula, name = below.written("formula"), below.text("as")
    if formula is None or not name:
        return formula
    return Written(f"{formula.value} as {name}", formula.file, formula.span)


def _moment(entry: Entry, key: str) -> Written[Value] | None:
    node = entry.node(key)
    if not isinstance(node, Scalar) or is_empty(node):
        return None
    return Written(row_value(node), entry.file, Span(node.start, node.end))


def _rows(file: File, node: Node, value: Callable[[Scalar], Value]) -> Rows:
    return tuple(_row(file, item, value) for item in items_of(node))


def _row(file: File, node: Node, value: Callable[[Scalar], Value]) -> dict[str, Written[Value]]:
    return {
        name: Written(value(cell), file, Span(cell.start, cell.end))
        for name, (_, cell) in pairs_of(node).items()
        if isinstance(cell, Scalar)
    }


def _columns(file: File, rows: Node) -> tuple[Written[str], ...]:
    """The names of the columns in some rows, each where it stands first."""
    keys = {name: key for item in reversed(items_of(rows)) for name, (key, _) in pairs_of(item).items()}
    return tuple(Written(name, file, Span(key.start, key.end)) for name, key in keys.items())


def expected_value(node: Scalar) -> Value:
    """A cell of an expected row: plain `missing` and `undefined` are no texts, and `25%` is a number."""
    value = row_value(node)
    if not node.plain or not isinstance(value, str):
        return value
    if value in ("missing", "undefined"):
        return None if value == "missing" else Absent.UNDEFINED
    share = share_value(value)
    return value if share is None else share
