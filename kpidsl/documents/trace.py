"""Which character of the file each character of a scalar's value came from.

YAML folds lines, cuts indentation and resolves escapes, and parsers only tell where a scalar starts and ends. So the raw text
is read a second time, by the rules of YAML 1.1 as libyaml applies them (chapters 5.7 and 9 of its specification), but only when
something has to be pointed at. Where that does not reproduce the value, everything is said to come from the scalar's start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kpidsl.documents.nodes import Scalar

Traced = Iterator[tuple[str, int]]

# YAML breaks lines at more characters than editors do; all but the Unicode separators are read as "\n".
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_LINE = re.compile("([^\n\r\x85\u2028\u2029]*)(\r\n|[\n\r\x85\u2028\u2029]|\\Z)")
_HEADER = re.compile(r"[|>]([-+]?)([1-9]?)([-+]?)[^\n\r]*?(?:#[^\n\r]*)?(\r\n|[\n\r]|\Z)")
_ESCAPES = dict(zip('0abt\tnvfre "/\\N_LP', '\0\a\b\t\t\n\v\f\r\x1b "/\\\x85\xa0\u2028\u2029', strict=True))
_CODES = {"x": 2, "u": 4, "U": 8}
_LEAD = re.compile(r"(?:[ ]*-(?=[ ]))*[ ]*")


def offsets(text: str, node: Scalar) -> Sequence[int]:
    """The file offset of each character of a scalar's text; of an empty text, the one place where it is."""
    try:
        traced = list(_characters(text, node))
    except (IndexError, KeyError, ValueError):
        traced = []
    again = "".join(character for character, _ in traced)
    if traced and again.replace("\t", " ") == node.text.replace("\t", " "):  # tabs may have been read as spaces
        return [offset for _, offset in traced]
    return [node.start] * max(1, len(node.text))


def end_of(text: str, node: Scalar, offset: int) -> int:
    """Where the spelling of a scalar's character that comes from `offset` ends; an escape is longer, a quote may be doubled."""
    if node.style == '"' and text[offset] == "\\":
        return offset + 2 + _CODES.get(text[offset + 1], 0)
    return offset + (2 if node.style == "'" and text[offset] == "'" else 1)


def _characters(text: str, node: Scalar) -> Traced:
    match node.style:
        case "":
            return flow_characters(text, node.start, node.end, "")
        case "'" | '"':
            return flow_characters(text, node.start + 1, node.end - 1, node.style)
        case _:
            return _block_characters(text, node)


def flow_characters(text: str, start: int, end: int, quote: str) -> Traced:
    """The characters of a plain or quoted scalar between two offsets, each with where it came from."""
    at = start
    while at < end:
        character = text[at]
        if character in " \t\n\r\x85\u2028\u2029":
            traced, at = _white(text, at, end)
            yield from traced
        elif quote == "'" and character == "'":
            yield "'", at
            at += 2
        elif quote == '"' and character == "\\":
            traced, at = _escape(text, at, end)
            yield from traced
        else:
            yield character, at
            at += 1


def _white(text: str, at: int, end: int) -> tuple[list[tuple[str, int]], int]:
    """Blanks within a line stay; a line break is a blank, further ones are line breaks."""
    after = _skip_blanks(text, at, end)
    if after >= end or not _BREAK.match(text, after):
        return [(text[here], here) for here in range(at, after)], after
    breaks, after = _breaks(text, after, end)
    first, rest = breaks[0], breaks[1:]
    if first[0] != "\n":  # a Unicode separator is kept
        return breaks, after
    return rest or [(" ", first[1])], after


def _breaks(text: str, at: int, end: int) -> tuple[list[tuple[str, int]], int]:
    """The line breaks from `at` on, with the blanks around them skipped."""
    breaks = []
    while at < end and (found := _BREAK.match(text, at)):
        breaks.append((_normal(found.group()), at))
        at = _skip_blanks(text, found.end(), end)
    return breaks, at


def _normal(line_break: str) -> str:
    return line_break if line_break in ("\u2028", "\u2029", "") else "\n"


def _skip_blanks(text: str, at: int, end: int) -> int:
    while at < end and text[at] in " \t":
        at += 1
    return at


def _escape(text: str, at: int, end: int) -> tuple[list[tuple[str, int]], int]:
    letter = text[at + 1]
    if found := _BREAK.match(text, at + 1):  # the line goes on without a blank; empty lines after it still count
        return _breaks(text, _skip_blanks(text, found.end(), end), end)
    if letter in _CODES:
        after = at + 2 + _CODES[letter]
        return [(chr(int(text[at + 2 : after], 16)), at)], after
    return [(_ESCAPES[letter], at)], at + 2


def _block_characters(text: str, node: Scalar) -> Traced:
    header = _HEADER.match(text, node.start)
    if header is None:
        return
    lines = list(_block_lines(text, header.end(), node.end))
    indent = int(header[2]) + parent_indent(text, node.start) if header[2] else _first_indent(lines)
    pending: list[tuple[str, int]] = []
    was_deep = started = False
    for start, body, line_break in _until_dedent(lines, indent):
        content = body[indent:]
        end = start + len(body)
        if content:
            deep = content[0] in " \t"
            folds = node.style == ">" and started and not deep and not was_deep
            yield from _joint(pending) if folds else pending
            yield from zip(content, range(start + indent, end), strict=True)
            pending, was_deep, started = [], deep, True
        pending.append((_normal(line_break), end))
    yield from _chomped(pending, header[1] or header[3], started)


def _block_lines(text: str, at: int, end: int) -> Iterator[tuple[int, str, str]]:
    while at < end and (line := _LINE.match(text, at, end)):
        yield at, line[1], line[2]
        at = line.end()


def _first_indent(lines: list[tuple[int, str, str]]) -> int:
    """The indentation of the first line with text; without one, of the longest line."""
    leads = [len(body) - len(body.lstrip(" ")) for _, body, _ in lines]
    return next((lead for lead, (_, body, _) in zip(leads, lines, strict=True) if body[lead:]), max(leads, default=0))


def parent_indent(text: str, start: int) -> int:
    """What a block's own indentation, where its header says it, adds to: where the key before it stands, or else the `-`."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    lead = _LEAD.match(text, line, start)
    if lead is None or ":" in text[lead.end() : start]:
        return lead.end() - line if lead else 0
    return max(0, lead.group().rfind("-"))


def _until_dedent(lines: list[tuple[int, str, str]], indent: int) -> Iterator[tuple[int, str, str]]:
    """The lines of the block itself; what follows less indented, a comment, is none of it."""
    for line in lines:
        if line[1].strip(" ") and line[1][:indent].strip(" "):
            return
        yield line


def _joint(pending: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """What folding leaves of the line breaks between two lines."""
    first, rest = pending[0], pending[1:]
    if first[0] != "\n":
        return pending
    return rest or [(" ", first[1])]


def _chomped(pending: list[tuple[str, int]], chomping: str, started: bool) -> list[tuple[str, int]]:
    """The line breaks that are left at the end: all with `+`, none with `-`, else one after a text."""
    if chomping == "-":
        return []
    kept = pending if chomping == "+" else pending[:1] if started else []
    return [(character, offset) for character, offset in kept if character]
