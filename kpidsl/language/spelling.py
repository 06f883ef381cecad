"""Numbers, dates and texts that are written in another way than the language's."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import messages
from kpidsl.language.build import MOST_DIGITS, Slip
from kpidsl.language.printer import print_number
from kpidsl.language.stuck import Stuck
from kpidsl.text import Excerpt, Span

_POWER_OF_TEN = re.compile(r"([0-9]+(?:\.[0-9]+)?)[eE]([+-]?[0-9]{1,2})(?![\w.])")
_GLUED = re.compile(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z]+)")
_GROUPS = re.compile(r"(?<![\w.])[1-9][0-9]{0,2}(?:([, '])[0-9]{3})(?:\1[0-9]{3})*(?!,?[0-9'])(?:\.[0-9]+)?")
_GLUED_COMMA = re.compile(r"[0-9],$")
_POINT_GROUPS = re.compile(r"(?<![\w.])([1-9][0-9]{0,2}(?:\.[0-9]{3})+),([0-9]+)(?!\w)")
_DECIMAL_COMMA = re.compile(r"(?<![\w.,])([0-9]+),([0-9]+)(?![\w.,])")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_MONTH = re.compile(r"(?<!\w)((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])(?![\w-])")
_WITH_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{1,2}(?::[0-9]{2})*(?:\.[0-9]+)?Z?")
_UNCLOSED = re.compile(r"""(["'])(\w[^"'()\[\],\r\n]{0,100}?)(?=[)\s]*$)""")
_CURLY = "“”„‟‘’‚‛«»"
_CURLY_TEXT = re.compile(rf"[{_CURLY}]([^{_CURLY}\"'\r\n]*)[{_CURLY}]")


def number(excerpt: Excerpt, slip: Slip) -> Diagnostic:
    """A word that begins with a digit and is no number, such as `1e5`, `007`, `30days` or `31.12.2026`."""
    text, start = excerpt.text, slip.span.start
    for pattern in (_YEAR_FIRST, _YEAR_LAST):
        if match := pattern.match(text, start):
            return date_like(excerpt, Slip("date", Span(*match.span())))
    if match := _covering(_MONTH, text, start):
        first_day = f"{match[1]}-{match[2]}-01"
        return messages.date_spelling(excerpt, Span(*match.span()), f"a month has no literal; its first day is `{first_day}`")
    if match := _covering(_GROUPS, text, start):
        return _grouped(excerpt, match)
    if _GLUED_COMMA.search(text, 0, start):  # `f(1,000,5)`: who knows where the numbers end
        return messages.number_spelling(excerpt, slip.span, "digits are grouped with `_`, as in `1_000`")
    return _one_number(excerpt, slip.span)


def date_like(excerpt: Excerpt, slip: Slip) -> Diagnostic:
    """What looks like a date, but is not written as `2026-01-31`."""
    found = excerpt.text[slip.span.start : slip.span.end]
    if match := _WITH_TIME.match(excerpt.text, slip.span.start):
        span = Span(*match.span())
        return messages.date_spelling(excerpt, span, f"a date has no time of day: `{found[:10]}`")
    day = _day(found)
    if day is None:
        return messages.date_spelling(
            excerpt, slip.span, "a date is year, month, day, as in `2026-01-31`; blanks around `-` and `/` make it arithmetic"
        )
    return messages.date_spelling(excerpt, slip.span, f"write `{day}`", messages.change(excerpt, slip.span, day))


def separators(stuck: Stuck) -> Diagnostic | None:
    """`1,000`, `1.000,50`, `1,5`, `1 000`: a separator inside a number."""
    if stuck.before.kind != "number" or (stuck.here.text != "," and stuck.here.kind != "number"):
        return None
    start = stuck.before.span.start
    if match := _covering(_POINT_GROUPS, stuck.text, start):
        fixed = print_number(Fraction(f"{match[1].replace('.', '')}.{match[2]}"))
        return _number_edit(stuck.excerpt, Span(*match.span()), fixed)
    if match := _covering(_GROUPS, stuck.text, start):
        return _grouped(stuck.excerpt, match)
    if match := _covering(_DECIMAL_COMMA, stuck.text, start):
        return _number_edit(stuck.excerpt, Span(*match.span()), f"{match[1]}.{match[2]}")
    return None


def points(stuck: Stuck) -> Diagnostic | None:
    """`.5` and `5.`: a decimal point with nothing on one side."""
    here, before, after = stuck.here, stuck.before, stuck.after
    if here.text != ".":
        return None
    if after.kind == "number" and stuck.glued(here, after) and stuck.wants_value:
        span = Span(here.span.start, after.span.end)
        return _number_edit(stuck.excerpt, span, f"0.{after.text}")
    if before.kind == "number" and stuck.glued(before, here):
        return _number_edit(stuck.excerpt, Span(before.span.start, here.span.end), before.text)
    return None


def quotes(stuck: Stuck) -> Diagnostic | None:
    """A text that is never closed, and typographic quotes."""
    here = stuck.here
    if here.text and here.text in _CURLY:
        match = _CURLY_TEXT.match(stuck.text, here.span.start)
        mark = _quote_mark(stuck.excerpt)
        span = Span(*match.span()) if match else here.span
        edit = messages.change(stuck.excerpt, span, f"{mark}{match[1]}{mark}" if match else mark)
        return messages.curly_quote(stuck.excerpt, span, edit)
    lone = (
        here
        if here.text in ('"', "'")
        else next((piece for piece in stuck.pieces[stuck.index :] if piece.text in ('"', "'")), None)
    )
    if lone is None or (lone is not here and not (stuck.before.kind == "text" and stuck.glued(stuck.before, here))):
        return None
    closing = _UNCLOSED.match(stuck.text, lone.span.start)
    edit = messages.change(stuck.excerpt, Span(closing.end(), closing.end()), closing[1]) if closing else None
    return messages.text_never_closed(stuck.excerpt, Span(lone.span.start, lone.span.start + 1), edit)


def _covering(pattern: re.Pattern[str], text: str, position: int) -> re.Match[str] | None:
    return next((match for match in pattern.finditer(text) if match.start() <= position < match.end()), None)


def _grouped(excerpt: Excerpt, match: re.Match[str]) -> Diagnostic:
    return _number_edit(excerpt, Span(*match.span()), print_number(Fraction(match[0].replace(match[1], ""))))


def _number_edit(excerpt: Excerpt, span: Span, fixed: str) -> Diagnostic:
    return messages.number_spelling(excerpt, span, f"write `{fixed}`", messages.change(excerpt, span, fixed))


def _one_number(excerpt: Excerpt, span: Span) -> Diagnostic:
    if match := _POWER_OF_TEN.match(excerpt.text, span.start):
        fixed = print_number(Fraction(match[0]))
        if len(fixed) <= MOST_DIGITS:
            return _number_edit(excerpt, Span(*match.span()), fixed)
    found = excerpt.text[span.start : span.end]
    mark = "%" if found.endswith("%") else ""
    bare = found.removesuffix("%")
    if glued := _GLUED.fullmatch(bare):
        return _with_letters(excerpt, span, glued[1], glued[2])
    whole, _, decimals = bare.partition(".")
    digits = whole.replace("_", "").lstrip("0") or "0"
    if digits.isdecimal() and (not decimals or decimals.isdecimal()):
        return _number_edit(excerpt, span, f"{digits}.{decimals}{mark}" if decimals else f"{digits}{mark}")
    return messages.number_spelling(excerpt, span, "a number is written `1_000_000` or `2.5`")


def _with_letters(excerpt: Excerpt, span: Span, digits: str, letters: str) -> Diagnostic:
    if letters in ("k", "K"):
        return _number_edit(excerpt, span, print_number(Fraction(digits) * 1000))
    help = f"a quantity is written `{digits} {letters}`, a product `{digits} * {letters}`"
    return messages.number_spelling(excerpt, span, help, messages.change(excerpt, span, f"{digits} {letters}"))


def _day(text: str) -> str | None:
    """The date in the language's spelling, where only one can be meant."""
    if match := _YEAR_FIRST.fullmatch(text):
        return _valid(match[1], match[3], match[4])
    match = _YEAR_LAST.fullmatch(text)
    if match is None:
        return None
    day_first, month_first = _valid(match[4], match[3], match[1]), _valid(match[4], match[1], match[3])
    return day_first if match[2] == "." or month_first is None else month_first if day_first is None else None


def _valid(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _quote_mark(excerpt: Excerpt) -> str:
    """The quote that does not end the YAML scalar in which the expression may stand."""
    start = excerpt.span(Span(0, 0)).start
    return "'" if start and excerpt.file.text[start - 1] == '"' else '"'
