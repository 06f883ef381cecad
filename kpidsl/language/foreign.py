"""Signs and words of other languages: spreadsheets, SQL, programming languages, typography."""

from __future__ import annotations

import re

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import messages
from kpidsl.language.pieces import Piece
from kpidsl.language.stuck import Stuck
from kpidsl.text import Span

_SIGNS = {
    "==": "=",
    "===": "=",
    ":=": "=",
    "<>": "!=",
    "=!": "!=",
    "!==": "!=",
    "≠": "!=",
    "=>": ">=",
    "≥": ">=",
    "=<": "<=",
    "≤": "<=",
    "&&": "and",
    "&": "and",
    "∧": "and",
    "||": "or",
    "|": "or",
    "∨": "or",
    "!": "not",
    "~": "not",
    "¬": "not",
    "**": "^",
    "×": "*",
    "·": "*",
    "÷": "/",
    "−": "-",
    "–": "-",
    "—": "-",
    ";": ",",
    "²": "^2",
    "³": "^3",
    "½": "0.5",
}
_EXPLAINED = {
    "//": "a division is `/`; `floor(a / b)` rounds it down",
    "$": "an amount has its currency behind it: `5 USD`",
    "€": "an amount has its currency behind it: `5 EUR`",
    "£": "an amount has its currency behind it: `5 GBP`",
    "¥": "an amount has its currency behind it: `5 JPY`",
    ":": "a choice is written `if a then b else c`",
    "`": "names stand without quotes",
    "{": "parentheses are round: `(a + b)`",
    "}": "parentheses are round: `(a + b)`",
    "]": "parentheses are round, a list too: `in (1, 2)`",
    "#": "a comment begins after a blank",
    "..": "from one value to another is `1 to 2` in a range and `between 1 and 2` in a condition",
    "@": "a parameter is used by its bare name",
}
_CURRENCIES = frozenset("$€£¥")
_CURRENCY_CODE = "a currency is called by its code, such as `USD`"
_INVISIBLE = {
    "\u00a0",
    "\u2007",
    "\u202f",
    "\u2009",
    "\u200b",
    "\u200c",
    "\u200d",
    "\ufeff",
    "\u3000",
    "\u2060",
    "\f",
    "\v",
    "\u0085",
}

COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
KEYWORDS = frozenset(
    (
        *("if", "then", "else", "or", "and", "not", "in", "between", "is", "missing", "true", "false"),
        *("distinct", "via", "at", "alive", "from", "to", "closing", "where", "per"),
    )
)
_WORDS = {
    "elif": "else if",
    "elsif": "else if",
    "elseif": "else if",
    "isnot": "is not",
    "xor": "!=",
    "equals": "=",
    "eq": "=",
    "ne": "!=",
    "gt": ">",
    "ge": ">=",
    "gte": ">=",
    "lt": "<",
    "le": "<=",
    "lte": "<=",
    "div": "/",
    "times": "*",
    "plus": "+",
    "minus": "-",
    "filter": "where",
    "when": "where",
    "having": "where",
}
_EXPLAINED_WORDS = {
    "like": 'a part of a text is found with `contains(a, "x")`, `starts_with(a, "x")` or `ends_with(a, "x")`',
    "ilike": 'a part of a text is found with `contains(lower(a), "x")`',
    "case": "a choice is written `if a then b else c`",
    "when": "a choice is written `if a then b else c`",
    "end": "a choice is written `if a then b else c` and needs no end",
    "select": 'rows are aggregated by a call: `sum(deals.amount where outcome = "won")`',
    "mod": "there is no operator for the remainder",
    "by": "groups are asked for when a KPI is evaluated, not in its formula",
    "over": "a window is a function: `rolling(x, 3 months)`, `previous(x)`",
    "as": "names are given where the formula is defined",
    "contains": 'it is a function: `contains(a, "x")`',
    "starts_with": 'it is a function: `starts_with(a, "x")`',
    "ends_with": 'it is a function: `ends_with(a, "x")`',
}
_CASE = frozenset(("case", "select"))
_CONDITIONAL = re.compile(r"([^?:()]*)\?([^?:()]*):([^?:()]*)")


def signs(stuck: Stuck) -> Diagnostic | None:
    """A sign that means something elsewhere, with the one that means it here."""
    here = stuck.here
    span = here.span
    if here.text in _INVISIBLE:
        return messages.invisible_sign(stuck.excerpt, span, messages.change(stuck.excerpt, span, " "))
    if here.text == "?":
        return _conditional(stuck)
    if here.text == "[":
        return _brackets(stuck)
    if stuck.text[stuck.position : stuck.position + 1] in ("²", "³"):  # letters to a regular expression, so part of a word
        span = Span(stuck.position, stuck.position + 1)
    meant = _SIGNS.get(stuck.text[span.start : span.end])
    if meant:
        edit = messages.change(stuck.excerpt, span, _apart(stuck, span, meant))
        return messages.foreign_sign(stuck.excerpt, span, f"write `{meant}`", edit)
    if here.text in _EXPLAINED:
        in_unit = stuck.start == "unit" and here.text in _CURRENCIES
        return messages.foreign_sign(stuck.excerpt, span, _CURRENCY_CODE if in_unit else _EXPLAINED[here.text])
    return _unknown_sign(stuck)


