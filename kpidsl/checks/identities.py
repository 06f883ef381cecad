"""Identities to outcomes: proved by normal form, refuted by exact inputs that some rows would give, or open, and why.

A proof and a refutation exclude each other, so the order in which they are looked for is a matter of cost only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpidsl.algebra import certificates, proofs
from kpidsl.algebra.proofs import Comparison
from kpidsl.algebra.rings import BUDGET
from kpidsl.algebra.work import Limit
from kpidsl.catalog.catalog import Identity
from kpidsl.catalog.core import value_names
from kpidsl.checks import messages, proof_messages
from kpidsl.checks.cache import content_hash
from kpidsl.checks.inspection import Inspection
from kpidsl.checks.outcome import Answer, Outcome, from_json, to_json
from kpidsl.checks.proven import requirement
from kpidsl.checks.witness import find_witness
from kpidsl.diagnostics import Diagnostic


def identities_hold(inspection: Inspection) -> Iterator[Diagnostic]:
    """`identity-refuted` and `identity-unknown`; a fast check refutes but leaves the rest to the full one."""
    for identity, outcome in zip(inspection.catalog.identities, outcomes(inspection), strict=True):
        place = identity.definition.claim.label()
        if outcome.witness is not None:
            yield messages.identity_refuted(place, identity.name, outcome.witness)
        elif outcome.kind is Answer.UNKNOWN and not inspection.fast:
            kpi = _requiring(identity, inspection)
            if kpi is None:
                yield messages.identity_unknown(place, identity.name, outcome.why)
            else:
                yield proof_messages.unproved_identity(place, identity.name, kpi, outcome.why)


def _requiring(identity: Identity, inspection: Inspection) -> str | None:
    """A KPI of an identity that requires what is claimed of it to be proved."""
    names = (part.name for side in (identity.left, identity.right) for part in value_names(side))
    values = inspection.catalog.values
    return next((name for name in names if requirement(values[name]) is not None), None)


def outcomes(inspection: Inspection) -> tuple[Outcome, ...]:
    """What was found out about each identity of the catalog, in order."""
    return tuple(_outcome(identity, inspection) for identity in inspection.catalog.identities)


def _outcome(identity: Identity, inspection: Inspection) -> Outcome:
    if inspection.fast:
        return _decide(identity, inspection)
    texts = (identity.definition.claim.text, *(formula.text for formula in identity.definition.given))
    sides = (identity.left, identity.right, *(side for pair in identity.given for side in pair))
    key = content_hash("identity", *texts, *map(inspection.hash_of, sides))
    known = from_json(identity.name, inspection.recalled(key))
    if known is None:
        before = inspection.work.done
        known = _decide(identity, inspection)
        if inspection.work.is_used_up:
            inspection.leave_open(identity.definition.claim.label())
            return Outcome(identity.name, Answer.UNKNOWN, messages.why_work_used_up())
        inspection.keep(key, to_json(known), before)
    return known


def _decide(identity: Identity, inspection: Inspection) -> Outcome:
    comparison = _compare(identity, inspection)
    if comparison.same:
        return _proved(identity, comparison.unused, inspection)
    if comparison.same is False and not identity.given and not inspection.fast and _same_by_cases(identity, inspection):
        return Outcome(identity.name, Answer.PROVED, messages.why_proved_by_cases())
    witness = find_witness(identity, inspection) if _may_differ(comparison, identity) else None
    if witness is not None:
        return Outcome(identity.name, Answer.REFUTED, messages.why_refuted(witness), witness=witness)
    return Outcome(identity.name, Answer.UNKNOWN, _why(identity, comparison))


def _compare(identity: Identity, inspection: Inspection) -> Comparison:
    """The normal forms of both sides compared; a fast check leaves open what would take sympy."""
    left, right = inspection.prints.tree(identity.left), inspection.prints.tree(identity.right)
    if left is None or right is None:
        return Comparison(None, Limit.UNDEFINED)
    if left != right and not identity.given:
        return Comparison(False)
    if inspection.fast:
        return Comparison(None, Limit.ASSUMPTION if identity.given else Limit.WORK)
    return _under(identity, range(len(identity.given)), inspection)


def _same_by_cases(identity: Identity, inspection: Inspection) -> bool:
    """By what `if`, `greatest` and the like choose, and by what filters say of each other; nothing is assumed."""
    known = certificates.ground([identity.left, identity.right], inspection.catalog, inspection.formulas, {}, frozenset())
    return certificates.same(identity.left, identity.right, known).certificate is not None


def _may_differ(comparison: Comparison, identity: Identity) -> bool:
    """Whether inputs may be found that refute the claim: without assumptions equal fingerprints rule them out."""
    return comparison.same is False or (
        bool(identity.given) and comparison.limit in (Limit.ASSUMPTION, Limit.WORK, Limit.INPUTS)
    )


def _under(identity: Identity, kept: Sequence[int], inspection: Inspection) -> Comparison:
    given = [identity.given[position] for position in kept]
    return proofs.compare(identity.left, identity.right, inspection.formulas, given)


def _proved(identity: Identity, unused: Sequence[int], inspection: Inspection) -> Outcome:
    """With as few assumptions as will do: each is left out if the proof stands without it."""
    kept = [position for position in range(len(identity.given)) if position not in unused]
    for position in tuple(kept):
        without = [other for other in kept if other != position]
        if _under(identity, without, inspection).same:
            kept = without
    assumptions = tuple(" ".join(identity.definition.given[position].text.split()) for position in kept)
    return Outcome(identity.name, Answer.PROVED, messages.why_proved(assumptions), assumptions)


def _why(identity: Identity, comparison: Comparison) -> str:
    match comparison.limit:
        case Limit.WORK:
            return messages.why_too_much_work(BUDGET)
        case Limit.PROJECT:
            return messages.why_work_used_up()
        case Limit.INPUTS:
            return messages.why_too_many_inputs(proofs.MOST_INPUTS)
        case Limit.UNDEFINED:
            return messages.why_undefined()
        case Limit.CONTRADICTION:
            return messages.why_contradiction()
        case Limit.ASSUMPTION:
            unused = (identity.definition.given[position].text for position in comparison.unused)
            return messages.why_unused(tuple(" ".join(text.split()) for text in unused))
        case None:
            return messages.why_no_witness()
        case Limit.CASES | Limit.SIGNS:
            raise AssertionError(comparison)
