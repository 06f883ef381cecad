"""What is missing, or stands in a place where it cannot: operators, values, parentheses, the words that belong together."""

from __future__ import annotations

import re

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import messages
from kpidsl.language.foreign import COMPARISONS, KEYWORDS
from kpidsl.language.functions import FUNCTIONS
from kpidsl.language.pieces import Piece
from kpidsl.language.stuck import Stuck
from kpidsl.suggest import nearest
from kpidsl.text import Span

_TESTS = COMPARISONS | {"in", "between", "is", "not"}
_CLAUSES = frozenset(("and", "or", "if", "then", "else", "where", ",", "("))
_OPERATORS = frozenset("+-*/^(,") | COMPARISONS
_MODIFIERS = frozenset(("via", "at", "alive", "closing", "where"))
_LISTED = re.compile(r"(\"[^\"\r\n]*\"|'[^'\r\n]*'|[\w.%-]+)(?:\s*,\s*(\"[^\"\r\n]*\"|'[^'\r\n]*'|[\w.%-]+))*")


def name_after_dot(stuck: Stuck) -> Diagnostic | None:
    """`a.` with nothing, or no word, behind it."""
    if stuck.before.text != ".":
        return None
    return messages.name_after_dot(stuck.excerpt, stuck.here.span, stuck.piece(stuck.index - 2).text)


def quantity_to_a_power(stuck: Stuck) -> Diagnostic | None:
    """`30 days^2`."""
    number = stuck.piece(stuck.index - 2)
    if stuck.here.text != "^" or stuck.before.kind != "word" or number.kind != "number" or stuck.start == "unit":
        return None
    span = Span(number.span.start, stuck.before.span.end)
    quantity = stuck.between(span.start, span.end)
    edit = messages.change(stuck.excerpt, span, f"({quantity})")
    return messages.quantity_to_a_power(stuck.excerpt, stuck.here.span, quantity, edit)


def closes_nothing(stuck: Stuck) -> Diagnostic | None:
    """A `)` without its `(`."""
    return messages.closes_nothing(stuck.excerpt, stuck.here.span) if stuck.here.text == ")" and not stuck.open else None


def never_closed(stuck: Stuck) -> Diagnostic | None:
    """A `(` without its `)`, where the rest is well."""
    if not stuck.at_end or not stuck.open or "RPAR" not in stuck.accepts:
        return None
    return messages.never_closed(stuck.excerpt, stuck.piece(stuck.open[-1]).span, stuck.end)


def chained(stuck: Stuck) -> Diagnostic | None:
    """`a < b < c`."""
    if stuck.here.text not in _TESTS or stuck.start != "expression" or not stuck.wants_operator:
        return None
    first = _comparison_before(stuck)
    if first is None:
        return None
    edit = None
    if stuck.here.text in COMPARISONS and first.text in COMPARISONS:
        middle = stuck.between(first.span.end, stuck.here.span.start)
        edit = messages.change(stuck.excerpt, Span(stuck.here.span.start, stuck.here.span.start), f"and {middle} ")
    return messages.chained(stuck.excerpt, stuck.here.span, first.span, edit)


def _comparison_before(stuck: Stuck) -> Piece | None:
    """The comparison that is complete here, in the same parentheses and clause."""
    depth = 0
    for piece in reversed(stuck.pieces[: stuck.index]):
        depth += (piece.text == ")") - (piece.text == "(")
        if depth < 0 or (depth == 0 and piece.text in _CLAUSES and piece.text != "("):
            return None
        if depth == 0 and piece.text in _TESTS:
            return piece
    return None


def word_missing(stuck: Stuck) -> Diagnostic | None:
    """`if` without `then` or `else`, `between` without `and`, `alive` without `from`."""
    for terminal, opener in (("THEN", "if"), ("ELSE", "if"), ("FROM", "alive")):
        word = terminal.lower()
        if terminal in stuck.accepts and not any(piece.text == word for piece in stuck.pieces[stuck.index :]):
            return messages.word_missing(stuck.excerpt, stuck.here.span, _opener(stuck, opener).span, word)
    if "AND" not in stuck.accepts or "OR" in stuck.accepts:
        return None
    meant = {"to": "and", ",": " and"}.get(stuck.here.text)
    edit = messages.change(stuck.excerpt, stuck.here.span, meant) if meant else None
    return messages.word_missing(stuck.excerpt, stuck.here.span, _opener(stuck, "between").span, "and", edit)


def _opener(stuck: Stuck, word: str) -> Piece:
    """The word that is still waiting for its partner: an `if` for its `else`."""
    waiting = []
    for piece in stuck.pieces[: stuck.index]:
        if piece.text == word:
            waiting.append(piece)
        elif word == "if" and piece.text == "else" and waiting:
            waiting.pop()
    return waiting[-1] if waiting else stuck.before


