"""Core trees to exact values at given inputs: numbers are fractions, and what cannot be said exactly is not said at all.

The same functions serve values and rows: what differs is where the leaves come from. None is a value that is missing or
undefined. Numbers are kept below a fixed size, so that no formula takes long.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil, floor, isqrt
from typing import Any

from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.catalog import Kind, Value
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Gather, Nearby, Reference, value_names

_MOST_BITS = 4_000
_PARTIAL = frozenset(("ln", "sqrt", "power"))

Scalar = Fraction | str | bool | date | datetime
Leaf = Callable[[Reference | Aggregate], Scalar | None]


class Inexact(Exception):
    """A value is no fraction, is too large, or is of a function that is not known here."""


class Sheet:
    """The values of a catalog at one set of inputs: `read` gives an aggregate, `parameters` what they are set to."""

    def __init__(
        self,
        formulas: Formulas,
        read: Callable[[Aggregate], Scalar | None],
        parameters: Mapping[str, Fraction],
    ) -> None:
        self._formulas = formulas
        self._read = read
        self._set = parameters
        self._known: dict[str, Scalar | None] = {**parameters}

    def setting(self, name: str, number: Fraction) -> Sheet:
        """The same inputs, but with a number in the place of a named value."""
        return Sheet(self._formulas, self._read, {**self._set, name: number})

    def number(self, core: Core) -> Fraction | None:
        """The exact value of a formula; None where it has none; Inexact where it cannot be known."""
        for reference in value_names(core):
            for name in self._formulas.unsettled(reference.name, self._known):
                self._known[name] = evaluate(self._formulas.values[name].core, self._leaf)
        found = evaluate(core, self._leaf)
        if found is not None and not isinstance(found, Fraction):
            raise AssertionError(found)
        return found

    def _leaf(self, node: Reference | Aggregate) -> Scalar | None:
        return self._read(node) if isinstance(node, Aggregate) else self._known[node.name]


def defaults(values: Mapping[str, Value]) -> dict[str, Fraction]:
    """The declared values of all parameters."""
    parameters = (value for value in values.values() if value.kind is Kind.PARAMETER)
    return {
        each.name: each.core.value
        for each in parameters
        if isinstance(each.core, Constant) and isinstance(each.core.value, Fraction)
    }


def evaluate(core: Core, leaf: Leaf) -> Scalar | None:
    """The value of a tree whose references and aggregates `leaf` gives."""
    match core:
        case Constant(value=value):
            return value
        case Reference() | Aggregate():
            return leaf(core)
        case Apply(function="if", arguments=(condition, yes, no)):
            truth = evaluate(condition, leaf)
            return None if truth is None else evaluate(yes if truth else no, leaf)
        case Apply(function="coalesce", arguments=arguments):
            found = (evaluate(argument, leaf) for argument in arguments)
            return next((value for value in found if value is not None), None)
        case Apply(function="is_missing", arguments=(item,)):
            return evaluate(item, leaf) is None
        case Apply(function="and" | "or" as word, arguments=arguments):
            return _joined([evaluate(argument, leaf) for argument in arguments], word == "or")
        case Apply(function="in", arguments=(item, *options)):
            return _among(evaluate(item, leaf), [evaluate(option, leaf) for option in options])
        case Apply(function=function, arguments=arguments):
            return _strict(function, [evaluate(argument, leaf) for argument in arguments])
        case Gather() | Nearby():  # rows of other sources are not made up
            raise Inexact
        case _:
            raise AssertionError(core)


def impossible(core: Core) -> Apply | None:
    """The part of a formula that has no value by its numbers alone, such as `ln(0)`, and without which the whole has none."""
    if not isinstance(core, Apply):
        return None
    match core.function:
        case "if":
            needed: tuple[Core, ...] = core.arguments[:1]
        case "coalesce" | "is_missing" | "and" | "or" | "in":  # may have a value where a part has none
            return None
        case _:
            needed = core.arguments
    part = next((found for each in needed if (found := impossible(each)) is not None), None)
    return part or (core if core.function in _PARTIAL and _is_undefined(core) else None)


def _is_undefined(core: Core) -> bool:
    try:
        return evaluate(core, _no_leaf) is None
    except Inexact:
        return False


def _no_leaf(node: Reference | Aggregate) -> Scalar | None:
    raise Inexact


def _joined(parts: Sequence[Scalar | None], deciding: bool) -> bool | None:
    if deciding in parts:
        return deciding
    return None if None in parts else not deciding


def _among(item: Scalar | None, options: Sequence[Scalar | None]) -> bool | None:
    return _joined([None if item is None or option is None else _equal(item, option) for option in options], True)


def _strict(function: str, parts: Sequence[Scalar | None]) -> Scalar | None:
    if function not in _FUNCTIONS:
        raise Inexact
    if None in parts:
        return None
    found = _FUNCTIONS[function](*parts)
    if isinstance(found, Fraction) and _bits(found) > _MOST_BITS:
        raise Inexact
    return found


def _bits(number: Fraction) -> int:
    return number.numerator.bit_length() + number.denominator.bit_length()


def _multiply(*factors: Fraction) -> Fraction:
    product = factors[0]
    for factor in factors[1:]:
        product *= factor
    return product


def _power(base: Fraction, exponent: Fraction) -> Fraction | None:
    if exponent.denominator == 1:
        if base == 0 and exponent < 0:
            return None
        if _bits(base) * abs(exponent) > _MOST_BITS and abs(base) not in (0, 1):
            raise Inexact
        return Fraction(base**exponent.numerator)
    if base < 0:
        return None
    if exponent == Fraction(1, 2):
        return _root(base)
    if base in (0, 1) and exponent > 0:
        return base
    raise Inexact


def _root(number: Fraction) -> Fraction | None:
    if number < 0:
        return None
    root = Fraction(isqrt(number.numerator), isqrt(number.denominator))
    if root * root != number:
        raise Inexact
    return root


def _only(argument: Fraction, known: int, result: int) -> Fraction:
    if argument != known:
        raise Inexact
    return Fraction(result)


def _ln(argument: Fraction) -> Fraction | None:
    return None if argument <= 0 else _only(argument, 1, 0)


def _round(number: Fraction) -> Fraction:
    """To the nearest whole number, a half away from 0."""
    whole = Fraction(floor(abs(number) + Fraction(1, 2)))
    return whole if number >= 0 else -whole


def _equal(left: Scalar, right: Scalar) -> bool:
    one, other = _meet(left, right)
    equal: bool = one == other
    return equal


def _less(left: Scalar, right: Scalar) -> bool:
    one, other = _meet(left, right)
    less: bool = one < other
    return less


def _meet(left: Scalar, right: Scalar) -> tuple[Any, Any]:
    """A date that meets a moment is its midnight."""
    if isinstance(left, date) and isinstance(right, date):
        return moment(left), moment(right)
    return left, right


def moment(day: date) -> datetime:
    """A date as its midnight; a moment as it is."""
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)


def _days_between(later: date, earlier: date) -> Fraction:
    difference = moment(later) - moment(earlier)
    return Fraction(difference // timedelta(microseconds=1), 86_400_000_000)


_FUNCTIONS: dict[str, Callable[..., Scalar | None]] = {
    "add": lambda *terms: sum(terms, Fraction(0)),
    "negate": lambda number: -number,
    "multiply": _multiply,
    "divide": lambda above, below: above / below if below else None,
    "power": _power,
    "sqrt": _root,
    "ln": _ln,
    "exp": lambda argument: _only(argument, 0, 1),
    "abs": abs,
    "round": _round,
    "floor": lambda number: Fraction(floor(number)),
    "ceil": lambda number: Fraction(ceil(number)),
    "greatest": max,
    "least": min,
    "equal": _equal,
    "less": _less,
    "greater": lambda left, right: _less(right, left),
    "at_most": lambda left, right: not _less(right, left),
    "at_least": lambda left, right: not _less(left, right),
    "not": lambda truth: not truth,
    "lower": str.lower,
    "upper": str.upper,
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "days_between": _days_between,
}
