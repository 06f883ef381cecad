"""A text that is none of the language in, the diagnostic that says why and what may be meant out.

The parser says where it stopped and what could have gone on. The rules below look at what stands there, one after the other,
from the particular to the general; the first that knows what happened words it.
"""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import foreign, messages, spelling, starts, structure
from kpidsl.language.build import MOST_DIGITS, Slip
from kpidsl.language.stuck import Rule, Stuck
from kpidsl.text import Excerpt

_RULES: tuple[Rule, ...] = (
    spelling.quotes,
    starts.ranges,
    spelling.points,
    spelling.separators,
    foreign.per_cent,
    foreign.rows_star,
    foreign.logic_call,
    foreign.signs,
    foreign.missing_words,
    foreign.words,
    starts.units,
    structure.name_after_dot,
    structure.quantity_to_a_power,
    structure.closes_nothing,
    starts.claims,
    structure.chained,
    structure.distinct_column,
    structure.reserved_word,
    structure.after_is,
    structure.after_in,
    structure.modifier_outside,
    structure.per_elsewhere,
    structure.needs_parentheses,
    structure.keyword_as_value,
    structure.word_missing,
    structure.operator_missing,
    foreign.plus_sign,
    structure.value_missing,
    structure.never_closed,
    starts.durations,
    starts.budgets,
    starts.paths,
)
_WHAT = {"expression": "the formula", "path": "the name"}
_MOST_ALTERNATIVES = 3
_SAID = {
    "MISSING": "`missing`",
    "FROM": "`from`",
    "LEAST": "`least`",
    "MOST": "`most`",
    "THEN": "`then`",
    "ELSE": "`else`",
    "IN": "`in`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "EQUAL": "`=`",
    "TO": "`to`",
}


def explain(excerpt: Excerpt, start: str, position: int | None) -> Diagnostic:
    """Why the parser stopped at a character, or at the end of the text (None)."""
    stuck = Stuck(excerpt, start, position)
    if not stuck.pieces:
        return messages.empty(excerpt, _WHAT.get(start, f"the {start}"))
    found = next((found for rule in _RULES if (found := rule(stuck))), None)
    if found is not None:
        return found
    if stuck.at_end:
        return messages.ends_early(excerpt, stuck.end, stuck.before.text, _expected(stuck))
    return messages.unexpected(excerpt, stuck.here.span, _expected(stuck))


def explain_slip(excerpt: Excerpt, start: str, slip: Slip) -> Diagnostic:
    """Why a text is refused that the grammar itself takes in."""
    span = slip.span
    stuck = Stuck(excerpt, start, span.start)
    word = stuck.here.text
    match slip.rule:
        case "number":
            return spelling.number(excerpt, slip)
        case "digits":
            return messages.too_many_digits(excerpt, span, MOST_DIGITS)
        case "date":
            return spelling.date_like(excerpt, slip)
        case "day":
            return messages.no_such_day(excerpt, span)
        case "reserved":
            return foreign.capital(stuck, span) or _reserved(stuck)
        case "null":
            return foreign.compared_with_null(stuck, span)
        case "nothing":
            return foreign.nothing(stuck, span)
        case "logic-call":
            return _logic_call(stuck)
        case "per":
            return messages.per_elsewhere(excerpt, span)
        case "neighbour":
            return messages.function_over_rows(excerpt, span, word)
        case "late-modifier":
            return messages.modifier_late(excerpt, span)
        case "modifier-order":
            return messages.modifier_order(excerpt, span, word)
        case "exclusive-modifiers":
            return messages.modifiers_exclusive(excerpt, span, word)
        case "unit-number":
            return messages.no_unit(excerpt, span, word)
        case "duration":
            return starts.budgets(stuck) or messages.duration_expected(excerpt, span)
        case "range":
            return starts.ranges(stuck) or messages.unexpected(excerpt, span, "a range")
    raise ValueError(slip.rule)


def _reserved(stuck: Stuck) -> Diagnostic:
    word = stuck.here.text
    if word in ("if", "not") and stuck.after.is_value:
        return messages.needs_parentheses(stuck.excerpt, stuck.here.span, word)
    return messages.reserved_word(stuck.excerpt, stuck.here.span, word)


def _logic_call(stuck: Stuck) -> Diagnostic:
    word = stuck.here.text
    if word == "not" or (word == "if" and "then" in (piece.text for piece in stuck.pieces[stuck.index :])):
        return messages.needs_parentheses(stuck.excerpt, stuck.here.span, word)
    return foreign.spreadsheet_call(stuck, stuck.index + 1)


def _expected(stuck: Stuck) -> str:
    """What could stand here, in at most three alternatives."""
    said = [said for terminal, said in _SAID.items() if terminal in stuck.accepts]
    if stuck.wants_value:
        said.append(stuck.operand)
    elif "NAME" in stuck.accepts:
        said.append("a name")
    elif "NUMBER" in stuck.accepts:
        said.append("a number")
    if "STAR" in stuck.accepts:
        said.append("an operator")
    elif "OR" in stuck.accepts:
        said.append("`and` or `or`")
    if "$END" in stuck.accepts or not said:
        said.append("the end")
    *others, last = said[:_MOST_ALTERNATIVES]
    return f"{', '.join(others)} or {last}" if others else last