def distinct_column(stuck: Stuck) -> Diagnostic | None:
    """`count(distinct a + b)`."""
    if not stuck.open or stuck.piece(stuck.open[-1] + 1).text != "distinct" or stuck.wants_operator or stuck.wants_value:
        return None
    return messages.distinct_column(stuck.excerpt, stuck.here.span) if stuck.here.text in _OPERATORS else None


def reserved_word(stuck: Stuck) -> Diagnostic | None:
    """`true.x`."""
    if stuck.here.text != "." or stuck.before.text not in ("true", "false", "missing"):
        return None
    return messages.reserved_word(stuck.excerpt, stuck.before.span, stuck.before.text)


def after_is(stuck: Stuck) -> Diagnostic | None:
    """`is` before anything but `missing`."""
    return messages.only_missing_after_is(stuck.excerpt, stuck.here.span) if "MISSING" in stuck.accepts else None


def after_in(stuck: Stuck) -> Diagnostic | None:
    """`in 1, 2`."""
    if stuck.before.text != "in" or stuck.accepts != {"LPAR"}:
        return None
    match = _LISTED.match(stuck.text, stuck.here.span.start)
    if match is None:
        return messages.list_without_parentheses(stuck.excerpt, stuck.here.span, "1, 2", None)
    span = Span(*match.span())
    return messages.list_without_parentheses(
        stuck.excerpt, span, match[0], messages.change(stuck.excerpt, span, f"({match[0]})")
    )


def modifier_outside(stuck: Stuck) -> Diagnostic | None:
    """`sum(a) where b`."""
    here = stuck.here
    if here.text not in _MODIFIERS or not stuck.wants_operator:
        return None
    return messages.modifier_outside(stuck.excerpt, here.span, here.text)


def per_elsewhere(stuck: Stuck) -> Diagnostic | None:
    """`revenue per customer`."""
    return messages.per_elsewhere(stuck.excerpt, stuck.here.span) if stuck.here.text == "per" and stuck.wants_operator else None


def needs_parentheses(stuck: Stuck) -> Diagnostic | None:
    """`a = not b`, `1 + if a then b else c`, `a not b`."""
    before = stuck.before
    if before.text not in ("not", "if") or stuck.wants_value:
        return None
    return messages.needs_parentheses(stuck.excerpt, before.span, before.text)


def keyword_as_value(stuck: Stuck) -> Diagnostic | None:
    """`a + and b`: a value was expected where the keyword stands, so it was read as a name."""
    before, ahead = stuck.before, stuck.piece(stuck.index - 2)
    if before.text not in KEYWORDS or "DOT" not in stuck.accepts:  # a dot can follow a name only
        return None
    if ahead.kind == "start" or ahead.text in _OPERATORS or ahead.text in KEYWORDS:
        return messages.value_missing(stuck.excerpt, before.span, before.text)
    return None


def operator_missing(stuck: Stuck) -> Diagnostic | None:
    """`a b`, `2 (a + b)`, or a keyword that is misspelt."""
    here, before = stuck.here, stuck.before
    if not here.is_value or not stuck.wants_operator or here.text in KEYWORDS:
        return None
    words = [terminal.lower() for terminal in stuck.accepts if terminal.lower() in KEYWORDS]
    meant = nearest(here.text, words) if here.kind == "word" and stuck.after.is_value else None
    if meant:
        return messages.misspelt_word(stuck.excerpt, here.span, meant)
    edit = None
    if here.text == "(" and (before.kind == "number" or before.text == ")"):
        edit = messages.change(stuck.excerpt, Span(before.span.end, here.span.start), " * ")
    span = Span(before.span.start, here.span.end)
    return messages.operator_missing(stuck.excerpt, span, before.text, here.text, _instead(stuck), edit)


def _instead(stuck: Stuck) -> str:
    if stuck.start == "unit":
        return "`/` or `per` between two units divides them, `*` multiplies"
    if stuck.before.text in FUNCTIONS:
        return f"what a function is given stands in parentheses: `{stuck.before.text}(…)`"
    return "an operator, or a comma" if "COMMA" in stuck.accepts else "a product is written with `*`"


def value_missing(stuck: Stuck) -> Diagnostic | None:
    """An operator, a comma or a parenthesis where a value is expected."""
    if not stuck.wants_value or stuck.at_end:
        return None
    before = stuck.before
    trailing = before.text == "," and stuck.here.text in (")", ",")
    edit = messages.change(stuck.excerpt, before.span, "") if trailing else None
    return messages.value_missing(stuck.excerpt, stuck.here.span, stuck.here.text, stuck.operand, edit)
