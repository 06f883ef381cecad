"""A tree in, its one canonical text out: one space around operators, no parenthesis without need, digits in groups of three.

Parsing that text gives the same tree again. It may be a little longer than what was written, so a text close to the limit
of length may pass it; a number that no decimal can write is printed as a division.
"""

from __future__ import annotations

import re
from enum import IntEnum
from fractions import Fraction

from kpidsl.language.tree import (
    Alive,
    Among,
    Between,
    Budget,
    Call,
    Chain,
    Choice,
    Claim,
    Compare,
    Day,
    Factor,
    IsMissing,
    Modifiers,
    Name,
    Negate,
    Neighbour,
    Not,
    Number,
    Power,
    Quantity,
    Range,
    Share,
    Text,
    Tree,
    Truth,
    UnitTree,
)

_GROUPED_FROM = 5
_BEGINS_LIKE_A_RANGE = re.compile(r"(?:at|above|below|up)\b")


class _Level(IntEnum):
    """How tightly a node binds, in the order of the grammar's rules."""

    CHOICE = 0
    ANY = 1
    ALL = 2
    NOT = 3
    TEST = 4
    SUM = 5
    PRODUCT = 6
    FACTOR = 7
    ATOM = 8


def print_tree(tree: Tree | Range | UnitTree | Claim | Budget) -> str:
    """The canonical text of an expression, a name, a range, a unit, a claim or a budget."""
    match tree:
        case Range():
            return _range(tree)
        case UnitTree():
            return _unit(tree)
        case Claim(left=left, right=right):
            return f"{_at(left, _Level.SUM)} = {_at(right, _Level.SUM)}"
        case Budget(share=share, of=of, over=over):
            return f"{_print(share)} of {of.name} over {_print(over)}"
    return _print(tree)


