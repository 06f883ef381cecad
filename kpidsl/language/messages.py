"""What this package says about a text: one function for each finding."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.text import Excerpt, Span


def _error(
    code: str, excerpt: Excerpt, span: Span, headline: str, label: str = "", help: str = "", edit: str | None = None
) -> Diagnostic:
    place = excerpt.span(span)
    return Diagnostic(
        code,
        Severity.ERROR,
        headline,
        labels=(Label(excerpt.file, place, label),),
        help=(help,) if help else (),
        edit=None if edit is None else Edit(excerpt.file, place, edit),
    )


def unexpected(excerpt: Excerpt, span: Span, found: str) -> Diagnostic:
    return _error("syntax-error", excerpt, span, f"{found} was not expected here")


def too_many_characters(excerpt: Excerpt, limit: int) -> Diagnostic:
    return _error("expression-too-large", excerpt, Span(0, 0), f"this expression has more than {limit:,} characters")


def too_many_nodes(excerpt: Excerpt, limit: int) -> Diagnostic:
    return _error("expression-too-large", excerpt, Span(0, 0), f"this expression has more than {limit:,} parts")


def too_deep(excerpt: Excerpt, limit: int) -> Diagnostic:
    return _error("expression-too-large", excerpt, Span(0, 0), f"this expression is nested more than {limit:,} levels deep")
