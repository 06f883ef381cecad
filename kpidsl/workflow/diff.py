"""Two versions of definitions to what changed in their meaning and, over data, in their values."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.versions.changes import Change, Changes, Detail, Meaning
from kpidsl.checks.versions.compare import compare
from kpidsl.periods.grain import Grain
from kpidsl.pipeline import Data, load
from kpidsl.plan.ask import Moment, Setting

if TYPE_CHECKING:  # what computes is imported where it is used: comparing formulas must load neither pandas nor numpy
    from kpidsl.workflow.movements import Movements

Version = Catalog | str | Path


class Diff(Struct, frozen=True):
    """What changed from one version to the next. `changes` is about meaning, `movements` about values; None without data."""

    changes: Changes
    movements: Movements | None = None

    @property
    def kpis(self) -> tuple[Change, ...]:
        """What became of each KPI."""
        return self.changes.kpis

    @property
    def breaking(self) -> tuple[Change | Detail, ...]:
        """What breaks what was built on the old version."""
        return self.changes.breaking


def diff(
    old: Version,
    new: Version,
    *,
    data: Data | None = None,
    by: tuple[str, ...] | list[str] | str = (),
    every: str | Grain | None = None,
    start: Moment = None,
    end: Moment = None,
    where: str | None = None,
    as_of: Moment = None,
    parameters: Mapping[str, Setting] | None = None,
) -> Diff:
    """What changed in the meaning of definitions, which are catalogs, folders or files; with `data` also in their values.

    A KPI is identical, refactored (proved to be the same), changed (with inputs and both values), or unknown, which says why.
    Raises AskError and DataError as `evaluate` does; what is wrong with definitions is in their catalogs.
    """
    before, now = (version if isinstance(version, Catalog) else load(version) for version in (old, new))
    changes = _tried(compare(before, now), before, now)
    if data is None:
        return Diff(changes)
    from kpidsl.workflow.movements import Question, movements

    groups = (by,) if isinstance(by, str) else tuple(by)
    question = Question(data, groups, every, start, end, where, as_of, parameters or {})
    return Diff(changes, movements(changes, before, now, question))


def _tried(changes: Changes, old: Catalog, new: Catalog) -> Changes:
    """What is left open looked at over made-up rows, if there is any."""
    if not any(change.meaning is Meaning.UNKNOWN and not change.broken for change in (*changes.kpis, *changes.others)):
        return changes
    from kpidsl.workflow.trials import tried_on_rows

    return tried_on_rows(changes, old, new)
