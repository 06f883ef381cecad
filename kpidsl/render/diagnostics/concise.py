"""Findings on one line each, for terminals, editors and `grep`, and a count at the end."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.diagnostics.text import brief, count
from kpidsl.render.paint import Paint, Role, plain
from kpidsl.visible import visible


def show(report: Report, paint: Paint = plain) -> str:
    """`file:line:column: severity[code]: headline`, line by line."""
    return "\n".join([*(line(each, paint) for each in report.findings), count(report, paint), ""])


def line(finding: Diagnostic, paint: Paint) -> str:
    """One finding."""
    place = _place(finding)
    return f"{paint(Role.FRAME, f'{place}:')} {brief(finding, paint)}" if place else brief(finding, paint)


def _place(finding: Diagnostic) -> str:
    if not finding.labels:
        return visible(finding.about)
    label = finding.labels[0]
    line, column = label.file.place(label.span.start)
    return f"{visible(label.file.name)}:{line}:{column}"
