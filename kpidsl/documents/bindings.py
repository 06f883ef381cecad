"""The text of `data.yaml` to bindings: which file, and which columns in it, hold the rows of each source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import messages
from kpidsl.documents.bindings_keys import FORMATS
from kpidsl.documents.compose import compose
from kpidsl.documents.decode_project import known_timezone
from kpidsl.documents.entries import Entry, pairs_of
from kpidsl.documents.model import Written
from kpidsl.documents.nodes import Scalar
from kpidsl.documents.scalars import row_value
from kpidsl.documents.shape import check_bindings
from kpidsl.text import File, Span


@dataclass(frozen=True, slots=True)
class Binding:
    """The file of one source. `columns` are names in the file by the source's own; `covers` are two days, both included."""

    source: Written[str]
    format: str
    path: Written[Path]
    sheet: str | None = None
    columns: Mapping[str, Written[str]] = field(default_factory=dict)
    timezone: str | None = None
    decimal: str = "."
    date_format: str | None = None
    covers: Written[tuple[date, date]] | None = None


@dataclass(frozen=True, slots=True)
class Bindings:
    """Where the rows of each source are, and the moment at which questions are asked."""

    as_of: Written[date | datetime] | None = None
    sources: tuple[Binding, ...] = ()


def read_bindings(file: File, folder: Path) -> tuple[Bindings | None, tuple[Diagnostic, ...]]:
    """The bindings of a `data.yaml`, paths taken from `folder`; None if there is nothing in it or it cannot be read."""
    root, problems = compose(file)
    if root is None:
        return None, problems
    found = [*problems, *check_bindings(file, root)]
    entry = Entry(file, pairs_of(root), found)
    bindings = Bindings(
        _as_of(entry, found),
        tuple(
            binding
            for name, node in entry.entries("sources")
            if (binding := _binding(name, entry.below(node), folder, found)) is not None
        ),
    )
    return bindings, tuple(found)


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


def _columns(entry: Entry) -> dict[str, Written[str]]:
    return {name.value: written for name, node in entry.entries("columns") if (written := entry.scalar(node)) is not None}


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
