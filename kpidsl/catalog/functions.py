"""Calls of functions on values or on a row's columns: their arguments counted and typed, their units derived."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from kpidsl.catalog import messages, unit_messages, window_messages
from kpidsl.catalog.arithmetic import is_plain, needs_number
from kpidsl.catalog.conditions import same_kind
from kpidsl.catalog.core import Apply, Core, Type
from kpidsl.catalog.durations import GRAINS, grain_constant
from kpidsl.catalog.expressions import read
from kpidsl.catalog.reading import DATE_TYPES, Reading
from kpidsl.language import tree
from kpidsl.language.functions import FUNCTIONS, Kind
from kpidsl.units import unit as units
from kpidsl.units.unit import NUMBER

_TAKES = {Kind.AGGREGATE: "rows", Kind.NEIGHBOUR: "rows", Kind.WINDOW: "measures and KPIs"}
_DATE_NUMBERS = ("year", "quarter", "month", "weekday")
Arguments = list[Core]
Rule = Callable[[str, Arguments, tree.Call, Reading], Core | None]


def is_aggregate(node: tree.Call | tree.Neighbour) -> bool:
    """Whether a call turns rows into one value."""
    if not isinstance(node, tree.Call):
        return False
    signature = FUNCTIONS.get(node.function)
    return signature is not None and signature.kind is Kind.AGGREGATE


def read_call(node: tree.Call | tree.Neighbour, reading: Reading) -> Core | None:
    """A call of a function on single values; None, reported, where it is of another kind, unknown or wrongly given."""
    signature = FUNCTIONS.get(node.function)
    if isinstance(node, tree.Neighbour) or (signature is not None and signature.kind in _TAKES):
        reading.say(window_messages.out_of_place(reading, node, _TAKES[FUNCTIONS[node.function].kind]))
        return None
    if signature is None:
        reading.say(messages.unknown_function(reading, node, tuple(FUNCTIONS)))
        return None
    if node.modifiers is not None or node.distinct:
        reading.say(messages.modifier_without_aggregate(reading, node))
        return None
    least, most = signature.arity
    if not least <= len(node.arguments) <= (most if most is not None else len(node.arguments)):
        reading.say(messages.wrong_number_of_arguments(reading, node, least, most))
        return None
    return _start_of(node, reading) if node.function == "start_of" else _on_values(node, reading)


def _on_values(node: tree.Call, reading: Reading) -> Core | None:
    cores = [read(argument, reading) for argument in node.arguments]
    ready = [core for core in cores if core is not None]
    if len(ready) < len(cores):
        return None
    return _RULES[node.function](node.function, ready, node, reading)


def _same(name: str, arguments: Arguments, node: tree.Call, reading: Reading) -> Core | None:
    """Arguments that stand for each other: the first that there is, the greatest, the least."""
    if name != "coalesce" and not all(needs_number(argument, name, reading) for argument in arguments):
        return None
    matched = same_kind(arguments, node.span, reading)
    if matched is None:
        return None
    unit, kind, moved = matched
    return Apply(name, tuple(moved), unit=unit, type=kind, span=node.span)


def _keeping(name: str, arguments: Arguments, node: tree.Call, reading: Reading) -> Core | None:
    if not all(needs_number(argument, name, reading) for argument in arguments):
        return None
    return Apply(name, tuple(arguments), unit=arguments[0].unit, span=node.span)


def _plain(name: str, arguments: Arguments, node: tree.Call, reading: Reading) -> Core | None:
    argument = arguments[0]
    if not needs_number(argument, name, reading):
        return None
    if not is_plain(argument, reading):
        reading.say(unit_messages.needs_plain_number(reading, name, argument))
        return None
    return Apply(name, (argument,), unit=NUMBER, span=node.span)


def _root(name: str, arguments: Arguments, node: tree.Call, reading: Reading) -> Core | None:
    if not needs_number(arguments[0], name, reading):
        return None
    unit = units.power(arguments[0].unit, Fraction(1, 2))
    if not unit.within_limits:
        reading.say(unit_messages.exponent_too_large(reading, node.span, "root"))
        return None
    return Apply(name, (arguments[0],), unit=unit, span=node.span)


def _on_text(name: str, arguments: Arguments, node: tree.Call, reading: Reading) -> Core | None:
    wrong = next((argument for argument in arguments if argument.type is not Type.TEXT), None)
    if wrong is not None:
        reading.say(messages.needs_text(reading, name, wrong))
        return None
    kind = Type.TEXT if name in ("lower", "upper") else Type.BOOLEAN
    return Apply(name, tuple(arguments), type=kind, span=node.span)


def _of_date(name: str, arguments: Arguments, node: tree.Call, reading: Reading) -> Core | None:
    if arguments[0].type not in DATE_TYPES:
        reading.say(messages.needs_date(reading, name, arguments[0]))
        return None
    return Apply(name, (arguments[0],), unit=NUMBER, span=node.span)


def _start_of(node: tree.Call, reading: Reading) -> Core | None:
    date, grain = read(node.arguments[0], reading), node.arguments[1]
    if not isinstance(grain, tree.Name) or grain.text not in GRAINS:
        reading.say(messages.not_a_grain(reading, grain, tuple(GRAINS)))
        return None
    if date is None:
        return None
    if date.type not in DATE_TYPES:
        reading.say(messages.needs_date(reading, "start_of", date))
        return None
    return Apply("start_of", (date, grain_constant(grain.text, grain)), type=Type.DATE, span=node.span)


_RULES: dict[str, Rule] = {
    "coalesce": _same,
    "greatest": _same,
    "least": _same,
    "abs": _keeping,
    "round": _keeping,
    "floor": _keeping,
    "ceil": _keeping,
    "ln": _plain,
    "exp": _plain,
    "sqrt": _root,
    "lower": _on_text,
    "upper": _on_text,
    "contains": _on_text,
    "starts_with": _on_text,
    "ends_with": _on_text,
    **dict.fromkeys(_DATE_NUMBERS, _of_date),
}
