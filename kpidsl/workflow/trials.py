"""What two versions of a value come to over made-up rows: for windows, stocks and whatever has no exact inputs.

The rows are of all sources that either version reads, few at first, then more; both versions are evaluated over them as over
any data. A difference is a refutation, with the rows that show it; that none is seen proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from fractions import Fraction

import pandas as pd
from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.versions.changes import Change, Changes, Meaning, Witness
from kpidsl.checks.versions.reach import Reach
from kpidsl.errors import KpidslError
from kpidsl.pipeline import evaluate
from kpidsl.results.result import Result
from kpidsl.workflow.invented import MONTHS, invented, shown
from kpidsl.workflow.movements import differ

_SIZES = (2, 4, 6, 20, 120)
_GRAINS = ("month", "quarter", "year")
_AS_OF = datetime(MONTHS[0].year + 2, 1, 1)
_MOST_SHOWN = 12
_MOST_DIMENSIONS = 4

Frames = dict[str, pd.DataFrame]
Pair = tuple[str, str]  # the old name and the new one


def tried_on_rows(changes: Changes, old: Catalog, new: Catalog) -> Changes:
    """The same with every value that was left open and comes out differently over some rows as changed."""
    pending = {change.name: change for change in (*changes.kpis, *changes.others) if _is_open(change, old, new)}
    found: dict[str, Witness] = {}
    for size in _SIZES:
        left = [change for name, change in pending.items() if name not in found]
        if left:
            found.update(_differences(left, old, new, size))
    rows = sum(_SIZES)

    def decided(change: Change) -> Change:
        if change.name in found and change.meaning is Meaning.UNKNOWN:
            return replace(change, meaning=Meaning.CHANGED, why="", witness=found[change.name])
        if change.name in pending and change.meaning is Meaning.UNKNOWN:
            return replace(change, why=f"{change.why}; over {rows} made-up rows of each source there is no difference")
        return change

    return replace(changes, kpis=tuple(map(decided, changes.kpis)), others=tuple(map(decided, changes.others)))


def _is_open(change: Change, old: Catalog, new: Catalog) -> bool:
    there = change.old_name in old.values and change.name in new.values
    return change.meaning is Meaning.UNKNOWN and there


def _differences(changes: Iterable[Change], old: Catalog, new: Catalog, size: int) -> Iterator[tuple[str, Witness]]:
    """The values that come out differently over so many rows of each source."""
    reaches = Reach(old), Reach(new)
    sources = dict.fromkeys(each for change in changes for each in _sources(change, reaches))
    frames = invented(old, new, tuple(sources), size)
    pairs = {(change.old_name, change.name): change for change in changes}
    for every, by in _questions(old, new):
        asked = [pair for pair in pairs if _may_ask(pair, by, reaches)]
        before = _evaluated(old, [name for name, _ in asked], frames, every, by) if asked else None
        now = _evaluated(new, [name for _, name in asked], frames, every, by) if asked else None
        if before is None or now is None:
            continue
        for pair in asked:
            cell = _first_difference(before, now, pair)
            if cell is not None:
                change = pairs.pop(pair)
                yield change.name, _witness(cell, frames, _sources(change, reaches))


def _questions(old: Catalog, new: Catalog) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Grains, then groups, of which only functions of groups such as `total` know."""
    yield from ((every, ()) for every in _GRAINS)
    shared = [name for name in old.dimensions if name in new.dimensions]
    yield from ((_GRAINS[-1], (name,)) for name in shared[:_MOST_DIMENSIONS])


def _may_ask(pair: Pair, by: tuple[str, ...], reaches: tuple[Reach, Reach]) -> bool:
    """Whether both versions can be grouped so, and by groups something else is seen than without."""
    both = tuple(zip(reaches, pair, strict=True))
    reachable = all(set(by) <= reach.dimensions(name) for reach, name in both)
    return reachable and (not by or any(reach.looks_at_groups(name) for reach, name in both))


def _sources(change: Change, reaches: tuple[Reach, Reach]) -> list[str]:
    """Those that a value reads, with those that columns lead to, in the order of their names."""
    return sorted(reaches[0].rows(change.old_name) | reaches[1].rows(change.name))


def _evaluated(catalog: Catalog, names: list[str], frames: Frames, every: str, by: tuple[str, ...]) -> Result | None:
    known = {name: frame for name, frame in frames.items() if name in catalog.sources}
    try:
        return evaluate(catalog, names, data=known, every=every, by=by, as_of=_AS_OF, engine="pandas")
    except KpidslError:
        return None


Cell = tuple[str, float | None, float | None]


def _first_difference(before: Result, now: Result, pair: Pair) -> Cell | None:
    """The first period in which the values differ; rather one in which both versions have one."""
    ours, theirs = before.figures.get(pair[0]), now.figures.get(pair[1])
    if ours is None or theirs is None or ours.failure or theirs.failure:
        return None
    old = dict(zip(_labels(before), ours.column.values, strict=True))
    new = zip(_labels(now), theirs.column.values, strict=True)
    cells = [(label, _number(old[label]), _number(value)) for label, value in new if label in old]
    differing = [cell for cell in cells if differ(cell[1], cell[2])]
    return next((cell for cell in differing if None not in cell), differing[0] if differing else None)


def _labels(result: Result) -> list[str]:
    """The period of each cell, with its group."""
    columns = (result.axis.labels, *result.axis.dimensions.values())
    return [", ".join("(missing)" if part is None else str(part) for part in cell) for cell in zip(*columns, strict=True)]


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def _witness(cell: Cell, frames: Frames, sources: Iterable[str]) -> Witness:
    label, old, new = cell
    given = {name: frames[name] for name in sources if name in frames}
    count = sum(map(len, given.values()))
    rows = shown(given) if count <= _MOST_SHOWN else f"{count} made-up rows of {', '.join(given)}"
    return Witness((), _exact(old), _exact(new), f"in {label} over {rows}")


def _exact(value: float | None) -> Fraction | None:
    return None if value is None else Fraction(value).limit_denominator(10**9)
