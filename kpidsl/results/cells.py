"""What was collected to the cells of a question: the periods and combinations of dimension values that have a row in it.

Which cells there are (language, "What evaluation means"):

- with dimensions those in which a source asked for has a row, before any filter of its own: the full outer union;
- without dimensions every period in which a source asked for is observed, also an empty one; without a grain the one period;
- a timeless source has the same rows in every period; it makes cells only where no other is asked for, then in every period;
- if all cells are asked for, every combination found in one period in all of them.

No other frame makes cells, and neither does a condition on finished rows. Cells are ordered by period, then by the dimensions
in their order, a missing value last. Period and combination are one integer per row, whose order is the cells'.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.engines.slots import Slots
from kpidsl.plan.frames import framed
from kpidsl.plan.nodes import Plan, Timeless
from kpidsl.plan.schedule import Schedule, Where
from kpidsl.results.columns import Bools, Codes
from kpidsl.results.keys import Keys, distinct


class Cells(Struct, frozen=True, eq=False):
    """`periods` are numbers of intervals in the schedule's line of no frames, `combinations` those of all dimensions.

    `keys` has an object array per dimension.
    """

    periods: Codes
    combinations: Codes
    keys: tuple[NDArray[np.object_], ...]

    def __len__(self) -> int:
        return len(self.periods)


def unite(plan: Plan, slots: Slots, keys: Keys) -> Cells:
    """The cells of a question."""
    schedule, question = slots.schedule, plan.question
    count = len(schedule.lines[()].intervals)
    scans = _asked(plan)
    dated = [scan for scan in scans if not isinstance(plan.scans[scan].placement, Timeless)]
    size = max(1, keys.by(keys.all).size)
    found = [_with_rows(scan, slots, keys, size) for scan in dated]
    if not dated:
        found = [_crossed(np.arange(count), _own(scan, slots, keys), size) for scan in scans]
    if not question.by:
        found += [np.flatnonzero(_observed(dated or scans, schedule, count)) if question.every else np.arange(count)]
    codes = distinct(np.concatenate([np.zeros(0, dtype=np.int64), *found]))
    if question.all_cells:
        nowhere = dated and question.every and not schedule.periods
        shown = codes[codes >= schedule.lead * size]
        combined = distinct(shown % size) if question.by else np.zeros(1, np.int64)
        codes = _crossed(np.arange(0 if nowhere else count), combined, size)
    periods, combinations = np.divmod(codes, size)
    return Cells(periods, combinations, keys.values(combinations))


def _asked(plan: Plan) -> list[int]:
    """The scans of the values asked for."""
    if plan.question.having is None:
        return list(range(plan.own))
    found = (framed(plan.values[name].core, plan.values, plan.question.by) for name in plan.question.values)
    return sorted({plan.readings[each.aggregate].scan for nodes in found for each in nodes})


def _own(scan: int, slots: Slots, keys: Keys) -> Codes:
    return keys.by(keys.all).codes[slots.schedule.presence[scan]]


def _with_rows(scan: int, slots: Slots, keys: Keys, size: int) -> Codes:
    """The codes of the cells in which a scan has a row: period times `size` plus the combination."""
    number = slots.schedule.presence[scan]
    collect, piece = slots.schedule.collects[number], slots.collected[number].piece
    summed = Where(scan, (), keys.all, summed=True)
    period = np.full(max(1, len(collect.pieces)), -1, dtype=np.int64)
    found = slots.schedule.found.get(summed) or slots.schedule.found[Where(scan, (), keys.all, summed=False)]
    for place, pieces in enumerate(found.pieces):
        if pieces is not None:
            period[pieces[0] : pieces[1]] = place
    codes = period[piece] * size + _own(scan, slots, keys)
    return codes[period[piece] >= 0]


def _crossed(periods: Codes, combinations: Codes, size: int) -> Codes:
    codes: Codes = (periods[:, None] * size + combinations[None, :]).ravel()
    return codes


def _observed(scans: Sequence[int], schedule: Schedule, count: int) -> Bools:
    """The periods in which one of some scans is observed; all where there is none."""
    seen = [np.array(schedule.observed[scan, ()], dtype=np.bool_) for scan in scans]
    return np.logical_or.reduce(seen) if seen else np.ones(count, dtype=np.bool_)
