"""Identities to outcomes: proved by normal form, refuted by exact inputs that some rows would give, or open, and why.

A proof and a refutation exclude each other, so the order in which they are looked for is a matter of cost only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from random import Random

from kpidsl.algebra import exact, rings
from kpidsl.algebra.rings import Comparison, Limit
from kpidsl.catalog.catalog import Identity, Kind, Value
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference, aggregates
from kpidsl.checks import messages
from kpidsl.checks.cache import content_hash
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.checks.outcome import Answer, Outcome, Witness, from_json, to_json
from kpidsl.checks.worlds import Worlds
from kpidsl.diagnostics import Diagnostic

_TURNS = 120
_MOST_STEPS = 60_000
_FACTORS = tuple(map(Fraction, (1, 1, 2, "1/2", 10)))


def identities_hold(inspection: Inspection) -> Iterator[Diagnostic]:
    """`identity-refuted` and `identity-unknown`; a fast check refutes but leaves the rest to the full one."""
    for identity, outcome in zip(inspection.catalog.identities, outcomes(inspection), strict=True):
        place = identity.definition.claim.label()
        if outcome.kind is Answer.REFUTED and outcome.witness is not None:
            yield messages.identity_refuted(place, identity.name, outcome.witness)
        elif outcome.kind is Answer.UNKNOWN and not inspection.fast:
            yield messages.identity_unknown(place, identity.name, outcome.why)


def outcomes(inspection: Inspection) -> tuple[Outcome, ...]:
    """What was found out about each identity of the catalog, in order."""
    return tuple(_outcome(identity, inspection) for identity in inspection.catalog.identities)


def _outcome(identity: Identity, inspection: Inspection) -> Outcome:
    if inspection.fast:
        return _decide(identity, inspection)
    texts = (identity.definition.claim.text, *(formula.text for formula in identity.definition.given))
    sides = (identity.left, identity.right, *(side for pair in identity.given for side in pair))
    key = content_hash("identity", *texts, *map(inspection.hash_of, sides))
    known = from_json(identity.name, inspection.cache.get(key))
    if known is None:
        known = _decide(identity, inspection)
        inspection.cache.put(key, to_json(known))
    return known


def _decide(identity: Identity, inspection: Inspection) -> Outcome:
    one, other = inspection.prints.tree(identity.left), inspection.prints.tree(identity.right)
    if one is None or other is None:
        return _open(identity, messages.never_defined())
    likely = one == other or bool(identity.given)
    if likely and not inspection.fast:
        return _proved(identity, inspection) or _refuted(identity, inspection) or _left_open(identity, inspection)
    return _refuted(identity, inspection) or _left_open(identity, inspection)
