"""Outcomes for programs: `tests` of grammar/result.schema.json."""

from __future__ import annotations

from kpidsl.render.diagnostics.json import VERSION, place
from kpidsl.render.json_text import json_text
from kpidsl.render.paint import Paint, plain
from kpidsl.workflow.test import Outcome, TestReport


def show(report: TestReport, paint: Paint = plain, every: bool = False) -> str:
    """One JSON document with all outcomes."""
    document = {
        "kind": "tests",
        "version": VERSION,
        "counts": {"passed": len(report.outcomes) - len(report.failures), "failed": len(report.failures)},
        "outcomes": [_outcome(outcome) for outcome in report.outcomes],
    }
    return json_text(document)


def _outcome(outcome: Outcome) -> dict[str, object]:
    return {
        "name": outcome.name,
        "kind": outcome.kind,
        "passed": outcome.passed,
        "place": place(outcome.place.file, outcome.place.span),
        "differences": list(outcome.differences),
    }