def print_number(value: Fraction) -> str:
    """`1_000_000`, `2.5`; what is no finite decimal is a division in parentheses."""
    if value < 0:
        return f"-{print_number(-value)}"
    decimals = _decimals(value.denominator)
    if decimals is None:
        return f"({print_number(Fraction(value.numerator))} / {print_number(Fraction(value.denominator))})"
    digits = str(value.numerator * 10**decimals // value.denominator).rjust(decimals + 1, "0")
    whole, part = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    grouped = f"{int(whole):_}" if len(whole) >= _GROUPED_FROM else whole
    return f"{grouped}.{part}" if part else grouped


def _decimals(denominator: int) -> int | None:
    """How many decimals a fraction in lowest terms needs; None where no number of them is enough."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def _level(tree: Tree) -> _Level:
    match tree:
        case Choice():
            return _Level.CHOICE
        case Chain(operators=("or", *_)):
            return _Level.ANY
        case Chain(operators=("and", *_)):
            return _Level.ALL
        case Not():
            return _Level.NOT
        case Compare() | Among() | Between() | IsMissing():
            return _Level.TEST
        case Chain(operators=("+" | "-", *_)):
            return _Level.SUM
        case Chain():
            return _Level.PRODUCT
        case Negate() | Power() | Quantity() | Share(mark="bps"):
            return _Level.FACTOR
        case Number(value=value) | Share(value=value) if value < 0:
            return _Level.FACTOR
    return _Level.ATOM


def _at(tree: Tree, level: _Level) -> str:
    """The text where something at least as tight as `level` is wanted."""
    return _print(tree) if _level(tree) >= level else f"({_print(tree)})"


def _print(tree: Tree) -> str:
    match tree:
        case Number(value=value):
            return print_number(value)
        case Share(value=value, mark="bps"):
            return f"{print_number(value * 10_000)} bps"
        case Share(value=value):
            return f"{print_number(value * 100)}%"
        case Quantity(value=value, unit=unit):
            return f"{print_number(value)} {' per '.join(factor.name for factor in unit.factors)}"
        case Text(value=value):
            # The grammar has no escapes: a text holds one kind of quotes at most, and no line break.
            return f"'{value}'" if '"' in value else f'"{value}"'
        case Day(value=day):
            return day.isoformat()
        case Truth(value=truth):
            return "true" if truth else "false"
        case Name(text=text):
            return text
        case Call():
            return _call(tree)
        case Neighbour(function=function, argument=argument, where=where, key=key):
            condition = "" if where is None else f" where {_print(where)}"
            return f"{function}({_print(argument)}{condition}) per {key.text}"
        case Chain() | Negate() | Power():
            return _arithmetic(tree)
        case Not() | Compare() | Among() | Between() | IsMissing() | Choice():
            return _condition(tree)
    raise TypeError(f"no node of the language: {tree!r}")


def _arithmetic(tree: Chain | Negate | Power) -> str:
    match tree:
        case Negate(operand=operand):
            return f"-{_at(operand, _Level.FACTOR)}"
        case Power(base=base, exponent=exponent):
            return f"{_at(base, _Level.ATOM)}^{_at(exponent, _Level.FACTOR)}"
        case Chain(operators=operators, operands=(first, *others)):
            level = _Level(_level(tree) + 1)
            pairs = zip(operators, others, strict=True)
            return " ".join([_at(first, level), *(f"{operator} {_at(operand, level)}" for operator, operand in pairs)])
    raise TypeError(f"a chain of nothing: {tree!r}")


def _condition(tree: Not | Compare | Among | Between | IsMissing | Choice) -> str:
    match tree:
        case Not(operand=operand):
            return f"not {_at(operand, _Level.NOT)}"
        case Compare(operator=operator, left=left, right=right):
            return f"{_at(left, _Level.SUM)} {operator} {_at(right, _Level.SUM)}"
        case Among(item=item, options=options, negated=negated):
            listed = ", ".join(_print(option) for option in options)
            return f"{_at(item, _Level.SUM)} {'not ' if negated else ''}in ({listed})"
        case Between(item=item, low=low, high=high):
            return f"{_at(item, _Level.SUM)} between {_at(low, _Level.SUM)} and {_at(high, _Level.SUM)}"
        case IsMissing(item=item, negated=negated):
            return f"{_at(item, _Level.SUM)} is {'not ' if negated else ''}missing"
        case Choice(condition=condition, yes=yes, no=no):
            # Only `else if` reads well without parentheses.
            return f"if {_at(condition, _Level.ANY)} then {_at(yes, _Level.ANY)} else {_print(no)}"


def _call(call: Call) -> str:
    first, *others = (_print(argument) for argument in call.arguments)
    distinct = "distinct " if call.distinct else ""
    modifiers = "" if call.modifiers is None else "".join(f" {part}" for part in _modifiers(call.modifiers))
    return f"{call.function}({', '.join([f'{distinct}{first}{modifiers}', *others])})"


def _modifiers(modifiers: Modifiers) -> list[str]:
    parts = []
    if modifiers.via is not None:
        parts.append(f"via {modifiers.via.text}")
    if modifiers.at is not None:
        parts.append(f"at {modifiers.at.text}")
    if modifiers.alive is not None:
        parts.append(_alive(modifiers.alive))
    if modifiers.closing:
        parts.append("closing")
    if modifiers.where is not None:
        parts.append(f"where {_print(modifiers.where)}")
    return parts


def _alive(alive: Alive) -> str:
    return f"alive from {alive.start.text}" + ("" if alive.end is None else f" to {alive.end.text}")


def _range(range: Range) -> str:
    low = "" if range.low is None else _at(range.low, _Level.SUM)
    high = "" if range.high is None else _at(range.high, _Level.SUM)
    if not high:
        return f"{'above' if range.low_open else 'at least'} {low}"
    if not low:
        return f"{'below' if range.high_open else 'at most'} {high}"
    # A measure called `above` would be taken for the keyword.
    return f"({low}) to {high}" if _BEGINS_LIKE_A_RANGE.match(low) else f"{low} to {high}"


def _unit(unit: UnitTree) -> str:
    first, *others = unit.factors
    text = f"1 / {_factor(first)}" if first.exponent < 0 else _factor(first)
    return text + "".join(f" {'/' if factor.exponent < 0 else '*'} {_factor(factor)}" for factor in others)


def _factor(factor: Factor) -> str:
    """The name with its exponent, of which the sign is printed as a division."""
    exponent = abs(factor.exponent)
    if exponent == 1:
        return factor.name
    return f"{factor.name}^{print_number(exponent)}"
