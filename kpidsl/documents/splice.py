"""An expression in a YAML file in, the replacements that bring it into canonical form out.

What is replaced is as little as can be: a parenthesis, the blanks between two pieces on one line, the digits of a number, the
quotes of a text. Line breaks and comments between two pieces stay with the blanks around them, in whatever way YAML writes
them, so that a formula over several lines keeps its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from msgspec import Struct

from kpidsl.documents.expressions import Expression
from kpidsl.documents.nodes import Scalar
from kpidsl.documents.trace import end_of, offsets
from kpidsl.language.alignment import align
from kpidsl.language.pieces import Piece, split
from kpidsl.language.printer import print_tree
from kpidsl.text import Span


class Splice(Struct, frozen=True):
    """Text that goes in place of a span of the file."""

    span: Span
    text: str


class _Written(Struct, frozen=True):
    """An expression's pieces, with the span of the file that spells each, and the span in which all of it stands."""

    pieces: tuple[Piece, ...]
    spans: tuple[Span, ...]
    whole: Span


def splices(text: str, expression: Expression) -> tuple[Splice, ...] | None:
    """The replacements, in order; None where it is not known which characters of the file are meant."""
    canonical = print_tree(expression.tree)
    if canonical == expression.text and expression.scalar.style != '"':
        return ()
    written = _written(text, expression)
    if written is None:
        return None
    printed = split(canonical)
    made = [*_between_pieces(text, written, canonical, printed), *_in_pieces(written, printed, expression.scalar)]
    changes = (each for each in made if text[each.span.start : each.span.end] != each.text)
    return tuple(sorted(changes, key=lambda each: each.span))


def _written(text: str, expression: Expression) -> _Written | None:
    """None where the scalar cannot be traced."""
    scalar, first = expression.scalar, expression.span.start
    places = offsets(text, scalar)
    if any(before >= after for before, after in pairwise(places)):
        return None
    pieces = split(expression.text)
    spans = tuple(
        Span(places[first + piece.span.start], end_of(text, scalar, places[first + piece.span.end - 1])) for piece in pieces
    )
    whole = Span(spans[0].start, spans[-1].end)
    if expression.is_all and scalar.style in ("'", '"'):
        whole = Span(scalar.start + 1, scalar.end - 1)
    return _Written(pieces, spans, whole)


# Between pieces


def _between_pieces(text: str, written: _Written, canonical: str, printed: Sequence[Piece]) -> Iterator[Splice]:
    """What stands between two pieces that stay: blanks, and parentheses that go or come."""
    last, whole = len(written.pieces), written.whole
    bounds = [Span(whole.start, whole.start), *written.spans, Span(whole.end, whole.end)]
    ends = [(-1, -1), *align(written.pieces, printed), (last, len(printed))]
    for (here, there), (next_here, next_there) in pairwise(ends):
        stretch = bounds[here + 1 : next_here + 2]
        blanks = [text[before.end : after.start] for before, after in pairwise(stretch)]
        begin = 0 if there < 0 else printed[there].span.end
        end = len(canonical) if next_there == len(printed) else printed[next_there].span.start
        wanted = canonical[begin:end]
        if here < 0:
            new = _first(blanks) + wanted
        elif next_here == last:
            new = wanted + _last(blanks)
        else:
            new = _between(blanks, wanted)
        yield Splice(Span(stretch[0].end, stretch[-1].start), new)


def _between(blanks: Sequence[str], wanted: str) -> str:
    """The line break or the comments among blanks, else those of the canonical text; with them the parentheses that come."""
    laid = "".join(blanks) if "#" in "".join(blanks) else next(filter(_is_laid, blanks), "")
    if not laid:
        return wanted
    return wanted.strip() + laid if wanted.startswith(")") else laid + wanted.lstrip()


def _first(blanks: Sequence[str]) -> str:
    """What stays before the first piece: comments, and a line break that does not come with a parenthesis that goes."""
    if "#" in "".join(blanks):
        return "".join(blanks) if _is_laid(blanks[0]) else "".join(blanks).lstrip()
    return blanks[0] if _is_laid(blanks[0]) else ""


def _last(blanks: Sequence[str]) -> str:
    """What stays after the last piece."""
    if "#" in "".join(blanks):
        return "".join(blanks) if _is_laid(blanks[-1]) else "".join(blanks).rstrip()
    return blanks[-1] if _is_laid(blanks[-1]) else ""


def _is_laid(blanks: str) -> bool:
    """Whether blanks hold a line break of the file, or a comment."""
    return re.search(r"[\r\n#]", blanks) is not None


# In pieces


def _in_pieces(written: _Written, printed: Sequence[Piece], scalar: Scalar) -> Iterator[Splice]:
    """Numbers as they are printed, `/` in units, and the quotes of texts."""
    for here, there in align(written.pieces, printed):
        piece, span, new = written.pieces[here], written.spans[here], printed[there].text
        if piece.kind == "text":
            yield from _quotes(piece.text, span, scalar.style)
        elif piece.text != new:
            yield Splice(span, new)


def _quotes(piece: str, span: Span, style: str) -> Iterator[Splice]:
    """The quotes of a text; where YAML's own are double, single ones are better, for they need no escape."""
    first, second = ("'", '"') if style == '"' else ('"', "'")
    quote = second if first in piece[1:-1] else first
    if piece[0] != quote:
        spelled, width = _spelled(quote, style), len(_spelled(piece[0], style))
        yield Splice(Span(span.start, span.start + width), spelled)
        yield Splice(Span(span.end - width, span.end), spelled)


def _spelled(quote: str, style: str) -> str:
    """A quote as YAML's style writes it."""
    if quote != style:
        return quote
    return "''" if style == "'" else '\\"'
