"""What each operator and function does to columns of values: a table from its name in the core tree to its body.

Nothing here yields infinity or NaN as a value: a place without a result is undefined and says why. Truth is 1 and 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

import numpy as np

from kpidsl.catalog.core import Apply, Core
from kpidsl.engines.rounding import half_away_from_zero
from kpidsl.periods.calendar import Calendar
from kpidsl.results import dates
from kpidsl.results.columns import Bools, Column, Fault, Floats, choose, strict
from kpidsl.results.spelling import spell

Operator = Callable[[Apply, Sequence[Column]], Column]


def apply(node: Apply, arguments: Sequence[Column], calendar: Calendar) -> Column:
    """The value of a node from those of its arguments; an unknown function is a mistake of the stages before."""
    if node.function in dates.FUNCTIONS:
        return dates.apply(node, arguments, calendar)
    operator = OPERATORS.get(node.function)
    if operator is None:
        raise AssertionError(f"no operator {node.function}")
    return operator(node, arguments)


def _plain(body: Callable[..., Floats]) -> Operator:
    """An operator that has a value wherever its arguments have one, unless it becomes too large."""

    def operator(node: Apply, arguments: Sequence[Column]) -> Column:
        values = body(*(argument.values for argument in arguments))
        return strict(values, arguments, [_too_large(node, values)])

    return operator


def _test(body: Callable[..., Bools]) -> Operator:
    """A comparison."""

    def operator(node: Apply, arguments: Sequence[Column]) -> Column:
        return strict(body(*(argument.values for argument in arguments)).astype(np.float64), arguments)

    return operator


def _too_large(node: Apply, values: Floats) -> Fault:
    return Fault(~np.isfinite(values), lambda: f"{spell(node)} is too large")


def _fault(where: Bools, core: Core, says: str) -> Fault:
    return Fault(where, lambda: f"{spell(core)} {says}")


def _divide(node: Apply, arguments: Sequence[Column]) -> Column:
    above, below = arguments
    values = above.values / below.values
    zero = _fault(below.values == 0, _unsigned(node.arguments[1]), "is 0")
    return strict(values, arguments, [zero, _too_large(node, values)])


def _unsigned(core: Core) -> Core:
    """What is 0 where this is 0: growth divides by the size of what was."""
    while isinstance(core, Apply) and core.function in ("abs", "negate"):
        (core,) = core.arguments
    return core


def _power(node: Apply, arguments: Sequence[Column]) -> Column:
    base, exponent = arguments
    values = np.power(base.values, exponent.values)
    broken = exponent.values != np.rint(exponent.values)
    faults = [
        _fault((base.values == 0) & (exponent.values < 0), node.arguments[0], "is 0"),
        _fault((base.values < 0) & broken, node.arguments[0], "is negative"),
        _too_large(node, values),
    ]
    return strict(values, arguments, faults)


def _ln(node: Apply, arguments: Sequence[Column]) -> Column:
    (argument,) = arguments
    faults = [
        _fault(argument.values == 0, node.arguments[0], "is 0"),
        _fault(argument.values < 0, node.arguments[0], "is negative"),
    ]
    return strict(np.log(argument.values), arguments, faults)


def _sqrt(node: Apply, arguments: Sequence[Column]) -> Column:
    (argument,) = arguments
    return strict(np.sqrt(argument.values), arguments, [_fault(argument.values < 0, node.arguments[0], "is negative")])


def _if(node: Apply, arguments: Sequence[Column]) -> Column:
    condition, yes, no = arguments
    held = condition.present & (condition.values != 0)
    return choose([(~condition.present, condition), (held, yes)], no)


def _coalesce(node: Apply, arguments: Sequence[Column]) -> Column:
    """The first that is neither missing nor undefined; where there is none, undefined if one is."""
    return choose([(argument.present, argument) for argument in arguments], strict(arguments[0].values, arguments))


def _is_missing(node: Apply, arguments: Sequence[Column]) -> Column:
    """Whether there is no value, also because it is undefined: `coalesce(a, b)` is `if a is missing then b else a`."""
    (argument,) = arguments
    return Column((~argument.present).astype(np.float64), np.zeros(argument.status.shape, dtype=np.int8))


def _and(node: Apply, arguments: Sequence[Column]) -> Column:
    return _decided(arguments, 0.0)


def _or(node: Apply, arguments: Sequence[Column]) -> Column:
    return _decided(arguments, 1.0)


def _decided(arguments: Sequence[Column], deciding: float) -> Column:
    """Three-valued: one argument of the deciding truth is enough; else what is missing or undefined leaves it open."""
    decided = reduce(np.logical_or, [argument.present & (argument.values == deciding) for argument in arguments])
    told = Column(np.full(1, deciding), np.zeros(1, dtype=np.int8))
    return choose([(decided, told)], strict(np.full(1, 1 - deciding), arguments))


def _in(node: Apply, arguments: Sequence[Column]) -> Column:
    item, *options = arguments
    tests = [strict((item.values == option.values).astype(np.float64), [item, option]) for option in options]
    return _decided(tests, 1.0)


OPERATORS: dict[str, Operator] = {
    "add": _plain(lambda *terms: reduce(np.add, terms)),
    "negate": _plain(np.negative),
    "multiply": _plain(lambda *factors: reduce(np.multiply, factors)),
    "divide": _divide,
    "power": _power,
    "abs": _plain(np.abs),
    "round": _plain(half_away_from_zero),
    "floor": _plain(np.floor),
    "ceil": _plain(np.ceil),
    "exp": _plain(np.exp),
    "ln": _ln,
    "sqrt": _sqrt,
    "greatest": _plain(lambda *values: reduce(np.maximum, values)),
    "least": _plain(lambda *values: reduce(np.minimum, values)),
    "equal": _test(np.equal),
    "less": _test(np.less),
    "at_most": _test(np.less_equal),
    "greater": _test(np.greater),
    "at_least": _test(np.greater_equal),
    "in": _in,
    "not": _test(lambda value: value == 0),
    "and": _and,
    "or": _or,
    "is_missing": _is_missing,
    "if": _if,
    "coalesce": _coalesce,
}
