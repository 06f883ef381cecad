"""Slips that only ranges, units, durations, budgets and claims know."""

from __future__ import annotations

import re

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import messages
from kpidsl.language.foreign import COMPARISONS, KEYWORDS
from kpidsl.language.stuck import Stuck
from kpidsl.suggest import nearest
from kpidsl.text import Span

_RANGES = tuple(
    (re.compile(pattern, re.IGNORECASE), written)
    for pattern, written in (
        (r"(?:>=|=>|≥|min(?:imum)?|(?:no|not) (?:less than|below))\s*(.+)", r"at least \1"),
        (r"(?:<=|=<|≤|max(?:imum)?|up to|(?:no|not) (?:more than|above))\s*(.+)", r"at most \1"),
        (r"(?:>|(?:more|greater|higher) than|over)\s*(.+)", r"above \1"),
        (r"(?:<|(?:less|fewer|lower) than|under)\s*(.+)", r"below \1"),
        (r"at least (.+?),? (?:and )?at most (.+)", r"\1 to \2"),
        (r"(?:between|from) (.+?) (?:and|to|up to) (.+)", r"\1 to \2"),
        (r"([0-9][^\s-]*)\s*(?:-|–|—|\.\.+)\s*([0-9].*)", r"\1 to \2"),
        (r"(.+?)\s*(?:\+|or more)", r"at least \1"),
        (r"(.+?) or less", r"at most \1"),
    )
)


def ranges(stuck: Stuck) -> Diagnostic | None:
    """A range in the signs or words of another notation, or one that is a single value."""
    if stuck.start != "range":
        return None
    text = " ".join(stuck.text.split())
    whole = Span(stuck.pieces[0].span.start, stuck.end)
    for pattern, written in _RANGES:
        if match := pattern.fullmatch(text):
            return messages.range_spelling(stuck.excerpt, whole, match.expand(written))
    meant = nearest(stuck.here.text, ("least", "most")) if "LEAST" in stuck.accepts else None
    if meant:
        return messages.misspelt_word(stuck.excerpt, stuck.here.span, meant)
    if stuck.at_end and "TO" in stuck.accepts and not stuck.open:
        return messages.range_expected(stuck.excerpt, whole, text)
    return None


def units(stuck: Stuck) -> Diagnostic | None:
    """A number, or `per month`, as a unit."""
    if stuck.start != "unit":
        return None
    first = stuck.piece(0)
    if first.kind == "number" and (first.text != "1" or stuck.index <= 1):
        edit = messages.change(stuck.excerpt, first.span, "number") if stuck.text.strip() == "1" else None
        return messages.no_unit(stuck.excerpt, first.span, first.text, edit)
    if first.text == "per" and stuck.index == 1:
        edit = messages.change(stuck.excerpt, first.span, "1 /")
        return messages.no_unit(stuck.excerpt, first.span, first.text, edit)
    return (
        messages.no_unit(stuck.excerpt, stuck.here.span, stuck.here.text)
        if stuck.here.kind in ("number", "text", "date")
        else None
    )


def durations(stuck: Stuck) -> Diagnostic | None:
    """Anything but a number and a unit."""
    return messages.duration_expected(stuck.excerpt, stuck.here.span) if stuck.start == "duration" else None


def budgets(stuck: Stuck) -> Diagnostic | None:
    """Anything but a share of smaller periods over a length of time."""
    return messages.budget_expected(stuck.excerpt, stuck.here.span) if stuck.start == "budget" else None


def claims(stuck: Stuck) -> Diagnostic | None:
    """A claim without `=`, with two of them, or with another comparison."""
    if stuck.start != "claim" or not stuck.wants_operator or stuck.open:
        return None
    here = stuck.here
    return messages.equality_expected(stuck.excerpt, here.span) if stuck.at_end or here.text in COMPARISONS | KEYWORDS else None


def paths(stuck: Stuck) -> Diagnostic | None:
    """Anything but names with dots."""
    return messages.path_expected(stuck.excerpt, stuck.here.span) if stuck.start == "path" else None
