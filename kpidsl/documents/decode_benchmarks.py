"""Benchmarks of KPIs."""

from __future__ import annotations

import re

from kpidsl.documents.entries import Entry, items_of
from kpidsl.documents.model import Benchmark, BenchmarkTable, Formula, Published, Segment, Target, Written
from kpidsl.documents.model import Scalar as Value
from kpidsl.documents.nodes import Mapping, Node, Scalar
from kpidsl.documents.scalars import given_value, row_value
from kpidsl.language.parser import parse_budget, parse_duration, parse_expression, parse_periods, parse_range
from kpidsl.language.tree import Tree
from kpidsl.text import Span

_RANGE = re.compile(r"^\s*(?:at\s+(?:least|most)|above|below)\b|\sto\s")


def decode_benchmark(entry: Entry, name: Written[str]) -> Benchmark:
    """A benchmark: what it holds a value against, for whom, and where that comes from."""
    zones = entry.entry("zones")
    return Benchmark(
        name,
        entry.formula("range", parse_range),
        entry.written("every"),
        entry.text("cite"),
        entry.text("vintage"),
        entry.text("population"),
        zones=tuple((zone, zones.parsed(node, parse_range)) for zone, node in entry.entries("zones")),
        good=entry.many("good"),
        average=entry.formula("average", parse_expression),
        plan=entry.formula("plan", parse_expression),
        compare=entry.written("compare"),
        tolerance=entry.formula("tolerance", parse_expression),
        segment=_segment(entry),
        valid=(_day(entry, "valid_from"), _day(entry, "valid_to")),
        applies_to=entry.formula("applies_to", parse_expression),
        n=entry.count("n"),
        severity=entry.written("severity"),
        history=entry.formula("history", parse_duration),
        quantiles=entry.formula("quantiles", parse_range),
        process=entry.written("process"),
        breaks=tuple((day, node.text.strip()) for day, node in entry.entries("breaks") if isinstance(node, Scalar)),
        within=entry.formula("within", parse_budget),
        hold=entry.formula("for", parse_periods),
        release=entry.formula("clear", parse_periods),
        table=entry.written("table"),
        column=entry.written("column"),
        row=entry.written("row"),
        by=entry.written("by"),
        peers=entry.written("peers"),
        target=_target(entry),
        astray=next((entry.place(key) for key in _WAY if entry.node("reach") is None and entry.node(key) is not None), None),
        score=tuple((score, entry.parsed(node, parse_expression)) for score, node in entry.entries("score")),
    )


_WAY = ("deadline", "start", "from", "path")


def _target(entry: Entry) -> Target | None:
    reach: Formula[Tree] | None = entry.formula("reach", parse_expression)
    if reach is None:
        return None
    points = entry.entry("path")
    return Target(
        reach,
        _day(entry, "deadline"),
        entry.formula("start", parse_expression),
        _day(entry, "from"),
        tuple((_day_of(day), points.parsed(node, parse_expression)) for day, node in entry.entries("path")),
    )


def _day_of(key: Written[str]) -> Written[Value]:
    """The day that a key of a mapping is."""
    return Written(row_value(Scalar(key.value, "", 0, 0)), key.file, key.span)


def decode_table(entry: Entry, name: Written[str], node: Node) -> BenchmarkTable:
    """A table of published figures."""
    rows = entry.entry("rows")
    return BenchmarkTable(
        name,
        {segment.value: (segment, _figures(rows.below(below))) for segment, below in entry.entries("rows")},
        entry.text("description"),
        entry.text("cite"),
        entry.text("vintage"),
        entry.text("population"),
    )


def _figures(entry: Entry) -> dict[str, tuple[Written[str], Published]]:
    found: dict[str, tuple[Written[str], Published]] = {}
    for name, pair in entry.pairs.items():
        column, node = entry.place(name), pair[1]
        if column is not None:
            found[name] = column, _published(entry, node)
    return found


def _published(entry: Entry, node: Node) -> Published:
    """A range if it is written as one, else an average."""
    if isinstance(node, Scalar) and _RANGE.search(node.text):
        return Published(range=entry.parsed(node, parse_range))
    return Published(average=entry.parsed(node, parse_expression))


def _segment(entry: Entry) -> Segment | None:
    place, node = entry.place("segment"), entry.node("segment")
    if place is None:
        return None
    if not isinstance(node, Mapping):
        return Segment(place)
    return Segment(place, tuple((name, _values(entry, items_of(below))) for name, below in entry.entries("segment")))


def _values(entry: Entry, nodes: list[Node]) -> tuple[Written[Value], ...]:
    return tuple(
        Written(given_value(node), entry.file, Span(node.start, node.end)) for node in nodes if isinstance(node, Scalar)
    )


def _day(entry: Entry, key: str) -> Written[Value] | None:
    node = entry.node(key)
    return Written(row_value(node), entry.file, Span(node.start, node.end)) if isinstance(node, Scalar) else None
