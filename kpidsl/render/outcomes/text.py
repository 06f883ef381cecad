"""Outcomes for people: what failed, in full, and a count; with `every` also a line for each that passed."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.render.diagnostics.snippet import margin, snippet
from kpidsl.render.paint import Paint, Role, plain
from kpidsl.visible import visible
from kpidsl.workflow.test import Outcome, TestReport


def show(report: TestReport, paint: Paint = plain, every: bool = False) -> str:
    """The outcomes in the order of the definitions, and the line that counts them."""
    parts = []
    for outcome in report.outcomes:
        if not outcome.passed:
            parts.append("\n".join(failed(outcome, paint)) + "\n\n")
        elif every:
            parts.append(f"{paint(Role.GOOD, 'passed')}: {visible(outcome.name)}\n")
    gap = "\n" if parts and report.outcomes[-1].passed and every else ""
    return "".join([*parts, gap, _count(report, paint), "\n"])


def failed(outcome: Outcome, paint: Paint = plain) -> Iterator[str]:
    """The lines of an outcome that failed."""
    yield f"{paint(Role.ERROR, 'failed')}{paint(Role.TITLE, ': ' + visible(outcome.name))}"
    yield from snippet([outcome.place], Role.ERROR, paint)
    indent = " " * (margin([outcome.place]) + 1)
    for difference in outcome.differences:
        yield f"{indent}{paint(Role.FRAME, '=')} {visible(difference)}"


def _count(report: TestReport, paint: Paint) -> str:
    failures = len(report.failures)
    passed = len(report.outcomes) - failures
    if not report.outcomes:
        return "no examples and no tests"
    parts = [paint(Role.GOOD, f"{passed:,} passed")] if passed else []
    return ", ".join([*parts, *([paint(Role.ERROR, f"{failures:,} failed")] if failures else [])])
