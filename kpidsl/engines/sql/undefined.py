"""Where an expression has no value because there can be none: conditions on the rows, by reason.

The rules are those of the engine for rows in memory (`operators.py` there). Sums and products that are too large count as
missing without a notice.
"""

from __future__ import annotations

from collections.abc import Mapping

from kpidsl.catalog.core import Apply, Constant, Core, walk
from kpidsl.engines.sql.select import Select
from kpidsl.engines.sql.sql import finite, finite_double

_PARTIAL = frozenset({"divide", "power", "ln", "sqrt", "exp", "add_duration", "add_months"})
_TOO_LARGE = "a number too large"
_BY_ZERO = "a division by 0"
_ROOT = "a root of a negative number"
_LOGARITHM = "a logarithm of a number that is not positive"
_BEYOND = "a date before the year 1 or after 9999"

Reasons = dict[str, str]


def undefined(core: Core, select: Select) -> Reasons:
    """By reason a condition, which is null or false where there is none."""
    if not any(isinstance(node, Apply) and node.function in _PARTIAL for node in walk(core)):
        return {}
    return _undefined(core, select)


def _undefined(core: Core, select: Select) -> Reasons:
    if not isinstance(core, Apply) or core.function in ("is_missing", "previous"):
        return {}
    below = [_undefined(argument, select) for argument in core.arguments]
    match core.function:
        case "and" | "or" | "coalesce":
            return _where_missing(_either(below), core, select)
        case "if":
            condition = select.value(core.arguments[0]).text
            yes = {reason: f"({condition} and {text})" for reason, text in below[1].items()}
            no = {reason: f"(not {condition} and {text})" for reason, text in below[2].items()}
            return _where_missing(_either([below[0], yes, no]), core, select)
        case _:
            return _either([*below, _own(core, select)])


def _either(parts: list[Reasons]) -> Reasons:
    found: dict[str, list[str]] = {}
    for part in parts:
        for reason, text in part.items():
            found.setdefault(reason, []).append(text)
    return {reason: texts[0] if len(texts) == 1 else f"({' or '.join(texts)})" for reason, texts in found.items()}


def _where_missing(reasons: Mapping[str, str], core: Core, select: Select) -> Reasons:
    if not reasons:
        return {}
    value = finite(select.value(core), select.dialect).text
    return {reason: f"({text} and {value} is null)" for reason, text in reasons.items()}


def _own(core: Apply, select: Select) -> Reasons:
    """What a function itself cannot do with arguments that are there."""
    dialect = select.dialect
    values = [select.value(argument) for argument in core.arguments]
    match core.function:
        case "divide":
            if values[1].constant:
                return {}
            above, below = (finite_double(value, dialect) for value in values)
            return {_BY_ZERO: f"({below} = 0 and {above} is not null)"}
        case "power":
            base, exponent = (finite_double(value, dialect) for value in values)
            return _power(base, exponent, values[1].constant is not None and values[1].constant.denominator == 1)
        case "ln":
            return {_LOGARITHM: f"({finite_double(values[0], dialect)} <= 0)"}
        case "sqrt":
            return {_ROOT: f"({finite_double(values[0], dialect)} < 0)"}
        case "exp":
            return {_TOO_LARGE: f"({finite_double(values[0], dialect)} > 709.782712893384)"}
        case "add_duration" | "add_months" if not _harmless(core.arguments[1]):
            parts = [finite(value, dialect).text for value in values]
            return {_BEYOND: f"({select.value(core).text} is null and {' and '.join(f'{part} is not null' for part in parts)})"}
        case _:
            return {}


def _power(base: str, exponent: str, whole: bool) -> Reasons:
    zero = {_BY_ZERO: f"({base} = 0 and {exponent} < 0)"}
    return zero if whole else {**zero, _ROOT: f"({base} < 0 and {exponent} <> floor({exponent}))"}


def _harmless(steps: Core) -> bool:
    """Whether a shift is a constant: then a date that leaves time by it is not worth to be looked for in each row."""
    return isinstance(steps, Constant)
