"""Tokens and finished parts in, tree nodes out: what the parser calls at each step, from the leaves up.

The methods bear the names of the rules and terminals of `grammar/expression.lark`. The parser keeps its own stack,
so nothing here recurses, however deep the text is nested.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

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
from kpidsl.text import Span

MOST_DIGITS = 30

_NUMBER = re.compile(r"(0|[1-9][0-9]*(?:_[0-9]+)*)(?:\.([0-9]+))?")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NO_NAMES = frozenset(spelt for word in ("if", "not", "true", "false") for spelt in (word, word.upper(), word.title()))
_LOGIC = frozenset(("if", "not", "and", "or"))
_FOREIGN_MISSING = frozenset(("null", "none", "nil", "nan"))
_NEIGHBOURS = frozenset(("prior", "next"))
_MODIFIERS = ("via", "at", "alive", "closing", "where")
_ROWS_PLACED = frozenset(("at", "alive", "closing"))


class Token(Struct, frozen=True, gc=False):
    """A terminal of the grammar, what stands there, and where."""

    type: str
    value: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Slip(Exception):
    """A text that the grammar takes in, but the language does not; `rule` names the message, `span` the place."""

    def __init__(self, rule: str, span: Span) -> None:
        super().__init__(rule)
        self.rule = rule
        self.span = span


class _Modifier(NamedTuple):
    word: str
    value: Any
    span: Span


class _Argument(NamedTuple):
    """The first argument of an aggregate, with what stands around it."""

    tree: Tree
    distinct: bool
    modifiers: tuple[_Modifier, ...]


_ONE = Fraction(1)


def _from(first: Span, last: Span) -> Span:
    return Span(first.start, last.end)


def _amount(text: str, span: Span) -> Fraction:
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise Slip("number", span)
    whole, decimals = match.groups("")
    digits = whole.replace("_", "") + decimals
    if len(digits) > MOST_DIGITS:
        raise Slip("digits", span)
    return Fraction(int(digits), 10 ** len(decimals)) if decimals else Fraction(int(digits))


class Builder:
    """One node for each rule; it has no state, so one builder serves all parses."""

    # Leaves

    def NUMBER(self, token: Token) -> Number:
        span = token.span
        return Number(_amount(token.value, span), span=span)

    def SHARE(self, token: Token) -> Share:
        span = token.span
        return Share(_amount(token.value[:-1], span) / 100, span=span)

    def TEXT(self, token: Token) -> Text:
        return Text(token.value[1:-1], span=token.span)

    def DATE(self, token: Token) -> Day:
        span = token.span
        match = _ISO_DATE.fullmatch(token.value)
        if match is None:
            raise Slip("date", span)
        try:
            return Day(date(*map(int, match.groups())), span=span)
        except ValueError:
            raise Slip("day", span) from None

    def TRUE(self, token: Token) -> Truth:
        return Truth(True, span=token.span)

    def FALSE(self, token: Token) -> Truth:
        return Truth(False, span=token.span)

    def path(self, tokens: Sequence[Token]) -> Name:
        spans = tuple([Span(token.start, token.end) for token in tokens if token.type != "DOT"])
        parts = tuple([token.value for token in tokens if token.type != "DOT"])
        if parts[0] in _NO_NAMES:
            raise Slip("reserved", spans[0])
        return Name(parts, span=spans[0] if len(spans) == 1 else _from(spans[0], spans[-1]), spans=spans)

    def quantity(self, children: Sequence[Any]) -> Quantity | Share:
        number, first, *rest = children
        factors = [Factor(first.value, _ONE, span=first.span)]
        factors += [Factor(token.value, Fraction(-1), span=token.span) for token in rest[1::2]]
        span = _from(number.span, factors[-1].span)
        if len(factors) == 1 and first.value == "percent":
            return Share(number.value / 100, span=span)
        if len(factors) == 1 and first.value == "bps":
            return Share(number.value / 10_000, "bps", span=span)
        unit = UnitTree(tuple(factors), span=_from(factors[0].span, factors[-1].span))
        return Quantity(number.value, unit, span=span)

    # Operators

    def group(self, children: Sequence[Any]) -> Tree:
        opening, tree, closing = children
        inside: Tree = replace(tree, span=_from(opening.span, closing.span))
        return inside

    def choice(self, children: Sequence[Any]) -> Choice:
        word, condition, _, yes, _, no = children
        return Choice(condition, yes, no, span=_from(word.span, no.span))

    def chain(self, children: Sequence[Any]) -> Chain:
        operands = tuple(children[::2])
        operators = tuple(token.value for token in children[1::2])
        return Chain(operators, operands, span=_from(operands[0].span, operands[-1].span))

    def negation(self, children: Sequence[Any]) -> Not:
        word, operand = children
        return Not(operand, span=_from(word.span, operand.span))

    def negative(self, children: Sequence[Any]) -> Negate:
        sign, operand = children
        return Negate(operand, span=_from(sign.span, operand.span))

    def power(self, children: Sequence[Any]) -> Power:
        base, _, exponent = children
        return Power(base, exponent, span=_from(base.span, exponent.span))

    def comparison(self, children: Sequence[Any]) -> Compare:
        left, operator, right = children
        if isinstance(right, Name) and right.text.lower() in _FOREIGN_MISSING and operator.value in ("=", "!="):
            raise Slip("null", _from(operator.span, right.span))
        return Compare(operator.value, left, right, span=_from(left.span, right.span))

    def among(self, children: Sequence[Any]) -> Among:
        item, *words, closing = children
        negated = words[0].type == "NOT"
        options = tuple(words[2:] if negated else words[1:])
        return Among(item, options, negated, span=_from(item.span, closing.span))

    def between(self, children: Sequence[Any]) -> Between:
        item, _, low, _, high = children
        return Between(item, low, high, span=_from(item.span, high.span))

    def missing(self, children: Sequence[Any]) -> IsMissing:
        item, *words = children
        return IsMissing(item, len(words) == 3, span=_from(item.span, words[-1].span))

    # Calls

    def call(self, children: Sequence[Any]) -> Call:
        name, *arguments, closing = children
        return _call(name, arguments, _from(name.span, closing.span))

    def neighbour(self, children: Sequence[Any]) -> Neighbour:
        name, *arguments, _, _, key = children
        if name.value not in _NEIGHBOURS:
            raise Slip("per", children[-2].span)
        call = _call(name, arguments, _from(name.span, key.span), per_key=True)
        where = call.modifiers.where if call.modifiers else None
        if call.distinct or len(arguments) > 1 or (call.modifiers and call.modifiers != _condition(where)):
            raise Slip("neighbour", call.span)
        return Neighbour(name.value, call.arguments[0], where, key, span=call.span)

    def modified(self, children: Sequence[Any]) -> _Argument:
        return _Argument(children[0], False, tuple(children[1:]))

    def distinct(self, children: Sequence[Any]) -> _Argument:
        return _Argument(children[1], True, tuple(children[2:]))

    def path_modifier(self, children: Sequence[Any]) -> _Modifier:
        word, path = children
        return _Modifier(word.value, path, _from(word.span, path.span))

    def alive(self, children: Sequence[Any]) -> _Modifier:
        word, start, end = children[0], children[2], children[4] if len(children) > 3 else None
        span = _from(word.span, (end or start).span)
        return _Modifier("alive", Alive(start, end, span=span), span)

    def closing(self, children: Sequence[Any]) -> _Modifier:
        return _Modifier("closing", True, children[0].span)

    def where(self, children: Sequence[Any]) -> _Modifier:
        word, condition = children
        return _Modifier("where", condition, _from(word.span, condition.span))

    # Claims, ranges, units

    def claim(self, children: Sequence[Any]) -> Claim:
        left, _, right = children
        return Claim(left, right, span=_from(left.span, right.span))

    def at_least(self, children: Sequence[Any]) -> Range:
        return Range(children[2], None, span=_from(children[0].span, children[2].span))

    def at_most(self, children: Sequence[Any]) -> Range:
        return Range(None, children[2], span=_from(children[0].span, children[2].span))

    def above(self, children: Sequence[Any]) -> Range:
        return Range(children[1], None, low_open=True, span=_from(children[0].span, children[1].span))

    def below(self, children: Sequence[Any]) -> Range:
        return Range(None, children[1], high_open=True, span=_from(children[0].span, children[1].span))

    def from_to(self, children: Sequence[Any]) -> Range:
        low, _, high = children
        if isinstance(low, Name) and low.text == "up" and low.span == low.spans[0]:  # in parentheses it is a name
            raise Slip("range", low.span)
        return Range(low, high, span=_from(low.span, high.span))

    def duration(self, children: Sequence[Any]) -> Quantity:
        quantity = children[0]
        if not isinstance(quantity, Quantity):
            raise Slip("duration", quantity.span)
        return quantity

    def budget(self, children: Sequence[Any]) -> Budget:
        share, _, name, _, over = children
        return Budget(share, Factor(name.value, _ONE, span=name.span), over, span=_from(share.span, over.span))

    def unit(self, children: Sequence[Any]) -> UnitTree:
        factors = list(children[0].factors)
        for operator, part in zip(children[1::2], children[2::2], strict=True):
            factors += part.factors if operator.type == "STAR" else _inverse(part)
        return UnitTree(tuple(factors), span=_from(children[0].span, children[-1].span))

    def reciprocal_unit(self, children: Sequence[Any]) -> UnitTree:
        one = children[0]
        if one.value != 1:
            raise Slip("unit-number", one.span)
        return self.unit([UnitTree((), span=one.span), *children[1:]])

    def unit_name(self, children: Sequence[Any]) -> UnitTree:
        name = children[0]
        exponent, end = (_ONE, name.span) if len(children) == 1 else children[2]
        span = _from(name.span, end)
        return UnitTree((Factor(name.value, exponent, span=span),), span=span)

    def unit_group(self, children: Sequence[Any]) -> UnitTree:
        unit: UnitTree = children[0]
        return unit

    def exponent(self, children: Sequence[Any]) -> tuple[Fraction, Span]:
        sign, parts = (-1, children[1:]) if isinstance(children[0], Token) else (1, children)
        if len(parts) == 1:
            return sign * parts[0].value, parts[0].span
        above, _, below, closing = parts
        if not below.value:
            raise Slip("unit-number", below.span)
        return sign * above.value / below.value, closing.span


def _inverse(unit: UnitTree) -> list[Factor]:
    return [replace(factor, exponent=-factor.exponent) for factor in unit.factors]


def _call(name: Token, arguments: Sequence[Any], span: Span, *, per_key: bool = False) -> Call:
    if name.value.lower() in _LOGIC:
        raise Slip("logic-call", name.span)
    if name.value in _NEIGHBOURS and not per_key:
        raise Slip("neighbour", span)
    first, *others = arguments
    late = next((other for other in others if isinstance(other, _Argument)), None)
    if late is not None:
        raise Slip("late-modifier", late.modifiers[0].span if late.modifiers else late.tree.span)
    if not isinstance(first, _Argument):
        return Call(name.value, tuple(arguments), span=span, name_span=name.span)
    modifiers = _modifiers(first.modifiers) if first.modifiers else None
    return Call(name.value, (first.tree, *others), first.distinct, modifiers, span=span, name_span=name.span)


def _modifiers(parts: Sequence[_Modifier]) -> Modifiers:
    for before, part in pairwise(parts):
        if {before.word, part.word} <= _ROWS_PLACED:
            raise Slip("exclusive-modifiers", part.span)
        if _MODIFIERS.index(before.word) >= _MODIFIERS.index(part.word):
            raise Slip("modifier-order", part.span)
    return Modifiers(**{part.word: part.value for part in parts}, span=_from(parts[0].span, parts[-1].span))


def _condition(where: Tree | None) -> Modifiers:
    return Modifiers(where=where, span=Span(0, 0))
