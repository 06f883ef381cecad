"""One formula on its way from the surface tree to the core tree: where it stands, what its names mean, what was found."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from typing import Any

from msgspec import Struct

from kpidsl.catalog.core import Apply, Constant, Core, Reference, Type
from kpidsl.catalog.named import Names
from kpidsl.catalog.world import World
from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.documents.model import Formula
from kpidsl.language import tree
from kpidsl.text import Excerpt, Span
from kpidsl.units.unit import NUMBER, Unit

_MOST_BITS = 10_000
DATE_TYPES = (Type.DATE, Type.DATETIME)


class Reading(Struct, frozen=True):
    """What a tree is read in. `name` resolves a name and `call` a function; both return None for a hole that was reported.

    `listed` gives the values that the definition of a column lists. With `bare_amounts` a number without a unit that is
    compared is in the unit of what it is compared with. `names` are those that may stand on rows, with their units.
    """

    excerpt: Excerpt
    world: World
    name: Callable[[tree.Name], Core | None]
    call: Callable[[tree.Call | tree.Neighbour], Core | None]
    listed: Callable[[Reference], tuple[str, ...] | None] | None = None
    bare_amounts: bool = False
    names: Callable[[], Names] | None = None

    def say(self, diagnostic: Diagnostic) -> None:
        self.world.found.append(diagnostic)

    def label(self, span: Span, text: str = "") -> Label:
        return Label(self.excerpt.file, self.excerpt.span(span), text)

    def words(self, span: Span) -> str:
        """The formula's own text at a span, on one line."""
        return " ".join(self.excerpt.text[span.start : span.end].split())


def whole(formula: Formula[Any]) -> Span:
    return Span(0, len(formula.excerpt.text))


def scaled(core: Core, factor: Fraction, unit: Unit) -> Core:
    """The core tree times an exact factor, in another unit."""
    if factor == 1:
        return core
    constant = Constant(factor, unit=NUMBER, span=core.span)
    return Apply("multiply", (core, constant), unit=unit, span=core.span)


def constant_value(core: Core) -> Fraction | None:
    """The exact number that a formula without names stands for; None if it is no such formula, or divides by zero."""
    match core:
        case Constant(value=Fraction() as number):
            return number
        case Apply(function="negate", arguments=(operand,)):
            inner = constant_value(operand)
            return None if inner is None else -inner
        case Apply(function="power", arguments=(base, exponent)):
            return _power(constant_value(base), constant_value(exponent))
        case Apply(function="add" | "multiply" | "divide" as function, arguments=arguments):
            numbers = [constant_value(argument) for argument in arguments]
            known = [number for number in numbers if number is not None]
            return _fold(function, known) if len(known) == len(numbers) else None
        case _:
            return None


def _power(base: Fraction | None, exponent: Fraction | None) -> Fraction | None:
    """Where it is a number of not too many digits."""
    if base is None or exponent is None or exponent.denominator != 1 or (not base and exponent < 0):
        return None
    bits = (base.numerator.bit_length() + base.denominator.bit_length()) * abs(exponent.numerator)
    return base**exponent.numerator if bits <= _MOST_BITS else None


def _fold(function: str, numbers: list[Fraction]) -> Fraction | None:
    if function == "divide" and 0 in numbers[1:]:
        return None
    result: Fraction = reduce(_FOLDS[function], numbers)
    return result


_FOLDS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "add": operator.add,
    "multiply": operator.mul,
    "divide": operator.truediv,
}
