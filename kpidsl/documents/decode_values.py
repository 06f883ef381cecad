"""Parameters, measures and KPIs."""

from __future__ import annotations

from kpidsl.documents.decode_benchmarks import decode_benchmark
from kpidsl.documents.entries import Entry, items_of
from kpidsl.documents.model import Example, Kpi, Measure, Parameter, Scorecard, Written
from kpidsl.documents.nodes import Mapping, Node
from kpidsl.language.parser import parse_duration, parse_expression, parse_path, parse_unit
from kpidsl.text import Span


def decode_parameter(entry: Entry, name: Written[str], node: Node) -> Parameter:
    """A parameter: its value, or a mapping that has one."""
    if not isinstance(node, Mapping):
        return Parameter(name, entry.parsed(node, parse_expression))
    return Parameter(
        name,
        entry.required("value", parse_expression, name),
        entry.formula("unit", parse_unit),
        entry.text("description"),
    )


def decode_measure(entry: Entry, name: Written[str], node: Node) -> Measure:
    """A measure: its formula, or a mapping that has one."""
    if not isinstance(node, Mapping):
        return Measure(name, entry.parsed(node, parse_expression))
    return Measure(
        name,
        entry.required("formula", parse_expression, name),
        entry.formula("unit", parse_unit),
        entry.text("title"),
        entry.text("description"),
        entry.written("better"),
    )


def decode_kpi(entry: Entry, name: Written[str], node: Node) -> Kpi:
    """A KPI with its benchmarks and examples."""
    return Kpi(
        name,
        entry.required("formula", parse_expression, name),
        title=entry.text("title"),
        description=entry.text("description"),
        area=entry.text("area"),
        role=entry.text("role"),
        unit=entry.formula("unit", parse_unit),
        display=entry.written("display"),
        better=entry.written("better"),
        inference=entry.text("inference"),
        min_n=entry.count("min_n"),
        benchmarks=tuple(decode_benchmark(entry.below(below), benchmark) for benchmark, below in entry.entries("benchmarks")),
        examples=tuple(_example(entry.below(item), item) for item in items_of(entry.node("examples"))),
        owner=entry.text("owner"),
        tags=entry.texts("tags"),
        cite=entry.texts("cite"),
        matures_after=entry.formula("matures_after", parse_duration),
        project=entry.formula("project", parse_expression),
        require=entry.written("require"),
        verdict=entry.written("verdict"),
        cluster=entry.formula("cluster", parse_path),
        levels=entry.many("levels"),
    )


def decode_scorecard(entry: Entry, name: Written[str], node: Node) -> Scorecard:
    """A scorecard: KPIs with their weights."""
    weights = entry.entry("kpis")
    return Scorecard(
        name,
        tuple((kpi, weights.parsed(weight, parse_expression)) for kpi, weight in entry.entries("kpis")),
        entry.text("title"),
        entry.text("description"),
        entry.text("owner"),
    )


def _example(entry: Entry, node: Node) -> Example:
    undefined = entry.text("expect") == "undefined"
    return Example(
        Written("example", entry.file, Span(node.start, node.end)),
        given=entry.settings("given"),
        expect=None if undefined else entry.formula("expect", parse_expression),
        undefined=undefined,
        verdict=entry.written("verdict"),
        cite=entry.text("cite"),
    )
