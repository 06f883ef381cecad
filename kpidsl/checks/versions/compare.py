"""Two catalogs to what changed between them: the whole comparison of two versions of definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec.structs import replace

from kpidsl.catalog.build import UNREAD
from kpidsl.catalog.catalog import Catalog, Kind, Value
from kpidsl.checks.versions import messages
from kpidsl.checks.versions.aspects import aspects
from kpidsl.checks.versions.changes import Aspect, Change, Changes, Detail, Meaning, Witness
from kpidsl.checks.versions.decide import Decision, decide, is_same
from kpidsl.checks.versions.joint import Joint
from kpidsl.checks.versions.names import formula_text
from kpidsl.checks.versions.reach import Reach, moved
from kpidsl.checks.versions.surroundings import calendar_details, dimension_changes, source_changes

Users = dict[str, list[str]]

_MOVED = frozenset({Meaning.CHANGED, Meaning.UNKNOWN, Meaning.REMOVED})


def compare(old: Catalog, new: Catalog) -> Changes:
    """What became of every KPI, and of everything else what is not as it was."""
    comparison = _Comparison(old, new)
    values = list(comparison.values())
    kpis = tuple(change for change in values if change.kind == Kind.KPI.value)
    others = tuple(change for change in values if change.kind != Kind.KPI.value and not change.same)
    around = (*source_changes(old, new), *dimension_changes(old, new))
    surroundings = (replace(change, downstream=comparison.affected(change, kpis)) for change in around)
    return Changes(
        kpis, (*others, *map(comparison.as_far_as_read, surroundings)), tuple(calendar_details(old.calendar, new.calendar))
    )


class _Comparison:
    def __init__(self, old: Catalog, new: Catalog) -> None:
        self._old, self._new = old, new
        self._joint = Joint(old, new)
        self._reaches = Reach(old), Reach(new)
        self._unread = _unread(old), _unread(new)
        self._shared = frozenset(old.dimensions.keys() & new.dimensions.keys())
        self._dimensions_moved = any(
            old.dimensions[name].paths.keys() != new.dimensions[name].paths.keys() for name in self._shared
        )
        self._renamed = self._renames()  # new names to old ones

    @cached_property
    def _users(self) -> tuple[Users, Users]:
        old, new = self._reaches
        return _users(self._old, old), _users(self._new, new)

    def values(self) -> Iterator[Change]:
        """Every value of the new version in its order, then those that it has no more."""
        for name, value in self._new.values.items():
            yield self._of_new(name, value)
        for name, value in self._old.values.items():
            if name in self._new.broken:
                why = messages.broken(False, True)
                yield self._change(Meaning.UNKNOWN, None, name, why=why, kind=value.kind, broken=True)
        gone = self._old.values.keys() - self._new.values.keys() - self._new.broken - set(self._renamed.values())
        for name, value in self._old.values.items():
            if name in gone:
                downstream = self._downstream(name, old=True)
                yield self.as_far_as_read(self._change(Meaning.REMOVED, None, name, downstream=downstream, kind=value.kind))

    def _of_new(self, name: str, value: Value) -> Change:
        before = self._renamed.get(name, name)
        if before in self._old.values:
            return self._kept(before, name)
        if name in self._old.broken:
            return self._change(Meaning.UNKNOWN, name, None, why=messages.broken(True, False), kind=value.kind)
        return self.as_far_as_read(self._change(Meaning.ADDED, name, None, kind=value.kind))

    def as_far_as_read(self, change: Change) -> Change:
        """What seems to be added or removed may stand in a file of the other version that could not be read."""
        old, new = self._unread
        if change.meaning is Meaning.ADDED and old:
            return replace(change, meaning=Meaning.UNKNOWN, why=messages.unread(old, "old"))
        if change.meaning is Meaning.REMOVED and new:
            return replace(change, meaning=Meaning.UNKNOWN, why=messages.unread(new, "new"), broken=True)
        return change

    def _kept(self, before: str, name: str) -> Change:
        old, new = self._old.values[before], self._new.values[name]
        decision = self._decide(before, name)
        kind = Kind.KPI if Kind.KPI in (old.kind, new.kind) else new.kind
        details = list(aspects(old, new))
        if decision.meaning is not Meaning.IDENTICAL or self._dimensions_moved:
            details.extend(moved(before, name, *self._reaches, self._shared))
        if decision.meaning is Meaning.REFACTORED and decision.witness is not None:
            details.append(_elsewhere(decision.witness))
        if before != name:
            decision = replace(decision, meaning=Meaning.RENAMED)
        if decision.meaning is Meaning.IDENTICAL:
            return Change(kind.value, name, decision.meaning, before, details=tuple(details))
        change = self._change(decision.meaning, name, before, why=decision.why, kind=kind)
        through = self._through(before, name) if decision.meaning in (Meaning.CHANGED, Meaning.UNKNOWN) else ()
        downstream = tuple(dict.fromkeys((*self._downstream(name), *self._downstream(before, old=True))))
        return replace(change, witness=decision.witness, details=tuple(details), through=through, downstream=downstream)

    def _decide(self, before: str, name: str) -> Decision:
        if before == name and name in self._joint.identical:
            return Decision(Meaning.IDENTICAL)
        return decide(self._joint.before(before), self._joint.now(name), self._joint)

    def _through(self, before: str, name: str) -> tuple[str, ...]:
        """The values by which a formula that is written as it was came to mean something else."""
        old, new = self._old.values[before], self._new.values[name]
        if formula_text(old) != formula_text(new):
            return ()
        return tuple(dict.fromkeys(used for used in self._reaches[1].uses(name) if used not in self._joint.identical))

    def _change(
        self,
        meaning: Meaning,
        name: str | None,
        before: str | None,
        *,
        kind: Kind,
        why: str = "",
        downstream: tuple[str, ...] = (),
        broken: bool = False,
    ) -> Change:
        return Change(
            kind.value,
            name or before or "",
            meaning,
            before or "",
            formula_text(self._old.values[before]) if before else "",
            formula_text(self._new.values[name]) if name else "",
            why,
            downstream=downstream,
            broken=broken,
        )

    def _downstream(self, name: str, *, old: bool = False) -> tuple[str, ...]:
        """The KPIs that are made of a value, in their order."""
        catalog, users = (self._old if old else self._new), self._users[0 if old else 1]
        found: dict[str, None] = {}
        pending = list(reversed(users.get(name, ())))
        while pending:
            top = pending.pop()
            if top not in found:
                found[top] = None
                pending.extend(reversed(users.get(top, ())))
        return tuple(each for each in found if catalog.values[each].kind is Kind.KPI)

    def affected(self, change: Change, kpis: tuple[Change, ...]) -> tuple[str, ...]:
        """The KPIs over a source that do not mean what they did; those that can be grouped by a dimension."""
        reach, catalog = (self._reaches[0], self._old) if change.meaning is Meaning.REMOVED else (self._reaches[1], self._new)
        names = [each for each in kpis if each.name in catalog.values]
        if change.kind == "dimension":
            return tuple(each.name for each in names if change.name in reach.dimensions(each.name))
        return tuple(each.name for each in names if each.meaning in _MOVED and change.name in reach.sources(each.name))

    def _renames(self) -> Mapping[str, str]:
        """New names of values that are gone from under their old ones: of the same kind and unit, and proved to be the same."""
        gone = [name for name in self._old.values if name not in self._new.values and name not in self._new.broken]
        added = [name for name in self._new.values if name not in self._old.values and name not in self._old.broken]
        found: dict[str, str] = {}
        for before in gone if added else ():
            name = next((each for each in added if each not in found and self._is_renamed(before, each)), None)
            if name is not None:
                found[name] = before
        return found

    def _is_renamed(self, before: str, name: str) -> bool:
        old, new = self._old.values[before], self._new.values[name]
        if old.kind is not new.kind or old.unit != new.unit:
            return False
        if old.kind is Kind.PARAMETER:
            return old.core == new.core
        here, there = self._joint.before(before), self._joint.now(name)
        found = self._joint.view.prints.value(there.path[0])
        if found is None or found[0] == found[1] or found != self._joint.view.prints.value(here.path[0]):
            return False
        return is_same(here, there, self._joint)


def _elsewhere(witness: Witness) -> Detail:
    """A detail for inputs for which only one version has a value; to have one no more breaks what was built on it."""
    inputs = ", ".join(f"{name} = {messages.amount(number)}" for name, number in witness.inputs)
    old, new = messages.amount(witness.old), messages.amount(witness.new)
    return Detail(Aspect.WHERE, f"with {inputs}", old, new, breaking=witness.new is None)


def _unread(catalog: Catalog) -> tuple[str, ...]:
    """The files of which at least a part could not be read."""
    found = (finding for finding in catalog.diagnostics.errors if finding.code in UNREAD)
    return tuple(dict.fromkeys(each.labels[0].file.name if each.labels else each.about for each in found))


def _users(catalog: Catalog, reach: Reach) -> Users:
    """The values that name each value."""
    users: Users = {}
    for name in catalog.values:
        for used in dict.fromkeys(reach.uses(name)):
            users.setdefault(used, []).append(name)
    return users
