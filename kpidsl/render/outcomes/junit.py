"""Outcomes as JUnit test cases."""

from __future__ import annotations

from kpidsl.render.junit import Case, suite
from kpidsl.render.outcomes.text import failed
from kpidsl.render.paint import Paint, plain
from kpidsl.workflow.test import Outcome, TestReport


def show(report: TestReport, paint: Paint = plain, every: bool = False) -> str:
    """One suite, a case for each outcome."""
    return suite("kpidsl test", [_case(outcome) for outcome in report.outcomes])


def _case(outcome: Outcome) -> Case:
    group = f"{outcome.place.file.name} ({outcome.kind})"
    if outcome.passed:
        return Case(group, outcome.name)
    return Case(group, outcome.name, outcome.differences[0], "\n".join(failed(outcome)))
