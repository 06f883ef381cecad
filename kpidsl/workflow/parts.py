"""A project that was edited to what is to be said of it: the part that hangs on the edit is checked, the rest is on record.

The part are the files that changed, those that mention a name which a changed file defines or did define, those that mention
theirs in turn, and the files of KPIs that may be the same as one of the part. To check it everything is read besides that these
files mention, and all files that say what units and rows are. A mention is any word of a file, so the part may be too large,
never too small. Where one of the latter files has changed, something is wrong in the part, a unit is not declared but taken
from its uses, or a rule looks for names that nothing uses, the whole project is checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from kpidsl.algebra.fingerprints import relatives
from kpidsl.catalog.catalog import Catalog
from kpidsl.checking import Checked, inspected, resolve
from kpidsl.checks import record
from kpidsl.checks.record import Kept, Record
from kpidsl.checks.unused import looks_everywhere
from kpidsl.diagnostics import Diagnostic, Diagnostics, Severity
from kpidsl.documents.model import Definitions
from kpidsl.documents.read import read
from kpidsl.documents.words import has_section, mentions, words
from kpidsl.text import File


class Done(Struct, frozen=True):
    """All findings of a project, and its record; None where there is something that cannot be on record."""

    findings: Diagnostics
    record: Record | None


def check_all(files: Sequence[File], found: Sequence[Diagnostic], *, fast: bool, cache: Path | bool) -> Done:
    """The whole project checked; `found` is what was found on the way to its files."""
    checked = inspected(resolve(files, found), fast=fast, cache=cache)
    kept = _kept(files, checked) if _is_clean(checked.findings) and not checked.left_open else None
    return Done(checked.findings, kept)


def check_part(files: Sequence[File], known: Record, *, fast: bool, cache: Path | bool) -> Done | None:
    """What hangs on the files that are not as they are on record checked; None where that is not enough."""
    by_name = {file.name: file for file in files}
    changed = [file for file in files if file.name not in known or known[file.name].digest != record.digest(file.text)]
    gone = [kept for name, kept in known.items() if name not in by_name]
    before = [*gone, *(known[file.name] for file in changed if file.name in known)]
    part = _Part(by_name, known, {file.name for file in changed})
    names = None if part.is_most else _names_of(changed, before)
    if names is None:
        return None
    part.add_dependents(names)
    part.add_relatives(half for kept in before for half in kept.prints)
    while not part.is_most:
        checked = inspected(resolve(part.with_what_it_uses()), fast=fast, cache=cache, part=True)
        if not _is_clean(checked.findings) or checked.left_open:
            return None
        if _infers(checked.catalog) or looks_everywhere(checked.catalog):
            return None
        kept = _kept([by_name[name] for name in part.names], checked)
        if not part.add_relatives(half for each in kept.values() for half in each.prints):
            return _together(by_name, known, kept)
    return None


def _names_of(changed: Sequence[File], before: Sequence[Kept]) -> frozenset[str] | None:
    """The names that changed files define or did define; None if they are more than values and what is said of values."""
    definitions, found = read(changed)
    if not _is_clean(found) or not all(kept.free for kept in before):
        return None
    if not _free(changed, definitions).issuperset(file.name for file in changed):
        return None
    now = (name for names in _names_by_file(definitions).values() for name in names)
    return frozenset((*now, *(name for kept in before for name in kept.names)))


def _together(files: Mapping[str, File], known: Record, anew: Record) -> Done | None:
    """The findings of a part and those on record for the rest."""
    kept = {name: anew[name] if name in anew else known[name] for name in files}
    findings = record.findings(kept, files)
    return None if findings is None else Done(findings, kept)


class _Part(Struct):
    """The names of the files of a project that are to be checked anew."""

    files: Mapping[str, File]
    known: Record
    names: set[str]
    _homes: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_most(self) -> bool:
        return 2 * len(self.names) > len(self.files)

    def add_dependents(self, names: Collection[str]) -> None:
        """Add the files that mention some names, those that mention what they define, and so on."""
        while names and not self.is_most:
            found = [name for name, file in self.files.items() if name not in self.names and mentions(file, names)]
            self.names.update(found)
            names = {name for each in found for name in self.known[each].names}

    def add_relatives(self, halves: Iterable[int]) -> bool:
        """Add the files with KPIs that may be the same as those with such fingerprints; whether there are any."""
        near = {each for half in halves for each in relatives(half)}
        rest = ((name, self.known[name]) for name in self.files if name not in self.names)
        found = [(name, kept) for name, kept in rest if not near.isdisjoint(kept.prints)]
        for name, kept in found:
            self.names.add(name)
            self.add_dependents(kept.names)
        return bool(found)

    def with_what_it_uses(self) -> list[File]:
        """The files of the part and all that is needed to check them, in their order."""
        first = next(iter(self.files), None)
        needed = {name for name in self.files if name in self.names or name == first or not self.known[name].free}
        waiting = list(needed)
        homes = self._homes_of_names()
        while waiting:
            used = words(self.files[waiting.pop()])
            found = {home for word in used for home in homes.get(word, ())} - needed
            needed |= found
            waiting.extend(found)
        return [file for name, file in self.files.items() if name in needed]

    def _homes_of_names(self) -> Mapping[str, list[str]]:
        """Where each name is defined, outside of the part."""
        if not self._homes:
            for name in self.files:
                for each in self.known[name].names if name in self.known else ():
                    self._homes.setdefault(each, []).append(name)
        return self._homes


# What is kept


def _is_clean(findings: Iterable[Diagnostic]) -> bool:
    """Whether nothing is an error, and everything has a place."""
    return all(finding.severity is not Severity.ERROR and finding.labels for finding in findings)


def _infers(catalog: Catalog) -> bool:
    """Whether units are taken from their uses, which may be anywhere."""
    columns = (column for source in catalog.sources.values() for column in source.columns.values())
    places = (*(column.unit_from for column in columns), *(value.unit_from for value in catalog.values.values()))
    return any(place is not None for place in places)


def _kept(files: Iterable[File], checked: Checked) -> Record:
    """What is to be kept of each file."""
    definitions = checked.catalog.definitions
    names, prints = _names_by_file(definitions), _prints_by_file(checked)
    files, findings = tuple(files), dict[str, list[object]]()
    free = frozenset[str]() if _infers(checked.catalog) else _free(files, definitions)
    for finding in checked.findings:
        findings.setdefault(finding.labels[0].file.name, []).append(finding.to_plain())
    return {
        file.name: Kept(
            record.digest(file.text),
            tuple(names.get(file.name, ())),
            file.name in free,
            tuple(prints.get(file.name, ())),
            tuple(findings.get(file.name, ())),
        )
        for file in files
    }


def _names_by_file(definitions: Definitions) -> Mapping[str, list[str]]:
    """The names of values, and of what is said of values, by the file that defines them."""
    found: dict[str, list[str]] = {}
    for things in (definitions.parameters, definitions.measures, definitions.kpis, definitions.identities, definitions.tests):
        for thing in things:
            found.setdefault(thing.name.file.name, []).append(thing.name.value)
    return found


def _prints_by_file(checked: Checked) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, both in checked.prints.items():
        found.setdefault(checked.catalog.values[name].definition.name.file.name, []).append(both[0])
    return found


def _free(files: Iterable[File], definitions: Definitions) -> frozenset[str]:
    """The names of the files that define nothing on which all depend."""
    units = (*definitions.currencies, *(entity.name for entity in definitions.entities))
    rows = (each.name for things in (definitions.sources, definitions.dimensions) for each in things)
    ground = {written.file.name for written in (*units, *rows)}
    return frozenset(file.name for file in files if file.name not in ground and not has_section(file, "project"))
