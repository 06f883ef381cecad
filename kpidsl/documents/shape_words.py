"""What a value should be, what it is instead, and how it may be repaired, in words."""

from __future__ import annotations

import re

from kpidsl.documents.nodes import Mapping, Node, Scalar, Sequence, is_empty
from kpidsl.documents.scalars import trap
from kpidsl.documents.shapes import CURRENCY, NAME, Shape
from kpidsl.text import File

_LONGEST_QUOTE = 40
_RULES = {
    NAME: "names are written in lower case with underscores; `if`, `not`, `true` and `false` are words of the language",
    CURRENCY: "currencies are written in capitals",
}


def wanted(shape: Shape) -> str:
    """What belongs here: `a formula, or a mapping`."""
    kinds = []
    if shape.leaf is not None:
        kinds.append(shape.leaf.what + (f" of at least {shape.leaf.least}" if shape.leaf.whole else ""))
    if shape.items is not None:
        kinds.append(f"a list, each item {wanted(shape.items)}")
    if shape.keys:
        kinds.append("a mapping")
    if shape.entries is not None:
        kinds.append(shape.noun)
    return ", or ".join(kinds)


def found(node: Node) -> str:
    """What stands here: `a list`, `empty`, or a short text itself."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar() if is_empty(node):
            return "empty"
        case Scalar(text=text) if len(text) <= _LONGEST_QUOTE and "\n" not in text:
            return f"`{text}`"
        case _:
            return "a text"


def keys_listed(shape: Shape) -> str:
    """The keys of a mapping, or nothing."""
    return "the mapping has the keys " + ", ".join(f"`{key.name}`" for key in shape.keys) if shape.keys else ""


def hint(file: File, node: Node, shape: Shape) -> str:
    """Which habit of YAML may have made something else of a value, or nothing."""
    if isinstance(node, Scalar):
        if node.plain and re.match(r"[\w.-]+:\S", node.text):
            return "a space is missing after the colon"
        if is_empty(node) and re.match(r"[ \t]+#", file.text[node.end : node.end + 2]):
            return "` #` begins a comment; a value that begins with `#` is written in quotes"
        return trap(node.text) if node.plain else ""
    sign = file.text[node.start : node.start + 1]
    if shape.leaf is not None and shape.entries is None and sign in ("[", "{"):
        return f"a value that begins with `{sign}` means something else in YAML; text is written in quotes"
    return ""


def in_brackets(node: Node, shape: Shape) -> str:
    """The only item of a list, written as a list, or nothing."""
    if not isinstance(node, Scalar) or is_empty(node) or not node.plain or shape.items is None or shape.items.leaf is None:
        return ""
    return "" if shape.leaf or set(node.text) & set(",[]{}#:\n") else f"[{node.text}]"


def spelled(name: str, pattern: str) -> tuple[str, str | None]:
    """The rule for names, and the name as the rule wants it, if that can be told."""
    if pattern == CURRENCY:
        better = re.sub(r"[^A-Z0-9]", "", name.upper())
    else:
        spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
        better = re.sub(r"\W+|_+", "_", spaced.lower()).strip("_").lstrip("0123456789_")
    rule = _RULES.get(pattern, "a name is a text on one line")
    return rule, better if better.isascii() and re.search(pattern, better) else None
