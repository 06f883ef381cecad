"""What a file says: its text, spans of characters in it, and the line and column of a character when it is shown."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property

from msgspec import Struct

from kpidsl.values import shown

# What editors call a line break; NEL and the Unicode separators, at which YAML 1.1 breaks too, are not among them.
_BREAK = re.compile(r"\r\n|\n|\r")


class Span(Struct, frozen=True, order=True, gc=False):
    """A half-open range of characters. There is nothing of which more are made."""

    start: int
    end: int


class File(Struct, frozen=True, dict=True):
    """A text and the name it is shown by; spans count its characters."""

    name: str
    text: str

    def __repr__(self) -> str:
        return shown(self, ("text",))

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _BREAK.finditer(self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of a character, both counted from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def start(self, number: int) -> int:
        """Where a line begins; a line behind the last one begins at the end of the text."""
        return self._starts[number - 1] if number <= len(self._starts) else len(self.text)

    def line(self, number: int) -> str:
        """The text of a line, without its break."""
        return self.text[self.start(number) : self.start(number + 1)].rstrip("\r\n")


class Excerpt:
    """A text that stands inside a file, such as a formula in a YAML scalar, and the way from its characters to the file's.

    `trace` gives the file offset of each character; it is asked only when something has to be pointed at.
    """

    def __init__(self, file: File, text: str, trace: Callable[[], Sequence[int]] | None = None) -> None:
        self.file = file
        self.text = text
        self._trace = trace

    @cached_property
    def _offsets(self) -> Sequence[int]:
        return range(len(self.text)) if self._trace is None else self._trace()

    def span(self, span: Span) -> Span:
        """The place in the file of a place in the excerpt; past the end it is the end."""
        if not self._offsets:
            return Span(0, 0)
        start = self._offset(span.start)
        return Span(start, self._offset(span.end - 1) + 1 if span.end > span.start else start)

    def _offset(self, index: int) -> int:
        return self._offsets[index] if index < len(self._offsets) else self._offsets[-1] + 1
