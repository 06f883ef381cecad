"""Findings as a Code Quality report of GitLab, which shows them in a merge request.

Format: docs.gitlab.com/ci/testing/code_quality, "Code Quality report format".
"""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.render.diagnostics.fingerprints import fingerprints
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.json_text import json_text
from kpidsl.render.paint import Paint, plain
from kpidsl.visible import visible

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def show(report: Report, paint: Paint = plain) -> str:
    """One JSON list."""
    pairs = zip(report.findings, fingerprints(report.findings), strict=True)
    return json_text([_issue(finding, fingerprint, report) for finding, fingerprint in pairs])


def _issue(finding: Diagnostic, fingerprint: str, report: Report) -> dict[str, object]:
    return {
        "description": visible(report.standing_alone(finding)),
        "check_name": finding.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": _location(finding, report),
    }


def _location(finding: Diagnostic, report: Report) -> dict[str, object]:
    """Every issue has a place; one that has none stands at the beginning of the project's first file."""
    if not finding.labels:
        return {"path": report.home, "lines": {"begin": 1, "end": 1}}
    label = finding.labels[0]
    line, _ = label.file.place(label.span.start)
    last, _ = label.file.place(max(label.span.start, label.span.end - 1))
    return {"path": label.file.name, "lines": {"begin": line, "end": last}}
