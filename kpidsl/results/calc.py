"""A KPI from plain numbers: values for its measures, parameters or KPIs in, a result of one cell out.

A number given for a KPI stands for all that it is made of. Whether the figures are a sample follows from what was given:
counts know how many they are, so a ratio of counts has an interval, Wilson's where the units or the filters make it a
proportion; a sum of money given as a number does not, and is a census, judged by its point. The KPI's own `inference` comes
before that. Counts of which it is not known that one is part of the other are taken as independent.

Plain numbers have no rows, no periods and no groups: what a formula takes from those (aggregates, windows, names of the period)
must be given, under a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Benchmark, BenchmarkKind, Catalog, Kind, Value
from kpidsl.catalog.core import PERIOD_FUNCTIONS, Aggregate, Apply, Constant, Core, Reference
from kpidsl.diagnostics import Diagnostic, Diagnostics
from kpidsl.plan.frames import is_window
from kpidsl.plan.pacing import grows
from kpidsl.plan.references import parts
from kpidsl.results import messages, reasons
from kpidsl.results.arithmetic import NoRows, Sheet
from kpidsl.results.bounds import Interval
from kpidsl.results.columns import Bools, Column, Fault, Floats, Objects, constant, strict
from kpidsl.results.estimates import Estimate, Support, estimate, find_basis
from kpidsl.results.evidence import as_census
from kpidsl.results.figures import Ages, Axis, Figure, failed_figure, judged_interval, make_figure
from kpidsl.results.frames import Path
from kpidsl.results.judging import Reference as Held
from kpidsl.results.judging import Scope
from kpidsl.results.linear import Gradient, Slot, Tangent
from kpidsl.results.proportion import Shapes
from kpidsl.results.receipts.evidence import Evidence
from kpidsl.results.result import Result
from kpidsl.results.series import Earlier
from kpidsl.results.spelling import spell

Given = Mapping[str, Fraction | float]


def calc(catalog: Catalog, kpi: str, given: Given) -> Result:
    """The value of a KPI (or measure) from numbers in the units of what they are given for.

    What is wrong or not given is in the result's diagnostics; then its figure, if there is such a KPI, has the status
    `error`.
    """
    if kpi not in catalog.values:
        known = [*catalog.values, *catalog.broken]
        finding = messages.broken_value(kpi, kpi) if kpi in catalog.broken else messages.unknown_kpi(kpi, known)
        return Result(_one_cell(), {}, Diagnostics([finding]))
    value = catalog.values[kpi]
    findings = Diagnostics(_findings(catalog, value, given))
    evidence = _evidence(catalog, given)
    if not findings.errors:
        figure = _figure(value, evidence)
        if not _part_beyond_whole(figure, _shapes(catalog, evidence)):
            return Result(_one_cell(), {kpi: figure}, findings, evidence=evidence)
        findings = Diagnostics([*findings, messages.part_beyond_whole(kpi)])
    failure = failed_figure(value, 1, findings.errors[0].headline)
    return Result(_one_cell(), {kpi: failure}, findings, evidence=evidence)


def _part_beyond_whole(figure: Figure, shapes: Shapes) -> bool:
    """Whether a proportion has more above its line than below."""
    above, below = figure.estimate.numerator, figure.estimate.denominator
    if shapes.proportion(figure.value.core) is None or above is None or below is None:
        return False
    return bool(np.any(above.values > below.values))


def _shapes(catalog: Catalog, evidence: Evidence) -> Shapes:
    """What formulas are, of which what was given and is no count is not looked into."""
    counts = _Counts.of(catalog, evidence.sheet.given).places
    return Shapes(catalog, given=frozenset(evidence.given) - counts.keys(), by_unit=True)


def needed(catalog: Catalog, value: Value, given: Given) -> tuple[Value, ...]:
    """The values that a number was given for, or must be, to evaluate one: those that take something from rows."""
    found: dict[str, Value] = {}
    seen: set[str] = set()
    pending = [value.name]
    while pending:
        name = pending.pop()
        if name in seen:
            continue
        seen.add(name)
        each = value if name == value.name else catalog.values[name]
        from_rows, names = _taken(each.core)
        if name in given or from_rows:
            found[name] = each
        if name not in given:
            pending.extend(reversed(names))
    return tuple(found.values())


def _taken(core: Core) -> tuple[list[Core], list[str]]:
    """What a formula takes from rows, periods or groups, and the values that it names beside that; from left to right."""
    from_rows: list[Core] = []
    names: list[str] = []
    stack = [core]
    while stack:
        node = stack.pop()
        match node:
            case Aggregate():
                from_rows.append(node)
            case Apply(function=function) if is_window(node) or function in PERIOD_FUNCTIONS:
                from_rows.append(node)
            case Apply(arguments=arguments):
                stack.extend(reversed(arguments))
            case Reference():
                names.append(node.name)
            case _:
                pass
    return from_rows, names


def _findings(catalog: Catalog, value: Value, given: Given) -> Iterator[Diagnostic]:
    for name, number in given.items():
        if name in catalog.broken:
            yield messages.broken_value(value.name, name)
        elif name not in catalog.values:
            yield messages.unknown_given(value.name, name, catalog.values)
        elif isinstance(number, float) and not isfinite(number):
            yield messages.not_a_number(value.name, name, number)
        elif number < 0 and Shapes(catalog).is_count(Reference((name,))):
            yield messages.negative_count(value.name, name, number)
    if value.name in given:
        yield messages.answer_given(value.name)
        return
    uses = needed(catalog, value, given)
    lacking = [each for each in uses if each.name not in given]
    if lacking:
        named = [each.name for each in lacking if _can_be_given(each, value)]
        inline = [spell(node) for each in lacking if not _can_be_given(each, value) for node in _taken(each.core)[0]]
        yield messages.missing_inputs(value.name, named, tuple(dict.fromkeys(inline)))
    used = {each.name for each in uses} | set(_held_against(catalog, value, given))
    unused = [name for name in given if name in catalog.values and name not in used]
    if unused:
        yield messages.unused_input(value.name, unused, [each.name for each in uses])


def _held_against(catalog: Catalog, value: Value, given: Given) -> Iterator[str]:
    """What benchmarks of a KPI need beside the KPI itself."""
    for benchmark in value.benchmarks:
        for part, core in parts(benchmark).items():
            yield from (each.name for each in needed(catalog, _bound(benchmark, part, core), given))


def _bound(benchmark: Benchmark, part: str, core: Core) -> Value:
    """A bound of a benchmark as a value under a name that no definition can have."""
    return Value(f"{benchmark.name} / {part}", Kind.FORMULA, core, core.unit, benchmark.definition)  # type: ignore[arg-type]


def _spelled(catalog: Catalog, lacking: Sequence[Value]) -> list[str]:
    """What is lacking, by its name; what a formula itself takes from rows has none and is written out."""
    words = [[each.name] if each.name in catalog.values else [spell(node) for node in _taken(each.core)[0]] for each in lacking]
    return list(dict.fromkeys(word for several in words for word in several))


def _can_be_given(each: Value, asked: Value) -> bool:
    """What a KPI itself takes from rows cannot be given by its name: that would be the answer."""
    return each.name != asked.name or each.kind is not Kind.KPI


def _evidence(catalog: Catalog, given: Given) -> Evidence:
    leaves = {name: _leaf(name, number) for name, number in given.items()}
    return Evidence(catalog, Sheet(catalog.values, leaves, NoRows(catalog.calendar)), given=given)


def _figure(value: Value, evidence: Evidence) -> Figure:
    catalog, sheet, given = evidence.catalog, evidence.sheet, evidence.given
    noise = _Counts.of(catalog, sheet.given)
    used = [each.name for each in needed(catalog, value, given)]
    plain = _Plain(catalog, sheet, given, value, noise, _shapes(catalog, evidence))
    column = sheet.value(value.name)
    certain = plain.estimate(value, column, used, census=not _is_sample(value, used, noise))
    figure = make_figure(
        replace(value, clusters=None),
        column,
        certain,
        Ages(np.zeros(1, dtype=np.bool_)),
        benchmarks=value.benchmarks,
        references=plain,
        scope=Scope(_one_cell().starts),
    )
    return figure.without_needed() if grows(value.name, catalog) else figure


class _Plain(Struct, frozen=True, eq=False):
    """What benchmarks hold a KPI from plain numbers against: numbers, and what follows from those that are given."""

    catalog: Catalog
    sheet: Sheet
    given: Given
    kpi: Value
    noise: _Counts
    shapes: Shapes

    def of(self, benchmark: Benchmark, part: str, core: Core) -> Held | str:
        if isinstance(core, Constant):
            return Held(Interval.point(self.sheet.tree(core).values))
        bound = _bound(benchmark, part, core)
        uses = needed(self.catalog, bound, self.given)
        lacking = [each for each in uses if each.name not in self.given]
        if lacking:
            return reasons.not_given(benchmark.kind, _spelled(self.catalog, lacking))
        used, column = [each.name for each in uses], self.sheet.tree(core)
        if benchmark.kind is BenchmarkKind.PLAN or self.kpi.census or not _is_sample(bound, used, self.noise):
            return Held(Interval.point(column.values))
        interval = judged_interval(column, self.estimate(bound, column, used, census=False))
        return Held(interval, Tangent(self.sheet, self.noise).correlation(self.kpi.core, core))

    def estimate(self, value: Value, column: Column, used: Sequence[str], *, census: bool) -> Estimate:
        """How sure a value is that was worked out from these numbers."""
        counts = [self.sheet.given[name].values for name in used if name in self.noise.places]
        fewest = np.min(counts, axis=0) if counts else np.full(1, np.nan)
        support = Support(Tangent(self.sheet, self.noise), fewest)
        found = estimate(find_basis(value, self.shapes, census=census), column, self.sheet, support)
        return as_census(found, is_proportion=self.shapes.proportion(value.core) is not None) if census else found

    def doubts(self, benchmark: Benchmark) -> Objects | None:
        return None

    def earlier(self, benchmark: Benchmark, values: Floats, counted: Bools) -> Earlier | str:
        return reasons.not_given(benchmark.kind, ())


def _leaf(name: str, number: Fraction | float) -> Column:
    try:
        return constant(float(number))
    except OverflowError:
        return strict(np.zeros(1), [constant(0)], [Fault(np.ones(1, dtype=np.bool_), lambda: f"{name} is too large")])


def _is_sample(value: Value, used: list[str], noise: _Counts) -> bool:
    """Whether the value has an interval: everything that it was worked out from is a count, unless it is declared a census."""
    return not value.census and bool(used) and all(name in noise.places for name in used)


class _Counts(Struct, frozen=True, eq=False):
    """What is random in plain numbers: the counts among them, each by itself, its variance its value."""

    leaves: Mapping[str, Column]
    places: Mapping[str, int]

    @staticmethod
    def of(catalog: Catalog, leaves: Mapping[str, Column]) -> _Counts:
        shapes = Shapes(catalog)
        counts = [name for name in leaves if shapes.is_count(Reference((name,)))]
        return _Counts(leaves, {name: place for place, name in enumerate(counts)})

    def of_aggregate(self, aggregate: Aggregate, path: Path) -> Gradient:
        raise AssertionError(f"no rows for {spell(aggregate)}")

    def of_leaf(self, name: str) -> Gradient:
        return {Slot(self.places[name], name): np.ones(1)} if name in self.places else {}

    def covariance(self, left: Slot, right: Slot) -> Floats:
        return self.leaves[left.name].values


def _one_cell() -> Axis:
    nothing: Objects = np.array([None], dtype=object)
    return Axis(np.array([""], dtype=object), nothing, nothing, {})
