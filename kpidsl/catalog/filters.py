"""What filters say about each other without data: which rows pass both, from their conjuncts alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from kpidsl.catalog.core import Apply, Constant, Core, Type

_BOUNDS = {"at_least": (True, False), "greater": (True, True), "at_most": (False, False), "less": (False, True)}


def conjuncts(condition: Core | None) -> frozenset[Core]:
    """The conditions that all must hold; none for no condition."""
    match condition:
        case None:
            return frozenset()
        case Apply(function="and", arguments=arguments):
            return frozenset(part for argument in arguments for part in conjuncts(argument))
        case _:
            return frozenset({condition})


def implies(stricter: Core | None, looser: Core | None) -> bool:
    """Whether every row that passes the one surely passes the other."""
    return looser is None or implies_all(conjuncts(stricter), looser)


def implies_all(have: Iterable[Core], looser: Core) -> bool:
    """Whether all conditions together surely make the other one true."""
    known = tuple(have)
    return all(_follows(part, known) for part in conjuncts(looser))


def exclusive(one: Core | None, other: Core | None) -> bool:
    """Whether surely no row passes both."""
    others = conjuncts(other)
    return any(left != right and _contradict(left, right) for left in conjuncts(one) for right in others)


def covered(condition: Core | None, others: Iterable[Core | None]) -> bool:
    """Whether every row that passes a filter surely passes one of the others: each of `x in ("a", "b")` by its own."""
    known = tuple(others)
    return any(
        all(any(implies(each, other) for other in known) for each in alternatives) for alternatives in _alternatives(condition)
    )


def _alternatives(condition: Core | None) -> Iterator[tuple[Core | None, ...]]:
    """A condition as such of which surely one holds where it does, in each of the ways that a conjunct of it allows."""
    yield (condition,)
    for part in conjuncts(condition):
        match part:
            case Apply(function="or", arguments=choices):
                pass
            case Apply(function="in", arguments=(item, *options)):
                choices = tuple(Apply("equal", (item, option), type=Type.BOOLEAN) for option in options)
            case _:
                continue
        rest = tuple(each for each in conjuncts(condition) if each != part)
        yield tuple(Apply("and", (choice, *rest), type=Type.BOOLEAN) if rest else choice for choice in choices)


def _follows(part: Core, have: Iterable[Core]) -> bool:
    """`part` is among the conditions, or is a weaker one about the same thing."""
    have = tuple(have)
    if isinstance(part, Apply) and part.function == "or" and any(implies_all(have, choice) for choice in part.arguments):
        return True
    wanted = dict(_allowed(part))
    for condition in have:
        if condition == part or _within(condition, part):
            return True
        for item, values in _allowed(condition):
            if item in wanted and values <= wanted[item]:
                return True
            if part == _present(item):
                return True
        if (bound := _bound(condition)) is not None and part == _present(bound[0]):
            return True
    return False


def _contradict(left: Core, right: Core) -> bool:
    if left == Apply("not", (right,), type=left.type) or right == Apply("not", (left,), type=right.type):
        return True
    allowed = dict(_allowed(right))
    if any(item in allowed and not values & allowed[item] for item, values in _allowed(left)):
        return True
    if _apart(left, right) or _apart(right, left):
        return True
    return _misses_what_has_a_value(left, right) or _misses_what_has_a_value(right, left)


def _bound(condition: Core) -> tuple[Core, bool, Fraction, bool] | None:
    """A comparison of an item with a number: the item, whether the number is the least, the number, whether it is left out."""
    match condition:
        case Apply(function=function, arguments=(item, Constant(value=Fraction() as number))) if function in _BOUNDS:
            lower, strict = _BOUNDS[function]
            return item, lower, number, strict
        case Apply(function=function, arguments=(Constant(value=Fraction() as number), item)) if function in _BOUNDS:
            lower, strict = _BOUNDS[function]
            return item, not lower, number, strict
        case _:
            return None


def _holds(number: Fraction, lower: bool, bound: Fraction, strict: bool) -> bool:
    beyond = number - bound if lower else bound - number
    return beyond > 0 if strict else beyond >= 0


def _within(stricter: Core, looser: Core) -> bool:
    """Whether a bound, or the numbers listed, make a bound on the same side true."""
    wanted = _bound(looser)
    if wanted is None:
        return False
    item, lower, number, strict = wanted
    have = _bound(stricter)
    if have is not None and have[:2] == (item, lower):
        return _holds(have[2], lower, number, strict and not have[3])
    return any(
        each == item and all(isinstance(value, Constant) and _is_beyond(value, lower, number, strict) for value in values)
        for each, values in _allowed(stricter)
    )


def _is_beyond(value: Constant, lower: bool, number: Fraction, strict: bool) -> bool:
    return isinstance(value.value, Fraction) and _holds(value.value, lower, number, strict)


def _apart(left: Core, right: Core) -> bool:
    """Whether a bound leaves nothing of a bound on the other side, or of the numbers listed."""
    bound = _bound(left)
    if bound is None:
        return False
    item, lower, number, strict = bound
    other = _bound(right)
    if other is not None and other[:2] == (item, not lower):
        return not _holds(other[2], lower, number, strict or other[3])
    return any(
        each == item
        and all(isinstance(value, Constant) and isinstance(value.value, Fraction) for value in values)
        and not any(isinstance(value, Constant) and _is_beyond(value, lower, number, strict) for value in values)
        for each, values in _allowed(right)
    )


def _misses_what_has_a_value(left: Core, right: Core) -> bool:
    return any(left == _missing(item) for item, _ in _allowed(right))


def _allowed(condition: Core) -> Iterator[tuple[Core, frozenset[Core]]]:
    """What a condition says may be the values of an item: `x = "a"`, `x in ("a", "b")`."""
    match condition:
        case (
            Apply(function="equal", arguments=(item, Constant() as value))
            | Apply(function="equal", arguments=(Constant() as value, item))
        ):
            yield item, frozenset({value})
        case Apply(function="in", arguments=(item, *options)) if all(isinstance(option, Constant) for option in options):
            yield item, frozenset(options)
        case _:
            return


def _missing(item: Core) -> Core:
    return Apply("is_missing", (item,), type=Type.BOOLEAN)


def _present(item: Core) -> Core:
    return Apply("not", (_missing(item),), type=Type.BOOLEAN)
