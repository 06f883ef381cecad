"""A table of keys to a function that says of a node, without a reason, whether it has the shape: most files do.

What it says no to is explained by `shape.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import combinations

from kpidsl.documents.nodes import Mapping, Node, Scalar, Sequence, is_empty
from kpidsl.documents.scalars import core_value
from kpidsl.documents.shapes import Leaf, Shape

Check = Callable[[Node], bool]


def compiled(shape: Shape) -> Check:
    """The check of a shape; a hole has any shape."""
    scalar = _scalar(shape)
    mapping = _section(shape) if shape.keys else _entries(shape) if shape.entries else None
    sequence = _items(shape.items) if shape.items else None

    def check(node: Node) -> bool:
        kind = type(node)
        if kind is Scalar:
            return scalar(node)  # type: ignore[arg-type]
        if kind is Mapping:
            return mapping is not None and mapping(node)  # type: ignore[arg-type]
        if kind is Sequence:
            return sequence is not None and sequence(node)  # type: ignore[arg-type]
        return True

    return check


def _scalar(shape: Shape) -> Callable[[Scalar], bool]:
    if shape.leaf is None:
        return is_empty if shape.empty else lambda node: False
    fits, empty = _leaf(shape.leaf), shape.empty or shape.leaf.empty
    return lambda node: empty if is_empty(node) else fits(node)


def _leaf(leaf: Leaf) -> Callable[[Scalar], bool]:
    if leaf.words:
        return lambda node: node.text in leaf.words and isinstance(core_value(node), str)
    if leaf.pattern:
        matches = re.compile(leaf.pattern).search
        return lambda node: matches(node.text) is not None and isinstance(core_value(node), str)
    if leaf.least is not None:
        return lambda node: _is_whole(core_value(node), leaf.least or 0)
    return lambda node: True


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _items(shape: Shape) -> Callable[[Sequence], bool]:
    item = compiled(shape)

    def check(node: Sequence) -> bool:
        return all(map(item, node.items))

    return check


def _section(shape: Shape) -> Callable[[Mapping], bool]:
    checks = {key.name: compiled(key.shape) for key in shape.keys}
    required = [key.name for key in shape.keys if key.required]
    complete = _complete(shape)

    def check(node: Mapping) -> bool:
        pairs = node.pairs
        for name, (_, value) in pairs.items():
            known = checks.get(name)
            if known is None or not known(value):
                return False
        return node.cut or (all(name in pairs for name in required) and complete(pairs))

    return check


def _complete(shape: Shape) -> Callable[[dict[str, tuple[Scalar, Node]]], bool]:
    pairs_of = list(combinations(shape.one_of, 2))
    some = shape.one_of or shape.some_of

    def check(pairs: dict[str, tuple[Scalar, Node]]) -> bool:
        return not some or (
            any(name in pairs for name in some) and not any(one in pairs and other in pairs for one, other in pairs_of)
        )

    return check


def _entries(shape: Shape) -> Callable[[Mapping], bool]:
    assert shape.entries is not None
    entry = compiled(shape.entries)
    matches = re.compile(shape.names).search

    def check(node: Mapping) -> bool:
        return all(matches(name) is not None and entry(value) for name, (_, value) in node.pairs.items())

    return check
