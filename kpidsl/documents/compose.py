"""A YAML text to nodes, with all that YAML does not let through or that definitions do not allow.

The events of libyaml (or of the pure-Python parser where libyaml is missing) are turned into nodes by a loop of our own. `yaml.compose`
would recurse, and with libyaml crash the process on a hundred thousand brackets; here depth is counted. It also would neither notice
keys that stand twice nor bound what aliases expand to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import messages, slips
from kpidsl.documents.commas import rejoin_items, rejoin_pairs
from kpidsl.documents.nodes import Hole, Mapping, Node, Scalar, Sequence
from kpidsl.text import File, Span

LARGEST_FILE = 2_000_000
DEEPEST = 40
MOST_NODES = 200_000
MOST_ALIASED = 10_000

_Loader = Callable[[str], Any]
PURE: _Loader = yaml.SafeLoader
FASTEST: _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:[ \t]|\r\n|\n|\r|#[^\r\n]*(?=[\r\n]))*)+")
_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")
_OWN_TAGS = (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


class _Stop(Exception):
    """A limit was passed; what was read so far is all."""


def compose(file: File, loader: _Loader = FASTEST) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The root node of a file, None if there is nothing in it, and every problem; after a syntax error the part before it."""
    if len(file.text) > LARGEST_FILE:
        return None, (messages.too_long(file, len(file.text), LARGEST_FILE),)
    # libyaml leaves a byte order mark out of its offsets; a line break in its place keeps them.
    text = "\n" + file.text[1:] if file.text.startswith("\ufeff") else file.text
    composer = _Composer(file, text)
    _run(composer, loader)
    if composer.found and (bad := _FORBIDDEN.search(text)):
        composer.found = [messages.forbidden_character(file, bad.start())]
    return composer.finish(), tuple(composer.found)


def _run(composer: _Composer, loader: _Loader) -> None:
    file, say = composer.file, composer.found.append
    stream = None
    try:
        stream = loader(composer.text)
        composer.run(stream.get_event)
    except _Stop:
        return
    except yaml.MarkedYAMLError as error:
        slip = slips.Slip.of(error, len(composer.text))
        tab = composer.layout_tab(slip)
        say(slips.explain(file, slip) if tab is None else messages.tab(file, tab))
    except (yaml.YAMLError, ValueError, OverflowError):  # a character that cannot be, written out or as an escape
        say(slips.bad_escape(file))
    else:
        tab = composer.layout_tab(None)
        if tab is not None:
            say(messages.tab(file, tab))
    finally:
        if stream is not None:
            stream.dispose()


@dataclass(slots=True)
class _Frame:
    """A container that is still open: the key that waits for its value, the pairs of a mapping in braces, the anchor."""

    node: Mapping | Sequence
    before: int
    anchor: str | None
    key: Scalar | Hole | None = None
    pairs: list[tuple[Scalar, Node]] = field(default_factory=list)


