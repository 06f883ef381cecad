"""What a YAML text is made of: scalars, sequences and mappings, each with its place in the file."""

from __future__ import annotations

from collections.abc import Sequence as Steps

from msgspec import Struct, field

from kpidsl.text import Span

LARGEST_FILE = 2_000_000  # characters


class Scalar(Struct, eq=False, gc=False):
    """A text; `style` is `''` (plain), `'`, `"`, `|` or `>`; a tagged scalar is text whatever it looks like."""

    text: str
    style: str
    start: int
    end: int
    tagged: bool = False

    @property
    def plain(self) -> bool:
        return not self.style and not self.tagged


class Sequence(Struct, eq=False):
    start: int
    end: int
    flow: bool
    items: list[Node] = field(default_factory=list)


class Mapping(Struct, eq=False):
    """Keys to values; `cut` marks one in which the file broke off, so that something may be missing from it."""

    start: int
    end: int
    flow: bool
    pairs: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    cut: bool = False


class Hole(Struct, eq=False):
    """Something was written here that cannot be read, which was reported."""

    start: int
    end: int


Node = Scalar | Sequence | Mapping | Hole


def span(node: Node) -> Span:
    """The place of a node in its file."""
    return Span(node.start, node.end)


_EMPTY = frozenset(("", "~", "null", "Null", "NULL"))


def is_empty(node: Node) -> bool:
    """Whether nothing is written where the value stands."""
    return type(node) is Scalar and node.text in _EMPTY and node.plain


def find(node: Node, path: Steps[str | int]) -> tuple[Scalar | None, Node]:
    """The node at a path of keys and numbers, with the key that it stands under, if any."""
    key = None
    for step in path:
        match node:
            case Mapping():
                key, node = node.pairs[str(step)]
            case Sequence():
                key, node = None, node.items[int(step)]
            case _:
                break
    return key, node
