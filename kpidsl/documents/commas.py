"""Formulas in braces or brackets that YAML cut at a comma, joined again.

`{formula: sum(x, y)}` reads as `formula: sum(x` and a key `y)` without a value, silently. Pieces are joined while a parenthesis
is open and what follows has the look of a rest: a bare word that at last closes it.
"""

from __future__ import annotations

from itertools import takewhile

from msgspec import Struct

from kpidsl.documents.nodes import Node, Scalar, is_empty
from kpidsl.documents.trace import flow_characters
from kpidsl.text import Span

_MOST_PIECES = 50


class Cut(Struct, frozen=True):
    """A formula that was cut: its whole text with its place."""

    span: Span
    text: str


def rejoin_pairs(text: str, pairs: list[tuple[Scalar, Node]]) -> tuple[list[tuple[Scalar, Node]], list[Cut]]:
    """The pairs of a mapping in braces with cut values whole again, and what was cut."""
    whole: list[tuple[Scalar, Node]] = []
    cuts: list[Cut] = []
    index = 0
    while index < len(pairs):
        key, value = pairs[index]
        index += 1
        rest = _bare_words(pairs[index : index + _MOST_PIECES]) if _is_open(value) else []
        taken = _closing(value, rest)
        if taken:
            value = _joined(text, value, rest[taken - 1], cuts)
            index += taken
        whole.append((key, value))
    return whole, cuts


def rejoin_items(text: str, items: list[Node]) -> tuple[list[Node], list[Cut]]:
    """The items of a list in brackets with cut ones whole again, and what was cut."""
    whole: list[Node] = []
    cuts: list[Cut] = []
    index = 0
    while index < len(items):
        item = items[index]
        index += 1
        rest = items[index : index + _MOST_PIECES] if _is_open(item) else []
        taken = _closing(item, rest)
        if taken:
            item = _joined(text, item, rest[taken - 1], cuts)
            index += taken
        whole.append(item)
    return whole, cuts


def _bare_words(pairs: list[tuple[Scalar, Node]]) -> list[Node]:
    """The leading keys that have no value."""
    return [key for key, _ in takewhile(lambda pair: is_empty(pair[1]), pairs)]


def _is_open(node: Node) -> bool:
    return isinstance(node, Scalar) and not node.style and _open_parentheses(node) > 0


def _open_parentheses(node: Scalar) -> int:
    return node.text.count("(") - node.text.count(")")


def _closing(first: Node, rest: list[Node]) -> int:
    """How many of the following pieces it takes to close the first one's parentheses; 0 if they never do."""
    if not isinstance(first, Scalar) or not rest:
        return 0
    missing = _open_parentheses(first)
    for number, piece in enumerate(rest, 1):
        if not isinstance(piece, Scalar):
            return 0
        missing += _open_parentheses(piece)
        if missing <= 0:
            return number
    return 0


def _joined(text: str, first: Node, last: Node, cuts: list[Cut]) -> Scalar:
    whole = "".join(character for character, _ in flow_characters(text, first.start, last.end, ""))
    cuts.append(Cut(Span(first.start, last.end), whole))
    return Scalar(whole, "", first.start, last.end)
