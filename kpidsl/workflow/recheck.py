"""Paths to findings: what was found before is read again, and only what hangs on an edit is checked anew.

Nothing that reads YAML or resolves names is loaded where no file has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from kpidsl.checks import record
from kpidsl.checks.cache import folder_of
from kpidsl.checks.record import Record
from kpidsl.diagnostics import Diagnostics
from kpidsl.documents.find import read_projects
from kpidsl.text import File


class Rechecked(Struct, frozen=True):
    """Everything there is to say about the definitions at some paths, and their files."""

    findings: Diagnostics
    files: tuple[File, ...]


def recheck(*paths: Path | str, fast: bool = False, cache: Path | bool = True) -> Rechecked:
    """What `check` says of the catalog at some paths, by way of what an earlier run has kept in the cache."""
    files, found = read_projects(paths)
    folder = folder_of(cache)
    place = None if folder is None or found else record.place(folder, paths, fast=fast)
    known = None if place is None else record.load(place)
    if known is not None and list(known) == [file.name for file in files]:
        findings = _unchanged(known, {file.name: file for file in files})
        if findings is not None:
            return Rechecked(findings, files)
    from kpidsl.workflow.parts import check_all, check_part

    done = None if known is None else check_part(files, known, fast=fast, cache=cache)
    if done is None:
        done = check_all(files, found, fast=fast, cache=cache)
    if place is not None and done.record is not None:
        record.save(place, done.record)
    return Rechecked(done.findings, files)


def _unchanged(known: Record, files: Mapping[str, File]) -> Diagnostics | None:
    """The findings of a record, if it is of just these texts."""
    if any(kept.digest != record.digest(files[name].text) for name, kept in known.items()):
        return None
    return record.findings(known, files)
