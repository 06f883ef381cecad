"""Where a text stops being one of the language in, the diagnostic that says why out."""

from __future__ import annotations

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import messages
from kpidsl.language.build import Slip
from kpidsl.text import Excerpt, Span


def explain(excerpt: Excerpt, start: str, position: int | None) -> Diagnostic:
    at = len(excerpt.text) if position is None else position
    return messages.unexpected(excerpt, Span(at, at + 1), f"`{excerpt.text[at : at + 10]}`")


def explain_slip(excerpt: Excerpt, start: str, slip: Slip) -> Diagnostic:
    return messages.unexpected(excerpt, slip.span, f"`{excerpt.text[slip.span.start : slip.span.end]}`")
