"""kpidsl: define KPIs in YAML, check what they mean, compute them and judge the values.

The public names; each is loaded when it is first used, so that `import kpidsl` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpidsl.catalog.catalog import Catalog
    from kpidsl.checking import check, load
    from kpidsl.data.given import Table
    from kpidsl.diagnostics import Diagnostic, Diagnostics, Edit, Label, Severity
    from kpidsl.errors import AskError, DataError, DefinitionError, KpidslError
    from kpidsl.periods.grain import Grain
    from kpidsl.pipeline import calc, evaluate
    from kpidsl.render.report.formats import render_report
    from kpidsl.results.result import Result
    from kpidsl.results.verdicts import Verdict
    from kpidsl.session import Session
    from kpidsl.text import File, Span
    from kpidsl.workflow.diff import Diff, diff
    from kpidsl.workflow.report import Report, report

__version__ = "0.1.0"

_HOMES = {
    "AskError": "errors",
    "Catalog": "catalog.catalog",
    "DataError": "errors",
    "DefinitionError": "errors",
    "Diagnostic": "diagnostics",
    "Diagnostics": "diagnostics",
    "Diff": "workflow.diff",
    "Edit": "diagnostics",
    "File": "text",
    "Grain": "periods.grain",
    "KpidslError": "errors",
    "Label": "diagnostics",
    "Report": "workflow.report",
    "Result": "results.result",
    "Session": "session",
    "Severity": "diagnostics",
    "Span": "text",
    "Table": "data.given",
    "Verdict": "results.verdicts",
    "calc": "pipeline",
    "check": "checking",
    "diff": "workflow.diff",
    "evaluate": "pipeline",
    "load": "checking",
    "render_report": "render.report.formats",
    "report": "workflow.report",
}

__all__ = [
    "AskError",
    "Catalog",
    "DataError",
    "DefinitionError",
    "Diagnostic",
    "Diagnostics",
    "Diff",
    "Edit",
    "File",
    "Grain",
    "KpidslError",
    "Label",
    "Report",
    "Result",
    "Session",
    "Severity",
    "Span",
    "Table",
    "Verdict",
    "calc",
    "check",
    "diff",
    "evaluate",
    "load",
    "render_report",
    "report",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'kpidsl' has no attribute {name!r}")
    return getattr(import_module(f"kpidsl.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
