"""The formats of a report, by name: a report in, the bytes of a file out."""

from __future__ import annotations

from importlib import import_module
from typing import Literal

from kpidsl.workflow.report import Report

Format = Literal["html", "markdown", "xlsx", "pdf", "text"]
ENDINGS = {"html": ".html", "markdown": ".md", "xlsx": ".xlsx", "pdf": ".pdf", "text": ".txt"}
_HOMES = {"html": "html", "markdown": "markdown", "xlsx": "excel", "pdf": "pdf", "text": "text"}


class ExtraMissing(ImportError):
    """A format needs a library that is not installed; the message says how to install it."""

    def __init__(self, format_: str, library: str, extra: str) -> None:
        super().__init__(f"a report as {format_} needs {library}: pip install 'kpidsl[{extra}]'")


def render_report(report: Report, format: Format = "html") -> bytes:
    """A report as a file; texts are in UTF-8. The same report is always the same bytes.

    Raises ExtraMissing, which is an ImportError, where the library that a format needs is not installed.
    """
    if format not in _HOMES:
        raise ValueError(f"there is no format {format!r}; there are {', '.join(_HOMES)}")
    content: bytes = import_module(f"kpidsl.render.report.{_HOMES[format]}").show(report)
    return content
