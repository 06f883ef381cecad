"""All findings of a check to those that a project wants to read: advice of rules that hold, and that no comment ignores."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from kpidsl.checks import advice_messages as messages
from kpidsl.diagnostics import Diagnostic, Label, Severity
from kpidsl.documents.model import Definitions, Ignore, Written
from kpidsl.documents.rules import RULES, Rules
from kpidsl.text import Span


def wanted(findings: Sequence[Diagnostic], definitions: Definitions, *, whole: bool) -> tuple[Diagnostic, ...]:
    """The findings that are to be said, and the comments that ignore nothing.

    Whether a comment is of use can only be told after a `whole` check, and without errors, which keep rules from looking.
    """
    rules, ignores = definitions.project.rules, _Ignores(definitions.ignores)
    said = tuple(each for each in findings if not _is_advice(each) or (rules.has(each.code) and not ignores.hold(each)))
    if not whole or any(each.severity is Severity.ERROR for each in said):
        return said
    return (*said, *_unused(ignores, rules))


def _is_advice(finding: Diagnostic) -> bool:
    return finding.severity is not Severity.ERROR and finding.code in RULES


def _unused(ignores: _Ignores, rules: Rules) -> Iterator[Diagnostic]:
    for ignore, code in ignores.unused():
        yield messages.unused_ignore(ignore, code, rules.has(code.value))


class _Ignores:
    """The comments of all files by the lines that they are about, and what they ignored so far."""

    def __init__(self, ignores: tuple[Ignore, ...]) -> None:
        self._ignores = ignores
        self._asked = {(*_where(each), code.value) for each in ignores for code in each.codes}
        self._used: set[tuple[str, Span, str]] = set()
        self._lines: dict[str, list[Span]] = {}
        self._files = {each.place.file.name: each.lines for each in ignores if each.whole}
        for name, lines in sorted({_where(each) for each in ignores if not each.whole}):
            self._lines.setdefault(name, []).append(lines)

    def hold(self, finding: Diagnostic) -> bool:
        """Whether a finding is ignored at the place of its first label: by a comment about its line, else about its file."""
        if not self._ignores or not finding.labels:
            return False
        label = finding.labels[0]
        for lines in (self._lines_at(label), self._files.get(label.file.name)):
            if lines is not None and (key := (label.file.name, lines, finding.code)) in self._asked:
                self._used.add(key)
                return True
        return False

    def _lines_at(self, label: Label) -> Span | None:
        """The lines that hold a place, if a comment is about them; no two such runs of lines overlap."""
        lines, at = self._lines.get(label.file.name, []), label.span.start
        index = bisect_right(lines, at, key=lambda each: each.start) - 1
        return lines[index] if index >= 0 and at < lines[index].end else None

    def unused(self) -> Iterator[tuple[Ignore, Written[str]]]:
        """Each comment and code of it that ignored nothing."""
        for each in self._ignores:
            yield from ((each, code) for code in each.codes if (*_where(each), code.value) not in self._used)


def _where(ignore: Ignore) -> tuple[str, Span]:
    return ignore.place.file.name, ignore.lines
