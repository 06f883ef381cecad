"""The variance of a formula by linearisation: a core tree over slots in, value, gradient and variance of every cell out.

A formula f of the sums S of a cell has, to first order, the variance g' Σ g with the gradient g of f by S. Sums count as
compound Poisson: within one scan Cov(Σx, Σy) = Σxy over the rows, which the engine collects as a moment; a count is the sum
of 1, so that its own moment is itself; across scans the covariance is 0. An average is a sum over a count. A distinct count
is taken as Poisson, its variance its value, and as independent of the others, because nothing cheap tells how often the
same thing stands in two rows. Least and greatest values, what takes the rows in order, and a mean over smaller periods have no
such variance, and neither has a formula that uses one.

The gradient is carried forward through the tree, by slot and by the frame in which it is taken. Choices (`if`, `greatest`,
`abs`, …) take the branch that applies; rounding passes the gradient through; conditions have none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Protocol

import numpy as np
from msgspec import Struct

from kpidsl.catalog.core import Aggregate, Apply, Core, Reference
from kpidsl.plan.frames import frame_of, is_window
from kpidsl.results import operators
from kpidsl.results.arithmetic import Sheet, values_of
from kpidsl.results.columns import Column, Floats
from kpidsl.results.frames import BASE, Context, Path
from kpidsl.results.uses import Named, names_under


class Slot(Struct, frozen=True):
    """What varies: a slot of a scan, by number and name, as it is taken in a frame."""

    scan: int
    name: str
    context: Context = BASE


_NOTHING = 1e-13  # what is left of sums that cancel each other, in the last digits that engines agree about
_UNKNOWN = Slot(-1, "")  # stands for what has no variance
Gradient = Mapping[Slot, Floats]
Derivative = Callable[[Sequence[Floats], Floats], Sequence[Floats | None]]


class Noise(Protocol):
    """What is random in an answer: slots, and how they vary together."""

    def of_aggregate(self, aggregate: Aggregate, path: Path) -> Gradient:
        """The derivative of an aggregate by its slots, in every cell of a chain of frames."""

    def of_leaf(self, name: str) -> Gradient:
        """The derivative of a value that was given instead of evaluated."""

    def covariance(self, left: Slot, right: Slot) -> Floats:
        """The covariance of two slots of one scan in every cell of the question; NaN where it is not known."""


class Dual(Struct, frozen=True, eq=False):
    """A value with its derivative by every slot that it depends on."""

    column: Column
    gradient: Gradient


class Tangent:
    """Formulas with their gradients over the slots of one answer; each name is differentiated once for each chain of frames."""

    def __init__(self, sheet: Sheet, noise: Noise) -> None:
        self._sheet = sheet
        self._noise = noise
        self._given = {name: noise.of_leaf(name) for name in sheet.given}
        self._named: dict[Named, Gradient] = {}

    def variance(self, core: Core) -> Floats:
        """The variance of a formula in every cell (or one for all); NaN where it has none."""
        with np.errstate(all="ignore"):
            return _quadratic(self.gradient(core), self._noise)

    def correlation(self, one: Core, other: Core) -> Floats:
        """How two formulas vary together, from -1 to 1; NaN where that is not known."""
        left, right = self.variance(one), self.variance(other)
        apart = self.variance(Apply("add", (one, Apply("negate", (other,)))))
        with np.errstate(all="ignore"):
            found: Floats = (left + right - apart) / (2 * np.sqrt(left * right))
        return found

    def scans(self, core: Core) -> frozenset[int]:
        """The scans whose slots a formula depends on."""
        return frozenset(slot.scan for slot in self.gradient(core))

    def gradient(self, core: Core) -> Gradient:
        """The derivative of a formula by its slots."""
        self._sheet.tree(core)
        with np.errstate(all="ignore"):
            for name, path in names_under(core, (), self._sheet.values, self._knows):
                self._named[name, path] = self._dual(self._sheet.values[name].core, path).gradient
            return self._dual(core, ()).gradient

    def _knows(self, named: Named) -> bool:
        return named[0] in self._given or named in self._named

    def _dual(self, core: Core, path: Path) -> Dual:
        match core:
            case Aggregate():
                return Dual(self._sheet.tree(core, path), self._noise.of_aggregate(core, path))
            case Reference():
                gradient = self._given[core.name] if core.name in self._given else self._named[core.name, path]
                return Dual(self._sheet.tree(core, path), gradient)
            case Apply(arguments=arguments) if is_window(core):
                inner = (*path, frame_of(core))
                return self._returned(core, self._dual(arguments[0], inner), inner)
            case Apply(arguments=[_, *_]):
                return self._chain(core, [self._dual(argument, path) for argument in values_of(core)])
            case _:
                return Dual(self._sheet.tree(core, path), {})

    def _returned(self, node: Apply, inside: Dual, path: Path) -> Dual:
        """The derivative of a window: a total varies with everything in it, a mean of smaller periods has none."""
        column = self._sheet.leaves.returned(inside.column, path, node)
        if node.function == "average":
            return Dual(column, {_UNKNOWN: np.full(1, np.nan)} if inside.gradient else {})
        gradient = {slot: self._spread(own, path, node) for slot, own in inside.gradient.items()}
        return Dual(column, gradient)

    def _spread(self, own: Floats, path: Path, node: Apply) -> Floats:
        numbers = Column(own, np.zeros(own.shape, dtype=np.int8))
        return self._sheet.leaves.returned(numbers, path, node).values

    def _chain(self, node: Apply, arguments: Sequence[Dual]) -> Dual:
        column = operators.apply(node, [argument.column for argument in arguments], self._sheet.leaves.calendar)
        if not any(argument.gradient for argument in arguments):
            return Dual(column, {})
        factors = _DERIVATIVES[node.function]([argument.column.values for argument in arguments], column.values)
        return Dual(column, _weighted(arguments, factors))


def _weighted(arguments: Sequence[Dual], factors: Sequence[Floats | None]) -> Gradient:
    """The chain rule; where a factor is 0 the argument does not matter, even if it has no derivative there."""
    total: dict[Slot, Floats] = {}
    for argument, factor in zip(arguments, factors, strict=True):
        if factor is None:
            continue
        for slot, own in argument.gradient.items():
            part = np.where(factor == 0, 0.0, factor * own)
            total[slot] = total[slot] + part if slot in total else part
    return total


def _quadratic(gradient: Gradient, noise: Noise) -> Floats:
    """g' Σ g over the slots, scan by scan."""
    total: Floats = np.zeros(1)
    size: Floats = np.zeros(1)
    slots = list(gradient)
    for index, left in enumerate(slots):
        for right in slots[index:]:
            if left.scan == right.scan:
                weight = (1.0 if left == right else 2.0) * gradient[left] * gradient[right]
                covariance = np.full(1, np.nan) if left == _UNKNOWN else noise.covariance(left, right)
                part = np.where(weight == 0, 0.0, weight * covariance)
                total, size = total + part, size + np.abs(part)
    return np.where((total <= _NOTHING * size) & np.isfinite(size), 0.0, total)


