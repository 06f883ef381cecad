"""The place where a text stops being one of the language: what stands there, what stands around it, what could go on."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from kpidsl.diagnostics import Diagnostic
from kpidsl.language.build import Slip
from kpidsl.language.pieces import Piece, split
from kpidsl.language.reader import Stopped, reader
from kpidsl.text import Excerpt, Span


class Stuck:
    """A text, its start rule and the character at which the parser stopped; None stands for the text's end."""

    def __init__(self, excerpt: Excerpt, start: str, position: int | None) -> None:
        self.excerpt = excerpt
        self.text = excerpt.text
        self.start = start
        self.pieces = split(excerpt.text)
        self.end = self.pieces[-1].span.end if self.pieces else 0
        self.position = self.end if position is None else position
        self.index = next((i for i, piece in enumerate(self.pieces) if piece.span.end > self.position), len(self.pieces))

    def piece(self, index: int) -> Piece:
        """A piece by its index; outside there is an empty one, of the kind `start` or `end`."""
        if index < 0:
            return Piece("start", "", Span(0, 0))
        return self.pieces[index] if index < len(self.pieces) else Piece("end", "", Span(self.end, self.end))

    @property
    def here(self) -> Piece:
        return self.piece(self.index)

    @property
    def before(self) -> Piece:
        return self.piece(self.index - 1)

    @property
    def after(self) -> Piece:
        return self.piece(self.index + 1)

    @property
    def at_end(self) -> bool:
        return self.index == len(self.pieces)

    @cached_property
    def accepts(self) -> frozenset[str]:
        """The terminals that could stand here; asked of the text before, because the parser reads on a little when it fails."""
        try:
            return reader().goes_on(self.text[: self.position], self.start)
        except (Stopped, Slip):
            return frozenset()

    @property
    def wants_value(self) -> bool:
        return {"NAME", "NUMBER"} <= self.accepts

    @property
    def wants_operator(self) -> bool:
        """Whether a value or a condition is complete here."""
        return bool(self.accepts & {"STAR", "OR"})

    @property
    def operand(self) -> str:
        """What stands on both sides of an operator."""
        return "a unit" if self.start == "unit" else "a value"

    @cached_property
    def open(self) -> tuple[int, ...]:
        """The indexes of the parentheses that are open here, from the outermost."""
        opened: list[int] = []
        for index, piece in enumerate(self.pieces[: self.index]):
            if piece.text == "(":
                opened.append(index)
            elif piece.text == ")" and opened:
                opened.pop()
        return tuple(opened)

    @property
    def caller(self) -> Piece:
        """The word before the innermost open parenthesis, or an empty piece."""
        word = self.piece(self.open[-1] - 1) if self.open else self.piece(-1)
        return word if word.kind == "word" else self.piece(-1)

    def glued(self, left: Piece, right: Piece) -> bool:
        """Whether nothing stands between two pieces."""
        return left.span.end == right.span.start

    def between(self, start: int, end: int) -> str:
        """What stands between two characters, without the blanks around it."""
        return self.text[start:end].strip()


Rule = Callable[[Stuck], Diagnostic | None]
