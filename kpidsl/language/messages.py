"""What this package says about a text: one function for each finding, in the order of their codes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.text import Excerpt, Span

_LONGEST_QUOTE = 30
_LINE_BREAK = re.compile(r"[ \t]*[\r\n]\s*")


def change(excerpt: Excerpt, span: Span, replacement: str) -> Edit | None:
    """The repair that puts `replacement` in the place of a span; None where it would break the YAML scalar around it.

    A replacement that copies a part of the expression may hold line breaks, comments or the quotes that end the scalar.
    """
    replacement = _LINE_BREAK.sub(" ", replacement)
    start = excerpt.span(Span(0, 0)).start
    scalar = excerpt.file.text[max(start - 1, 0) : start]
    if "#" in replacement or (scalar in ("'", '"') and (scalar in replacement or "\\" in replacement)):
        return None
    return Edit(excerpt.file, excerpt.span(span), replacement)


def quote(text: str) -> str:
    """A piece of a formula in a sentence, cut short if it is long."""
    text = " ".join(text.split())
    shown = text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 1]}…"
    return f"'{shown}'" if "`" in shown else f"`{shown}`"


def _error(
    code: str,
    excerpt: Excerpt,
    span: Span,
    headline: str,
    label: str = "",
    *,
    help: str = "",
    edit: Edit | None = None,
    related: Sequence[Label] = (),
) -> Diagnostic:
    label_here = Label(excerpt.file, excerpt.span(span), label)
    return Diagnostic(code, Severity.ERROR, headline, (label_here, *related), help=(help,) if help else (), edit=edit)


# syntax-error


def unexpected(excerpt: Excerpt, span: Span, expected: str) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    return _error("syntax-error", excerpt, span, f"{found} was not expected here", f"expected {expected}")


def misspelt_word(excerpt: Excerpt, span: Span, meant: str) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    return _error(
        "syntax-error",
        excerpt,
        span,
        f"{found} was not expected here",
        help=f"perhaps `{meant}`?",
        edit=change(excerpt, span, meant),
    )


def ends_early(excerpt: Excerpt, end: int, last: str, expected: str) -> Diagnostic:
    return _error("syntax-error", excerpt, Span(end, end), f"the text ends after {quote(last)}", f"expected {expected}")


def value_missing(excerpt: Excerpt, span: Span, found: str, what: str = "a value", edit: Edit | None = None) -> Diagnostic:
    return _error(
        "syntax-error", excerpt, span, f"{what} is missing before {quote(found)}", f"{what} is expected here", edit=edit
    )


def word_missing(excerpt: Excerpt, span: Span, opener: Span, word: str, edit: Edit | None = None) -> Diagnostic:
    """`if` without `then` or `else`, `between` without `and`, `alive` without `from`."""
    opening = excerpt.text[opener.start : opener.end]
    return _error(
        "syntax-error",
        excerpt,
        span,
        f"`{opening}` has no `{word}`",
        f"`{word}` is expected here",
        edit=edit,
        related=(Label(excerpt.file, excerpt.span(opener), f"this `{opening}`"),),
    )


def only_missing_after_is(excerpt: Excerpt, span: Span) -> Diagnostic:
    return _error(
        "syntax-error",
        excerpt,
        span,
        "after `is` only `missing` or `not missing` can stand",
        help="to compare with a value, write `=` or `!=`",
    )


def list_without_parentheses(excerpt: Excerpt, span: Span, listed: str, edit: Edit | None) -> Diagnostic:
    return _error(
        "syntax-error", excerpt, span, "the list after `in` stands in parentheses", help=f"`in ({listed})`", edit=edit
    )


def distinct_column(excerpt: Excerpt, span: Span) -> Diagnostic:
    help = "such as `count(distinct orders.customer)`; anything else can become a column with a formula"
    return _error("syntax-error", excerpt, span, "`distinct` is followed by one column or one call", help=help)


def needs_parentheses(excerpt: Excerpt, span: Span, word: str) -> Diagnostic:
    help = "`a and not b`, or `a = (not b)`" if word == "not" else "`a + (if b then c else d)`"
    return _error("syntax-error", excerpt, span, f"`{word}` stands in parentheses within an expression", help=help)


def reserved_word(excerpt: Excerpt, span: Span, word: str) -> Diagnostic:
    return _error("syntax-error", excerpt, span, f"`{word}` is reserved and can be no name here")


def name_after_dot(excerpt: Excerpt, span: Span, before: str) -> Diagnostic:
    return _error("syntax-error", excerpt, span, f"a name is missing after `{before}.`", "a name is expected here")


def quantity_to_a_power(excerpt: Excerpt, span: Span, quantity: str, edit: Edit | None) -> Diagnostic:
    return _error(
        "syntax-error",
        excerpt,
        span,
        f"`{quantity}^` can be read in two ways",
        help=f"the power of the whole quantity is written `({quantity})^`",
        edit=edit,
    )


def function_over_rows(excerpt: Excerpt, span: Span, function: str) -> Diagnostic:
    """`prior` and `next` in another form than `prior(x where c) per key`."""
    return _error(
        "syntax-error",
        excerpt,
        span,
        f"`{function}` has the form `{function}(x) per key` or `{function}(x where c) per key`",
        help="`prior(ordered_at) per customer` is when the same customer ordered before",
    )


def per_elsewhere(excerpt: Excerpt, span: Span) -> Diagnostic:
    return _error(
        "syntax-error",
        excerpt,
        span,
        "`per` stands in a unit, or after `prior(…)` and `next(…)`",
        help="values are divided with `/`",
        edit=change(excerpt, span, "/"),
    )


def duration_expected(excerpt: Excerpt, span: Span) -> Diagnostic:
    return _error(
        "syntax-error", excerpt, span, "a length of time is a number and a unit", help="such as `90 days` or `3 months`"
    )


def periods_expected(excerpt: Excerpt) -> Diagnostic:
    span = Span(0, len(excerpt.text))
    return _error(
        "syntax-error", excerpt, span, "a number of periods is a number and the word `periods`", help="such as `2 periods`"
    )


def budget_expected(excerpt: Excerpt, span: Span) -> Diagnostic:
    headline = "how often a range must be met is a share of smaller periods over a length of time"
    return _error("syntax-error", excerpt, span, headline, help="such as `95% of weeks over 3 months`")


def path_expected(excerpt: Excerpt, span: Span) -> Diagnostic:
    return _error("syntax-error", excerpt, span, "a path is names with dots between them", help="such as `deals.lead.channel`")


def equality_expected(excerpt: Excerpt, span: Span) -> Diagnostic:
    return _error(
        "syntax-error", excerpt, span, "a claim has two sides with `=` between them", help="such as `cac = spend / customers`"
    )


def range_expected(excerpt: Excerpt, span: Span, value: str) -> Diagnostic:
    return _error(
        "syntax-error",
        excerpt,
        span,
        f"{quote(value)} is one value, not a range",
        help=f"`at least {value}`, `at most {value}`, or from one value to another as in `{value} to …`",
    )


def range_spelling(excerpt: Excerpt, span: Span, meant: str) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    headline = f"{found} is not how a range is written"
    return _error("range-spelling", excerpt, span, headline, help=f"write `{meant}`", edit=change(excerpt, span, meant))


def no_unit(excerpt: Excerpt, span: Span, found: str, edit: Edit | None = None) -> Diagnostic:
    return _error(
        "syntax-error",
        excerpt,
        span,
        f"{quote(found)} is no unit",
        help="a unit is made of names, such as `USD / customer` or `1 / year`; a plain number has the unit `number`",
        edit=edit,
    )


# empty-expression


def empty(excerpt: Excerpt, what: str) -> Diagnostic:
    return _error("empty-expression", excerpt, Span(0, 0), f"{what} is empty")


# expression-too-large


def too_many_characters(excerpt: Excerpt, limit: int) -> Diagnostic:
    return _too_large(excerpt, Span(0, 0), f"this text is longer than {limit:,} characters")


def too_many_nodes(excerpt: Excerpt, limit: int) -> Diagnostic:
    return _too_large(excerpt, Span(0, 0), f"this expression has more than {limit:,} parts")


def too_deep(excerpt: Excerpt, limit: int) -> Diagnostic:
    return _too_large(excerpt, Span(0, 0), f"this expression is nested more than {limit:,} levels deep")


def too_many_digits(excerpt: Excerpt, span: Span, limit: int) -> Diagnostic:
    return _error("expression-too-large", excerpt, span, f"this number has more than {limit} digits")


def _too_large(excerpt: Excerpt, span: Span, headline: str) -> Diagnostic:
    return _error("expression-too-large", excerpt, span, headline, help="parts of it can become measures of their own")


# foreign-sign, foreign-word


def foreign_sign(excerpt: Excerpt, span: Span, help: str, edit: Edit | None = None) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    return _error("foreign-sign", excerpt, span, f"{found} is not part of the language", help=help, edit=edit)


def invisible_sign(excerpt: Excerpt, span: Span, edit: Edit | None) -> Diagnostic:
    code = f"U+{ord(excerpt.text[span.start]):04X}"
    return _error(
        "foreign-sign", excerpt, span, f"an invisible character ({code}) stands here", help="a plain blank", edit=edit
    )


def plus_sign(excerpt: Excerpt, span: Span) -> Diagnostic:
    headline = "`+` stands between two values, not before one"
    return _error(
        "foreign-sign", excerpt, span, headline, help="a number without a sign is positive", edit=change(excerpt, span, "")
    )


def remainder(excerpt: Excerpt, span: Span) -> Diagnostic:
    return _error(
        "foreign-sign", excerpt, span, "`%` makes a number a share, as in `25%`", help="there is no operator for the remainder"
    )


def foreign_word(excerpt: Excerpt, span: Span, help: str, edit: Edit | None = None) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    return _error("foreign-word", excerpt, span, f"{found} is not part of the language", help=help, edit=edit)


# missing-operator, unbalanced-parentheses, chained-comparison


def operator_missing(excerpt: Excerpt, span: Span, left: str, right: str, help: str, edit: Edit | None = None) -> Diagnostic:
    headline = f"an operator is missing between {quote(left)} and {quote(right)}"
    return _error("missing-operator", excerpt, span, headline, help=help, edit=edit)


def never_closed(excerpt: Excerpt, span: Span, end: int) -> Diagnostic:
    return _error(
        "unbalanced-parentheses",
        excerpt,
        span,
        "this `(` is never closed",
        edit=change(excerpt, Span(end, end), ")"),
    )


def closes_nothing(excerpt: Excerpt, span: Span) -> Diagnostic:
    return _error("unbalanced-parentheses", excerpt, span, "this `)` closes nothing", edit=change(excerpt, span, ""))


def chained(excerpt: Excerpt, span: Span, first: Span, edit: Edit | None) -> Diagnostic:
    related = Label(excerpt.file, excerpt.span(first), "the first comparison")
    help = "two comparisons are joined with `and`; `x between a and b` includes both ends"
    return _error("chained-comparison", excerpt, span, "two comparisons in a row", help=help, edit=edit, related=(related,))


# number-spelling, date-spelling, text-spelling


def number_spelling(excerpt: Excerpt, span: Span, help: str, edit: Edit | None = None) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    return _error("number-spelling", excerpt, span, f"{found} is not how a number is written", help=help, edit=edit)


def date_spelling(excerpt: Excerpt, span: Span, help: str, edit: Edit | None = None) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    return _error("date-spelling", excerpt, span, f"{found} is not how a date is written", help=help, edit=edit)


def no_such_day(excerpt: Excerpt, span: Span) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    return _error(
        "date-spelling", excerpt, span, f"there is no day {found}", help="a date is year, month and day: `2026-01-31`"
    )


def text_never_closed(excerpt: Excerpt, span: Span, edit: Edit | None) -> Diagnostic:
    mark = excerpt.text[span.start]
    help = "a text ends on the line on which it begins, with the same quote"
    return _error("text-spelling", excerpt, span, f"the text after this {mark} is never closed", help=help, edit=edit)


def curly_quote(excerpt: Excerpt, span: Span, edit: Edit | None) -> Diagnostic:
    help = "a text stands between straight quotes, \" or '"
    return _error("text-spelling", excerpt, span, "a typographic quote", help=help, edit=edit)


# misplaced-modifier


def modifier_outside(excerpt: Excerpt, span: Span, word: str) -> Diagnostic:
    example = {"where": 'sum(deals.amount where outcome = "won")', "alive": "count(contracts alive from begun to ended)"}
    help = f"it belongs inside an aggregate's parentheses: `{example.get(word, f'sum(stock.value {word} …)')}`"
    return _error("misplaced-modifier", excerpt, span, f"`{word}` stands outside of an aggregate", help=help)


def modifier_late(excerpt: Excerpt, span: Span) -> Diagnostic:
    found = quote(excerpt.text[span.start : span.end])
    help = "it follows the first argument, before the comma: `percentile(deals.amount where won, 90%)`"
    return _error("misplaced-modifier", excerpt, span, f"{found} stands behind the wrong argument", help=help)


def modifier_order(excerpt: Excerpt, span: Span, word: str) -> Diagnostic:
    help = "in this order, each once: `via`, then `at`, `alive` or `closing`, then `where`"
    return _error("misplaced-modifier", excerpt, span, f"`{word}` is out of order", help=help)


def modifiers_exclusive(excerpt: Excerpt, span: Span, word: str) -> Diagnostic:
    help = "`at`, `alive` and `closing` each say when a row counts: one of them"
    return _error("misplaced-modifier", excerpt, span, f"`{word}` comes on top of another modifier of the same kind", help=help)