def per_cent(stuck: Stuck) -> Diagnostic | None:
    """`%` apart from its number, or for the remainder of a division."""
    here, before, after = stuck.here, stuck.before, stuck.after
    if before.kind == "number" and before.text.endswith("%") and here.is_value and here.text != "(":
        return messages.remainder(stuck.excerpt, Span(before.span.end - 1, before.span.end))
    if here.text != "%":
        return None
    if stuck.start == "unit":
        edit = messages.change(stuck.excerpt, here.span, "percent")
        return messages.foreign_sign(stuck.excerpt, here.span, "the unit is called `percent`", edit)
    if before.kind == "number" and not before.text.endswith("%") and not after.is_value:
        blank = Span(before.span.end, here.span.start)
        help = f"a share is written without a blank: `{before.text}%`"
        return messages.foreign_sign(stuck.excerpt, here.span, help, messages.change(stuck.excerpt, blank, ""))
    return messages.remainder(stuck.excerpt, here.span)


def rows_star(stuck: Stuck) -> Diagnostic | None:
    """`count(*)`."""
    if stuck.here.text != "*" or stuck.before.text != "(" or stuck.caller.text.lower() != "count":
        return None
    return messages.foreign_sign(stuck.excerpt, stuck.here.span, "rows are counted by the name of their source: `count(leads)`")


def plus_sign(stuck: Stuck) -> Diagnostic | None:
    """`+5`: a sign that changes nothing."""
    if stuck.here.text != "+" or not stuck.wants_value or not stuck.after.is_value:
        return None
    return messages.plus_sign(stuck.excerpt, stuck.here.span)


def words(stuck: Stuck) -> Diagnostic | None:
    """A word in capitals, or one of another language, here or right before."""
    for piece in (stuck.here, stuck.before):
        if piece.kind == "word" and (found := _word(stuck, piece)):
            return found
    return None


def missing_words(stuck: Stuck) -> Diagnostic | None:
    """`is null`."""
    here = stuck.here
    if stuck.before.text not in ("is", "not") or here.text.lower() not in (
        "null",
        "none",
        "nil",
        "nan",
        "na",
        "empty",
        "blank",
    ):
        return None
    return messages.foreign_word(
        stuck.excerpt, here.span, "write `missing`", messages.change(stuck.excerpt, here.span, "missing")
    )


def compared_with_null(stuck: Stuck, span: Span) -> Diagnostic:
    """`= null`: a span from the operator to the word."""
    meant = "is not missing" if stuck.text[span.start] == "!" else "is missing"
    return messages.foreign_word(stuck.excerpt, span, f"write `{meant}`", messages.change(stuck.excerpt, span, meant))


def nothing(stuck: Stuck, span: Span) -> Diagnostic:
    """`else NULL`, `coalesce(a, None)`."""
    help = "no value is written for it: `x is missing` asks whether there is one, `coalesce(x, 0)` puts another in its place"
    return messages.foreign_word(stuck.excerpt, span, help)


def logic_call(stuck: Stuck) -> Diagnostic | None:
    """`IF(a; b; c)`, `AND(a, b)`: a spreadsheet's functions; the innermost call around is looked at."""
    word = stuck.caller
    return spreadsheet_call(stuck, stuck.open[-1]) if word.text.lower() == "if" and stuck.here.text in (",", ";") else None


def spreadsheet_call(stuck: Stuck, opening: int) -> Diagnostic:
    """The call of `if`, `and`, `or` or `not` whose parenthesis is the piece at `opening`."""
    word = stuck.piece(opening - 1)
    name = word.text.lower()
    parts, closing = _arguments(stuck, opening)
    whole = Span(word.span.start, closing.span.end) if closing else word.span
    written = None
    if closing and name == "if" and len(parts) == 3:
        written = f"if {parts[0]} then {parts[1]} else {parts[2]}"
    elif closing and name in ("and", "or") and len(parts) > 1:
        written = f" {name} ".join(parts)
    if written and whole != Span(stuck.pieces[0].span.start, stuck.end):
        written = f"({written})"
    help = {"if": "a choice is written `if a then b else c`", "not": "write `not a`"}.get(
        name, f"`{name}` stands between its conditions: `a {name} b`"
    )
    return messages.foreign_word(
        stuck.excerpt, word.span, help, messages.change(stuck.excerpt, whole, written) if written else None
    )


