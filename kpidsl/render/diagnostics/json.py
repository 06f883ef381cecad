"""Findings for programs: `diagnostics` of grammar/result.schema.json."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.json_text import json_text
from kpidsl.render.paint import Paint, plain
from kpidsl.text import File, Span

VERSION = 1
Document = Mapping[str, object]


def show(report: Report, paint: Paint = plain) -> str:
    """One JSON document."""
    document = {
        "kind": "diagnostics",
        "version": VERSION,
        "files": list(report.files),
        "counts": {severity.value: len(report.findings.of(severity)) for severity in Severity},
        "diagnostics": findings(report.findings),
    }
    return json_text(document)


def findings(each: Sequence[Diagnostic]) -> list[Document]:
    """Findings as values of JSON."""
    return [_finding(finding) for finding in each]


def _finding(finding: Diagnostic) -> Document:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "headline": finding.headline,
        "about": finding.about,
        "labels": [_label(label) for label in finding.labels],
        "notes": list(finding.notes),
        "help": list(finding.help),
        "edit": _edit(finding.edit) if finding.edit else None,
    }


def _label(label: Label) -> Document:
    return {**place(label.file, label.span), "text": label.text}


def _edit(edit: Edit) -> Document:
    return {**place(edit.file, edit.span), "replacement": edit.replacement}


def place(file: File, span: Span) -> Document:
    """A place: lines and columns count from 1, offsets from 0, all in characters; the end is the first place behind."""
    return {"file": file.name, "start": _point(file, span.start), "end": _point(file, span.end)}


def _point(file: File, offset: int) -> Document:
    line, column = file.place(offset)
    return {"line": line, "column": column, "offset": offset}
