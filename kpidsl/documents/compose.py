"""A YAML text to nodes, with all that YAML does not let through or that definitions do not allow.

The events of libyaml (or of the pure-Python parser where libyaml is missing) are turned into nodes by a loop of our own.
`yaml.compose` would recurse, and with libyaml crash the process on a hundred thousand brackets; here depth is counted. It also
would neither notice keys that stand twice nor bound what aliases expand to.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from msgspec import Struct, field
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import slips
from kpidsl.documents import yaml_messages as messages
from kpidsl.documents.contents import fill
from kpidsl.documents.nodes import LARGEST_FILE, Hole, Mapping, Node, Scalar, Sequence, span
from kpidsl.text import File, Span

DEEPEST = 40
MOST_NODES = 200_000
MOST_ALIASED = 10_000
MOST_READ_AGAIN = 2_000_000

# The events and their marks are those of two parsers, of which only one is typed.
_Event = Any
_Loader = Callable[[str], Any]
PURE: _Loader = yaml.SafeLoader
FASTEST: _Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_PROPERTIES = re.compile(r"(?:[&!]\S*(?:[ \t]|\r\n|\n|\r|#[^\r\n]*(?=[\r\n]))*)+")
_TRAILING_BLANKS = re.compile(r"(?<![ \t])[ \t]++(?=[\r\n]|\Z)")
_DIRECTIVE = re.compile(r"(?:[ ]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*%(?!YAML 1\.[0-9]|TAG )")
_TEXT_TAGS = (None, "tag:yaml.org,2002:str")
_OWN_TAGS = (None, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


def compose(file: File, loader: _Loader = FASTEST) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The root node of a file, None if there is nothing in it, and every problem; after a syntax error the part before it."""
    if len(file.text) > LARGEST_FILE:
        return None, (messages.too_long(file, len(file.text), LARGEST_FILE),)
    text = _tidied(file.text)
    if directive := _DIRECTIVE.match(text):
        return None, (messages.directive(file, directive.end() - 1),)
    tabs: list[int] = []
    root, found, tab = _read(file, text, loader)
    while tab is not None and len(tabs) * len(text) < MOST_READ_AGAIN:
        tabs.append(tab)
        text = f"{text[:tab]} {text[tab + 1 :]}"
        root, found, tab = _read(file, text, loader)
    if bad := found and _FORBIDDEN.search(text):
        return None, (messages.forbidden_character(file, bad.start()),)
    if tabs:  # whatever else is wrong may come from them
        return None if found or tab is not None else root, (messages.tab(file, tabs[0], len(tabs) - 1),)
    return root, tuple(found)


def _read(file: File, text: str, loader: _Loader) -> tuple[Node | None, list[Diagnostic], int | None]:
    """The root of a text, what is wrong with it, and the first tab in its layout."""
    composer = _Composer(file, text)
    slip, stream = None, None
    try:
        stream = loader(text)
        composer.run(stream.get_event)
    except _Stop:
        return composer.finish(), composer.found, None
    except yaml.MarkedYAMLError as error:
        slip = slips.Slip.of(error, len(text))
    except (yaml.YAMLError, ValueError, OverflowError):  # a character that cannot be, written out or as an escape
        return None, [slips.bad_escape(file)], None
    finally:
        if stream is not None:
            stream.dispose()
    if slip is not None:
        composer.add_slip(slips.explain(file, slip))
    root = composer.finish()
    if slips.is_bad_escape(file, slip, root):
        return None, [slips.bad_escape(file)], None
    return root, composer.found, composer.layout_tab(slip)


def _tidied(text: str) -> str:
    """A text of the same length without what the parsers disagree on and nobody sees.

    libyaml leaves a byte order mark out of its offsets, which a line break in its place keeps. Tabs at line ends it lets pass.
    """
    if text.startswith("\ufeff"):
        text = "\n" + text[1:]
    return _TRAILING_BLANKS.sub(lambda blanks: " " * len(blanks.group()), text) if "\t" in text else text


class _Stop(Exception):
    """A limit was passed; what was read so far is all."""


class _Frame(Struct):
    """A container that is still open, and the nodes in it so far: of a mapping, keys and values in turn."""

    node: Mapping | Sequence
    anchor: str | None
    before: int
    children: list[Node] = field(default_factory=list)


