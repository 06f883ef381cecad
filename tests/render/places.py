"""Findings at marked places of a text, as the tests of rendering need them."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Diagnostics, Label, Severity
from kpidsl.render.diagnostics.report import Report
from kpidsl.text import File, Span


def label(file: File, part: str, text: str = "") -> Label:
    """A label at the first place where a file says `part`."""
    start = file.text.index(part)
    return Label(file, Span(start, start + len(part)), text)


def finding(*labels: Label, code: str = "some-code", headline: str = "something is wrong", **more: object) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, headline, labels, **more)  # type: ignore[arg-type]


def report(*findings: Diagnostic, files: tuple[str, ...] = ("a.yaml",)) -> Report:
    return Report(Diagnostics(findings), files)