class _Composer:
    def __init__(self, file: File, text: str) -> None:
        self.file = file
        self.text = text
        self.found: list[Diagnostic] = []
        self._root: Node | None = None
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._aliased = 0
        self._documents = 0
        self._spans: list[tuple[int, int]] | None = [] if "\t" in text else None

    def run(self, get: Callable[[], Event | None]) -> None:
        """Takes all events."""
        handlers: dict[type, Callable[[Any], None]] = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }
        while (event := get()) is not None:
            handle = handlers.get(type(event))
            if handle is not None:
                handle(event)
            elif type(event) is StreamEndEvent:
                return

    def finish(self) -> Node | None:
        """The root; containers in which the text broke off end there."""
        while self._stack:
            frame = self._stack.pop()
            node = frame.node
            node.end = max(node.start + 1, node.end)
            if isinstance(node, Mapping):
                node.cut = True
                self._fill(node, frame.pairs)
                if isinstance(frame.key, Scalar):
                    node.pairs.setdefault(frame.key.text, (frame.key, Hole(frame.key.start, frame.key.end)))
            self._place(node)
        return self._root

    def layout_tab(self, slip: slips.Slip | None) -> int | None:
        """The first tab, up to a syntax error, that is neither in a text nor in a comment; libyaml lets some pass."""
        if self._spans is None:
            return None
        return slips.layout_tab(self.text, self._spans, len(self.text) if slip is None else slip.sure)

    def _document(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            self.found.append(messages.several_documents(self.file, event.start_mark.index))
            raise _Stop

    def _scalar(self, event: ScalarEvent) -> None:
        node: Node = Scalar(event.value, event.style or "", event.start_mark.index, event.end_mark.index)
        self._count += 1
        if event.tag is not None or event.anchor is not None:
            node = self._with_properties(node, event)
        if self._spans is not None:
            self._spans.append((node.start, node.end))
        self._place(node)

    def _with_properties(self, node: Scalar, event: ScalarEvent) -> Node:
        whole = Span(node.start, node.end)
        node.start = self._skip(node.start, node.end)
        node.tagged = event.tag is not None
        placed: Node = node
        if event.tag not in _TEXT_TAGS:
            self.found.append(messages.tag(self.file, whole, event.tag))
            placed = Hole(whole.start, whole.end)
        if event.anchor is not None:
            self._anchors[event.anchor] = (placed, 1)
        return placed

    def _skip(self, start: int, end: int) -> int:
        properties = _PROPERTIES.match(self.text, start, end)
        return properties.end() if properties else start

    def _open(self, event: NodeEvent) -> None:
        start = event.start_mark.index
        node = (Mapping if type(event) is MappingStartEvent else Sequence)(start, start, bool(event.flow_style))
        if event.tag not in _OWN_TAGS:
            self.found.append(messages.tag(self.file, Span(start, event.end_mark.index), event.tag))
        self._stack.append(_Frame(node, self._count, event.anchor))
        self._count += 1
        if len(self._stack) > DEEPEST:
            self._stop(messages.too_deep(self.file, start, DEEPEST))
        if self._count > MOST_NODES:
            self._stop(messages.too_many(self.file, start, MOST_NODES))

    def _stop(self, finding: Diagnostic) -> None:
        self.found.append(finding)
        raise _Stop

    def _close(self, event: CollectionEndEvent) -> None:
        frame = self._stack.pop()
        node = frame.node
        node.end = event.end_mark.index
        if isinstance(node, Mapping):
            self._fill(node, frame.pairs)
        elif node.flow:
            self._rejoin(node)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (node, self._count - frame.before)
        self._place(node)

    def _rejoin(self, node: Sequence) -> None:
        node.items, cuts = rejoin_items(self.text, node.items)
        self.found.extend(messages.comma_in_braces(self.file, cut) for cut in cuts)

    def _fill(self, node: Mapping, pairs: list[tuple[Scalar, Node]]) -> None:
        """Puts the pairs of a mapping in braces into it; those that a comma of a formula made are joined again first."""
        if pairs:
            whole, cuts = rejoin_pairs(self.text, pairs)
            self.found.extend(messages.comma_in_braces(self.file, cut) for cut in cuts)
            for key, value in whole:
                self._pair(node, key, value)

    def _alias(self, event: AliasEvent) -> None:
        span = Span(event.start_mark.index, event.end_mark.index)
        node, size = self._anchors.get(event.anchor, (None, 1))
        if node is None:
            around = any(frame.anchor == event.anchor for frame in self._stack)
            self.found.append(messages.alias(self.file, span, event.anchor, around))
            node = Hole(span.start, span.end)
        elif len(self._stack) + _height(node) > DEEPEST:
            self._stop(messages.too_deep(self.file, span.start, DEEPEST))
        else:
            self._aliased += size
            if self._aliased > MOST_ALIASED:
                self._stop(messages.too_much_aliased(self.file, span, MOST_ALIASED))
        self._count += size
        self._place(node)

    def _place(self, node: Node) -> None:
        if not self._stack:
            self._root = node
            return
        frame = self._stack[-1]
        box = frame.node
        if isinstance(box, Sequence):
            box.items.append(node)
        elif frame.key is None:
            frame.key = self._key(node)
        else:
            key, frame.key = frame.key, None
            if isinstance(key, Hole):
                return
            if box.flow:
                frame.pairs.append((key, node))
            else:
                self._pair(box, key, node)

    def _key(self, node: Node) -> Scalar | Hole:
        if isinstance(node, Hole):
            return node
        if not isinstance(node, Scalar) or "\n" in node.text:
            self.found.append(messages.key_not_a_word(self.file, Span(node.start, node.end)))
        elif node.text == "<<" and node.plain:
            self.found.append(messages.merge_key(self.file, Span(node.start, node.end)))
        else:
            return node
        return Hole(node.start, node.end)

    def _pair(self, box: Mapping, key: Scalar, value: Node) -> None:
        first = box.pairs.get(key.text)
        if first is None:
            box.pairs[key.text] = (key, value)
            return
        places = Span(key.start, key.end), Span(first[0].start, first[0].end)
        self.found.append(messages.duplicate_key(self.file, key.text, *places))


def _height(node: Node) -> int:
    match node:
        case Mapping(pairs=pairs):
            return 1 + max((_height(value) for _, value in pairs.values()), default=0)
        case Sequence(items=items):
            return 1 + max(map(_height, items), default=0)
        case _:
            return 0
