"""Functions over time and group to core nodes, between values: `previous`, `rolling`, `to_date`, `average`, `total` and theirs.

`change(x)` is add(x, negate(previous(x))) and `growth(x)` that divided by abs(previous(x)), so no later stage knows them. They
write x out several times, which is why they may be nested only a few levels deep.
"""

from __future__ import annotations

from collections.abc import Callable

from kpidsl.catalog import messages, window_messages
from kpidsl.catalog.arithmetic import needs_number
from kpidsl.catalog.core import Apply, Constant, Core, Type
from kpidsl.catalog.durations import GRAINS, duration_constants, grain_constant
from kpidsl.catalog.expressions import read
from kpidsl.catalog.reading import DATE_TYPES, Reading
from kpidsl.language import tree
from kpidsl.language.functions import FUNCTIONS, Kind
from kpidsl.language.walk import children
from kpidsl.units.unit import NUMBER

MOST_NESTED = 3
_REPEATING = frozenset({"change", "growth"})
Details = tuple[Constant, ...]


def is_window(node: tree.Call | tree.Neighbour) -> bool:
    """Whether a call is of a function over time or group."""
    signature = FUNCTIONS.get(node.function)
    return signature is not None and signature.kind is Kind.WINDOW


def read_window(node: tree.Call, reading: Reading) -> Core | None:
    """The node for a call between values; None, reported, where it has a mistake."""
    least, most = FUNCTIONS[node.function].arity
    if node.modifiers is not None or node.distinct:
        reading.say(messages.modifier_without_aggregate(reading, node))
        return None
    if not least <= len(node.arguments) <= (most if most is not None else len(node.arguments)):
        reading.say(messages.wrong_number_of_arguments(reading, node, least, most))
        return None
    if node.function in _REPEATING and _nested(node) > MOST_NESTED:
        reading.say(window_messages.nested_too_deep(reading, node, MOST_NESTED))
        return None
    value = read(node.arguments[0], reading)
    details = _DETAILS[node.function](node, reading)
    if value is None or details is None or not _fits(value, node, reading):
        return None
    return _BUILT.get(node.function, _window)(value, details, node)


def _nested(node: tree.Node) -> int:
    """How many calls that repeat their argument stand in each other at most, the outermost included."""
    deepest, stack = 0, [(node, 0)]
    while stack:
        top, depth = stack.pop()
        depth += isinstance(top, tree.Call) and top.function in _REPEATING
        deepest = max(deepest, depth)
        stack.extend((child, depth) for child in children(top))
    return deepest


def _fits(value: Core, node: tree.Call, reading: Reading) -> bool:
    """Numbers do; dates too, where nothing is reckoned with them."""
    if value.type in DATE_TYPES and node.function not in ("change", "growth", "average"):
        return True
    return needs_number(value, node.function, reading)


def _shift(node: tree.Call, reading: Reading) -> Details | None:
    return duration_constants(node.arguments[1], reading, node.function) if len(node.arguments) > 1 else ()


def _grain(node: tree.Call, reading: Reading) -> Details | None:
    if len(node.arguments) < 2:
        return ()
    word = node.arguments[1]
    if isinstance(word, tree.Name) and word.text in GRAINS:
        return (grain_constant(word.text, word),)
    reading.say(messages.not_a_grain(reading, word, tuple(GRAINS)))
    return None


def _dimensions(node: tree.Call, reading: Reading) -> Details | None:
    """The names after the first argument, each once; a dimension with a mistake of its own is not reported again."""
    found = [_dimension(argument, reading) for argument in node.arguments[1:]]
    known = {each.value: each for each in found if each is not None}
    return None if None in found else tuple(known.values())


def _dimension(node: tree.Tree, reading: Reading) -> Constant | None:
    world = reading.world
    if not isinstance(node, tree.Name) or len(node.parts) > 1:
        reading.say(window_messages.not_a_dimension(reading, node))
        return None
    if node.text not in world.dimensions:
        if node.text not in world.broken_dimensions:
            reading.say(window_messages.unknown_dimension(reading, node, tuple(world.dimensions)))
        return None
    return Constant(node.text, type=Type.TEXT, span=node.span)


_DETAILS: dict[str, Callable[[tree.Call, Reading], Details | None]] = {
    "previous": _shift,
    "change": _shift,
    "growth": _shift,
    "rolling": _shift,
    "to_date": _grain,
    "average": _grain,
    "total": _dimensions,
}


def _window(value: Core, details: Details, node: tree.Call) -> Core:
    return _applied(node.function, value, details, node)


def _previous(value: Core, details: Details, node: tree.Call) -> Core:
    return _applied("previous", value, details, node)


def _applied(function: str, value: Core, details: Details, node: tree.Call) -> Core:
    return Apply(function, (value, *details), unit=value.unit, type=value.type, span=node.span)


def _change(value: Core, details: Details, node: tree.Call) -> Core:
    before = _previous(value, details, node)
    return Apply("add", (value, Apply("negate", (before,), unit=value.unit, span=node.span)), unit=value.unit, span=node.span)


def _growth(value: Core, details: Details, node: tree.Call) -> Core:
    size = Apply("abs", (_previous(value, details, node),), unit=value.unit, span=node.span)
    return Apply("divide", (_change(value, details, node), size), unit=NUMBER, span=node.span)


_BUILT: dict[str, Callable[[Core, Details, tree.Call], Core]] = {"change": _change, "growth": _growth}
