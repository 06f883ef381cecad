"""The pieces of an expression as it was written and as it is printed in, which of them stand for each other out.

Both spell one tree, so they differ in parentheses, in the digits of numbers, in the quotes of texts, and in units, where a
division may become a product. One walk over both is enough: a parenthesis that only one of them has is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpidsl.language.pieces import Piece

_PARENTHESES = ("(", ")")


def align(written: Sequence[Piece], printed: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """The numbers of the pieces that stand for each other, both rising."""
    here = there = 0
    while here < len(written) and there < len(printed):
        one, other = written[here], printed[there]
        if _same(one, other):
            yield here, there
            here, there = here + 1, there + 1
        elif one.text in _PARENTHESES:
            here += 1
        elif other.text in _PARENTHESES:
            there += 1
        else:
            here, there = here + 1, there + 1


def _same(one: Piece, other: Piece) -> bool:
    if one.kind != other.kind:
        return {one.text, other.text} == {"per", "/"}
    match one.kind:
        case "number":
            return _digits(one.text) == _digits(other.text)
        case "text":
            return one.text[1:-1] == other.text[1:-1]
        case _:
            return one.text == other.text


def _digits(number: str) -> str:
    """A number without what may be written in it or left out: `1_000.50%` as `1000.5`."""
    digits = number.replace("_", "").removesuffix("%")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
