"""Everything that writing statements can complain about: one function for one complaint."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Severity


def lacking(title: str, what: str, help: str) -> Diagnostic:
    headline = f"{title} has no exact `{what}`, and nothing is approximated"
    return Diagnostic("engine-lacks", Severity.ERROR, headline, help=(help,) if help else (), about="the question")


def unspeakable(title: str, text: str) -> Diagnostic:
    shown = ascii(text[:40])[1:-1]
    headline = f"{title} cannot be told `{shown}`, which holds characters that no statement may have"
    return Diagnostic("engine-lacks", Severity.ERROR, headline, about="the question")
