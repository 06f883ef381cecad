"""Findings for people: headline, place, the lines with marks below what is meant, help, and a count at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import indent

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.diagnostics.snippet import margin, snippet
from kpidsl.render.paint import Paint, Role, plain
from kpidsl.render.words import counted
from kpidsl.visible import visible, visible_lines

_ROLES = {Severity.ERROR: Role.ERROR, Severity.WARNING: Role.WARNING, Severity.NOTE: Role.NOTE}


def show(report: Report, paint: Paint = plain) -> str:
    """All findings, and the line that counts them."""
    return "\n".join([*(f"{finding(each, paint)}\n" for each in report.findings), count(report, paint), ""])


def finding(each: Diagnostic, paint: Paint = plain) -> str:
    """One finding, over several lines, without a line break at its end."""
    return "\n".join(_finding(each, paint))


def brief(each: Diagnostic, paint: Paint = plain) -> str:
    """One finding on one line."""
    return f"{paint(_ROLES[each.severity], f'{each.severity.value}[{each.code}]')}: {visible(each.headline)}"


def _finding(each: Diagnostic, paint: Paint) -> Iterator[str]:
    role = _ROLES[each.severity]
    severity = paint(role, f"{each.severity.value}[{each.code}]")
    yield f"{severity}{paint(Role.TITLE, ': ' + visible(each.headline))}"
    width = margin(each.labels)
    if each.labels:
        yield from snippet(each.labels, role, paint)
    elif each.about:
        yield f"{' ' * width}{paint(Role.FRAME, '-->')} {visible(each.about)}"
    for word, texts in (("note", each.notes), ("help", each.help)):
        for text in texts:
            yield _remark(word, text, width, paint)


def _remark(word: str, text: str, width: int, paint: Paint) -> str:
    first, *rest = visible_lines(text)
    sign = f"{' ' * (width + 1)}{paint(Role.FRAME, '=')} {paint(Role.HELP, word + ':')} "
    below = " " * (width + len(word) + 5)
    return "\n".join([sign + first, *(indent(line, below) for line in rest)])


def summary(findings: Iterable[Diagnostic]) -> str:
    """`2 errors, 1 warning`; empty where there is nothing."""
    severities = [each.severity for each in findings]
    return ", ".join(counted(number, severity.value) for severity in Severity if (number := severities.count(severity)))


def count(report: Report, paint: Paint = plain) -> str:
    """The line that counts the findings and the files."""
    total = len(report.files)
    if not report.findings:
        return f"{paint(Role.GOOD, 'no problems')} in {counted(total, 'file')}"
    hit = {label.file.name for each in report.findings for label in each.labels[:1]} & set(report.files)
    worst = next(severity for severity in Severity if report.findings.of(severity))
    said = paint(_ROLES[worst], summary(report.findings))
    return f"{said} in {len(hit):,} of {counted(total, 'file')}" if hit else f"{said}, {counted(total, 'file')} read"
