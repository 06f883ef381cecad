"""A value of an old version and one of a new version to whether they mean the same: proved, refuted by inputs, or unknown.

They are the same if they have the same value for all inputs for which both have one; where one of them has none is another
question, asked with the same inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from msgspec import Struct

from kpidsl.algebra import certificates, proofs
from kpidsl.algebra.fingerprints import PRIME, Print, constant_of
from kpidsl.algebra.rings import BUDGET
from kpidsl.algebra.work import Limit
from kpidsl.catalog.core import Apply, Constant, Core, Reference
from kpidsl.catalog.reading import constant_value
from kpidsl.checks.versions import messages
from kpidsl.checks.versions.changes import Meaning, Witness
from kpidsl.checks.versions.inputs import Search
from kpidsl.checks.versions.joint import Joint, View
from kpidsl.units.unit import Unit, to_time_of

Means = Callable[[Core, Core, View], str | None]


class Decision(Struct, frozen=True):
    """Whether the meaning is the same, how that is known, and inputs for which the versions differ.

    Where it is the same, `witness` are inputs for which only one of them has a value.
    """

    meaning: Meaning
    why: str = ""
    witness: Witness | None = None


def decide(old: Reference, new: Reference, joint: Joint) -> Decision:
    """What is known of two values; an old one in another unit of time is taken in the unit of the new one."""
    left = _in_unit(old, new.unit)
    why = _proof(left, new, joint, _equal)
    if why is not None:
        witness = Search(old, new, joint).where_only_one() if _may_be_undefined_elsewhere(left, new, joint.view) else None
        return Decision(Meaning.REFACTORED, why, witness)
    search = Search(left, new, joint)
    witness = search.difference()
    if witness is None or None in (witness.old, witness.new):
        why = _proof(left, new, joint, _same_by_cases)
        if why is not None:
            return Decision(Meaning.REFACTORED, why, None if witness is None else Search(old, new, joint).where_only_one())
    if witness is not None:
        return Decision(Meaning.CHANGED, _relation(left, new, joint.view), witness)
    return Decision(Meaning.UNKNOWN, messages.undecided(search.tried))


def is_same(old: Reference, new: Reference, joint: Joint) -> bool:
    """Whether two values are proved to be the same, whatever the parameters."""
    return _equal(old, new, joint.view) is not None


def _in_unit(old: Reference, unit: Unit) -> Core:
    _, factor, _ = to_time_of(unit, old.unit)
    return old if factor == 1 else Apply("multiply", (old, Constant(factor)), unit=unit)


def _proof(left: Core, right: Core, joint: Joint, means: Means) -> str | None:
    """How it is known by some means that two formulas are the same; None if it is not."""
    found = means(left, right, joint.view)
    if found is not None or not joint.parameters(left, right):
        return found
    found = means(left, right, joint.declared)
    return None if found is None else messages.while_parameters(found, joint.parameters(left, right))


def _equal(left: Core, right: Core, view: View) -> str | None:
    one, other = view.prints.tree(left), view.prints.tree(right)
    if one != other:
        return None
    if one is None:
        never = all(proofs.is_never_defined(core, view.formulas) for core in (left, right))
        return messages.never_defined() if never else None
    comparison = proofs.compare(left, right, view.formulas)
    if comparison.same:
        return messages.proved()
    if comparison.same is None and view.prints.certain(left, right):
        inputs = comparison.limit is Limit.INPUTS
        return messages.beyond_doubt(messages.too_many_inputs(proofs.MOST_INPUTS) if inputs else messages.too_much_work(BUDGET))
    return None


def _same_by_cases(left: Core, right: Core, view: View) -> str | None:
    """By what `if`, `greatest` and the like choose, and by what filters say of each other; nothing is assumed."""
    known = certificates.ground([left, right], view.catalog, view.formulas, {}, frozenset())
    return messages.proved_by_cases() if certificates.same(left, right, known).certificate is not None else None


def _relation(left: Core, right: Core, view: View) -> str:
    """How the new values follow from the old ones, if that is simple."""
    old, new = view.prints.tree(left), view.prints.tree(right)
    if old is None or new is None or not (all(old) and all(new)):
        return ""
    factor = constant_of(_times(new, _inverse(old)))
    if factor is not None:
        return messages.times(factor)
    product = constant_of(_times(new, old))
    return messages.reciprocal() if product == 1 else ""


def _times(one: Print, other: Print) -> Print:
    return one[0] * other[0] % PRIME, one[1] * other[1] % PRIME


def _inverse(found: Print) -> Print:
    return pow(found[0], -1, PRIME), pow(found[1], -1, PRIME)


# Where there is no value


def _may_be_undefined_elsewhere(left: Core, right: Core, view: View) -> bool:
    """Whether the versions divide by different things; what divides by the same has a value for the same inputs."""
    return _zeros(left, view) != _zeros(right, view)


def _zeros(core: Core, view: View) -> frozenset[object]:
    """What must not be zero, and each choice and function of part of the numbers, by fingerprint."""
    nodes = (node for node in view.formulas.reachable([core]) if isinstance(node, Apply))
    return frozenset(zero for node in nodes for zero in _needed(node, view))


def _needed(node: Apply, view: View) -> Iterator[object]:
    match node:
        case Apply(function="divide", arguments=(_, below)):
            yield from _factors(below, view)
        case Apply(function="power", arguments=(base, exponent)):
            number = constant_value(exponent)
            if number is None or number.denominator != 1:
                yield node.function, view.prints.tree(node)
            elif number < 0:
                yield from _factors(base, view)
        case Apply(function="if" | "coalesce" | "ln" | "sqrt"):
            yield node.function, view.prints.tree(node)
        case _:
            pass


def _factors(core: Core, view: View) -> Iterable[object]:
    """What makes a product zero: its factors, whatever their sign; a number is zero or not."""
    match core:
        case Constant(value=Fraction() as number):
            return () if number else (0,)
        case Apply(function="negate", arguments=(inner,)):
            return _factors(inner, view)
        case Apply(function="multiply", arguments=arguments):
            return (zero for argument in arguments for zero in _factors(argument, view))
        case Apply(function="divide", arguments=(above, _)):
            return _factors(above, view)
        case Reference(path=(name,)) if not view.formulas.is_parameter(name) and isinstance(
            view.formulas.values[name].core, Apply
        ):
            return _factors(view.formulas.values[name].core, view)
        case _:
            found = view.prints.tree(core)
            return (None if found is None else min(found, (-found[0] % PRIME, -found[1] % PRIME)),)
