"""What is different between two versions of definitions: frozen values, in the order of the new definitions."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from msgspec import Struct


class Meaning(Enum):
    """What became of a definition. UNKNOWN is neither proved to be the same nor shown to differ."""

    IDENTICAL = "identical"
    REFACTORED = "refactored"
    RENAMED = "renamed"
    CHANGED = "changed"
    UNKNOWN = "unknown"
    ADDED = "added"
    REMOVED = "removed"


class Aspect(Enum):
    """What may change beside the formula. WHERE is for which groups, sources or inputs there is a value at all."""

    KIND = "kind"
    UNIT = "unit"
    DIRECTION = "direction"
    BENCHMARK = "benchmark"
    WHERE = "defined elsewhere"
    JUDGING = "judging"
    WORDING = "wording"
    DATA = "data"
    CALENDAR = "calendar"


class Detail(Struct, frozen=True):
    """One thing that is other than it was; `old` or `new` is empty where there was or is nothing."""

    aspect: Aspect
    name: str
    old: str
    new: str
    breaking: bool = False


class Witness(Struct, frozen=True):
    """Exact inputs under which the versions differ, and both values; None is an input or a value that is not there.

    `inputs` are named as an analyst knows them; what the name means in one version only says so. Where the difference was seen
    over made-up rows, `rows` says which, and in which period it was seen.
    """

    inputs: tuple[tuple[str, Fraction | None], ...]
    old: Fraction | None
    new: Fraction | None
    rows: str = ""


class Change(Struct, frozen=True):
    """What became of a KPI, measure, parameter, source or dimension.

    `old_name` is what it was called; `old` and `new` are its formulas in their canonical spelling. `why` says how it is known
    that the meaning is the same, or why it is not known. `through` are the values it uses by which it changed, its own formula
    being the same; `downstream` are the KPIs that are made of it.
    """

    kind: str
    name: str
    meaning: Meaning
    old_name: str = ""
    old: str = ""
    new: str = ""
    why: str = ""
    witness: Witness | None = None
    details: tuple[Detail, ...] = ()
    through: tuple[str, ...] = ()
    downstream: tuple[str, ...] = ()
    broken: bool = False

    @property
    def same(self) -> bool:
        """Whether there is nothing to say about it."""
        return self.meaning is Meaning.IDENTICAL and not self.details

    @property
    def words(self) -> tuple[str, ...]:
        """What changed, in a word each: `identical`, or `refactored` and `benchmark`."""
        if self.kind in ("source", "dimension"):
            return (self.meaning.value,)
        aspects = dict.fromkeys(detail.aspect.value for detail in self.details)
        own = () if self.meaning is Meaning.IDENTICAL and aspects else (self.meaning.value,)
        return (*own, *aspects)

    @property
    def breaking(self) -> bool:
        """Whether somebody who asks for it, or by it, gets another answer or none.

        Measures and parameters change KPIs or nothing; sources do, too.
        """
        if any(detail.breaking for detail in self.details):
            return True
        if self.kind == "dimension":
            return self.meaning is Meaning.REMOVED
        return self.kind == "KPI" and (self.broken or self.meaning in _BREAKING)


_BREAKING = frozenset({Meaning.CHANGED, Meaning.REMOVED, Meaning.RENAMED})


class Changes(Struct, frozen=True):
    """All KPIs, also those that are as they were; of everything else what is other than it was. `project` is about all."""

    kpis: tuple[Change, ...] = ()
    others: tuple[Change, ...] = ()
    project: tuple[Detail, ...] = ()

    @property
    def changed(self) -> tuple[Change, ...]:
        """The KPIs of which there is something to say."""
        return tuple(change for change in self.kpis if not change.same)

    @property
    def breaking(self) -> tuple[Change | Detail, ...]:
        """What breaks what was built on the old version."""
        everything: tuple[Change | Detail, ...] = (*self.project, *self.kpis, *self.others)
        return tuple(each for each in everything if each.breaking)
