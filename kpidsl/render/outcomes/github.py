"""Failed outcomes as annotations of GitHub Actions."""

from __future__ import annotations

from kpidsl.render.github import command
from kpidsl.render.paint import Paint, plain
from kpidsl.workflow.test import Outcome, TestReport


def show(report: TestReport, paint: Paint = plain, every: bool = False) -> str:
    """One line for each outcome that failed."""
    return "".join(_annotation(outcome) for outcome in report.failures)


def _annotation(outcome: Outcome) -> str:
    line, _ = outcome.place.file.place(outcome.place.span.start)
    place: dict[str, str | int] = {"file": outcome.place.file.name, "line": line}
    return command("error", {**place, "title": f"kpidsl test {outcome.name}"}, "\n".join(outcome.differences))
