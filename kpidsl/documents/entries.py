"""What stands at a node, as the decoders ask for it; what has the wrong shape was reported and reads as absent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Entries
from functools import partial
from typing import TypeVar

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import yaml_messages as messages
from kpidsl.documents.model import Formula, Written
from kpidsl.documents.nodes import Mapping, Node, Scalar, Sequence, is_empty
from kpidsl.documents.scalars import core_value
from kpidsl.documents.trace import offsets
from kpidsl.language.parser import parse_expression
from kpidsl.language.tree import Tree
from kpidsl.text import Excerpt, File, Span

T = TypeVar("T")
Parser = Callable[[Excerpt], tuple[T | None, tuple[Diagnostic, ...]]]
Pairs = dict[str, tuple[Scalar, Node]]
Settings = Entries[str, tuple[Written[str], Formula[Tree]]]

_COMMENT = re.compile(r"[ \t]+(#[^\r\n]*)")
_NOTHING: Pairs = {}


def pairs_of(node: Node | None) -> Pairs:
    """The pairs of a mapping."""
    return node.pairs if type(node) is Mapping else _NOTHING


def items_of(node: Node | None) -> list[Node]:
    """The items of a list; a single scalar is a list of itself."""
    if type(node) is Sequence:
        return node.items
    return [node] if type(node) is Scalar and not is_empty(node) else []


class Entry:
    """The pairs of one mapping of a file; formulas are parsed on the way, and what is wrong with them is put on a list."""

    __slots__ = ("_found", "file", "pairs")

    def __init__(self, file: File, pairs: Pairs, found: list[Diagnostic]) -> None:
        self.file = file
        self.pairs = pairs
        self._found = found

    def node(self, key: str) -> Node | None:
        """The value of a key."""
        pair = self.pairs.get(key)
        return None if pair is None else pair[1]

    def text(self, key: str) -> str:
        """The text of a scalar, without white space around it; nothing if there is none."""
        pair = self.pairs.get(key)
        return pair[1].text.strip() if pair is not None and type(pair[1]) is Scalar else ""

    def written(self, key: str) -> Written[str] | None:
        """A scalar with its place."""
        pair = self.pairs.get(key)
        return None if pair is None else self.scalar(pair[1])

    def count(self, key: str) -> int | None:
        """A whole number."""
        node = self.node(key)
        value = core_value(node) if type(node) is Scalar else None
        return value if isinstance(value, int) else None

    def place(self, key: str) -> Written[str] | None:
        """A key with its place."""
        pair = self.pairs.get(key)
        return None if pair is None else Written(key, self.file, Span(pair[0].start, pair[0].end))

    def scalar(self, node: Node) -> Written[str] | None:
        """A node that is a scalar, with its place."""
        if type(node) is not Scalar or is_empty(node):
            return None
        return Written(node.text.strip(), self.file, Span(node.start, node.end))

    def many(self, key: str) -> tuple[Written[str], ...]:
        """The scalars of a list, or the only one."""
        return tuple(found for node in items_of(self.node(key)) if (found := self.scalar(node)) is not None)

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts of a list, or the only one."""
        return tuple(written.value for written in self.many(key))

    def entry(self, key: str) -> Entry:
        """A mapping below."""
        return self.below(self.node(key))

    def below(self, node: Node | None) -> Entry:
        """A node as an entry of the same file."""
        return Entry(self.file, pairs_of(node), self._found)

    def entries(self, key: str) -> Iterator[tuple[Written[str], Node]]:
        """The names and values of a mapping below."""
        file = self.file
        for name, (place, node) in pairs_of(self.node(key)).items():
            yield Written(name, file, Span(place.start, place.end)), node

    def formula(self, key: str, parse: Parser[T]) -> Formula[T] | None:
        """An expression; None if there is no such key."""
        pair = self.pairs.get(key)
        return None if pair is None else self.parsed(pair[1], parse)

    def required(self, key: str, parse: Parser[T], name: Written[str]) -> Formula[T]:
        """An expression that must be there; where it is not, which was reported, it is empty and stands at the name."""
        pair = self.pairs.get(key)
        return self.parsed(pair[1], parse) if pair is not None else self._absent(name.span.start)

    def formulas(self, key: str, parse: Parser[T]) -> tuple[Formula[T], ...]:
        """The expressions of a list, or the only one."""
        return tuple(self.parsed(node, parse) for node in items_of(self.node(key)))

    def parsed(self, node: Node, parse: Parser[T]) -> Formula[T]:
        """A node that is an expression."""
        if type(node) is not Scalar or is_empty(node):
            return self._absent(node.start)
        excerpt = Excerpt(self.file, node.text.rstrip(), partial(offsets, self.file.text, node))
        tree, found = parse(excerpt)
        if found:
            self._found.extend(self._cut_short(node) or found if tree is None else found)
        return Formula(excerpt, tree)

    def settings(self, key: str) -> Settings:
        """Names and what they are set to."""
        return {name.value: (name, self.parsed(node, parse_expression)) for name, node in self.entries(key)}

    def report(self, finding: Diagnostic) -> None:
        """Puts a finding on the list."""
        self._found.append(finding)

    def _absent(self, at: int) -> Formula[T]:
        return Formula(Excerpt(self.file, "", lambda: (at,)), None)

    def _cut_short(self, node: Scalar) -> list[Diagnostic]:
        """What to say instead of a syntax error if a comment has cut the expression short."""
        comment = _COMMENT.match(self.file.text, node.end)
        if node.style or comment is None or not _looks_cut(node.text):
            return []
        return [messages.comment_cut(self.file, Span(node.start, node.end), Span(comment.start(1), comment.end(1)))]


_UNFINISHED = re.compile(r"(?:[-+*/^=<>(,.]|\b(?:and|or|not|in|where|if|then|else|between|at|to|from))\Z")


def _looks_cut(text: str) -> bool:
    """Whether an expression breaks off: in a parenthesis or a quote, or after an operator."""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'", "", text)
    return bare.count("(") > bare.count(")") or '"' in bare or "'" in bare or _UNFINISHED.search(bare) is not None
