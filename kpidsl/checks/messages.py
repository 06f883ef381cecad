"""Everything that examining a catalog can find: one function for one complaint, and the reasons given for outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from msgspec.structs import replace

from kpidsl.catalog.catalog import Benchmark
from kpidsl.catalog.core import Apply, Core
from kpidsl.checks.outcome import Witness
from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.documents.model import Formula, Written
from kpidsl.language import tree
from kpidsl.periods.grain import Grain
from kpidsl.suggest import nearest
from kpidsl.text import Span
from kpidsl.units.unit import Unit, show

_MOST_CHARACTERS = 13
_MOST_INPUTS = 12


def _error(code: str, headline: str, *labels: Label, help: Sequence[str] = (), edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, labels, help=tuple(help), edit=edit)


def _warning(code: str, headline: str, *labels: Label, help: Sequence[str] = (), edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, headline, labels, help=tuple(help), edit=edit)


# Units


def units_disagree(label: Label, name: str, unit: Unit) -> Diagnostic:
    headline = f"the unit of `{name}` was worked out twice, and only one way led to {show(unit)}"
    help_ = ("this is a mistake of the checker, not of the definition; please report the formula",)
    return _error("units-disagree", headline, label, help=help_)


# Identities


def identity_refuted(label: Label, name: str, witness: Witness) -> Diagnostic:
    headline = f"`{name}` does not hold: {_sides(witness)}"
    inputs = ", ".join(f"{name} = {number(value)}" for name, value in witness.inputs[:_MOST_INPUTS])
    inputs += f" and {more} more" if (more := len(witness.inputs) - _MOST_INPUTS) > 0 else ""
    help_ = ("if it is meant to hold only where something is given, `given` says so",)
    return Diagnostic("identity-refuted", Severity.ERROR, headline, (label,), (f"with {inputs}",) if inputs else (), help_)


def identity_unknown(label: Label, name: str, why: str) -> Diagnostic:
    return _warning("identity-unknown", f"`{name}` was neither proved nor refuted: {why}", label)


def _sides(witness: Witness) -> str:
    return f"its left side can be {number(witness.left)} while its right side is {number(witness.right)}"


def why_refuted(witness: Witness) -> str:
    return _sides(witness)


def why_proved(assumptions: Sequence[str]) -> str:
    if not assumptions:
        return "both sides are the same once all names are written out"
    return f"holds because {' and '.join(assumptions)}"


def why_proved_by_cases() -> str:
    return "both sides are the same in each case that can occur"


def why_work_used_up() -> str:
    return "the work for proofs of this project is used up"


def work_used_up(label: Label) -> Diagnostic:
    headline = "the work for proofs of this project is used up, so from here on its claims are left open"
    help_ = "a few formulas of many fractions, choices or powers take most of it; what they are made of can be KPIs of its own"
    return Diagnostic("work-used-up", Severity.NOTE, headline, (label,), help=(help_,))


def why_too_much_work(budget: int) -> str:
    return f"written out, its sides are too large to be compared within {budget:,} products of terms"


def why_too_many_inputs(most: int) -> str:
    return f"its sides have more inputs or choices than can be compared; {most} inputs are the most"


def why_undefined() -> str:
    return "one of its sides never has a value"


def why_contradiction() -> str:
    return "no inputs satisfy what is given"


def why_unused(assumptions: Sequence[str]) -> str:
    return f"what is given by {' and '.join(f'`{text}`' for text in assumptions)} cannot be solved for one of its inputs"


def why_no_witness() -> str:
    return "written out, its sides differ, but no rows were found for which their values do"


# Meanings


def same_meaning(here: Label, there: Label, name: str, other: str) -> Diagnostic:
    help_ = (f"where both names are wanted, `{name}` can be defined as `{other}`",)
    return _warning("same-meaning", f"`{name}` always has the value of `{other}`", here, there, help=help_)


def same_but_for_a_factor(here: Label, there: Label, name: str, other: str, larger: bool) -> Diagnostic:
    factor = "100 times" if larger else "a hundredth of"
    help_ = ("a share is stored as a fraction and shown as percent by `unit: percent` or `display: percent`",)
    return _warning("same-but-for-a-factor", f"`{name}` always has {factor} the value of `{other}`", here, there, help=help_)


def reciprocal_meaning(here: Label, there: Label, name: str, other: str) -> Diagnostic:
    help_ = (f"where both are wanted, `1 / {other}` says that they are one figure",)
    return _warning("reciprocal-meaning", f"`{name}` is always 1 divided by `{other}`", here, there, help=help_)


def constant_formula(label: Label, name: str, value: Fraction | None) -> Diagnostic:
    always = "the same" if value is None else number(value)
    help_ = ("a number that is always the same is a parameter",)
    return _warning("constant-formula", f"no data can change `{name}`: its value is always {always}", label, help=help_)


def always_undefined(label: Label, name: str, formula: Formula[tree.Tree], zero: Core) -> Diagnostic:
    divisor = " ".join(formula.text[zero.span.start : zero.span.end].split())
    zero_is = "0" if divisor == "0" else f"`{divisor}`, which is always 0"
    return _error("always-undefined", f"`{name}` never has a value: it divides by {zero_is}", label)


_POSSIBLE = {
    "ln": "only numbers above 0 have a logarithm",
    "sqrt": "numbers below 0 have no square root",
    "power": "numbers below 0 have whole powers only",
}


def impossible_number(formula: Formula[tree.Tree], name: str, part: Apply) -> Diagnostic:
    words = " ".join(formula.text[part.span.start : part.span.end].split())
    headline = f"`{name}` never has a value, because `{words}` has none"
    return _error("always-undefined", headline, formula.label(part.span, _POSSIBLE[part.function]))


# Benchmarks


def empty_range(kpi: str, benchmark: Benchmark) -> Diagnostic:
    formula = benchmark.definition.ranges[0]
    label = formula.label()
    words = _bounds(formula)
    turned = f"{words[1]} to {words[0]}" if len(words) == 2 else ""
    edit = Edit(label.file, label.span, turned) if turned else None
    headline = f"no value is within `{' '.join(formula.text.split())}`, the benchmark `{benchmark.name}` of `{kpi}`"
    return _error("empty-range", headline, label, help=(f"perhaps `{turned}`?",) if turned else (), edit=edit)


def unreachable_range(kpi: str, benchmark: Benchmark, proportion: tuple[str, str]) -> Diagnostic:
    formula = benchmark.definition.ranges[0]
    label = formula.label()
    percent = _as_percent(formula)
    edit = Edit(label.file, label.span, percent) if percent else None
    child, parent = proportion
    headline = f"`{kpi}` cannot reach its benchmark `{benchmark.name}`: a share of {parent} that is {child} is 0% to 100%"
    return _warning("unreachable-range", headline, label, help=(f"perhaps `{percent}`?",) if percent else (), edit=edit)


def _as_percent(formula: Formula[tree.Range]) -> str:
    """The range with a percent sign after each bare number, if every bound is one."""
    node = formula.tree
    bounds = [bound for bound in (node.low, node.high) if bound is not None] if node is not None else []
    if not bounds or not all(isinstance(bound, tree.Number) for bound in bounds):
        return ""
    text = formula.text
    for bound in reversed(bounds):
        text = f"{text[: bound.span.end]}%{text[bound.span.end :]}"
    return " ".join(text.split())


def _bounds(formula: Formula[tree.Range]) -> list[str]:
    node = formula.tree
    bounds = [bound for bound in (node.low, node.high) if bound is not None] if node is not None else []
    return [" ".join(formula.text[bound.span.start : bound.span.end].split()) for bound in bounds]


def contradictory_benchmarks(kpi: str, one: Benchmark, other: Benchmark) -> Diagnostic:
    labels = (other.definition.label(f"`{other.name}`"), one.definition.label(f"`{one.name}`"))
    headline = f"no value of `{kpi}` is within both of its benchmarks `{one.name}` and `{other.name}`"
    return _warning("contradictory-benchmarks", headline, *labels)


def contradictory_in_parts(kpi: str, short: Benchmark, long: Benchmark, is_sum: bool) -> Diagnostic:
    assert short.every is not None and long.every is not None
    part, whole = short.every.value, long.every.value
    labels = (long.definition.label(f"by the {whole}"), short.definition.label(f"by the {part}"))
    headline = f"`{kpi}` cannot be within `{long.name}` in a {whole} in which it is within `{short.name}` in each {part}"
    note = f"its value for a {whole} is {'the sum' if is_sum else 'a mean'} of those of its {part}s"
    return replace(_warning("contradictory-benchmarks", headline, *labels), notes=(note,))


def opposite_benchmarks(kpi: str, one: Benchmark, other: Benchmark) -> Diagnostic:
    def way(each: Benchmark) -> str:
        return "higher is better" if each.high is None else "lower is better"

    labels = (other.definition.label(way(other)), one.definition.label(way(one)))
    headline = f"by its benchmarks `{kpi}` is better when it is higher and when it is lower, and `better` does not say which"
    help_ = ("where both are meant, one range with two bounds is a target band: `3 to 10`",)
    return _warning("opposite-benchmarks", headline, *labels, help=help_)


def same_benchmark(kpi: str, one: Benchmark, other: Benchmark) -> Diagnostic:
    labels = (other.definition.label(f"`{other.name}`"), one.definition.label(f"`{one.name}`"))
    headline = f"`{kpi}` has one benchmark under two names, `{one.name}` and `{other.name}`"
    help_ = ("where two sources agree, `cite` of each says so",)
    return _warning("same-benchmark", headline, *labels, help=help_)


def benchmark_never_used(kpi: str, benchmark: Benchmark, source: str, every: Grain) -> Diagnostic:
    written = benchmark.definition.every
    assert written is not None
    headline = f"`{kpi}` cannot be asked by {written.value}, so nothing is ever judged by its benchmark `{benchmark.name}`"
    label = written.label(f"a row of `{source}` stands for a whole {every.value}")
    help_ = (f"`every: {every.value}` or a longer period can be asked",)
    return _warning("benchmark-never-used", headline, label, help=help_)


def benchmark_of_another_share(
    kpi: str, benchmark: Benchmark, place: Span, share: tuple[str, str], own: tuple[str, str]
) -> Diagnostic:
    label = benchmark.definition.ranges[0].label(place, f"a share of {share[1]}")
    headline = f"`{kpi}` is {own[0]} / {own[1]}, but its benchmark `{benchmark.name}` was measured as {share[0]} / {share[1]}"
    help_ = (f"a figure for {own[0]} / {own[1]}, or a KPI of its own for {share[0]} / {share[1]}",)
    return _error("benchmark-of-another-share", headline, label, help=help_)


def percent_times_hundred(name: str, label: Label, factor: int, other: str = "") -> Diagnostic:
    """`other` is a name whose own formula has the factor, or a part of it."""
    times = f"{factor:,} times a share"
    headline = f"`{name}` is shown as percent, so {times} shows 25% as {25 * factor:,}%"
    if other:
        headline = f"`{name}` is shown as percent, but with `{other}` it is {times} and shows 25% as {25 * factor:,}%"
    return _warning("percent-times-hundred", headline, label, help=("a percent is stored as a fraction: leave out the factor",))


def percent_over_hundred(name: str, label: Label, share: Fraction) -> Diagnostic:
    """`share` is what the numbers beside the share come to."""
    times = f"{(1 / share).numerator:,}"
    headline = f"`{name}` divides a share by {times}, but 25% is stored as 0.25, of which that makes {number(25 * share)}%"
    return _warning("percent-over-hundred", headline, label, help=("a percent is stored as a fraction: leave out the factor",))


def benchmark_without_period(kpi: str, benchmark: Benchmark) -> Diagnostic:
    words = _written(benchmark)
    headline = f"`{kpi}` grows with the period, so its benchmark `{benchmark.name}` needs the length of period that it is for"
    help_ = (f"for example `{benchmark.name}: {{{words}, every: month}}`",)
    return _warning("benchmark-without-period", headline, benchmark.definition.label(), help=help_)


def _written(benchmark: Benchmark) -> str:
    """What a benchmark holds values against, as it is written."""
    written = benchmark.definition
    for key, formula in (("range", written.range), ("average", written.average), ("plan", written.plan)):
        if formula is not None:
            return f"{key}: {' '.join(formula.text.split())}"
    if written.target is not None:
        return f"reach: {written.target.reach.text}, deadline: …"
    return f"compare: {written.compare.value}" if written.compare else "zones: …"


def direction_against_range(kpi: str, benchmark: Benchmark, better: Written[str], bound: str) -> Diagnostic:
    labels = (benchmark.definition.label(f"no {bound}"), better.label(f"{better.value} is better"))
    headline = f"{better.value} is better for `{kpi}`, but its benchmark `{benchmark.name}` has no {bound}, so none falls short"
    words = " ".join(benchmark.definition.ranges[0].text.split())
    opposite = "lower" if better.value == "higher" else "higher"
    help_ = (f"`{words}` goes with `better: {opposite}`",)
    return _warning("direction-against-range", headline, *labels, help=help_)


def inside_without_two_bounds(kpi: str, benchmark: Benchmark, better: Written[str]) -> Diagnostic:
    labels = (benchmark.definition.label(), better.label("inside is better"))
    headline = f"inside is better for `{kpi}`, but its benchmark `{benchmark.name}` is open on one side"
    way = "lower" if benchmark.low is None else "higher"
    return _warning("inside-without-two-bounds", headline, *labels, help=(f"a range that is open fits `better: {way}`",))


def benchmark_without_direction(kpi: str, benchmark: Benchmark, better: Written[str]) -> Diagnostic:
    labels = (better.label("neither way is better"), benchmark.definition.label("but this is good"))
    headline = f"`{kpi}` says that no value is better, but its benchmark `{benchmark.name}` says which values are good"
    help_ = ("`better: inside` makes the range a target band; without a benchmark `none` is for context",)
    return _warning("benchmark-without-direction", headline, *labels, help=help_)


# Tests


def unknown_name_in_test(name: Written[str], kind: str, known: Iterable[str]) -> Diagnostic:
    help_, edit = _meant(name, known)
    return _error("unknown-name", f"no {kind} is called `{name.value}`", name.label(), help=help_, edit=edit)


def in_test(finding: Diagnostic, place: Label) -> Diagnostic:
    """What is wrong with a formula of a question, at the word of the test that holds it."""
    return replace(finding, labels=(place,), edit=None)


def unknown_column_in_test(name: Written[str], source: str, known: Iterable[str], derived: bool) -> Diagnostic:
    if derived:
        headline = f"`{name.value}` of source `{source}` is worked out by a formula, so no row gives it"
        return _error("unknown-name", headline, name.label())
    help_, edit = _meant(name, known)
    return _error("unknown-name", f"source `{source}` has no column `{name.value}`", name.label(), help=help_, edit=edit)


def _meant(name: Written[str], known: Iterable[str]) -> tuple[tuple[str, ...], Edit | None]:
    near = nearest(name.value, sorted(known))
    return ((f"perhaps `{near}`?",), Edit(name.file, name.span, near)) if near else ((), None)


def number(value: Fraction) -> str:
    """A number as exactly as it can be said in few characters: 1,000, 0.25, 1/3."""
    if len(str(value)) > _MOST_CHARACTERS:
        return f"about {Decimal(value.numerator) / value.denominator:.6g}"
    if value.denominator == 1:
        return f"{value.numerator:,}"
    digits = f"{float(value):.6f}".rstrip("0")
    return digits if Fraction(digits) == value else str(value)
