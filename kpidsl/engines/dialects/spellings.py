"""Spellings that several databases share, and the quoting of names and texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kpidsl.engines.dialects.dialect import Spell, Unspeakable

LARGEST = "1.7976931348623157e308"


def _plain(text: str) -> str:
    """Text that a statement can hold."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Unspeakable(text)
    return text


def double_quoted(name: str) -> str:
    """A name in double quotes, those in it doubled."""
    return '"' + _plain(name).replace('"', '""') + '"'


def backquoted(name: str) -> str:
    """A name in backquotes, those in it doubled."""
    return "`" + _plain(name).replace("`", "``") + "`"


def quoted(text: str) -> str:
    """A text in which only the quote means something."""
    return "'" + _plain(text).replace("'", "''") + "'"


def escaped(text: str) -> str:
    """A text in which the backslash means something; what could mean more is written by its number."""
    return "'" + "".join(_escaped(character) for character in _plain(text)) + "'"


def _escaped(character: str) -> str:
    if character in "'\\":
        return "\\" + character
    # A dollar could begin a variable, which is put in wherever it stands.
    return character if character >= " " and character not in "$\x7f" else f"\\u{ord(character):04x}"


def written(moment: datetime) -> str:
    """A moment as ISO 8601 with a space, microseconds only where there are any."""
    return moment.isoformat(sep=" ")


def timestamp_literal(moment: datetime) -> str:
    return f"timestamp '{written(moment)}'"


def values_listed(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A list of rows as a relation that is yet to be named: `select` from it."""
    listed = ", ".join(f"({', '.join(row)})" for row in rows)
    return f"select * from (values {listed}) as listed({', '.join(names)})"


def nothing_infinite(value: str, infinities: Sequence[str]) -> str:
    """The value, null where it is one of these; mentioned once."""
    for infinity in infinities:
        value = f"nullif({value}, {infinity})"
    return value


def call(function: str) -> Spell:
    return lambda value: f"{function}({value})"


def reversed_ends_with(text: str, part: str) -> str:
    return f"starts_with(reverse({text}), reverse({part}))"


def in_order(keys: Sequence[str], *, last: bool) -> str:
    """What an aggregate orders by, so that what is sought comes first; missing is last in the order."""
    return ", ".join(f"{key} desc nulls first" if last else f"{key} asc nulls last" for key in keys)


def with_missing(keys: Sequence[str]) -> str:
    """What rows are compared by, missing last, for databases that compare rows of values."""
    return ", ".join(f"{key} is null, {key}" for key in keys)
