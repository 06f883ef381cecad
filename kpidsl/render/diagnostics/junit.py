"""Findings as JUnit test cases: one for each finding, one that passed for each file without any."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.diagnostics.text import finding as as_text
from kpidsl.render.junit import Case, suite
from kpidsl.render.paint import Paint, plain


def show(report: Report, paint: Paint = plain) -> str:
    """One suite; a finding that does not make the check fail is a case that passed, with its text as output."""
    hit = {label.file.name for finding in report.findings for label in finding.labels[:1]}
    quiet = [Case(name, "no findings") for name in report.files if name not in hit]
    return suite("kpidsl check", [*(_case(finding, report) for finding in report.findings), *quiet])


def _case(finding: Diagnostic, report: Report) -> Case:
    group, place = finding.about or "definitions", ""
    if finding.labels:
        label = finding.labels[0]
        line, column = label.file.place(label.span.start)
        group, place = label.file.name, f" {line}:{column}"
    return Case(group, finding.code + place, finding.headline if report.fails(finding) else None, as_text(finding))
