"""Any text in, its pieces out: words, numbers, texts and signs, also those that the grammar does not know.

Only read when a text is no expression, to see what was written where the parser stopped.
"""

from __future__ import annotations

import re

from msgspec import Struct

from kpidsl.text import Span

_PIECE = re.compile(
    r"""(?P<blank>[ \t\r\n]+(?:\#[^\r\n]*)?|^\#[^\r\n]*)
    |(?P<text>"[^"\r\n]*"|'[^'\r\n]*')
    |(?P<date>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[A-Za-z0-9_]*)
    |(?P<number>[0-9][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*%?)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>[=<>!&|]+|\*\*|//|\.\.+|:=|.)""",
    re.VERBOSE | re.DOTALL,
)


class Piece(Struct, frozen=True):
    """`kind` is text, date, number, word or sign; start and end stand before the first and after the last."""

    kind: str
    text: str
    span: Span

    @property
    def is_value(self) -> bool:
        """Whether a value begins here."""
        return self.kind in ("text", "date", "number", "word") or self.text == "("


def split(text: str) -> tuple[Piece, ...]:
    """The pieces of a text without its blanks and comments."""
    return tuple(
        Piece(match.lastgroup or "", match.group(), Span(*match.span()))
        for match in _PIECE.finditer(text)
        if match.lastgroup != "blank"
    )
