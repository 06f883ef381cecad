"""Core trees to elements of a field: one walk for fingerprints, polynomials and degrees.

Sums, products, quotients and whole powers are the field's own. Any other node is an opaque element, named by its function and
the elements of its arguments, so that equal arguments give equal elements whatever happens inside. Arguments are brought into
one form first: `greatest(a, b)` is -least(-a, -b), the arguments of `least` are ordered and each stands once, `abs` and `=` do
not see a sign, all comparisons are `above zero` of a difference or its negation, `or` is the negation of `and`, and an `if`
with equal branches is the branch. Elements say nothing of where a formula has no value; so what asks for that, `coalesce` and
`is missing`, is named by the text of its arguments as well. (The idea of fields in place of terms: Schwartz 1980, Zippel 1979.)
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Generic, Protocol, TypeVar

from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.core import WINDOW_FUNCTIONS, Aggregate, Apply, Constant, Core, Reference, Type
from kpidsl.catalog.reading import constant_value

T = TypeVar("T")

_COMPARISONS = {"greater": (1, False), "less": (-1, False), "at_most": (1, True), "at_least": (-1, True)}


class Field(Protocol[T]):
    """What elements can do. `divide` and `power` return None where they would divide by what is zero everywhere."""

    def constant(self, number: Fraction) -> T: ...
    def leaf(self, key: str) -> T: ...
    def opaque(self, function: str, parts: Sequence[T]) -> T: ...
    def add(self, terms: Sequence[T]) -> T: ...
    def negate(self, element: T) -> T: ...
    def multiply(self, factors: Sequence[T]) -> T: ...
    def divide(self, above: T, below: T) -> T | None: ...
    def power(self, base: T, exponent: int) -> T | None: ...
    def same(self, left: T, right: T) -> bool: ...
    def rank(self, element: T) -> int:
        """A number by which equal elements stand in equal places; the ranks of an element and its negative differ."""
        ...


class Interpretation(Generic[T]):
    """The elements of named values and of formulas; None for what divides by zero wherever it is asked."""

    def __init__(self, formulas: Formulas, field: Field[T]) -> None:
        self._formulas = formulas
        self._keys = formulas.keys
        self._field = field
        self._known: dict[str, T | None] = {}

    def value(self, name: str) -> T | None:
        """The element of a measure, parameter or KPI."""
        if name not in self._known:
            for each in self._formulas.unsettled(name, self._known):
                self._known[each] = self._named(each)
        return self._known[name]

    def _named(self, name: str) -> T | None:
        if self._formulas.is_parameter(name):
            return self._field.leaf(parameter_key(name))
        return self.tree(self._formulas.values[name].core)

    def tree(self, core: Core) -> T | None:
        """The element of a formula."""
        match core:
            case Reference():
                return self.value(core.path[0])
            case Aggregate():
                return self._aggregate(core)
            case Apply(function="if"):
                return self._choice(*core.arguments)
            case Apply(function="coalesce"):
                return self._first(core.arguments)
            case Apply(function=function) if function in WINDOW_FUNCTIONS:
                return self._window(core)
            case Apply():
                return self._strict(core)
            case Constant(value=Fraction() as number):
                return self._field.constant(number)
            case _:
                return self._field.leaf(self._keys.text(core))

    def _aggregate(self, node: Aggregate) -> T | None:
        if node.function != "avg":
            return self._field.leaf(self._keys.of(node))
        above, below = self._keys.mean(node)
        return self._field.divide(self._field.leaf(above), self._field.leaf(below))

    def _window(self, core: Apply) -> T | None:
        """Something of its own for each window on a different element: nothing is known of other periods."""
        core = self._formulas.window(core)
        value, *details = core.arguments
        if value.type is not Type.NUMBER:
            return self._field.leaf(self._keys.text(core))
        element = self.tree(value)
        words = sorted(map(self._keys.text, details))
        return None if element is None else self._field.opaque(" ".join((core.function, *words)), [element])

    def _strict(self, core: Apply) -> T | None:
        """A function that has no value where one of its arguments has none."""
        parts: list[T] = []
        for argument in core.arguments:
            if argument.type is not Type.NUMBER:
                return self._field.leaf(self._keys.text(core))
            element = self.tree(argument)
            if element is None:
                return None
            parts.append(element)
        return self._apply(core, parts)

    def _apply(self, core: Apply, parts: list[T]) -> T | None:
        field = self._field
        match core.function:
            case "add":
                return field.add(parts)
            case "negate":
                return field.negate(parts[0])
            case "multiply":
                return field.multiply(parts)
            case "divide":
                return field.divide(parts[0], parts[1])
            case "power":
                return self._power(core, parts)
            case "sqrt":
                return field.opaque("power", [parts[0], field.constant(Fraction(1, 2))])
            case "least":
                return self._least(parts)
            case "greatest":
                return field.negate(self._least([field.negate(part) for part in parts]))
            case "abs":
                return field.opaque("abs", [self._unsigned(parts[0])])
            case function:
                return field.opaque(function, parts)

    def _power(self, core: Apply, parts: list[T]) -> T | None:
        exponent = constant_value(core.arguments[1])
        if exponent is not None and exponent.denominator == 1:
            return self._field.power(parts[0], exponent.numerator)
        return self._field.opaque("power", parts)

    def _least(self, parts: list[T]) -> T:
        different = self._distinct(sorted(parts, key=self._field.rank))
        return different[0] if len(different) == 1 else self._field.opaque("least", different)

    def _distinct(self, parts: Sequence[T]) -> list[T]:
        different: list[T] = []
        for part in parts:
            if not any(self._field.same(part, other) for other in different):
                different.append(part)
        return different

    def _unsigned(self, part: T) -> T:
        negative = self._field.negate(part)
        return min(part, negative, key=self._field.rank)

    def _first(self, arguments: Sequence[Core]) -> T | None:
        """`coalesce`: what never has a value is never taken."""
        elements = [self.tree(argument) for argument in arguments]
        parts = self._distinct([element for element in elements if element is not None])
        if len(parts) < 2:
            return parts[0] if parts else None
        texts = [self._field.leaf(self._keys.text(argument)) for argument in arguments]
        return self._field.opaque("coalesce", [*parts, *texts])

    def _choice(self, condition: Core, yes: Core, no: Core) -> T | None:
        decided, one, other = self._condition(condition), self.tree(yes), self.tree(no)
        if decided is None or (one is None and other is None):
            return None
        negated, test = decided
        if one is not None and other is not None and self._field.same(one, other):
            return one
        branches = [self._nothing() if branch is None else branch for branch in (one, other)]
        return self._field.opaque("if", [test, *(reversed(branches) if negated else branches)])

    def _nothing(self) -> T:
        return self._field.opaque("nothing", [])

    def _condition(self, core: Core) -> tuple[bool, T] | None:
        """The element of a condition, and whether the condition is its negation."""
        match core:
            case Constant(value=bool() as truth):
                return not truth, self._field.opaque("true", [])
            case Apply(function="not", arguments=(inner,)):
                decided = self._condition(inner)
                return None if decided is None else (not decided[0], decided[1])
            case Apply(function="and" | "or" as word, arguments=arguments):
                return self._joined([self._condition(argument) for argument in arguments], word == "or")
            case Apply(function="in", arguments=(item, *options)):
                return self._joined([self._equal(item, option) for option in options], either=True)
            case Apply(function="is_missing", arguments=(item,)):
                never = self.tree(item) is None
                return False, self._field.opaque("true", []) if never else self._field.leaf(
                    f"{self._keys.text(item)} is missing"
                )
            case Apply(function="equal", arguments=(left, right)):
                return self._equal(left, right)
            case Apply(function=function, arguments=(left, right)) if function in _COMPARISONS:
                return self._compare(left, right, *_COMPARISONS[function])
            case _:
                return False, self._field.leaf(self._keys.text(core))

    def _compare(self, left: Core, right: Core, sign: int, negated: bool) -> tuple[bool, T] | None:
        difference = self._difference(left, right)
        if difference is None:
            return None
        return negated, self._field.opaque("above zero", [difference if sign > 0 else self._field.negate(difference)])

    def _equal(self, left: Core, right: Core) -> tuple[bool, T] | None:
        difference = self._difference(left, right)
        return None if difference is None else (False, self._field.opaque("zero", [self._unsigned(difference)]))

    def _difference(self, left: Core, right: Core) -> T | None:
        one, other = self.tree(left), self.tree(right)
        return None if one is None or other is None else self._field.add([one, self._field.negate(other)])

    def _joined(self, parts: Sequence[tuple[bool, T] | None], either: bool) -> tuple[bool, T]:
        """`and`; by de Morgan's law also `or`. One part may decide where another has no value."""
        elements: list[T] = []
        for part in parts:
            if part is None:
                elements.append(self._nothing())
            else:
                elements.append(self._field.opaque("not", [part[1]]) if part[0] != either else part[1])
        different = self._distinct(sorted(elements, key=self._field.rank))
        return either, different[0] if len(different) == 1 else self._field.opaque("and", different)


def parameter_key(name: str) -> str:
    """The key of a parameter as a leaf."""
    return f"parameter {name}"
