"""A core tree to LaTeX, by sympy's printer. Nothing is worked out on the way: x / x stays x / x, and a guard stays a guard.

Names never reach sympy: a leaf is a symbol called s0, s1, …, and its name, escaped, is handed to the printer beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference

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

Expression = Any  # sympy's Basic


def latex(core: Core, words: Callable[[Core], str] | None = None) -> str:
    """A formula as LaTeX in math mode; `words` says what a part is called that is no arithmetic, such as an aggregate."""
    from sympy import latex as sympy_latex

    printer = _Printer(words or _name)
    expression = printer.expression(core)
    return str(sympy_latex(expression, symbol_names=printer.names, order="none", fold_short_frac=False))


def _name(core: Core) -> str:
    match core:
        case Reference():
            return core.name
        case Aggregate(function=function, source=source):
            return f"{function}({source})"
        case Constant(value=value):
            return str(value)
        case Apply(function=function):
            return function.replace("_", " ")


class _Printer:
    """Builds unevaluated expressions; `names` is the text of each symbol."""

    def __init__(self, words: Callable[[Core], str]) -> None:
        import sympy

        self._sympy = sympy
        self._words = words
        self.names: dict[Expression, str] = {}
        self._symbols: dict[str, Expression] = {}

    def expression(self, core: Core) -> Expression:
        match core:
            case Constant(value=Fraction() as number):
                return self._sympy.Rational(number.numerator, number.denominator)
            case Apply(function="if", arguments=(condition, yes, no)):
                truth = self._sympy.Symbol("otherwise")
                self.names[truth] = r"\text{otherwise}"
                return self._cases(condition, yes, no)
            case Apply(function=function, arguments=arguments) if function in _SHAPES:
                parts = [self.expression(argument) for argument in arguments]
                return _SHAPES[function](self._sympy, parts)
            case _:
                return self._symbol(self._words(core))
