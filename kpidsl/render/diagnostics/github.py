"""Findings as annotations of GitHub Actions: one workflow command a line."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Label, Severity
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.github import command
from kpidsl.render.paint import Paint, plain

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def show(report: Report, paint: Paint = plain) -> str:
    """One line for each finding; nothing where there is none."""
    return "".join(_annotation(finding) for finding in report.findings)


def _annotation(finding: Diagnostic) -> str:
    place = _place(finding.labels[0]) if finding.labels else {}
    return command(_COMMANDS[finding.severity], {**place, "title": f"kpidsl {finding.code}"}, _message(finding))


def _place(label: Label) -> dict[str, str | int]:
    """Where the annotation stands; GitHub takes columns only for places within one line."""
    line, column = label.file.place(label.span.start)
    last, end = label.file.place(max(label.span.start, label.span.end - 1))
    place: dict[str, str | int] = {"file": label.file.name, "line": line, "endLine": last}
    return {**place, "col": column, "endColumn": end + 1} if last == line else place


def _message(finding: Diagnostic) -> str:
    return "\n".join([finding.headline, *finding.notes, *(f"help: {text}" for text in finding.help)])
