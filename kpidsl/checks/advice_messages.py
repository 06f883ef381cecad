"""What is said about definitions that say too little of themselves, and about comments that ignore nothing."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.diagnostics import Diagnostic, Edit, Label, Severity
from kpidsl.documents.model import Ignore, Written
from kpidsl.text import Span

Name = Written[str]


def _warning(code: str, headline: str, label: Label, *help: str, edit: Edit | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.WARNING, headline, (label,), help=help, edit=edit)


# What definitions say of themselves

_EXAMPLES = {
    "title": "title: Win rate",
    "description": "description: Of the deals decided in the period, those that were won.",
    "unit": "unit: USD / customer",
    "better": "better: lower",
    "examples": "examples: [{given: {spend: 20_000, new_customers: 10}, expect: 2000}]",
    "owner": "owner: growth team",
    "area": "area: marketing",
    "role": "role: output",
    "cite": 'cite: "2026 plan"',
}


def _lacks(name: Name, keys: Sequence[str]) -> str:
    return f"`{name.value}` has no {' and no '.join(f'`{key}`' for key in keys)}"


def _for_example(keys: Sequence[str]) -> list[str]:
    return [f"for example `{_EXAMPLES[key]}`" for key in keys]


def kpi_without_description(name: Name, keys: Sequence[str]) -> Diagnostic:
    return _warning("kpi-without-description", _lacks(name, keys), name.label(), *_for_example(keys))


def kpi_without_unit(name: Name, keys: Sequence[str]) -> Diagnostic:
    return _warning("kpi-without-unit", _lacks(name, keys), name.label(), *_for_example(keys))


def kpi_without_direction(name: Name, keys: Sequence[str]) -> Diagnostic:
    return _warning("kpi-without-direction", _lacks(name, keys), name.label(), *_for_example(keys))


def kpi_without_example(name: Name, keys: Sequence[str]) -> Diagnostic:
    return _warning("kpi-without-example", _lacks(name, keys), name.label(), *_for_example(keys))


def kpi_without_owner(name: Name, keys: Sequence[str]) -> Diagnostic:
    return _warning("kpi-without-owner", _lacks(name, keys), name.label(), *_for_example(keys))


def kpi_without_area(name: Name, keys: Sequence[str]) -> Diagnostic:
    return _warning("kpi-without-area", _lacks(name, keys), name.label(), *_for_example(keys))


def benchmark_without_cite(name: Name, kpi: str) -> Diagnostic:
    headline = f"the benchmark `{name.value}` of `{kpi}` does not say where its figures come from"
    return _warning("benchmark-without-cite", headline, name.label(), *_for_example(["cite"]))


# Comments


def unused_ignore(ignore: Ignore, code: Name, holds: bool) -> Diagnostic:
    why = "is not found here" if holds else "is a rule that does not hold in this project"
    headline = f"`{code.value}` {why}, so there is nothing to ignore"
    if len(ignore.codes) > 1:
        return _warning("unused-ignore", headline, code.label(), "remove the code")
    edit = Edit(code.file, _whole_comment(ignore.place), "")
    return _warning("unused-ignore", headline, code.label(), "remove the comment", edit=edit)


def _whole_comment(place: Name) -> Span:
    """A comment with the blanks before it, and with its line if that holds nothing else."""
    text, end = place.file.text, place.span.end
    start = len(text[: place.span.start].rstrip(" \t"))
    if start == 0 or text[start - 1] in "\r\n":
        rest = text[end:]
        end += len(rest) - len(rest.lstrip(" \t").removeprefix("\r").removeprefix("\n"))
    return Span(start, end)
