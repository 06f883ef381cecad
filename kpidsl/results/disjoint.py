"""Conditions that exclude each other: filters in, whether no row can satisfy both out (a plain yes; no means it is not seen)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from kpidsl.catalog.core import Apply, Constant, Core


def conditions(where: Core | None) -> frozenset[Core]:
    """The conditions that a filter joins by `and`."""
    match where:
        case None:
            return frozenset()
        case Apply(function="and", arguments=parts):
            return frozenset().union(*(conditions(part) for part in parts))
        case _:
            return frozenset({where})


def exclude(left: Iterable[Core], right: Iterable[Core]) -> bool:
    """Whether no row satisfies all conditions of both: two of them contradict each other."""
    return any(_contradict(one, other) for one, other in product(left, right))


def _contradict(one: Core, other: Core) -> bool:
    if one == _not(other) or other == _not(one):
        return True
    first, second = _allowed(one), _allowed(other)
    if first and second and first[0] == second[0]:
        return not first[1] & second[1]
    return _missing(one) in (_present(other), *_mentioned(second)) or _missing(other) in (_present(one), *_mentioned(first))
