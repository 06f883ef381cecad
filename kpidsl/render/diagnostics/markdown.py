"""Findings as Markdown, for a pull request or the summary of a build."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpidsl.diagnostics import Diagnostic
from kpidsl.markdown import code, escape
from kpidsl.render.diagnostics.report import Report
from kpidsl.render.diagnostics.text import count
from kpidsl.render.paint import Paint, plain

_NAME = re.compile("`([^`\n]+)`")


def show(report: Report, paint: Paint = plain) -> str:
    """A headline that counts, and a table with a line for each finding."""
    head = f"### kpidsl check: {escape(count(report))}\n"
    if not report.findings:
        return head
    rows = "".join(f"| {' | '.join(_row(finding))} |\n" for finding in report.findings)
    return f"{head}\n| | place | finding |\n|---|---|---|\n{rows}"


def _row(finding: Diagnostic) -> tuple[str, str, str]:
    lines = [finding.headline, *finding.notes, *(f"help: {text}" for text in finding.help)]
    said = "<br>".join(_prose(line) for text in lines for line in text.splitlines() or [""])
    return f"{finding.severity.value} {_code(finding.code)}", _place(finding), said


def _place(finding: Diagnostic) -> str:
    if not finding.labels:
        return escape(finding.about)
    label = finding.labels[0]
    line, column = label.file.place(label.span.start)
    return _code(f"{label.file.name}:{line}:{column}")


def _prose(text: str) -> str:
    """A sentence with its names as code."""
    return "".join(_code(part) if number % 2 else escape(part) for number, part in _parts(text))


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """What stands between names, and names, in turn."""
    return enumerate(_NAME.split(text))


def _code(text: str) -> str:
    """Code in the cell of a table, which a bar would end even here."""
    return code(text).replace("|", "\\|")
