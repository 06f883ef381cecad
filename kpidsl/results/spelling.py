"""A core tree to a text that reads like the language: for reasons such as `count(deals where outcome = "won") is 0`."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from msgspec.structs import replace

from kpidsl.catalog.core import PERIOD_FUNCTIONS, WINDOW_FUNCTIONS, Aggregate, Apply, Constant, Core, Gather, Nearby, Reference
from kpidsl.results.numbers import show_exact
from kpidsl.units.unit import NUMBER, PERCENT
from kpidsl.units.unit import spell as spell_unit

_INFIX = {
    "or": (1, " or "),
    "and": (2, " and "),
    "equal": (4, " = "),
    "less": (4, " < "),
    "at_most": (4, " <= "),
    "greater": (4, " > "),
    "at_least": (4, " >= "),
    "multiply": (6, " * "),
    "divide": (6, " / "),
    "power": (8, "^"),
}
_NOT, _COMPARISON, _SUM, _SIGN, _ATOM = 3, 4, 5, 7, 9


def spell(core: Core) -> str:
    """The formula as an analyst would write it."""
    return _spell(core)[0]


def _spell(core: Core) -> tuple[str, int]:
    """The text and how tightly it binds."""
    match core:
        case Constant(value=value):
            return _constant(core, value), _ATOM
        case Reference():
            return core.name, _ATOM
        case Aggregate():
            return _aggregate(core), _ATOM
        case Gather(aggregate=aggregate):
            return _aggregate(aggregate), _ATOM
        case Nearby():
            return _nearby(core), _ATOM
        case Apply(function=function, arguments=arguments):
            return _apply(function, arguments)


def _constant(core: Constant, value: Fraction | str | bool | date) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{value}"'
        case date():
            return value.isoformat()
        case Fraction():
            unit = "" if core.unit.is_number else f" {spell_unit(core.unit)}"
            return show_exact(float(value), PERCENT if core.unit.percent else NUMBER).replace(",", "") + unit


def _apply(function: str, arguments: tuple[Core, ...]) -> tuple[str, int]:
    match function, arguments:
        case "add", (first, *rest):
            return _within(first, _SUM) + "".join(_term(term) for term in rest), _SUM
        case "negate", (operand,):
            return f"-{_within(operand, _SIGN)}", _SIGN
        case "not", (Apply(function="equal" | "in" | "is_missing" as inner, arguments=parts),):
            return _negated(inner, parts), _COMPARISON
        case "not", (operand,):
            return f"not {_within(operand, _NOT)}", _NOT
        case "in", (item, *options):
            return f"{_within(item, _SUM)} in {_listed(options)}", _COMPARISON
        case "is_missing", (item,):
            return f"{_within(item, _SUM)} is missing", _COMPARISON
        case "if", (condition, yes, no):
            return f"if {spell(condition)} then {spell(yes)} else {spell(no)}", 0
        case "days_between", (left, right):
            return f"{_within(left, _SUM)} - {_within(right, _SIGN)}", _SUM
        case "add_months" | "add_duration", (left, right):
            return f"{_within(left, _SUM)}{_term(right)}", _SUM
        case "start_of", (moment, Constant(value=str(grain))):
            return f"start_of({spell(moment)}, {grain})", _ATOM
        case _ if function in PERIOD_FUNCTIONS:
            return function, _ATOM
        case _ if function in WINDOW_FUNCTIONS:
            return f"{function}({', '.join([spell(arguments[0]), *_words(arguments[1:])])})", _ATOM
        case _ if function in _INFIX:
            return _infix(*_INFIX[function], arguments)
        case _:
            return f"{function}({', '.join(spell(argument) for argument in arguments)})", _ATOM


def _words(details: tuple[Core, ...]) -> list[str]:
    """What a window takes beside its value: a length of time, the word of a grain, names of dimensions."""
    match details:
        case (Constant(value=Fraction() as amount), Constant(value=str(unit))):
            return [f"{amount} {unit}{'' if amount == 1 else 's'}"]
        case _:
            return [str(detail.value) for detail in details if isinstance(detail, Constant)]


def _within(core: Core, level: int) -> str:
    text, own = _spell(core)
    return text if own >= level else f"({text})"


def _term(term: Core) -> str:
    if isinstance(term, Apply) and term.function == "negate":
        return f" - {_within(term.arguments[0], _SUM + 1)}"
    return f" + {_within(term, _SUM + 1)}"


def _infix(level: int, operator: str, arguments: tuple[Core, ...]) -> tuple[str, int]:
    first, *rest = arguments
    return operator.join([_within(first, level), *(_within(argument, level + 1) for argument in rest)]), level


def _negated(function: str, parts: tuple[Core, ...]) -> str:
    item, *options = parts
    match function:
        case "equal":
            return f"{_within(item, _SUM)} != {_within(options[0], _SUM)}"
        case "in":
            return f"{_within(item, _SUM)} not in {_listed(options)}"
        case _:
            return f"{_within(item, _SUM)} is not missing"


def _listed(options: list[Core]) -> str:
    return f"({', '.join(spell(option) for option in options)})"


def _aggregate(core: Aggregate) -> str:
    argument = core.source if core.argument is None else spell(_led(core.argument, core.source))
    parts = [("distinct " if core.distinct else "") + argument]
    if core.at is not None:
        parts.append(f"at {core.at.name}")
    if core.alive is not None:
        start, end = core.alive
        parts.append(f"alive from {start.name}" + (f" to {end.name}" if end else ""))
    if core.closing:
        parts.append("closing")
    if core.where is not None:
        parts.append(f"where {spell(core.where)}")
    fraction = "" if core.fraction is None else f", {show_exact(float(core.fraction), PERCENT)}"
    return f"{core.function}({' '.join(parts)}{fraction})"


def _nearby(core: Nearby) -> str:
    argument = core.argument if core.source == core.home else _led(core.argument, core.source)
    where = "" if core.where is None else f" where {spell(core.where)}"
    keys = ", ".join(own.name for own, _ in core.keys)
    return f"{core.function}({spell(argument)}{where}) per {keys}"


def _led(core: Core, source: str) -> Core:
    """The argument with the source before its first column, as the language wants it."""
    match core:
        case Reference(path=path):
            return replace(core, path=(source, *path))
        case Apply(arguments=arguments):
            first = next((place for place, argument in enumerate(arguments) if _led(argument, source) != argument), None)
            led = (_led(argument, source) if place == first else argument for place, argument in enumerate(arguments))
            return replace(core, arguments=tuple(led))
        case _:
            return core
