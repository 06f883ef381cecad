"""What there is to say about the formulas of a question: one function for one complaint."""

from __future__ import annotations

from kpidsl.catalog.messages import error
from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.text import Excerpt, File, Span


def no_name(file: File, span: Span, name: str) -> Diagnostic:
    help_ = ["a name is made of small letters, digits and `_`, and begins with a letter, as in `growth(cac) as cac_growth`"]
    return error("name-spelling", f"`{name}` is no name for a column", Label(file, span), help=help_)


def name_taken(file: File, span: Span, name: str) -> Diagnostic:
    headline = f"`{name}` is already the name of a definition, so the formula needs another one"
    return error("name-twice", headline, Label(file, span))


def uses_errors(excerpt: Excerpt) -> Diagnostic:
    whole = Span(0, len(excerpt.text))
    headline = f"`{' '.join(excerpt.text.split())}` cannot be evaluated: a definition that it uses has errors"
    return error("definition-has-errors", headline, Label(excerpt.file, excerpt.span(whole)))
