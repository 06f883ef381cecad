"""Findings to fingerprints, by which build servers know a finding again that they showed before.

What stands above a finding must not change its fingerprint, so that holds no line number, and no wording of ours either: only
the code, the file, and how the line and the marked part of it begin. Findings that are alike in all this are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from kpidsl.diagnostics import Diagnostic
from kpidsl.text import File, Span

_DIGITS = 32
_MOST_CHARACTERS = 500


def fingerprints(findings: Iterable[Diagnostic]) -> list[str]:
    """The fingerprint of each finding, as hexadecimal digits."""
    seen: Counter[tuple[str, ...]] = Counter()
    found = []
    for finding in findings:
        essence = _essence(finding)
        seen[essence] += 1
        text = "\0".join([*essence, str(seen[essence])])
        found.append(sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:_DIGITS])
    return found


def _essence(finding: Diagnostic) -> tuple[str, ...]:
    if not finding.labels:
        return finding.code, finding.about, finding.headline
    file, span = finding.labels[0].file, finding.labels[0].span
    line, _ = file.place(span.start)
    return finding.code, file.name, _beginning(file, Span(file.start(line), file.start(line + 1))), _beginning(file, span)


def _beginning(file: File, span: Span) -> str:
    return " ".join(file.text[span.start : min(span.end, span.start + _MOST_CHARACTERS)].split())