class _Composer:
    def __init__(self, file: File, text: str) -> None:
        self.file = file
        self.text = text
        self.found: list[Diagnostic] = []
        self._roots: list[Node] = []
        self._stack: list[_Frame] = []
        self._children = self._roots
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._count = 0
        self._aliased = 0
        self._spans: list[tuple[int, int]] | None = [] if "\t" in text else None

    def run(self, get: Callable[[], _Event]) -> None:
        """Takes all events; scalars, which most are, without a call."""
        handlers: dict[type, Callable[[_Event], None]] = {
            MappingStartEvent: self._open,
            SequenceStartEvent: self._open,
            MappingEndEvent: self._close,
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document,
        }
        while (event := get()) is not None:
            kind = type(event)
            if kind is ScalarEvent:
                node: Node = Scalar(event.value, event.style or "", event.start_mark.index, event.end_mark.index)
                if event.tag is not None or event.anchor is not None:
                    node = self._with_properties(node, event)
                if self._spans is not None and event.style:
                    self._spans.append((node.start, node.end))
                self._children.append(node)
            elif (handle := handlers.get(kind)) is not None:
                handle(event)
            elif kind is StreamEndEvent:
                return

    def add_slip(self, finding: Diagnostic) -> None:
        """Adds what broke the text off, in place of what was found in the same value before."""
        value = finding.labels[0].span
        self.found = [other for other in self.found if not value.start <= other.labels[0].span.start < value.end]
        self.found.append(finding)
        self._distrust_last()

    def _distrust_last(self) -> None:
        """Makes a hole of the value before a syntax error, which may be half of what was meant."""
        is_key = self._stack and isinstance(self._stack[-1].node, Mapping) and len(self._children) % 2
        last = self._children[-1] if self._children and not is_key else None
        if isinstance(last, Scalar) or (isinstance(last, Mapping | Sequence) and last.flow):
            self._children[-1] = Hole(last.start, last.end)

    def finish(self) -> Node | None:
        """The root; containers in which the text broke off end there."""
        while self._stack:
            frame = self._stack[-1]
            if isinstance(frame.node, Mapping):
                frame.node.cut = True
            if isinstance(frame.node, Mapping) and len(frame.children) % 2:
                key = frame.children[-1]
                frame.children.append(Hole(key.start, key.end))
            self._finish(max((child.end for child in frame.children), default=frame.node.start + 1))
        return self._roots[0] if self._roots else None

    def layout_tab(self, slip: slips.Slip | None) -> int | None:
        """The first tab, up to a syntax error, that is not in quotes, a block or a comment; libyaml lets some pass."""
        if self._spans is None:
            return None
        return slips.layout_tab(self.text, self._spans, len(self.text) if slip is None else slip.sure)

    def _document(self, event: _Event) -> None:
        if self._roots:
            self._stop(messages.several_documents(self.file, event.start_mark.index))

    def _stop(self, finding: Diagnostic) -> None:
        self.found.append(finding)
        raise _Stop

    def _with_properties(self, node: Node, event: _Event) -> Node:
        """A scalar that has a tag or an anchor, which belong to its place as libyaml tells it."""
        assert isinstance(node, Scalar)
        whole = span(node)
        node.start = properties.end() if (properties := _PROPERTIES.match(self.text, node.start, node.end)) else node.start
        node.tagged = event.tag is not None
        placed: Node = node
        if event.tag not in _TEXT_TAGS:
            self.found.append(messages.tag(self.file, whole, event.tag))
            placed = Hole(whole.start, whole.end)
        if event.anchor is not None:
            self._anchors[event.anchor] = (placed, 1)
        return placed

    def _open(self, event: _Event) -> None:
        start = event.start_mark.index
        node = (Mapping if type(event) is MappingStartEvent else Sequence)(start, start, bool(event.flow_style))
        if event.tag not in _OWN_TAGS:
            self.found.append(messages.tag(self.file, Span(start, event.end_mark.index), event.tag))
        if len(self._stack) == DEEPEST:
            self._stop(messages.too_deep(self.file, start, DEEPEST))
        frame = _Frame(node, event.anchor, self._count)
        self._stack.append(frame)
        self._children = frame.children

    def _close(self, event: _Event) -> None:
        self._finish(event.end_mark.index)

    def _finish(self, end: int) -> None:
        """Makes the innermost open container out of its children."""
        frame = self._stack.pop()
        self._children = self._stack[-1].children if self._stack else self._roots
        node = frame.node
        node.end = end
        self._count += 1 + len(frame.children)
        if self._count > MOST_NODES:
            self._stack.clear()
            self._stop(messages.too_many(self.file, node.start, MOST_NODES))
        fill(self.file, node, frame.children, self.found)
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (node, self._count - frame.before)
        self._children.append(node)

    def _alias(self, event: _Event) -> None:
        place = Span(event.start_mark.index, event.end_mark.index)
        if event.anchor not in self._anchors:
            around = any(frame.anchor == event.anchor for frame in self._stack)
            self.found.append(messages.alias(self.file, place, event.anchor, around))
            self._children.append(Hole(place.start, place.end))
            return
        node, size = self._anchors[event.anchor]
        self._aliased += size
        self._count += size
        if len(self._stack) + _height(node) > DEEPEST:
            self._stop(messages.too_deep(self.file, place.start, DEEPEST))
        if self._aliased > MOST_ALIASED:
            self._stop(messages.too_much_aliased(self.file, place, MOST_ALIASED))
        self._children.append(node)


def _height(node: Node) -> int:
    """How many containers are inside each other."""
    match node:
        case Mapping(pairs=pairs):
            return 1 + max((_height(value) for _, value in pairs.values()), default=0)
        case Sequence(items=items):
            return 1 + max(map(_height, items), default=0)
        case _:
            return 0
