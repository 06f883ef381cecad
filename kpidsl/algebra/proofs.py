"""Questions about formulas to exact answers, by normal form; what would take more than the budget is left open.

An answer is about all inputs for which the formulas have a value, over the rational numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from kpidsl.algebra.formulas import Formulas
from kpidsl.algebra.interpretation import Interpretation, parameter_key
from kpidsl.algebra.rings import Ratios
from kpidsl.algebra.work import Limit, Undecided
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference

MOST_INPUTS = 64
_MOST_GENERATORS = 160
_RATIONAL = frozenset({"add", "negate", "multiply", "divide"})
_BRANCHING = frozenset({"and", "or", "in", "if", "coalesce"})

Claim = tuple[Core, Core]


class Comparison(Struct, frozen=True):
    """Whether two formulas are the same wherever both have a value; None, with the limit, if that was not found out.

    `unused` are the assumptions, by position, that could not be solved for an input.
    """

    same: bool | None
    limit: Limit | None = None
    unused: tuple[int, ...] = ()


def compare(left: Core, right: Core, formulas: Formulas, given: Sequence[Claim] = ()) -> Comparison:
    """Whether two formulas are the same wherever both have a value and each pair of `given` is equal."""
    try:
        return _compare(left, right, formulas, given)
    except Undecided as excess:
        return Comparison(None, excess.limit)


def _compare(left: Core, right: Core, formulas: Formulas, given: Sequence[Claim]) -> Comparison:
    ratios = Ratios(_size([left, right, *(side for pair in given for side in pair)], formulas), formulas.work)
    unused: list[int] = []
    for position, pair in enumerate(given):
        view = Interpretation(formulas, ratios)  # a new one, as leaves may have been replaced
        one, other = view.tree(pair[0]), view.tree(pair[1])
        if one is None or other is None or not ratios.assume(one, other):
            unused.append(position)
    view = Interpretation(formulas, ratios)
    one, other = view.tree(left), view.tree(right)
    if one is None or other is None:
        return Comparison(None, Limit.UNDEFINED, tuple(unused))
    if ratios.same(one, other):
        return Comparison(True, None, tuple(unused))
    return Comparison(None if unused else False, Limit.ASSUMPTION if unused else None, tuple(unused))


def is_constant(core: Core, formulas: Formulas) -> bool | None:
    """Whether a formula has the same value for all inputs for which it has one; None if that was not found out."""
    try:
        ratios = Ratios(_size([core], formulas), formulas.work)
        ratio = Interpretation(formulas, ratios).tree(core)
        return ratio is not None and ratios.is_constant(ratio)
    except Undecided:
        return None


def is_never_defined(core: Core, formulas: Formulas) -> bool | None:
    """Whether a formula divides by zero for all inputs; None if that was not found out."""
    try:
        return Interpretation(formulas, Ratios(_size([core], formulas), formulas.work)).tree(core) is None
    except Undecided:
        return None


def _size(cores: Iterable[Core], formulas: Formulas) -> int:
    """An upper bound of the number of generators that the formulas need."""
    leaves: set[str] = set()
    opaque = 0
    for node in formulas.reachable(cores):
        match node:
            case Reference():
                if formulas.is_parameter(node.name):
                    leaves.add(parameter_key(node.name))
            case Aggregate(function="avg"):
                leaves.update(formulas.keys.mean(node))
            case Aggregate():
                leaves.add(formulas.keys.of(node))
            case Apply(function=function, arguments=arguments) if function not in _RATIONAL:
                opaque += len(arguments) + 2 if function in _BRANCHING else 2
            case _:
                pass
        if len(leaves) > MOST_INPUTS or opaque > _MOST_GENERATORS:
            raise Undecided(Limit.INPUTS)
    return len(leaves) + opaque
