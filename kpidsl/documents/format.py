"""The text of a definition file in, the same text with its expressions in canonical form out.

Comments, layout and everything else stay byte for byte. What comes out is read again: where a definition would no longer be the
same, the expressions that are to blame stay as they are written, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpidsl.diagnostics import Diagnostic, Label, Severity
from kpidsl.documents import messages
from kpidsl.documents.compose import compose
from kpidsl.documents.expressions import expressions, meaning
from kpidsl.documents.model import Definitions
from kpidsl.documents.nodes import span
from kpidsl.documents.read import read
from kpidsl.documents.splice import Splice, splices
from kpidsl.text import File


@dataclass(frozen=True, slots=True)
class Formatted:
    """A file and its formatted text: the same where nothing is to be done, or where errors among the findings forbid it."""

    file: File
    text: str
    findings: tuple[Diagnostic, ...] = ()

    @property
    def changed(self) -> bool:
        return self.text != self.file.text

    @property
    def failed(self) -> bool:
        """Whether the file has errors, so that it was not formatted."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


_Change = tuple[Splice, ...]


def format_file(file: File) -> Formatted:
    """The formatted text of a file; a file with errors stays as it is."""
    definitions, found = read((file,))
    root, _ = compose(file)
    unchanged = Formatted(file, file.text, found)
    if unchanged.failed or root is None:
        return unchanged
    wanted = [(each, splices(file.text, each)) for each in expressions(root, definitions)]
    kept = _harmless(file, meaning(definitions), [change for _, change in wanted if change])
    done = set(kept)
    left = [each for each, change in wanted if change is None or (change and change not in done)]
    refusals = (messages.not_formatted(Label(file, span(each.scalar))) for each in left)
    return Formatted(file, _spliced(file.text, kept), (*found, *refusals))


def _harmless(file: File, before: Definitions, changes: Sequence[_Change]) -> Sequence[_Change]:
    """Those of the changes after which the file still says the same; they are halved until the others are found."""
    if not changes or _says(File(file.name, _spliced(file.text, changes)), before):
        return changes
    if len(changes) == 1:
        return ()
    middle = len(changes) // 2
    both = [*_harmless(file, before, changes[:middle]), *_harmless(file, before, changes[middle:])]
    return both if _says(File(file.name, _spliced(file.text, both)), before) else ()


def _says(file: File, before: Definitions) -> bool:
    definitions, found = read((file,))
    return not any(finding.severity is Severity.ERROR for finding in found) and meaning(definitions) == before


def _spliced(text: str, changes: Sequence[_Change]) -> str:
    parts, end = [], 0
    for splice in (splice for change in changes for splice in change):
        parts += [text[end : splice.span.start], splice.text]
        end = splice.span.end
    return "".join([*parts, text[end:]])
