"""The text of `data.yaml` to bindings: which file, and which columns in it, hold the rows of each source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.documents import messages
from kpidsl.documents.bindings_keys import FORMATS
from kpidsl.documents.compose import compose
from kpidsl.documents.decode_project import known_timezone
from kpidsl.documents.entries import Entry, pairs_of
from kpidsl.documents.model import Written
from kpidsl.documents.nodes import Node, Scalar
from kpidsl.documents.scalars import row_value
from kpidsl.documents.shape import check_bindings
from kpidsl.text import File, Span


@dataclass(frozen=True, slots=True)
class Binding:
    """The file of one source. `columns` are names in the file by the source's own, both with their places; `covers` are two
    days, both included.
    """

    source: Written[str]
    format: str
    path: Written[Path]
    sheet: str | None = None
    columns: Mapping[str, tuple[Written[str], Written[str]]] = field(default_factory=dict)
    timezone: str | None = None
    decimal: str = "."
    date_format: str | None = None
    covers: Written[tuple[date, date]] | None = None


@dataclass(frozen=True, slots=True)
class Bindings:
    """Where the rows of each source are, and the moment at which questions are asked; of the sources in `failed` what is said
    is wrong, which was reported.
    """

    as_of: Written[date | datetime] | None = None
    sources: tuple[Binding, ...] = ()
    failed: tuple[Written[str], ...] = ()


def read_bindings(file: File, folder: Path) -> tuple[Bindings | None, tuple[Diagnostic, ...]]:
    """The bindings of a `data.yaml`, paths taken from `folder`; None if there is nothing in it or it cannot be read.

    A mistake in what is said of one source fails that source; one that lies elsewhere leaves nothing that could be relied on.
    """
    root, problems = compose(file)
    if root is None or _errors(problems):
        return None, problems
    found = list(check_bindings(file, root))
    entry = Entry(file, pairs_of(root), found)
    entries = tuple(entry.entries("sources"))
    read = [_binding(name, entry.below(node), folder, found) for name, node in entries]
    as_of = _as_of(entry, found)
    wrong = {name.value: [each for each in _errors(found) if _within(each, name, node)] for name, node in entries}
    if len(_errors(found)) > sum(map(len, wrong.values())):
        return None, (*problems, *found)
    good = tuple(binding for binding in read if binding is not None and not wrong[binding.source.value])
    return Bindings(as_of, good, tuple(name for name, _ in entries if wrong[name.value])), (*problems, *found)


def _errors(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    return [finding for finding in found if finding.severity is Severity.ERROR]


def _within(finding: Diagnostic, name: Written[str], node: Node) -> bool:
    """Whether a finding is about what is said of one source."""
    return bool(finding.labels) and name.span.start <= finding.labels[0].span.start <= max(node.end, name.span.end)


def _as_of(entry: Entry, found: list[Diagnostic]) -> Written[date | datetime] | None:
    node, written = entry.node("as_of"), entry.written("as_of")
    if not isinstance(node, Scalar) or written is None:
        return None
    value = row_value(Scalar(written.value, "", node.start, node.end))
    if isinstance(value, date):
        return Written(value, entry.file, Span(node.start, node.end))
    found.append(messages.not_a_date(written.label(), written.value, "as_of"))
    return None


def _binding(name: Written[str], entry: Entry, folder: Path, found: list[Diagnostic]) -> Binding | None:
    given = next(((kind, path) for kind in FORMATS if (path := entry.written(kind)) is not None), None)
    if given is None:
        return None
    kind, path = given
    if kind != "xlsx" and (sheet := entry.place("sheet")) is not None:
        found.append(messages.only_with(sheet.label(), "sheet", "xlsx"))
    return Binding(
        name,
        kind,
        Written(folder / path.value, path.file, path.span),
        sheet=entry.text("sheet") or None,
        columns=_columns(entry),
        timezone=known_timezone(entry.written("timezone"), found),
        decimal=entry.text("decimal") or ".",
        date_format=entry.text("date_format") or None,
        covers=_covers(entry.written("covers"), found),
    )


def _columns(entry: Entry) -> dict[str, tuple[Written[str], Written[str]]]:
    columns = ((name, entry.scalar(node)) for name, node in entry.entries("columns"))
    return {name.value: (name, written) for name, written in columns if written is not None}


def _covers(written: Written[str] | None, found: list[Diagnostic]) -> Written[tuple[date, date]] | None:
    if written is None or written.value.count(" to ") != 1:
        return None
    try:
        first, last = map(date.fromisoformat, written.value.split(" to "))
    except ValueError:
        found.append(messages.not_a_date(written.label(), written.value, "covers"))
        return None
    if last < first:
        found.append(messages.days_reversed(written.label()))
        return None
    return Written((first, last), written.file, written.span)
