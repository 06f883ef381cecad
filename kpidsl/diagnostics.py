"""What there is to say about a definition, a question or data: data only, worded in a stage's messages, rendered elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, overload

from msgspec import Struct

from kpidsl.text import File, Span


class Severity(Enum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Label(Struct, frozen=True):
    """A place in a file and what is to be seen there."""

    file: File
    span: Span
    text: str = ""


class Edit(Struct, frozen=True):
    """A repair that a machine can make."""

    file: File
    span: Span
    replacement: str


class Diagnostic(Struct, frozen=True):
    """One finding: its kebab-case code, a headline that can stand alone, labelled places (the first is the main one), helps.

    `about` names what a finding without a place is about, such as `source leads`.
    """

    code: str
    severity: Severity
    headline: str
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: tuple[str, ...] = ()
    edit: Edit | None = None
    about: str = ""

    @property
    def _order(self) -> tuple[str, int, int, str, str]:
        if not self.labels:
            return (self.about, -1, -1, self.code, self.headline)
        place = self.labels[0]
        return (place.file.name, place.span.start, place.span.end, self.code, self.headline)

    def to_plain(self) -> list[Any]:
        """The finding as lists and texts, with files by their names."""
        labels = [[label.file.name, label.span.start, label.span.end, label.text] for label in self.labels]
        edit = self.edit
        change = None if edit is None else [edit.file.name, edit.span.start, edit.span.end, edit.replacement]
        words = [list(self.notes), list(self.help)]
        return [self.code, self.severity.value, self.headline, labels, *words, change, self.about]

    @classmethod
    def from_plain(cls, data: Any, files: Mapping[str, File]) -> Diagnostic:
        """The finding again; LookupError, TypeError or ValueError where it is none, or about other files than these."""
        code, severity, headline, labels, notes, help, edit, about = data
        return cls(
            code,
            Severity(severity),
            headline,
            tuple(Label(files[name], Span(start, end), text) for name, start, end, text in labels),
            tuple(notes),
            tuple(help),
            None if edit is None else Edit(files[edit[0]], Span(edit[1], edit[2]), edit[3]),
            about,
        )


class Diagnostics(Sequence[Diagnostic]):
    """Findings in the order of file and place, each once."""

    def __init__(self, findings: Iterable[Diagnostic] = ()) -> None:
        self._findings = tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding._order))

    @overload
    def __getitem__(self, index: int) -> Diagnostic: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Diagnostic, ...]: ...
    def __getitem__(self, index: int | slice) -> Diagnostic | tuple[Diagnostic, ...]:
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._findings)

    def __repr__(self) -> str:
        return f"Diagnostics({[finding.code for finding in self]})"

    def of(self, severity: Severity) -> tuple[Diagnostic, ...]:
        """The findings of one severity."""
        return tuple(finding for finding in self if finding.severity is severity)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return self.of(Severity.ERROR)
