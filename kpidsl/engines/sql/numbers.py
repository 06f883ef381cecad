"""Functions on numbers and truths, by their names in the core tree, as texts.

Missing passes through as null, and `and`, `or`, `not` are three-valued in SQL as in the language. Sums and products are checked
for infinity where they are used, once for all of them; what cannot be computed is null, see `undefined.py` for its notice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from kpidsl.catalog.core import Apply, Type
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.sql.sql import Function, Setting, Sql, alike, as_double, finite, finite_double, number


def _joined(sign: str) -> Function:
    def function(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
        terms = f" {sign} ".join(as_double(argument, setting.dialect) for argument in arguments)
        return number(f"({terms})", loose=True)

    return function


def _negate(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    (value,) = arguments
    return number(f"(- {as_double(value, setting.dialect)})", loose=value.loose)


def _divide(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    above, below = arguments
    divisor = finite_double(below, setting.dialect)
    if not below.constant:
        divisor = f"nullif({divisor}, 0)"
    return number(f"({as_double(above, setting.dialect)} / {divisor})", loose=True)


def _power(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    base, exponent = (finite_double(argument, setting.dialect) for argument in arguments)
    raised, known = f"power({base}, {exponent})", arguments[1].constant
    if known is not None and known.denominator == 1:
        return number(raised if known >= 0 else f"power(nullif({base}, 0), {exponent})", loose=True)
    wrong = f"{base} = 0 and {exponent} < 0 or {base} < 0 and {exponent} <> floor({exponent})"
    return number(f"case when not ({wrong}) then {raised} end", loose=True)


def _ln(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    value = finite_double(arguments[0], setting.dialect)
    return number(f"case when {value} > 0 then ln({value}) end")


def _sqrt(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    value = finite_double(arguments[0], setting.dialect)
    return number(f"case when {value} >= 0 then sqrt({value}) end")


def _of_double(spell: Callable[[Dialect, str], str], *, loose: bool = False) -> Function:
    return lambda node, arguments, setting: number(
        f"({spell(setting.dialect, finite_double(arguments[0], setting.dialect))})", loose=loose
    )


def _choice(name: str) -> Function:
    """`greatest` and `least`, which are missing where any argument is."""

    def function(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
        dialect = setting.dialect
        texts, like = alike([finite(argument, dialect) for argument in arguments], dialect)
        chosen = f"{name}({', '.join(texts)})"
        unsure = [text for text, argument in zip(texts, arguments, strict=True) if argument.constant is None]
        if dialect.skips_missing and unsure:
            present = " and ".join(f"{text} is not null" for text in unsure)
            chosen = f"case when {present} then {chosen} end"
        return replace(like, text=chosen, loose=False, constant=None)

    return function


def _compare(sign: str) -> Function:
    def function(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
        left, right = (finite(argument, setting.dialect) for argument in arguments)
        return truth(f"({left.text} {sign} {right.text})")

    return function


def _in(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    item, *options = (finite(argument, setting.dialect).text for argument in arguments)
    return truth(f"({item} in ({', '.join(options)}))")


def _not(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    return truth(f"(not {arguments[0].text})")


def _logical(word: str) -> Function:
    return lambda node, arguments, setting: truth(f"({f' {word} '.join(argument.text for argument in arguments)})")


def _is_missing(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    return truth(f"({finite(arguments[0], setting.dialect).text} is null)")


def _if(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    condition, *branches = arguments
    (yes, no), like = alike(branches, setting.dialect)
    text = f"case {condition.text} when true then {yes} when false then {no} end"
    return replace(like, text=text, loose=any(branch.loose for branch in branches), constant=None)


def _coalesce(node: Apply, arguments: Sequence[Sql], setting: Setting) -> Sql:
    texts, like = alike([finite(argument, setting.dialect) for argument in arguments], setting.dialect)
    return replace(like, text=f"coalesce({', '.join(texts)})", loose=False, constant=None)


def truth(text: str) -> Sql:
    return Sql(text, Type.BOOLEAN)


NUMBERS: dict[str, Function] = {
    "add": _joined("+"),
    "negate": _negate,
    "multiply": _joined("*"),
    "divide": _divide,
    "power": _power,
    "abs": _of_double(lambda dialect, value: f"abs({value})"),
    "round": _of_double(lambda dialect, value: dialect.rounded(value)),
    "floor": _of_double(lambda dialect, value: dialect.floor(value)),
    "ceil": _of_double(lambda dialect, value: dialect.ceil(value)),
    "exp": _of_double(lambda dialect, value: dialect.exp(value), loose=True),
    "ln": _ln,
    "sqrt": _sqrt,
    "greatest": _choice("greatest"),
    "least": _choice("least"),
    "equal": _compare("="),
    "less": _compare("<"),
    "at_most": _compare("<="),
    "greater": _compare(">"),
    "at_least": _compare(">="),
    "in": _in,
    "not": _not,
    "and": _logical("and"),
    "or": _logical("or"),
    "is_missing": _is_missing,
    "if": _if,
    "coalesce": _coalesce,
}
