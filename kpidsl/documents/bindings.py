"""The text of `data.yaml` to bindings: which file or table, and which columns in it, hold the rows of each source."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

from msgspec import Struct, field

from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.documents import messages
from kpidsl.documents.bindings_keys import BYTES, FILES, FORMATS, WAREHOUSES
from kpidsl.documents.compose import compose
from kpidsl.documents.credentials import without_credentials, without_passwords
from kpidsl.documents.decode_project import known_timezone
from kpidsl.documents.entries import Entry, pairs_of
from kpidsl.documents.model import Written
from kpidsl.documents.nodes import Node, Scalar
from kpidsl.documents.scalars import row_value
from kpidsl.documents.shape import check_bindings
from kpidsl.text import File, Span


class Binding(Struct, frozen=True):
    """Where the rows of one source are: `path` is a file or a pattern for files, `table` what to read in a DuckDB file or a
    database, `connect` the environment variable with the connection string.

    `columns` are names in the data by the source's own, both with their places; `covers` are two days, both included.
    """

    source: Written[str]
    format: str
    path: Written[Path] | None = None
    table: Written[str] | None = None
    connect: Written[str] | None = None
    sheet: str | None = None
    columns: Mapping[str, tuple[Written[str], Written[str]]] = field(default_factory=dict)
    timezone: str | None = None
    decimal: str = "."
    date_format: str | None = None
    covers: Written[tuple[date, date]] | None = None


class Bindings(Struct, frozen=True):
    """Where the rows of each source are, the moment at which questions are asked, the engine that adds up, and the bytes of
    memory that it may use; of the sources in `failed` what is said is wrong, which was reported.
    """

    as_of: Written[date | datetime] | None = None
    sources: tuple[Binding, ...] = ()
    failed: tuple[Written[str], ...] = ()
    engine: Written[str] | None = None
    memory_limit: Written[int] | None = None


def read_bindings(file: File, folder: Path) -> tuple[Bindings | None, tuple[Diagnostic, ...]]:
    """The bindings of a `data.yaml`, paths taken from `folder`; None if there is nothing in it or it cannot be read.

    A mistake in what is said of one source fails that source; one that lies elsewhere leaves nothing that could be relied on.
    """
    file = without_passwords(file)
    root, problems = compose(file)
    if root is None or _errors(problems):
        return None, problems
    file, hidden = without_credentials(file, root)
    found = [*hidden, *check_bindings(file, root)]
    entry = Entry(file, pairs_of(root), found)
    entries = tuple(entry.entries("sources"))
    read = [_binding(name, entry.below(node), folder, found) for name, node in entries]
    as_of = _as_of(entry, found)
    wrong = {name.value: [each for each in _errors(found) if _within(each, name, node)] for name, node in entries}
    if len(_errors(found)) > sum(map(len, wrong.values())):
        return None, (*problems, *found)
    good = tuple(binding for binding in read if binding is not None and not wrong[binding.source.value])
    failed = tuple(name for name, _ in entries if wrong[name.value])
    return Bindings(as_of, good, failed, entry.written("engine"), _memory(entry)), (*problems, *found)


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


def _memory(entry: Entry) -> Written[int] | None:
    """The bytes of a limit such as `1.5 GB`."""
    written = entry.written("memory_limit")
    unit = next((unit for unit in BYTES if written is not None and written.value.endswith(unit)), None)
    if written is None or unit is None:
        return None
    return Written(int(Fraction(written.value.removesuffix(unit)) * BYTES[unit]), written.file, written.span)


def _binding(name: Written[str], entry: Entry, folder: Path, found: list[Diagnostic]) -> Binding | None:
    given = next(((kind, place) for kind in FORMATS if (place := entry.written(kind)) is not None), None)
    if given is None:
        return None
    kind, place = given
    found.extend(_misplaced(entry, kind))
    if kind == "duckdb" and "table" not in entry.pairs:
        found.append(messages.table_missing(name))
    return Binding(
        name,
        kind,
        path=Written(folder / place.value, place.file, place.span) if kind in FILES else None,
        table=entry.written("table") if kind in FILES else place,
        connect=entry.written("connect"),
        sheet=entry.text("sheet") or None,
        columns=_columns(entry),
        timezone=known_timezone(entry.written("timezone"), found),
        decimal=entry.text("decimal") or ".",
        date_format=entry.text("date_format") or None,
        covers=_covers(entry.written("covers"), found),
    )


_BELONGS: Mapping[str, Collection[str]] = {"sheet": ("xlsx",), "table": ("duckdb",), "connect": WAREHOUSES}


def _misplaced(entry: Entry, kind: str) -> list[Diagnostic]:
    """Keys that say nothing of such a place."""
    return [
        messages.only_with(key.label(), key.value, kinds)
        for name, kinds in _BELONGS.items()
        if kind not in kinds and (key := entry.place(name)) is not None
    ]


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
