"""A benchmark as it is written, on one line: `at least 250 a month`, `average 4.02%`, `plan sales_plan, give or take 5%`."""

from __future__ import annotations

from kpidsl.documents.model import Benchmark, Formula, Segment
from kpidsl.language.printer import print_tree
from kpidsl.language.tree import Budget, Quantity, Range, Tree


def benchmark_words(benchmark: Benchmark) -> str:
    """What a benchmark holds values against, and for which periods and segment; empty where that did not parse."""
    said = _held_against(benchmark)
    if not said:
        return ""
    tolerance = f", give or take {_printed(benchmark.tolerance)}" if benchmark.tolerance else ""
    every = f" a {benchmark.every.value}" if benchmark.every else ""
    observed = "" if benchmark.n is None else f" of {benchmark.n:,} observation{'' if benchmark.n == 1 else 's'}"
    held = f"{said}{observed}{tolerance}{_over_time(benchmark)}{every}{_segment(benchmark.segment)}"
    return held + weight_words(benchmark)


def source_words(benchmark: Benchmark) -> str:
    """Where the figure of a benchmark comes from; empty where nothing is said of that."""
    return ", ".join(filter(None, (benchmark.cite, benchmark.vintage, benchmark.population)))


def weight_words(benchmark: Benchmark) -> str:
    """What is said of a benchmark that is no error: `, a note`."""
    severity = "" if benchmark.severity is None else benchmark.severity.value
    return f", a {severity}" if severity in ("warning", "note") else ""


def _held_against(benchmark: Benchmark) -> str:
    if benchmark.range is not None:
        return _printed(benchmark.range)
    if benchmark.zones:
        return ", ".join(f"{name.value} {_printed(zone)}" for name, zone in benchmark.zones)
    if benchmark.table is not None:
        row = f" for {benchmark.row.value}" if benchmark.row else f" by {benchmark.by.value}" if benchmark.by else ""
        return f"table {benchmark.table.value}{row}"
    if benchmark.peers is not None:
        return f"peers by {benchmark.peers.value}"
    if benchmark.compare is not None:
        return benchmark.compare.value
    if benchmark.target is not None:
        day = benchmark.target.deadline
        return _printed(benchmark.target.reach) + (f" by {day.value}" if day is not None else "")
    if benchmark.process is not None:
        return f"{benchmark.process.value} limits"
    for word, formula in (("average", benchmark.average), ("plan", benchmark.plan), ("history", benchmark.history)):
        if formula is not None and formula.tree is not None:
            return f"{word} {_printed(formula)}"
    return ""


def _over_time(benchmark: Benchmark) -> str:
    """What is said of several periods together."""
    parts = ((", ", benchmark.quantiles), (", within ", benchmark.within), (", for ", benchmark.hold))
    said = [f"{word}{_printed(formula)}" for word, formula in (*parts, (", clear ", benchmark.release)) if formula is not None]
    breaks = [f", since {day.value} {reason}".rstrip() for day, reason in benchmark.breaks]
    return "".join((*said, *breaks))


def _printed(formula: Formula[Tree] | Formula[Range] | Formula[Budget] | Formula[Quantity]) -> str:
    return "" if formula.tree is None else print_tree(formula.tree)


def _segment(segment: Segment | None) -> str:
    if segment is None:
        return ""
    if not segment.values:
        return ", as a whole"
    parts = (f"{name.value} {' or '.join(str(value.value) for value in values)}" for name, values in segment.values)
    return f", {', '.join(parts)}"
