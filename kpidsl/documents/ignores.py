"""The comments of a file to what they ask to leave unsaid, `# kpidsl: ignore[code] reason`, and what is wrong with them.

A comment is about its own line, or, where nothing else stands on that, about the next line that is no comment. Lines that one
text joins, such as a formula over several lines, count as one line: inside of it there is no place for a comment.
`# kpidsl: ignore-file[code] reason` is about the whole file, above everything else in which it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import ignore_messages as messages
from kpidsl.documents.model import Ignore, Written
from kpidsl.documents.nodes import Hole, Mapping, Node, Scalar, Sequence
from kpidsl.documents.rules import RULES
from kpidsl.documents.yaml_messages import too_many_comments
from kpidsl.shipped import folder
from kpidsl.suggest import nearest
from kpidsl.text import File, Span

MOST_COMMENTS = 1_000
_SIGN = "kpidsl:"
_COMMENT = re.compile(r"(?<!\S)#[ \t]*kpidsl:[ \t]*(?P<words>[^\r\n]*)")
_IGNORE = re.compile(r"ignore(?P<whole>-file)?[ \t]*\[(?P<codes>[^\]\r\n]{0,1000})\](?P<reason>[^\r\n]*)")
_CODE = re.compile(r"[^\s,]+")
_KNOWN_FORM = re.compile(r"[a-z]+(?:-[a-z]+)*")
_FIRST_WORD = re.compile(r"\w+")


def read_ignores(file: File, root: Node) -> tuple[tuple[Ignore, ...], tuple[Diagnostic, ...]]:
    """The comments of a file that ignore something, in order."""
    if _SIGN not in file.text:
        return (), ()
    lines = _Lines(file, root)
    found: list[Diagnostic] = []
    comments = [comment for comment in _COMMENT.finditer(file.text) if lines.is_comment(comment.start())]
    if len(comments) > MOST_COMMENTS:
        found.append(too_many_comments(file, comments[MOST_COMMENTS].start(), MOST_COMMENTS))
    ignores = (_ignore(file, comment, lines, found) for comment in comments[:MOST_COMMENTS])
    return tuple(ignore for ignore in ignores if ignore is not None), tuple(found)


def _ignore(file: File, comment: re.Match[str], lines: _Lines, found: list[Diagnostic]) -> Ignore | None:
    place = Written(comment[0].rstrip(), file, Span(comment.start(), comment.start() + len(comment[0].rstrip())))
    words = _IGNORE.match(file.text, comment.start("words"))
    codes = list(_CODE.finditer(file.text, *words.span("codes"))) if words else []
    if words is None or not codes:
        if _is_meant(comment["words"]):
            found.append(messages.ignore_spelling(place.label()))
        return None
    if not re.search(r"\w", words["reason"]):
        found.append(messages.ignore_without_reason(place.label()))
        return None
    whole = words["whole"] is not None
    if whole and not lines.is_on_top(comment.start()):
        found.append(messages.ignore_below_the_top(place.label()))
        return None
    written = [Written(code[0], file, Span(*code.span())) for code in codes]
    found.extend(_unknown(code) for code in written if code.value not in RULES)
    about = Span(0, len(file.text)) if whole else lines.about(comment.start())
    return Ignore(place, tuple(code for code in written if code.value in RULES), about, whole)


def _is_meant(words: str) -> bool:
    """Whether a comment begins with a word like `ignore`; any other that begins with our name is prose."""
    first = _FIRST_WORD.match(words)
    return first is not None and nearest(first[0], ("ignore",)) is not None


def _unknown(code: Written[str]) -> Diagnostic:
    is_known = _KNOWN_FORM.fullmatch(code.value) and (folder("diagnostics") / f"{code.value}.md").is_file()
    if is_known:
        return messages.not_advice(code.label(), code.value)
    return messages.unknown_code(code.label(), code.value, nearest(code.value, RULES))


class _Lines:
    """The lines of a file, and which of them a text joins."""

    def __init__(self, file: File, root: Node) -> None:
        self._file = file
        self._top = root.start
        self._texts = sorted((node.start, node.end, node.style) for node in _scalars(root))
        self._starts = [start for start, _, _ in self._texts]

    def is_comment(self, at: int) -> bool:
        """Whether what looks like a comment is one, and not in a text."""
        before = bisect_right(self._starts, at) - 1
        if before < 0:
            return True
        start, end, style = self._texts[before]
        if style in ("|", ">"):  # behind the sign, on its line, there may be a comment
            return at >= end or self._line(start) == self._line(at)
        return at >= end

    def is_on_top(self, at: int) -> bool:
        """Whether a comment stands above everything else in the file."""
        return at < self._top

    def about(self, at: int) -> Span:
        """The characters of the line, or of the joined lines, that a comment is about."""
        number = self._line(at)
        if self._begins_line(at):
            number = self._next[number]
        first, last = self._joined_lines(number)
        return Span(self._file.start(first), self._file.start(last + 1))

    def _begins_line(self, at: int) -> bool:
        number, column = self._file.place(at)
        return not self._file.line(number)[: column - 1].strip()

    def _joined_lines(self, number: int) -> tuple[int, int]:
        """The first and the last of the lines that are joined with this one."""
        index = bisect_right(self._joined, (number, self._last)) - 1
        first, last = self._joined[index] if index >= 0 else (0, 0)
        return (first, last) if first <= number <= last else (number, number)

    @cached_property
    def _joined(self) -> list[tuple[int, int]]:
        """The lines of each run of lines that texts join, in order."""
        runs: list[tuple[int, int]] = []
        for start, end, _ in self._texts:
            first, last = self._line(start), self._line(max(start, end - 1))
            if first == last:
                continue
            if runs and first <= runs[-1][1]:
                first, last = runs[-1][0], max(last, runs.pop()[1])
            runs.append((first, last))
        return runs

    @cached_property
    def _next(self) -> list[int]:
        """The next line that is more than a comment, for each line; the last one has none but itself."""
        following = [self._last] * (self._last + 1)
        for number in range(self._last - 1, 0, -1):
            below = number + 1
            is_comment = self._file.line(below).lstrip().startswith("#")
            following[number] = following[below] if is_comment else below
        return following

    @cached_property
    def _last(self) -> int:
        return self._line(len(self._file.text))

    def _line(self, at: int) -> int:
        return self._file.place(at)[0]


def _scalars(root: Node) -> Iterator[Scalar]:
    """All texts of a file; what aliases stand for once."""
    seen: set[int] = set()
    open_: list[Node] = [root]
    while open_:
        node = open_.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Scalar():
                yield node
            case Mapping(pairs=pairs):
                open_.extend(part for pair in pairs.values() for part in pair)
            case Sequence(items=items):
                open_.extend(items)
            case Hole():
                pass
            case _:
                raise TypeError(node)
