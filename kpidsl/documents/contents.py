"""The nodes inside a container to its items or pairs; wrong keys, keys that stand twice and cut formulas are reported."""

from __future__ import annotations

from typing import TypeGuard

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import yaml_messages as messages
from kpidsl.documents.commas import Cut, rejoin_items, rejoin_pairs
from kpidsl.documents.nodes import Hole, Mapping, Node, Scalar, Sequence, span
from kpidsl.text import File

Pair = tuple[Scalar, Node]


def fill(file: File, node: Mapping | Sequence, children: list[Node], found: list[Diagnostic]) -> None:
    """Puts nodes into the container that they stand in: of a mapping, keys and values in turn."""
    if isinstance(node, Sequence):
        node.items = children
        if _may_be_cut(file, node):
            node.items, cuts = rejoin_items(file.text, children)
            _report(file, cuts, found)
        return
    pairs = _pairs(file, node, children, found)
    if _may_be_cut(file, node):
        pairs, cuts = rejoin_pairs(file.text, pairs)
        _report(file, cuts, found)
    node.pairs = {pair[0].text: pair for pair in pairs}
    if len(node.pairs) < len(pairs):
        _keep_first(file, node, pairs, found)


def _may_be_cut(file: File, node: Mapping | Sequence) -> bool:
    return node.flow and file.text.find("(", node.start, node.end) >= 0


def _report(file: File, cuts: list[Cut], found: list[Diagnostic]) -> None:
    found.extend(messages.comma_in_braces(file, cut) for cut in cuts)


def _pairs(file: File, node: Mapping, children: list[Node], found: list[Diagnostic]) -> list[Pair]:
    keys, values = children[0::2], children[1::2]
    names = [key.text for key in keys if type(key) is Scalar]
    if len(names) == len(keys) and "<<" not in names and "\n" not in "".join(names):
        return list(zip(keys, values, strict=True))  # type: ignore[arg-type]
    reports = [] if node.cut else found  # where the text broke off, what looks like a key may be none
    return [(key, value) for key, value in zip(keys, values, strict=True) if _is_key(key, file, reports)]


def _is_key(node: Node, file: File, found: list[Diagnostic]) -> TypeGuard[Scalar]:
    if isinstance(node, Hole):
        return False
    if not isinstance(node, Scalar) or "\n" in node.text:
        found.append(messages.key_not_a_word(file, span(node)))
        return False
    if node.text == "<<" and node.plain:
        found.append(messages.merge_key(file, span(node)))
        return False
    return True


def _keep_first(file: File, node: Mapping, pairs: list[Pair], found: list[Diagnostic]) -> None:
    node.pairs = {}
    for pair in pairs:
        key = pair[0]
        first = node.pairs.setdefault(key.text, pair)
        if first is not pair:
            found.append(messages.duplicate_key(file, key.text, span(key), span(first[0])))
