"""The text of a definition file in, the same text with its expressions in canonical form out.

Comments, layout and everything else stay byte for byte. What comes out is read again: where a definition would no longer be the
same, the expressions that are to blame stay as they are written, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kpidsl.diagnostics import Diagnostic, Label, Severity
from kpidsl.documents import messages
from kpidsl.documents.compose import compose
from kpidsl.documents.expressions import Expression, expressions, meaning, reads_as
from kpidsl.documents.model import Definitions
from kpidsl.documents.nodes import Mapping, span
from kpidsl.documents.read import read
from kpidsl.documents.splice import Splice, splices
from kpidsl.documents.trace import parent_indent
from kpidsl.text import File


class Formatted(Struct, frozen=True):
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


_Change = tuple[Expression, tuple[Splice, ...]]


def format_file(file: File) -> Formatted:
    """The formatted text of a file; a file with errors stays as it is."""
    definitions, found = read((file,))
    root, _ = compose(file)
    unchanged = Formatted(file, file.text, found)
    if unchanged.failed or root is None:
        return unchanged
    wanted = [(each, splices(file.text, each)) for each in expressions(root, definitions)]
    kept = _harmless(file, definitions, [(each, change) for each, change in wanted if change])
    done = {each.scalar.start for each, _ in kept}
    left = (each for each, change in wanted if change != () and each.scalar.start not in done)
    refusals = (messages.not_formatted(Label(file, span(each.scalar))) for each in left)
    return Formatted(file, _spliced(file.text, kept), (*found, *refusals))


def _harmless(file: File, definitions: Definitions, changes: Sequence[_Change]) -> Sequence[_Change]:
    """Those of the changes after which the file still says the same.

    Each is tried alone first. What that does not see is a text that stands in several places, by an alias.
    """
    alone = [change for change in changes if _is_harmless_alone(file.text, *change)]
    own = [change for change in alone if not change[0].shared]
    before = meaning(definitions)
    return next((some for some in (alone, own) if not some or _says(File(file.name, _spliced(file.text, some)), before)), ())


def _is_harmless_alone(text: str, expression: Expression, change: tuple[Splice, ...]) -> bool:
    """Whether the scalar says the same as the only value of a mapping, in lines as indented as in the file or in braces."""
    scalar = expression.scalar
    new = _spliced(text, [(expression, change)], scalar.start, scalar.end)
    lines = f"{' ' * parent_indent(text, scalar.start)}key: {new}\n"
    return any(_says_alone(each, expression) for each in (lines, f"{{key: {new} }}"))


def _says_alone(text: str, expression: Expression) -> bool:
    root, found = compose(File("", text))
    return not found and isinstance(root, Mapping) and "key" in root.pairs and reads_as(expression, root.pairs["key"][1])


def _says(file: File, before: Definitions) -> bool:
    definitions, found = read((file,))
    return not any(finding.severity is Severity.ERROR for finding in found) and meaning(definitions) == before


def _spliced(text: str, changes: Sequence[_Change], start: int = 0, end: int | None = None) -> str:
    """A text, or the part of it between two places, after some changes."""
    parts = []
    for splice in (splice for _, change in changes for splice in change):
        parts += [text[start : splice.span.start], splice.text]
        start = splice.span.end
    return "".join([*parts, text[start:end]])
