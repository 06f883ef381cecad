"""The words of a file, wherever they stand in it: every name that it may mention is among them, and much else.

Which definitions depend on which can so be told without reading files whose meaning is not asked for. It is told too often
rather than too seldom: a word in a description counts as much as one in a formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kpidsl.documents.compose import compose
from kpidsl.documents.nodes import Mapping, Node, Scalar, Sequence
from kpidsl.text import File

_WORD = re.compile(r"\w+")
_ESCAPE = "\\"  # in quotes it may stand for a letter, or join two lines


def words(file: File) -> frozenset[str]:
    """The words of a text and of what YAML makes of it."""
    found = set(_WORD.findall(file.text))
    if _ESCAPE in file.text:
        root, _ = compose(file)
        found.update(word for text in _texts(root) for word in _WORD.findall(text))
    return frozenset(found)


def mentions(file: File, names: Iterable[str]) -> bool:
    """Whether a file may mention one of some names."""
    if _ESCAPE not in file.text and not any(name in file.text for name in names):
        return False
    found = words(file)
    return any(found.issuperset(_WORD.findall(name)) for name in names)


def has_section(file: File, key: str) -> bool:
    """Whether a file has a key at its top."""
    if _ESCAPE not in file.text and key not in file.text:
        return False
    root, _ = compose(file)
    return isinstance(root, Mapping) and key in root.pairs


def _texts(root: Node | None) -> Iterator[str]:
    """The keys and values of a file; what aliases stand for once."""
    seen: set[int] = set()
    waiting = [] if root is None else [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Scalar(text=text):
                yield text
            case Sequence(items=items):
                waiting.extend(items)
            case Mapping(pairs=pairs):
                yield from pairs
                waiting.extend(value for _, value in pairs.values())
            case _:
                pass
