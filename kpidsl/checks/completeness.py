"""What definitions should say of themselves and do not: the rules that the set `strict` adds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from kpidsl.checks import advice_messages as messages
from kpidsl.checks.inspection import Inspection
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.model import BenchmarkTable, Kpi, Written

_Complaint = Callable[[Written[str], Sequence[str]], Diagnostic]

# The keys that each rule asks for, and what it says where some of them lack.
_OF_A_KPI: Mapping[str, tuple[tuple[str, ...], _Complaint]] = {
    "kpi-without-description": (("title", "description"), messages.kpi_without_description),
    "kpi-without-unit": (("unit",), messages.kpi_without_unit),
    "kpi-without-direction": (("better",), messages.kpi_without_direction),
    "kpi-without-example": (("examples",), messages.kpi_without_example),
    "kpi-without-owner": (("owner",), messages.kpi_without_owner),
    "kpi-without-area": (("area", "role"), messages.kpi_without_area),
}


def complete_definitions(inspection: Inspection) -> Iterator[Diagnostic]:
    """`kpi-without-…` and `benchmark-without-cite`, as far as these rules hold in the project."""
    definitions = inspection.catalog.definitions
    rules = definitions.project.rules
    asked = [each for code, each in _OF_A_KPI.items() if rules.has(code)]
    cited = rules.has("benchmark-without-cite")
    tables = {table.name.value: table for table in definitions.tables}
    for kpi in definitions.kpis if asked or cited else ():
        for keys, complaint in asked:
            if lacking := [key for key in keys if not getattr(kpi, key)]:
                yield complaint(kpi.name, lacking)
        yield from _uncited(kpi, tables) if cited else ()


def _uncited(kpi: Kpi, tables: Mapping[str, BenchmarkTable]) -> Iterator[Diagnostic]:
    """Benchmarks without a source; what the project's own rows say is none from elsewhere."""
    for benchmark in kpi.benchmarks:
        table = tables.get(benchmark.table.value) if benchmark.table else None
        own = benchmark.compare or benchmark.peers
        if not (benchmark.cite or own or (table and table.cite)):
            yield messages.benchmark_without_cite(benchmark.name, kpi.name.value)