def capital(stuck: Stuck, span: Span) -> Diagnostic | None:
    """A reserved word in capitals where a name could stand, such as `TRUE`."""
    word = stuck.text[span.start : span.end]
    if word == word.lower():
        return None
    return _lower(stuck, span)


def _word(stuck: Stuck, piece: Piece) -> Diagnostic | None:
    lower = piece.text.lower()
    if _in_capitals(piece):
        return _lower(stuck, piece.span)
    if piece is stuck.before and lower not in _CASE:
        return None
    if "then" not in (other.text.lower() for other in stuck.pieces) and lower in _WORDS:
        meant = _WORDS[lower]
        return messages.foreign_word(
            stuck.excerpt, piece.span, f"write `{meant}`", messages.change(stuck.excerpt, piece.span, meant)
        )
    if lower in ("elif", "elsif", "elseif"):
        return messages.foreign_word(
            stuck.excerpt, piece.span, "write `else if`", messages.change(stuck.excerpt, piece.span, "else if")
        )
    return messages.foreign_word(stuck.excerpt, piece.span, _EXPLAINED_WORDS[lower]) if lower in _EXPLAINED_WORDS else None


def _lower(stuck: Stuck, span: Span) -> Diagnostic:
    """The edit reaches to the last keyword in capitals, so that it repairs `IF a THEN b ELSE c` at once."""
    meant = stuck.text[span.start : span.end].lower()
    last = [piece for piece in stuck.pieces if _in_capitals(piece)][-1:]
    whole = Span(span.start, max(span.end, last[0].span.end if last else 0))
    written, end = "", whole.start
    for piece in stuck.pieces:
        if whole.start <= piece.span.start < whole.end:
            written += stuck.text[end : piece.span.start] + (piece.text.lower() if _in_capitals(piece) else piece.text)
            end = piece.span.end
    return messages.foreign_word(
        stuck.excerpt, span, f"words are lower case: `{meant}`", messages.change(stuck.excerpt, whole, written)
    )


def _in_capitals(piece: Piece) -> bool:
    return piece.kind == "word" and piece.text != piece.text.lower() and piece.text.lower() in KEYWORDS


def _apart(stuck: Stuck, span: Span, meant: str) -> str:
    """A word gets a blank where it would run into the words around it."""
    if not meant.isalpha():
        return meant
    left = " " if stuck.text[: span.start][-1:].isalnum() else ""
    right = " " if not stuck.text[span.end :][:1].isspace() else ""
    return f"{left}{meant}{right}"


def _conditional(stuck: Stuck) -> Diagnostic:
    match = _CONDITIONAL.fullmatch(stuck.text)
    edit = None
    if match:
        written = "if {} then {} else {}".format(*(part.strip() for part in match.groups()))
        edit = messages.change(stuck.excerpt, Span(0, len(stuck.text)), written)
    return messages.foreign_sign(stuck.excerpt, stuck.here.span, "a choice is written `if a then b else c`", edit)


def _brackets(stuck: Stuck) -> Diagnostic:
    here = stuck.here
    closing = next((piece for piece in stuck.pieces[stuck.index :] if piece.text == "]"), None)
    if closing is None or stuck.before.text != "in":
        return messages.foreign_sign(stuck.excerpt, here.span, "parentheses are round; names stand without brackets")
    span = Span(here.span.start, closing.span.end)
    written = f"({stuck.text[here.span.end : closing.span.start]})"
    return messages.foreign_sign(
        stuck.excerpt, here.span, "a list stands in round parentheses", messages.change(stuck.excerpt, span, written)
    )


def _unknown_sign(stuck: Stuck) -> Diagnostic | None:
    here = stuck.here
    letters = re.compile(r"\w+").match(stuck.text, here.span.start)
    if letters and not letters[0].isascii():
        return messages.foreign_sign(
            stuck.excerpt, Span(*letters.span()), "names are made of the letters a to z, digits and `_`"
        )
    if here.kind == "sign" and here.text not in "+-*/^=<>!.,()%\"'" and here.text not in ("<=", ">=", "!="):
        return messages.foreign_sign(stuck.excerpt, here.span, "it has no meaning in an expression")
    return None


def _arguments(stuck: Stuck, opening: int) -> tuple[list[str], Piece | None]:
    """The texts between the commas and semicolons of a call, and its closing parenthesis."""
    depth, parts, start = 0, [], stuck.piece(opening).span.end
    for piece in stuck.pieces[opening:]:
        depth += (piece.text == "(") - (piece.text == ")")
        if (depth == 1 and piece.text in (",", ";")) or depth == 0:
            parts.append(stuck.between(start, piece.span.start))
            start = piece.span.end
        if depth == 0:
            return parts, piece
    return parts, None
