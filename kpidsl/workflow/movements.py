"""The values of two versions over the same data, cell by cell: which are not the same, those that moved most first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isnan

from msgspec import Struct, field

from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.versions.changes import Change, Changes, Meaning
from kpidsl.checks.versions.reach import Reach
from kpidsl.diagnostics import Diagnostics
from kpidsl.periods.grain import Grain
from kpidsl.pipeline import Data, evaluate
from kpidsl.plan.ask import Moment, Setting
from kpidsl.results.result import Result
from kpidsl.units.unit import Unit

_DIGITS = 1e-9
_KEPT = frozenset({Meaning.REFACTORED, Meaning.RENAMED, Meaning.CHANGED, Meaning.UNKNOWN, Meaning.IDENTICAL})

Key = tuple[object, ...]
Cell = tuple[float | None, str]


class Question(Struct, frozen=True):
    """What both versions are asked; as in `evaluate`."""

    data: Data
    by: tuple[str, ...] = ()
    every: str | Grain | None = None
    start: Moment = None
    end: Moment = None
    where: str | None = None
    as_of: Moment = None
    parameters: Mapping[str, Setting] = field(default_factory=dict)


class Movement(Struct, frozen=True):
    """One cell in which a KPI is not what it was; a value that is not there is None beside its status.

    `status` is empty where there is no such cell. `unit` is that of the new version.
    """

    kpi: str
    period: str
    group: tuple[tuple[str, str | None], ...]
    old: float | None
    new: float | None
    old_status: str
    new_status: str
    unit: Unit
    percent: bool = False

    @property
    def difference(self) -> float | None:
        """By how much the value grew; None where only one version has one."""
        return None if self.old is None or self.new is None else self.new - self.old

    @property
    def size(self) -> float:
        """How large the movement is, beside the larger value; 2 where only one version has a value."""
        if self.old is None or self.new is None:
            return 2.0
        return abs(self.new - self.old) / max(abs(self.old), abs(self.new))


class Movements(Struct, frozen=True):
    """The cells that moved, the largest movement first, of `compared` cells.

    `kpis` were asked for; those in `left_out` cannot be grouped as asked in both versions, and `failed` says why others have
    no values.
    """

    cells: tuple[Movement, ...]
    compared: int
    kpis: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    diagnostics: Diagnostics = field(default_factory=Diagnostics)


def movements(changes: Changes, old: Catalog, new: Catalog, question: Question) -> Movements:
    """Both versions evaluated at the same moment, for the KPIs that are there in both and are not written as they were."""
    asked = [change for change in changes.kpis if _is_asked(change, changes, old, new)]
    reachable = [change for change in asked if _reaches(change, old, new, question.by)]
    left_out = tuple(change.name for change in asked if change not in reachable)
    if not reachable:
        return Movements((), 0, (), left_out)
    before = _evaluated(old, [change.old_name for change in reachable], question, question.as_of)
    now = _evaluated(new, [change.name for change in reachable], question, before.axis.as_of or question.as_of)
    moved, failed, compared = list[Movement](), dict[str, str](), 0
    for change in reachable:
        failure = before.figures[change.old_name].failure or now.figures[change.name].failure
        if failure:
            failed[change.name] = failure
            continue
        ours, theirs = _cells(before, change.old_name), _cells(now, change.name)
        compared += len(ours.keys() | theirs.keys())
        moved.extend(_moved(change.name, now, ours, theirs))
    moved.sort(key=lambda each: (-each.size, each.kpi, each.period, str(each.group)))
    names = tuple(change.name for change in reachable)
    found = Diagnostics([*before.diagnostics, *now.diagnostics])
    return Movements(tuple(moved), compared, names, left_out, tuple(failed.items()), found)


def _is_asked(change: Change, changes: Changes, old: Catalog, new: Catalog) -> bool:
    """Whether both versions have the KPI and its values may differ; another calendar may move all of them."""
    there = change.meaning in _KEPT and change.old_name in old.values and change.name in new.values
    return there and (change.meaning is not Meaning.IDENTICAL or bool(changes.project))


def _reaches(change: Change, old: Catalog, new: Catalog, by: Iterable[str]) -> bool:
    wanted = set(by)
    return wanted <= Reach(old).dimensions(change.old_name) and wanted <= Reach(new).dimensions(change.name)


def _evaluated(catalog: Catalog, names: list[str], question: Question, as_of: Moment) -> Result:
    return evaluate(
        catalog,
        names,
        data=question.data,
        by=question.by,
        every=question.every,
        start=question.start,
        end=question.end,
        where=question.where,
        as_of=as_of,
        parameters=question.parameters,
    )


def _cells(result: Result, name: str) -> dict[Key, Cell]:
    """Values with their status by the period's label and the dimensions."""
    figure, axis = result.figures[name], result.axis
    keys = zip(axis.labels, *axis.dimensions.values(), strict=True)
    cells = zip(figure.column.values, figure.statuses, strict=True)
    return {
        key: (None if isnan(value) else float(value), str(status)) for key, (value, status) in zip(keys, cells, strict=True)
    }


def _moved(name: str, now: Result, ours: dict[Key, Cell], theirs: dict[Key, Cell]) -> Iterator[Movement]:
    figure = now.figures[name]
    for key in dict.fromkeys((*ours, *theirs)):
        (old, old_status), (new, new_status) = ours.get(key, (None, "")), theirs.get(key, (None, ""))
        if differ(old, new) or (old is None and old_status != new_status):
            label, *groups = key
            group = (
                (dimension, None if each is None else str(each))
                for dimension, each in zip(now.axis.dimensions, groups, strict=True)
            )
            yield Movement(name, str(label), tuple(group), old, new, old_status, new_status, figure.value.unit, figure.percent)


def differ(old: float | None, new: float | None) -> bool:
    """Whether two values are not the same to nine digits."""
    if old is None or new is None:
        return (old is None) != (new is None)
    return abs(old - new) > _DIGITS * max(abs(old), abs(new))
