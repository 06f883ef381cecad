"""The tables of keys to a reference page in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kpidsl.documents.bindings_keys import BINDINGS
from kpidsl.documents.keys import DEFINITION
from kpidsl.documents.shapes import Key, Leaf, Shape

_INTRODUCTION = """# Keys

Every key that a file may hold. Required keys are marked with \\*. A key that is not listed here is an error, as is a key that
stands twice. This page is made from the same tables as the check of files and the schemas in `grammar/`.
"""


def reference() -> str:
    """The page `docs/reference.md`."""
    return "\n".join([_INTRODUCTION, *_sections(DEFINITION, "Definition files"), *_sections(BINDINGS, "data.yaml")])


def _sections(shape: Shape, heading: str) -> Iterator[str]:
    """The section of a file, followed by those of the mappings in it."""
    yield f"## {heading}\n"
    yield _table(shape)
    for path, inner in _mappings(shape, ""):
        yield f"### `{path}`\n"
        yield _short_form(inner) + _table(inner)


def _mappings(shape: Shape, path: str) -> Iterator[tuple[str, Shape]]:
    """The mappings with fixed keys below a shape, each with its path."""
    for key in shape.keys:
        below, here = key.shape, f"{path}.{key.name}" if path else key.name
        while not below.keys and (inner := below.entries or below.items) is not None:
            here += ".NAME" if below.entries else "[]"
            below = inner
        if below.keys:
            yield here, below
            yield from _mappings(below, here)


def _short_form(shape: Shape) -> str:
    """What may stand in place of the mapping."""
    forms = [shape.leaf.what] if shape.leaf else []
    forms += [f"a list, each item {_what(shape.items)}"] if shape.items else []
    return f"In short {' or '.join(forms)}, else a mapping:\n\n" if forms else ""


def _table(shape: Shape) -> str:
    rows = ["| key | value | meaning | example |", "|---|---|---|---|", *map(_row, shape.keys), *_meanings(shape)]
    if shape.one_of:
        rows.append(f"\nExactly one of {_listed(shape.one_of)} is given.")
    if shape.some_of:
        rows.append(f"\nAt least one of {_listed(shape.some_of)} is given.")
    return "\n".join(rows) + "\n"


def _row(key: Key) -> str:
    mark = " \\*" if key.required else ""
    return f"| `{key.name}`{mark} | {_what(key.shape)} | {key.description} | `{key.example}` |"


def _meanings(shape: Shape) -> Iterator[str]:
    """What the words mean that are the only values of a key."""
    for key in shape.keys:
        words = key.shape.leaf.words if key.shape.leaf and not key.shape.is_mapping else {}
        lines = [f"- `{key.name}: {word}`: {meaning}" for word, meaning in words.items() if meaning]
        if lines:
            yield "\n" + "\n".join(lines)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _what(shape: Shape) -> str:
    """The kind of a value in a few words."""
    kinds = [_scalar(shape.leaf)] if shape.leaf else []
    if shape.items is not None or shape.entries is not None:
        kinds.append(shape.noun)
    if shape.keys:
        kinds.append("a mapping")
    return " or ".join(kinds)


def _scalar(leaf: Leaf) -> str:
    if leaf.words:
        return _listed(leaf.words)
    return f"{leaf.what}, at least {leaf.least}" if leaf.whole else leaf.what
