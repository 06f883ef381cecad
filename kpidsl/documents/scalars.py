"""Scalar text to values by YAML 1.2's core rules, decimal only: `NO`, `012`, `12:30`, `1_000` and `0x1F` stay text."""

from __future__ import annotations

import re
from datetime import date, datetime
from fractions import Fraction

from kpidsl.documents.nodes import Scalar

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
# The exponent is bounded because the value is kept exactly: 1e999999999 would fill the memory.
_DECIMAL = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?\Z")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?(?:Z|[-+][0-9]{2}:[0-9]{2})?\Z"
)
_LONGEST_NUMBER = 60

_TRAPS = (
    (re.compile(r"(?i:yes|no|on|off|y|n)\Z"), "truth is written `true` or `false`"),
    (re.compile(r"[-+]?0[0-9_]+\Z"), "a number has no leading zero"),
    (re.compile(r"[-+]?[0-9]+(?:_[0-9]+)+\Z"), "a number has no underscores here"),
    (re.compile(r"0[xob][0-9a-fA-F_]+\Z"), "numbers are written in decimals"),
    (re.compile(r"[-+]?[0-9]+\.0*\Z"), "a whole number has no decimal point"),
)


def core_value(node: Scalar) -> str | bool | int | Fraction | None:
    """The value of a scalar: only plain ones are more than text; numbers are exact."""
    text = node.text
    if node.style or node.tagged:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789" and len(text) <= _LONGEST_NUMBER:
        if _WHOLE.match(text):
            return int(text)
        if _DECIMAL.match(text) and text[-1] != ".":
            return Fraction(text)
    return text


def row_value(node: Scalar) -> str | bool | int | Fraction | date | datetime | None:
    """The value of a cell in a row of a test: as `core_value`, and ISO dates are dates."""
    value = core_value(node)
    return _moment(value) if isinstance(value, str) and node.plain else value


def share_value(text: str) -> Fraction | None:
    """The value of a percentage, `25%` being 1/4; None for any other text."""
    number = core_value(Scalar(text[:-1], "", 0, 0)) if len(text) > 1 and text[-1] == "%" else None
    return Fraction(number) / 100 if isinstance(number, int | Fraction) and not isinstance(number, bool) else None


def given_value(node: Scalar) -> str | bool | int | Fraction | date | datetime | None:
    """The value of a cell in a given row: as `row_value`, and plain `missing` is no text."""
    value = row_value(node)
    return None if node.plain and value == "missing" else value


def _moment(text: str) -> str | date | datetime:
    try:
        if _DAY.match(text):
            return date.fromisoformat(text)
        if _MOMENT.match(text):
            return datetime.fromisoformat(text)
    except ValueError:  # 2026-02-30
        pass
    return text


def trap(text: str) -> str:
    """Why a text that may look like a number or a truth value is none, or nothing."""
    return next((reason for pattern, reason in _TRAPS if pattern.match(text)), "")
