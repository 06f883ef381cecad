"""A core tree to LaTeX, by sympy's printer. Nothing is worked out on the way: x / x stays x / x, and a guard stays a guard.

Names never reach sympy: a leaf is a symbol called s0, s1, …, and its name, escaped, is handed to the printer beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from kpidsl.catalog.core import WINDOW_FUNCTIONS, Aggregate, Apply, Constant, Core, Gather, Nearby, Reference

_ESCAPES = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "$": r"\$",
        "&": r"\&",
        "%": r"\%",
        "#": r"\#",
        "_": r"\_",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
    }
)
_COMPARISONS = {"equal": "Eq", "less": "Lt", "greater": "Gt", "at_most": "Le", "at_least": "Ge"}
_LOGIC = {"and": "And", "or": "Or", "not": "Not"}
_OWN_SIGNS = {"abs": "Abs", "floor": "floor", "ceil": "ceiling", "exp": "exp"}
_CALLS = frozenset({"greatest", "least", "coalesce", "round", "ln"})

Expression = Any  # sympy's Basic


def latex(core: Core, words: Callable[[Core], str] | None = None) -> str:
    """A formula as LaTeX in math mode; `words` says what a part is called that is no arithmetic, such as an aggregate."""
    from sympy import latex as print_latex

    builder = _Builder(words or _plain_words)
    expression = builder.expression(core)
    return str(print_latex(expression, symbol_names=builder.names, order="none"))


def _plain_words(core: Core) -> str:
    match core:
        case Reference():
            return core.name
        case Aggregate(function=function, source=source):
            return f"{function}({source})"
        case Constant(value=value):
            return str(value)
        case Apply(function=function, arguments=(inner, *details)) if function in WINDOW_FUNCTIONS:
            return f"{function}({', '.join(map(_plain_words, (inner, *details)))})"
        case Gather(aggregate=aggregate):
            return _plain_words(aggregate)
        case Apply(function=function) | Nearby(function=function):
            return function.replace("_", " ")


class _Builder:
    """Builds expressions that sympy does not evaluate; `names` holds the text of each symbol."""

    def __init__(self, words: Callable[[Core], str]) -> None:
        import sympy

        self._sympy = sympy
        self._words = words
        self._symbols: dict[str, Expression] = {}
        self.names: dict[Expression, str] = {}

    def expression(self, core: Core) -> Expression:
        match core:
            case Constant(value=Fraction() as number):
                return self._sympy.Rational(number.numerator, number.denominator)
            case Apply(function="if", arguments=(condition, yes, no)):
                cases = (self.expression(yes), self.expression(condition)), (self.expression(no), True)
                return self._sympy.Piecewise(*cases, evaluate=False)
            case Apply(function=function, arguments=arguments) if function in _SHAPES:
                return self._apply(function, [self.expression(argument) for argument in arguments])
            case _:
                return self._symbol(self._words(core))

    def _apply(self, function: str, parts: Sequence[Expression]) -> Expression:
        match function:
            case "add":
                return self._sympy.Add(*parts, evaluate=False)
            case "negate":
                return self._sympy.Mul(-1, *parts, evaluate=False)
            case "multiply":
                return self._sympy.Mul(*parts, evaluate=False)
            case "divide":
                return self._sympy.Mul(parts[0], self._power(parts[1], self._sympy.Integer(-1)), evaluate=False)
            case "power":
                return self._power(*parts)
            case "sqrt":
                return self._power(parts[0], self._sympy.Rational(1, 2))
            case _ if function in _CALLS:
                return self._sympy.Function(function)(*parts)
            case _:
                return getattr(self._sympy, _SHAPES[function])(*parts, evaluate=False)

    def _power(self, base: Expression, exponent: Expression) -> Expression:
        return self._sympy.Pow(base, exponent, evaluate=False)

    def _symbol(self, words: str) -> Expression:
        if words not in self._symbols:
            symbol = self._symbols[words] = self._sympy.Symbol(f"s{len(self._symbols)}")
            self.names[symbol] = rf"\text{{{words.translate(_ESCAPES)}}}"
        return self._symbols[words]


_SHAPES = {
    **_COMPARISONS,
    **_LOGIC,
    **_OWN_SIGNS,
    **dict.fromkeys([*_CALLS, "add", "negate", "multiply", "divide", "power", "sqrt"], ""),
}
