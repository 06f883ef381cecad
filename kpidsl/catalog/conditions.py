"""Comparisons, logic and choices on core trees: what they mean for types and units.

`a != b` becomes not(equal(a, b)), `not in` not(in(…)), `between` and(at_least, at_most): missing stays missing in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kpidsl.catalog import messages
from kpidsl.catalog.arithmetic import meet
from kpidsl.catalog.core import Apply, Constant, Core, Reference, Type
from kpidsl.catalog.reading import DATE_TYPES, Reading, constant_value
from kpidsl.language import tree
from kpidsl.text import Span
from kpidsl.units.unit import NUMBER, Unit

_COMPARISONS = {"=": "equal", "<": "less", "<=": "at_most", ">": "greater", ">=": "at_least"}


def negate(operand: Core, node: tree.Node, reading: Reading) -> Core | None:
    if not needs_truth([operand], "not", reading):
        return None
    return Apply("not", (operand,), type=Type.BOOLEAN, span=node.span)


def join(word: str, operands: Sequence[Core], node: tree.Node, reading: Reading) -> Core | None:
    """`a and b and c`."""
    if not needs_truth(operands, word, reading):
        return None
    return Apply(word, tuple(operands), type=Type.BOOLEAN, span=node.span)


def compare(operator: str, left: Core, right: Core, node: tree.Node, reading: Reading) -> Core | None:
    if operator == "!=":
        same = compare("=", left, right, node, reading)
        return None if same is None else Apply("not", (same,), type=Type.BOOLEAN, span=node.span)
    matched = _alike(left, right, node.span, reading)
    if matched is None:
        return None
    if operator != "=" and Type.TEXT in (left.type, right.type):
        reading.say(messages.text_has_no_order(reading, operator, left, right))
        return None
    return Apply(_COMPARISONS[operator], (left, matched), type=Type.BOOLEAN, span=node.span)


def among(item: Core, options: Sequence[Core], negated: bool, node: tree.Node, reading: Reading) -> Core | None:
    """`x in (a, b)`."""
    matched = [_alike(item, option, option.span, reading) for option in options]
    ready = [option for option in matched if option is not None]
    if len(ready) < len(options):
        return None
    found = Apply("in", (item, *ready), type=Type.BOOLEAN, span=node.span)
    return Apply("not", (found,), type=Type.BOOLEAN, span=node.span) if negated else found


def between(item: Core, low: Core, high: Core, node: tree.Node, reading: Reading) -> Core | None:
    """Both ends included."""
    bounds = [compare(">=", item, low, node, reading), compare("<=", item, high, node, reading)]
    ready = [bound for bound in bounds if bound is not None]
    return Apply("and", tuple(ready), type=Type.BOOLEAN, span=node.span) if len(ready) == 2 else None


def is_missing(item: Core, negated: bool, node: tree.Node) -> Core:
    missing = Apply("is_missing", (item,), type=Type.BOOLEAN, span=node.span)
    return Apply("not", (missing,), type=Type.BOOLEAN, span=node.span) if negated else missing


def choose(condition: Core, yes: Core, no: Core, node: tree.Node, reading: Reading) -> Core | None:
    """`if condition then yes else no`."""
    if not needs_truth([condition], "if", reading):
        return None
    matched = same_kind([yes, no], node.span, reading)
    if matched is None:
        return None
    unit, kind, (yes, no) = matched
    return Apply("if", (condition, yes, no), unit=unit, type=kind, span=node.span)


def same_kind(operands: Sequence[Core], span: Span, reading: Reading) -> tuple[Unit, Type, list[Core]] | None:
    """The unit and type in which values that stand for each other meet, and the values moved to it."""
    first, *rest = operands
    unit, kind, moved = first.unit, first.type, [first]
    for other in rest:
        if not _same_type(first, other):
            reading.say(messages.types_differ(reading, first, other))
            return None
        if kind is Type.NUMBER:
            met = meet(replace(first, unit=unit), other, "choose", span, reading)
            if met is None:
                return None
            unit, other = met
        elif other.type is Type.DATETIME:
            kind = Type.DATETIME
        moved.append(other)
    return unit, kind, moved


def needs_truth(operands: Sequence[Core], word: str, reading: Reading) -> bool:
    """Whether all operands are conditions; the first that is not is reported."""
    wrong = next((operand for operand in operands if operand.type is not Type.BOOLEAN), None)
    if wrong is not None:
        reading.say(messages.needs_condition(reading, word, wrong))
    return wrong is None


def _alike(left: Core, right: Core, span: Span, reading: Reading) -> Core | None:
    """The right operand in the scale of the left, where the two can be compared."""
    if not _same_type(left, right):
        reading.say(messages.types_differ(reading, left, right))
        return None
    if left.type is Type.TEXT:
        _check_listed(left, right, reading)
    if left.type is not Type.NUMBER:
        return right
    if reading.bare_amounts and left.unit.is_number != right.unit.is_number and (_is_bare(left) or _is_bare(right)):
        return right
    met = meet(left, right, "compare", span, reading)
    if met is None or not isinstance(met[1], Constant):
        return None if met is None else met[1]
    return Constant(met[1].value, unit=NUMBER, type=met[1].type, span=met[1].span)


def _is_bare(core: Core) -> bool:
    return core.unit.is_number and not core.unit.percent and constant_value(core) is not None


def _same_type(left: Core, right: Core) -> bool:
    return left.type is right.type or (left.type in DATE_TYPES and right.type in DATE_TYPES)


def _check_listed(left: Core, right: Core, reading: Reading) -> None:
    """A text that a column's `values:` does not list is most likely misspelt."""
    for column, text in ((left, right), (right, left)):
        if isinstance(column, Reference) and isinstance(text, Constant) and isinstance(text.value, str):
            values = reading.listed(column) if reading.listed else None
            if values is not None and text.value not in values:
                reading.say(messages.value_not_listed(reading, column, text.value, text.span, values))
