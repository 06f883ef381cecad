"""The words of proofs, and what there is to say of claims that do not hold: one function for one complaint."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kpidsl.algebra.cases import MOST_CASES
from kpidsl.algebra.proofs import MOST_INPUTS
from kpidsl.algebra.rings import BUDGET
from kpidsl.algebra.work import Limit
from kpidsl.catalog.catalog import Benchmark, Value
from kpidsl.checks.messages import number, why_work_used_up
from kpidsl.checks.proof import Claim, Proof, Seen
from kpidsl.diagnostics import Diagnostic, Label, Severity
from kpidsl.documents.model import Written
from kpidsl.units.unit import Unit, show

_MOST_INPUTS = 12


def _error(code: str, headline: str, *labels: Label, notes: Sequence[str] = (), help: Sequence[str] = ()) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, labels, tuple(notes), tuple(help))


def _warning(code: str, headline: str, *labels: Label, notes: Sequence[str] = (), help: Sequence[str] = ()) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, headline, labels, tuple(notes), tuple(help))


# Claims


def claim(claim: Claim, input: str) -> str:
    """A claim as a phrase that follows the name of its KPI."""
    match claim:
        case Claim.SHARE:
            return "lies within 0% to 100%"
        case Claim.DIRECTION:
            return f"never rises with `{input}`"
        case Claim.DEFINED:
            return "always has a value"


def why_proved(claim: Claim, input: str, assumptions: Sequence[str]) -> str:
    return "if " + " and ".join(assumptions) if assumptions else "for all inputs"


def why_refuted(claim: Claim, input: str, seen: Seen) -> str:
    inputs = _inputs(seen)
    match claim:
        case Claim.SHARE:
            return f"it is {_share(seen.values[0])} with {inputs}"
        case Claim.DIRECTION:
            before, after, step = seen.values
            return f"with {inputs} it rises from {_number(before)} to {_number(after)} where `{input}` grows by {_number(step)}"
        case Claim.DEFINED:
            return f"it has no value with {inputs}"


def why_unknown(limit: Limit) -> str:
    match limit:
        case Limit.WORK:
            return f"written out, it takes more than {BUDGET:,} products of terms"
        case Limit.PROJECT:
            return why_work_used_up()
        case Limit.INPUTS:
            return f"it has more inputs than can be looked at; {MOST_INPUTS} are the most"
        case Limit.CASES:
            return f"its choices make more than {MOST_CASES} cases, or it is nested too deeply"
        case _:
            return "no certificate was found, and no rows for which it is wrong"


def _inputs(seen: Seen) -> str:
    text = ", ".join(f"{name} = {number(value)}" for name, value in seen.inputs[:_MOST_INPUTS])
    return f"{text} and {len(seen.inputs) - _MOST_INPUTS} more" if len(seen.inputs) > _MOST_INPUTS else text


def _number(value: Fraction | None) -> str:
    return "undefined" if value is None else number(value)


def _share(value: Fraction | None) -> str:
    return "undefined" if value is None else f"{number(value * 100)}%"


# Assumptions


def not_negative(source: str, column: str) -> str:
    return f"`{source}.{column}` is never below 0"


def not_more(source: str, column: str, than: str) -> str:
    return f"no row of {source} has more `{column}` than `{than}`"


def one_each(source: str, reference: str) -> str:
    return f"no two rows of {source} have the same `{reference}`"


def as_declared(name: str, value: Fraction, unit: Unit) -> str:
    shown = _share(value) if unit.percent else number(value) if unit.is_number else f"{number(value)} {show(unit)}"
    return f"`{name}` is {shown}, as declared"


def part_of_mean(above: bool) -> str:
    return "the sum" if above else "the count"


# Findings


def share_out_of_range(label: Label, proof: Proof, several_dates: bool) -> Diagnostic:
    assert proof.seen is not None
    headline = f"`{proof.kpi}` is a share but need not lie within 0% to 100%: it can be {_share(proof.seen.values[0])}"
    help_ = (
        ("counted by the same date it would: `at` places the rows of one by the date of the other",) if several_dates else ()
    )
    return _warning("share-out-of-range", headline, label, notes=(f"with {_inputs(proof.seen)}",), help=help_)


def direction_against_input(label: Label, proof: Proof, better: Written[str], cost: Written[str]) -> Diagnostic:
    assert proof.seen is not None
    headline = f"higher is better for `{proof.kpi}`, but it rises with `{proof.input}`, of which less is better"
    before, after, step = proof.seen.values
    note = f"with {_inputs(proof.seen)} it rises from {_number(before)} to {_number(after)}"
    notes = (f"{note} where `{proof.input}` grows by {_number(step)}",)
    labels = (label, better.label("higher is better"), cost.label("lower is better"))
    return _warning("direction-against-input", headline, *labels, notes=notes)


def division_by_zero(label: Label, name: str, divisor: str, seen: Seen) -> Diagnostic:
    headline = f"`{name}` divides by `{divisor}`, which can be 0 where all of its inputs are there"
    help_ = ("near such a zero its values are huge, and beyond it their sign turns; `if` can say what holds there",)
    return _warning("division-by-zero", headline, label, notes=(f"with {_inputs(seen)}",), help=help_)


def unproved(label: Label, proof: Proof) -> Diagnostic:
    headline = f"that `{proof.kpi}` {claim(proof.claim, proof.input)} was neither proved nor refuted: {proof.why}"
    return _error("unproved", headline, label, help=("`require: proved` asks for a proof; without it this is no error",))


def unproved_identity(label: Label, identity: str, kpi: str, why: str) -> Diagnostic:
    headline = f"`{identity}` was neither proved nor refuted, and `{kpi}` requires a proof: {why}"
    return _error("unproved", headline, label)


def unreachable_by_proof(kpi: Value, benchmark: Benchmark, way: str, bound: Fraction) -> Diagnostic:
    words = " ".join(benchmark.definition.ranges[0].text.split())
    shown = _share(bound) if kpi.unit.percent else number(bound)
    headline = f"`{kpi.name}` cannot reach its benchmark `{benchmark.name}`: no value is {way} {shown}, so none is `{words}`"
    return _warning("unreachable-range", headline, benchmark.definition.ranges[0].label())


def always_within(kpi: str, benchmark: Benchmark, reach: str) -> Diagnostic:
    words = " ".join(benchmark.definition.ranges[0].text.split())
    headline = f"every value of `{kpi}` is within its benchmark `{benchmark.name}`: `{words}` holds for all that is {reach}"
    help_ = ("a benchmark that nothing can miss says nothing about performance",)
    return _warning("benchmark-always-met", headline, benchmark.definition.ranges[0].label(), help=help_)
