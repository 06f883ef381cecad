"""Inputs that refute an identity: exact, such as some rows would give, satisfying its assumptions, the simplest found."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from kpidsl.algebra.exact import Inexact, Scalar, Sheet
from kpidsl.catalog.catalog import Identity
from kpidsl.catalog.core import Core
from kpidsl.checks.inspection import Inspection
from kpidsl.checks.outcome import Witness
from kpidsl.checks.search import Places, search


def find_witness(identity: Identity, inspection: Inspection) -> Witness | None:
    """The first of the inputs tried for which all of `given` is true and the claim is not; None if there is none among them."""

    def see(sheet: Sheet, inputs: Mapping[str, Scalar | None]) -> tuple[Fraction, Fraction] | None:
        return _difference(identity, sheet)

    found = search(_places(identity), inspection, see)
    return None if found is None else Witness(found.inputs, *found.seen)


def _places(identity: Identity) -> Places:
    definition = identity.definition
    claims = zip(((identity.left, identity.right), *identity.given), (definition.claim, *definition.given), strict=True)
    return [(side, formula.excerpt) for pair, formula in claims for side in pair]


def _difference(identity: Identity, sheet: Sheet) -> tuple[Fraction, Fraction] | None:
    """The values of both sides, if they differ although all assumptions hold."""
    if any(_number(left, sheet) != _number(right, sheet) for left, right in identity.given):
        return None
    left, right = sheet.number(identity.left), sheet.number(identity.right)
    return (left, right) if left is not None and right is not None and left != right else None


def _number(side: Core, sheet: Sheet) -> Fraction:
    number = sheet.number(side)
    if number is None:
        raise Inexact
    return number
