"""What operators and functions on numbers and truths do to rows: a table from the name in the core tree to the body.

Missing passes through arithmetic and comparisons; `and`, `or` and `not` are three-valued. Nothing here yields NaN or infinity.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from kpidsl.catalog.core import Apply
from kpidsl.engines.rounding import half_away_from_zero
from kpidsl.engines.vectors import (
    Bools,
    Undefined,
    Values,
    Vector,
    all_valid,
    any_undefined,
    broken,
    choose,
    strict,
    with_same_words,
)
from kpidsl.periods.calendar import Calendar

Operator = Callable[[Apply, Sequence[Vector], Calendar], Vector]


def plain(body: Callable[..., Values]) -> Operator:
    """An operator that has a value wherever its arguments have one."""
    return lambda node, arguments, calendar: strict(body(*(argument.values for argument in arguments)), arguments)


def _bounded(body: Callable[..., Values]) -> Operator:
    """An operator on numbers whose result may become too large."""

    def operator(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
        return within_bounds(strict(body(*(_floats(argument) for argument in arguments)), arguments))

    return operator


def within_bounds(vector: Vector) -> Vector:
    """A vector of numbers, undefined where they are infinite."""
    # A sum that is finite has finite terms, and is found faster than they are.
    if np.isfinite(vector.values.sum()):
        return vector
    infinite = ~np.isfinite(vector.values)
    return broken(
        Vector(np.where(infinite, 0.0, vector.values), vector.valid, None, vector.undefined), infinite, "a number too large"
    )


def _floats(vector: Vector) -> Values:
    return vector.values.astype(np.float64, copy=False)


def _divide(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    above, below = (_floats(argument) for argument in arguments)
    zero = below == 0
    if not zero.any():
        return within_bounds(strict(above / below, arguments))
    quotient = strict(above / np.where(zero, 1.0, below), arguments)
    return within_bounds(broken(quotient, np.broadcast_to(zero, quotient.values.shape), "a division by 0"))


def _power(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    base, exponent = np.broadcast_arrays(*(_floats(argument) for argument in arguments))
    zero = (base == 0) & (exponent < 0)
    negative = (base < 0) & (exponent != np.rint(exponent))
    values = np.power(np.where(zero | negative, 1.0, base), exponent)
    vector = broken(within_bounds(strict(values, arguments)), zero, "a division by 0")
    return broken(vector, negative, "a root of a negative number")


def _ln(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    values = _floats(arguments[0])
    wrong = values <= 0
    return broken(
        strict(np.log(np.where(wrong, 1.0, values)), arguments), wrong, "a logarithm of a number that is not positive"
    )


def _sqrt(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    values = _floats(arguments[0])
    wrong = values < 0
    return broken(strict(np.sqrt(np.where(wrong, 0.0, values)), arguments), wrong, "a root of a negative number")


def _compare(body: Callable[[Values, Values], Bools]) -> Operator:
    """Texts are compared by their place in a common list of words, so only equality means something for them."""

    def operator(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
        left, right = with_same_words(arguments)
        return strict(body(left.values, right.values), arguments)

    return operator


def _in(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    item, *options = with_same_words(arguments)
    return _decided([strict(item.values == option.values, [item, option]) for option in options], True)


def _and(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    return _decided(arguments, False)


def _or(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    return _decided(arguments, True)


def _decided(arguments: Sequence[Vector], deciding: bool) -> Vector:
    """One argument with the deciding truth is enough; else what is missing or undefined leaves it open."""
    told = reduce(np.logical_or, [_is(argument, deciding) for argument in arguments])
    known = all_valid(arguments)
    valid = None if known is None else told | known
    return Vector(told if deciding else ~told, valid, None, _still(any_undefined(arguments), valid))


def _is(vector: Vector, truth: bool) -> Bools:
    values: Bools = vector.values if truth else ~vector.values
    return values if vector.valid is None else values & vector.valid


def _still(undefined: Undefined | None, valid: Bools | None) -> Undefined | None:
    """What is left undefined where there is no value."""
    if undefined is None or valid is None:
        return None
    return Undefined(undefined.rows & ~valid, undefined.reasons)


def _is_missing(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    """Undefined counts as missing."""
    valid = arguments[0].valid
    return Vector(np.zeros(1, np.bool_) if valid is None else ~valid)


def _if(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    condition, yes, no = arguments
    chosen = choose(condition.values, yes, no)
    if condition.valid is None:
        return chosen
    valid = condition.valid if chosen.valid is None else condition.valid & chosen.valid
    return Vector(chosen.values, valid, chosen.words, _still(any_undefined([condition, chosen]), valid))


def _coalesce(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    """The first that has a value; undefined where none has and one is undefined."""

    def first(one: Vector, other: Vector) -> Vector:
        if one.valid is None:
            return one
        chosen = choose(one.valid, one, other)
        return Vector(chosen.values, chosen.valid, chosen.words, _still(any_undefined([one, other]), chosen.valid))

    return reduce(first, arguments)


OPERATORS: dict[str, Operator] = {
    "add": _bounded(lambda *terms: reduce(np.add, terms)),
    "negate": plain(np.negative),
    "multiply": _bounded(lambda *factors: reduce(np.multiply, factors)),
    "divide": _divide,
    "power": _power,
    "abs": plain(np.abs),
    "round": plain(half_away_from_zero),
    "floor": plain(np.floor),
    "ceil": plain(np.ceil),
    "exp": _bounded(np.exp),
    "ln": _ln,
    "sqrt": _sqrt,
    "greatest": plain(lambda *values: reduce(np.maximum, values)),
    "least": plain(lambda *values: reduce(np.minimum, values)),
    "equal": _compare(np.equal),
    "less": _compare(np.less),
    "at_most": _compare(np.less_equal),
    "greater": _compare(np.greater),
    "at_least": _compare(np.greater_equal),
    "in": _in,
    "not": plain(np.logical_not),
    "and": _and,
    "or": _or,
    "is_missing": _is_missing,
    "if": _if,
    "coalesce": _coalesce,
}
