"""The labelled places of a finding to the lines of their files with marks below them, as rustc shows them.

Every label has its own line of marks, the main one (the first) in carets, the others in dashes. A tab takes four columns, a
wide character two. A label over several lines is marked on its first one; a long line is cut to the part around its labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from rich.cells import cell_len

from kpidsl.diagnostics import Label
from kpidsl.render.paint import Paint, Role
from kpidsl.text import File
from kpidsl.visible import visible

_TAB = "    "
_WIDEST = 160
_AROUND = 30


class _Mark(Struct, frozen=True):
    """A label on its line: the characters from `start` up to `end`, counted from 0."""

    line: int
    start: int
    end: int
    text: str
    main: bool


def snippet(labels: Sequence[Label], role: Role, paint: Paint) -> list[str]:
    """The lines of the files that the labels point at, those of the main label's file first; `role` is that of its marks."""
    width = margin(labels)
    found: list[str] = []
    for index, (file, marks) in enumerate(_by_file(labels).items()):
        first = marks[0]
        arrow = ":::" if index else "-->"
        found.append(f"{' ' * width}{paint(Role.FRAME, arrow)} {visible(file.name)}:{first.line}:{first.start + 1}")
        found.append(f"{' ' * width} {paint(Role.FRAME, '|')}")
        found.extend(_lines(file, marks, width, role, paint))
    return found


def margin(labels: Iterable[Label]) -> int:
    """How many columns the line numbers take."""
    return max((len(str(label.file.place(label.span.start)[0])) for label in labels), default=1)


def _by_file(labels: Sequence[Label]) -> dict[File, list[_Mark]]:
    """The marks of each file, in the order of the labels."""
    files: dict[File, list[_Mark]] = {}
    for index, label in enumerate(labels):
        files.setdefault(label.file, []).append(_mark(label, index == 0))
    return files


def _mark(label: Label, main: bool) -> _Mark:
    file, span = label.file, label.span
    line, column = file.place(span.start)
    last, last_column = file.place(max(span.start, span.end - 1))
    if last == line:
        return _Mark(line, column - 1, max(last_column, column), label.text, main)
    text = " ".join(filter(None, (f"(up to line {last})", label.text)))
    return _Mark(line, column - 1, max(len(file.line(line).rstrip()), column), text, main)


def _lines(file: File, marks: Sequence[_Mark], width: int, role: Role, paint: Paint) -> Iterator[str]:
    bar = paint(Role.FRAME, "|")
    before = None
    for number in sorted({mark.line for mark in marks}):
        if before is not None and number == before + 2:
            yield _source_line(before + 1, _cut(file.line(before + 1), 0, 0)[0], width, paint)
        elif before is not None and number > before + 2:
            yield paint(Role.FRAME, "...")
        here = sorted((mark for mark in marks if mark.line == number), key=lambda mark: (mark.start, mark.end))
        line, skipped = _cut(file.line(number), here[0].start, max(mark.end for mark in here))
        yield _source_line(number, line, width, paint)
        for mark in here:
            yield f"{' ' * width} {bar} {_underline(line, mark, skipped, role, paint)}"
        before = number


def _source_line(number: int, line: str, width: int, paint: Paint) -> str:
    return f"{paint(Role.FRAME, f'{number:>{width}} |')} {_shown(line)}".rstrip()


def _underline(line: str, mark: _Mark, skipped: int, role: Role, paint: Paint) -> str:
    start, end = max(mark.start - skipped, 0), max(mark.end - skipped, 0)
    indent = _columns(line[:start])
    length = max(1, _columns(line[start:end]))
    drawn = ("^" if mark.main else "-") * length
    text = " ".join(filter(None, (drawn, visible(mark.text))))
    return " " * indent + paint(role if mark.main else Role.FRAME, text)


def _cut(line: str, start: int, end: int) -> tuple[str, int]:
    """A line, or the part of a long one around its labels, and how many characters the part lies further left than before."""
    if len(line) <= _WIDEST:
        return line, 0
    first = 0 if end <= _WIDEST - _AROUND else max(0, start - _AROUND)
    last = first + _WIDEST
    head, tail = ("... " if first else ""), (" ..." if last < len(line) else "")
    return head + line[first:last] + tail, first - len(head)


def _shown(text: str) -> str:
    return visible(text.replace("\t", _TAB))


def _columns(text: str) -> int:
    """How many columns of a terminal a text takes as it is shown."""
    return cell_len(_shown(text))
