"""Claims that do not hold, or are not proved though that is required; and benchmarks held against what is proved of values."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from kpidsl.catalog.catalog import Benchmark, Value
from kpidsl.catalog.core import Constant, Core
from kpidsl.checks import proof_messages as messages
from kpidsl.checks.claims import Claims
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.checks.messages import work_used_up
from kpidsl.checks.outcome import Answer
from kpidsl.checks.percents import Factors
from kpidsl.checks.proof import Proof
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model

_ZERO, _ONE = Fraction(0), Fraction(1)


def claims_hold(inspection: Inspection) -> Iterator[Diagnostic]:
    """`share-out-of-range`, `direction-against-input`, `division-by-zero` and `unproved`."""
    claims, factors = inspection.shared(Claims), inspection.shared(Factors)
    for kpi in inspection.catalog.kpis():
        if inspection.prints.value(kpi.name) is None:  # never has a value, which is reported elsewhere
            continue
        yield from _share(kpi, claims, factors, inspection.fast)
        yield from _division(kpi, claims)
        if not inspection.fast:
            yield from _directions(kpi, claims, inspection)
            yield from _required(kpi, claims)


def _share(kpi: Value, claims: Claims, factors: Factors, fast: bool) -> Iterator[Diagnostic]:
    """What is 100 times a share has a finding of its own; a fast check looks only at what is counted by several dates."""
    if kpi.proportion is None or factors.hundred(kpi.core) is not None:
        return
    several_dates = claims.is_by_several_dates(kpi)
    if several_dates or not fast:
        proof = claims.share(kpi)
        if proof.answer is Answer.REFUTED:
            yield messages.share_out_of_range(formula_of(kpi).label(), proof, several_dates)


def _division(kpi: Value, claims: Claims) -> Iterator[Diagnostic]:
    found = claims.cancelling(kpi)
    if found is not None:
        divisor, seen = found
        formula = formula_of(kpi)
        words = " ".join(formula.text[divisor.span.start : divisor.span.end].split())
        yield messages.division_by_zero(formula.label(divisor.span), kpi.name, words.removeprefix("(").removesuffix(")"), seen)


def _directions(kpi: Value, claims: Claims, inspection: Inspection) -> Iterator[Diagnostic]:
    """A KPI that rises here and falls there with a cost is not against its direction."""
    for proof in claims.directions(kpi):
        cost = inspection.catalog.values[proof.input].definition
        definition = kpi.definition
        if proof.answer is not Answer.REFUTED or not claims.always_rises(kpi, proof.input):
            continue
        assert isinstance(definition, model.Kpi) and definition.better is not None
        assert not isinstance(cost, model.Parameter) and cost.better is not None
        yield messages.direction_against_input(formula_of(kpi).label(), proof, definition.better, cost.better)


def _required(kpi: Value, claims: Claims) -> Iterator[Diagnostic]:
    require = requirement(kpi)
    if require is not None:
        unknown = (proof for proof in claims.of(kpi) if proof.answer is Answer.UNKNOWN)
        yield from (messages.unproved(require.label(), proof) for proof in unknown)


def work_suffices(inspection: Inspection) -> Iterator[Diagnostic]:
    """`work-used-up`, once, where the work for proofs did not do for all of them; the rules before this one do that work."""
    if inspection.left_open is not None:
        yield work_used_up(inspection.left_open)


def requirement(kpi: Value) -> model.Written[str] | None:
    """Where a KPI says that what is claimed of it must be proved."""
    return kpi.definition.require if isinstance(kpi.definition, model.Kpi) else None


def benchmarks_in_reach(inspection: Inspection) -> Iterator[Diagnostic]:
    """`unreachable-range` and `benchmark-always-met`, by what is proved of the values."""
    if inspection.fast:
        return
    claims = inspection.shared(Claims)
    for kpi in inspection.catalog.kpis():
        if kpi.unit.is_number or kpi.proportion is not None:
            for each in kpi.benchmarks:
                if each.plain:
                    yield from _reach(kpi, each, claims)


def _reach(kpi: Value, each: Benchmark, claims: Claims) -> Iterator[Diagnostic]:
    low, high = _number(each.low), _number(each.high)
    plain = kpi.proportion is None  # what is beyond a proportion needs no proof
    if plain and low is not None and _beyond(low, _ONE, each.low_open) and claims.never_above(kpi, _ONE):
        yield messages.unreachable_by_proof(kpi, each, "above", _ONE)
    elif plain and high is not None and _beyond(-high, _ZERO, each.high_open) and claims.never_below(kpi, _ZERO):
        yield messages.unreachable_by_proof(kpi, each, "below", _ZERO)
    elif _leaves_nothing_out(each, kpi, claims):
        yield messages.always_within(kpi.name, each, "0 or more" if high is None else "within 0% to 100%")


def _leaves_nothing_out(each: Benchmark, kpi: Value, claims: Claims) -> bool:
    """Whether a range holds all values that there can be."""
    low, high = _number(each.low), _number(each.high)
    if low is not None and _beyond(low, _ZERO, each.low_open):
        return False
    if high is not None and _beyond(-high, -_ONE, each.high_open):
        return False
    return (low is None or claims.never_below(kpi, _ZERO)) and (high is None or claims.never_above(kpi, _ONE))


def _beyond(bound: Fraction, limit: Fraction, open_: bool) -> bool:
    return bound > limit or (bound == limit and open_)


def _number(bound: Core | None) -> Fraction | None:
    return bound.value if isinstance(bound, Constant) and isinstance(bound.value, Fraction) else None


def proofs_of(inspection: Inspection, kpi: Value) -> tuple[Proof, ...]:
    """What is known of each claim of a KPI."""
    return tuple(inspection.shared(Claims).of(kpi))
