"""Arithmetic on core trees: what sums, products and powers mean for types and units.

`a - b` becomes add(a, negate(b)); where the right side is in another scale of one unit its factor is written into the tree.
A date minus a date is a duration in days; a date plus a duration is a date, by calendar months where the duration is in months.
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial

from msgspec.structs import replace

from kpidsl.catalog import messages, unit_messages
from kpidsl.catalog.core import Apply, Constant, Core, Reference, Type
from kpidsl.catalog.reading import DATE_TYPES, Reading, constant_value, scaled
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.text import Span
from kpidsl.units import unit as units
from kpidsl.units.holes import holes
from kpidsl.units.system import Joined, Mismatch, Operation
from kpidsl.units.unit import NUMBER, Unit, time_factor

_LARGEST_EXPONENT = 64
_BEYOND_USE = 10**300
_LARGEST_UNIT_EXPONENT = 8
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def negate(operand: Core, node: tree.Negate, reading: Reading) -> Core | None:
    if not needs_number(operand, "-", reading):
        return None
    return Apply("negate", (operand,), unit=operand.unit, span=node.span)


def chain(operators: tuple[str, ...], operands: list[Core], node: tree.Chain, reading: Reading) -> Core | None:
    """`a + b - c` and `a * b / c`, read from the left."""
    result: Core | None = operands[0]
    for operator, right in zip(operators, operands[1:], strict=True):
        if result is None:
            return None
        span = Span(node.span.start, right.span.end)
        result = _STEPS[operator](operator, result, right, span, reading)
    if result is None or result.span == node.span:
        return result
    return replace(result, span=node.span)  # which takes in its parentheses


def _sum(operator: str, left: Core, right: Core, span: Span, reading: Reading) -> Core | None:
    if left.type in DATE_TYPES:
        return _date_sum(operator, left, right, span, reading)
    if not needs_number(left, operator, reading) or not needs_number(right, operator, reading):
        return None
    joined = meet(left, right, "+" if operator == "+" else "-", span, reading)
    if joined is None:
        return None
    unit, right = joined
    if operator == "-":
        right = Apply("negate", (right,), unit=right.unit, span=right.span)
    terms = left.arguments if isinstance(left, Apply) and left.function == "add" else (left,)
    return Apply("add", (*terms, right), unit=unit, span=span)


def _date_sum(operator: str, left: Core, right: Core, span: Span, reading: Reading) -> Core | None:
    if operator == "-" and right.type in DATE_TYPES:
        return Apply("days_between", (left, right), unit=Unit.of("day"), span=span)
    duration = right.unit.powers
    if right.type is not Type.NUMBER or len(duration) != 1 or right.unit.time is None or duration[0][1] != 1:
        reading.say(messages.not_a_duration(reading, operator, left, right))
        return None
    symbol = duration[0][0]
    amount = right if operator == "+" else Apply("negate", (right,), unit=right.unit, span=right.span)
    if symbol in _MONTHS:
        months = constant_value(right)
        if months is None or (months * _MONTHS[symbol]).denominator != 1:
            reading.say(messages.not_whole_months(reading, right))
            return None
        return Apply(
            "add_months", (left, scaled(amount, Fraction(_MONTHS[symbol]), Unit.of("month"))), type=left.type, span=span
        )
    factor, _ = time_factor(symbol, "day")
    kind = Type.DATETIME if symbol in ("second", "minute", "hour") else left.type
    return Apply("add_duration", (left, scaled(amount, factor, Unit.of("day"))), type=kind, span=span)


def _product(operator: str, left: Core, right: Core, span: Span, reading: Reading) -> Core | None:
    if not needs_number(left, operator, reading) or not needs_number(right, operator, reading):
        return None
    try:
        combined = units.multiply(left.unit, right.unit) if operator == "*" else units.divide(left.unit, right.unit)
    except ValueError:
        reading.say(unit_messages.exponent_too_large(reading, span))
        return None
    if combined.nominal:
        reading.say(unit_messages.nominal_length(reading, left, right))
    if combined.factor != 1:
        right = scaled(right, combined.factor if operator == "*" else 1 / combined.factor, right.unit)
    if operator == "/":
        return Apply("divide", (left, right), unit=combined.unit, span=span)
    factors = left.arguments if isinstance(left, Apply) and left.function == "multiply" else (left,)
    return Apply("multiply", (*factors, right), unit=combined.unit, span=span)


_STEPS = {"+": _sum, "-": _sum, "*": _product, "/": _product}


def power(base: Core, exponent: Core, node: tree.Power, reading: Reading) -> Core | None:
    if not needs_number(base, "^", reading) or not needs_number(exponent, "^", reading):
        return None
    constant = constant_value(exponent)
    if not is_plain(exponent, reading):
        reading.say(unit_messages.exponent_with_unit(reading, exponent))
        return None
    if constant is not None and abs(constant) > _LARGEST_EXPONENT:
        reading.say(unit_messages.exponent_beyond(reading, exponent, constant, _LARGEST_EXPONENT))
        return None
    unit = _power_unit(base, exponent, constant, reading)
    if unit is not None and not unit.within_limits:
        reading.say(unit_messages.exponent_too_large(reading, node.span, "power"))
        return None
    return None if unit is None else Apply("power", (base, exponent), unit=unit, span=node.span)


def _power_unit(base: Core, exponent: Core, constant: Fraction | None, reading: Reading) -> Unit | None:
    if base.unit.is_number:
        return NUMBER
    if constant is None:
        if is_plain(base, reading):
            return NUMBER
        reading.say(unit_messages.exponent_not_constant(reading, base, exponent))
        return None
    if abs(constant) > _LARGEST_UNIT_EXPONENT:
        reading.say(unit_messages.exponent_beyond(reading, exponent, constant, _LARGEST_UNIT_EXPONENT))
        return None
    return units.power(base.unit, constant)


def needs_number(core: Core, operator: str, reading: Reading) -> bool:
    """Whether the operand is a number; if not, that is said."""
    if core.type is Type.NUMBER:
        return True
    reading.say(messages.needs_number(reading, operator, core))
    return False


def is_plain(core: Core, reading: Reading) -> bool:
    """Whether a number is a plain one or a proportion."""
    world = reading.world
    if core.unit.is_number or world.units.proportion(core.unit) is not None:
        return True
    return world.undeclared.note(core.unit, NUMBER, reading.label(core.span), world.units)


def meet(left: Core, right: Core, operation: Operation, span: Span, reading: Reading) -> tuple[Unit, Core] | None:
    """The unit in which two numbers meet and the right one moved to the scale of the left; None, reported, if they don't."""
    if _is_zero(right):
        return left.unit, replace(right, unit=left.unit)
    if _is_zero(left):
        return right.unit, right
    if _has_hole(left, right, reading):
        return (left if holes(right.unit) else right).unit, right
    match reading.world.units.join(left.unit, right.unit, operation):
        case Mismatch(reason=reason):
            reading.world.say_later(partial(unit_messages.units_differ, reading, operation, left, right, reason))
            return None
        case Joined(unit=unit, right_factor=factor, nominal=nominal, double_count=double_count):
            if nominal:
                reading.say(unit_messages.nominal_length(reading, left, right))
            if double_count:
                reading.say(unit_messages.counted_twice(reading, left, right, span))
            if left.unit.is_number or right.unit.is_number:
                _warn_of_percent(left, right, reading)
            return unit, scaled(right, factor, unit)


def _has_hole(left: Core, right: Core, reading: Reading) -> bool:
    world = reading.world
    if not world.undeclared.seeking:
        return False
    place = reading.label((left if holes(left.unit) else right).span)
    return world.undeclared.note(left.unit, right.unit, place, world.units)


def _warn_of_percent(left: Core, right: Core, reading: Reading) -> None:
    """A bare 20 beside a share means 2,000%: most likely 20% was meant."""
    for share, other in ((left, right), (right, left)):
        is_share = share.unit.percent or reading.world.units.proportion(share.unit) is not None
        if not is_share or not other.unit.is_number or other.unit.percent:
            continue
        named = reading.world.values.get(other.name) if isinstance(other, Reference) else None
        parameter = named.definition if named is not None and isinstance(named.definition, model.Parameter) else None
        value = constant_value(other if named is None or parameter is None else named.core)
        if value is not None and 1 < abs(value) < _BEYOND_USE:
            reading.say(messages.bare_percent(reading.label(other.span), value, parameter))


def _is_zero(core: Core) -> bool:
    return isinstance(core, Constant) and core.value == 0 and core.type is Type.NUMBER and core.unit.is_number