def _product(arguments: Sequence[Floats], result: Floats) -> Sequence[Floats]:
    """For each factor the product of the others."""
    return [reduce(np.multiply, [*arguments[:place], *arguments[place + 1 :]], np.ones(1)) for place in range(len(arguments))]


def _power(arguments: Sequence[Floats], result: Floats) -> Sequence[Floats]:
    base, exponent = arguments
    by_exponent = np.where(base > 0, np.log(np.where(base > 0, base, 1.0)) * result, 0.0)
    return [np.where(exponent == 0, 0.0, exponent * np.power(base, exponent - 1)), by_exponent]


def _extreme(arguments: Sequence[Floats], result: Floats) -> Sequence[Floats]:
    """1 for the first argument that is the result."""
    free = np.ones(np.shape(result), dtype=np.bool_)
    found: list[Floats] = []
    for argument in arguments:
        hit = free & (argument == result)
        free = free & ~hit
        found.append(hit.astype(np.float64))
    return found


def _if(arguments: Sequence[Floats], result: Floats) -> Sequence[Floats | None]:
    held = arguments[0] != 0
    return [None, held.astype(np.float64), (~held).astype(np.float64)]


def _coalesce(arguments: Sequence[Floats], result: Floats) -> Sequence[Floats]:
    free = np.ones(1, dtype=np.bool_)
    found: list[Floats] = []
    for argument in arguments:
        here = ~np.isnan(argument)
        found.append((free & here).astype(np.float64))
        free = free & ~here
    return found


def _none(arguments: Sequence[Floats], result: Floats) -> Sequence[None]:
    return [None] * len(arguments)


def _through(arguments: Sequence[Floats], result: Floats) -> Sequence[Floats]:
    return [np.ones(1)] * len(arguments)


# The derivative of each function by each of its arguments, from their values and the result.
_DERIVATIVES: dict[str, Derivative] = {
    "add": _through,
    "negate": lambda arguments, result: [-np.ones(1)],
    "multiply": _product,
    "divide": lambda arguments, result: [1 / arguments[1], -arguments[0] / arguments[1] ** 2],
    "power": _power,
    "abs": lambda arguments, result: [np.sign(arguments[0])],
    "round": _through,
    "floor": _through,
    "ceil": _through,
    "exp": lambda arguments, result: [result],
    "ln": lambda arguments, result: [1 / arguments[0]],
    "sqrt": lambda arguments, result: [0.5 / result],
    "greatest": _extreme,
    "least": _extreme,
    "if": _if,
    "coalesce": _coalesce,
    "days_between": lambda arguments, result: [np.ones(1), -np.ones(1)],
    "add_duration": _through,
    "add_months": lambda arguments, result: [np.ones(1), None],
    **dict.fromkeys(("equal", "less", "at_most", "greater", "at_least", "in", "not", "and", "or", "is_missing"), _none),
    **dict.fromkeys(("year", "quarter", "month", "weekday", "start_of"), _none),
}
