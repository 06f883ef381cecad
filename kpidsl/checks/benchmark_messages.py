"""What there is to say of zones, and of figures of another formula: one function for one complaint."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.catalog.catalog import Benchmark, Value, Zone
from kpidsl.diagnostics import Diagnostic, Label, Severity
from kpidsl.documents import model


def zone_empty(kpi: str, benchmark: Benchmark, zone: Zone) -> Diagnostic:
    headline = f"no value is in the zone `{zone.name}` of `{benchmark.name}`, a benchmark of `{kpi}`"
    return _error("zone-empty", headline, _place(benchmark, zone.name))


def zones_overlap(kpi: str, benchmark: Benchmark, one: str, other: str) -> Diagnostic:
    headline = f"values of `{kpi}` can be in two zones of `{benchmark.name}`, `{one}` and `{other}`"
    return _error("zones-overlap", headline, _place(benchmark, other), _place(benchmark, one))


def zones_gap(kpi: str, benchmark: Benchmark, one: str, other: str) -> Diagnostic:
    headline = f"values of `{kpi}` between the zones `{one}` and `{other}` of `{benchmark.name}` are in none"
    return _error("zones-gap", headline, _place(benchmark, other), _place(benchmark, one))


def zones_out_of_order(kpi: str, benchmark: Benchmark, rising: Sequence[str]) -> Diagnostic:
    headline = f"the zones of `{benchmark.name}`, a benchmark of `{kpi}`, do not stand in the order of their values"
    help_ = f"in that order they are {', '.join(f'`{name}`' for name in rising)}; the other way round is fine too"
    return _error("zones-out-of-order", headline, _place(benchmark, rising[0]), help=(help_,))


def good_zones_apart(kpi: str, benchmark: Benchmark, good: Sequence[str]) -> Diagnostic:
    headline = f"the good zones of `{benchmark.name}`, a benchmark of `{kpi}`, are not next to each other"
    return _error("zones-apart", headline, *(_place(benchmark, name) for name in good))


def for_another_formula(kpi: Value, benchmark: Benchmark) -> Diagnostic:
    written = benchmark.definition.applies_to
    assert written is not None and isinstance(kpi.definition, model.Kpi)
    said = " ".join(written.text.split())
    headline = f"`{kpi.name}` is not `{said}`, for which its benchmark `{benchmark.name}` was measured"
    labels = (written.label(), kpi.definition.formula.label(text=f"`{kpi.name}`"))
    help_ = "a KPI of its own with that formula can have the benchmark, or a figure for this one is looked for"
    return _error("benchmark-for-another-formula", headline, *labels, help=(help_,))


def peers_of_a_sum(kpi: str, benchmark: Benchmark) -> Diagnostic:
    headline = f"`{kpi}` adds up over `{benchmark.by}`, so its members cannot be compared with all of them together"
    help_ = "a rate or a mean compares members of different sizes, such as one per day worked"
    return _error("peers-of-a-sum", headline, benchmark.definition.label(), help=(help_,))


def _place(benchmark: Benchmark, zone: str) -> Label:
    written = benchmark.definition.zones
    return next(
        (formula.label(text=f"`{zone}`") for name, formula in written if name.value == zone), benchmark.definition.label()
    )


def _error(code: str, headline: str, *labels: Label, help: Sequence[str] = ()) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, labels, help=tuple(help))
