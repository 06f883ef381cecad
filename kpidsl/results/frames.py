"""Frames to cells: for each chain of frames the cells in which a formula is worked out there, and the way back.

A place is a list of cells: intervals of the schedule's line for its times, and combinations of its dimensions. In `previous`
and windows there is one for each cell of the place outside of it, in `average` one for each smaller period (and one for each
earlier one that a benchmark looks at), and in `total` one for all cells that differ in the dimensions left out only. Values
return accordingly: as they are, as a mean, spread.
"""

from __future__ import annotations

from datetime import datetime

import numpy as np
from msgspec import Struct, field

from kpidsl.catalog.core import Apply
from kpidsl.plan.nodes import Earlier, Fold, Frame, Plan, Time, Times, Total
from kpidsl.plan.schedule import Interval, Line, Schedule
from kpidsl.plan.timing import stepped
from kpidsl.results.cells import Cells
from kpidsl.results.columns import Codes, Column, Fault, Floats, Status, from_floats, strict
from kpidsl.results.keys import By, Keys
from kpidsl.results.spelling import spell

Path = tuple[Frame, ...]  # from the outside in; none for the question's own cells
EPOCH = datetime(1970, 1, 1)
_DAY = 86_400


class Context(Struct, frozen=True):
    """For which times and by which of the question's dimensions, by number, an aggregate is taken."""

    times: Times = ()
    by: By = ()


BASE = Context()


class Place(Struct, frozen=True, eq=False):
    """The cells of a chain of frames; `intervals` counts in the line of its times, `keys` numbers the combinations.

    `outer` is the place that the last frame was entered from. For an average `link` has for each cell the one of `outer` that
    it is a part of, for a total for each cell of `outer` the one here; else cell belongs to cell.
    """

    context: Context
    intervals: Codes
    keys: Codes
    outer: Place | None = None
    frame: Frame | None = None
    link: Codes | None = None

    def __len__(self) -> int:
        return len(self.intervals)


class Places(Struct, frozen=True, eq=False):
    """The places of one answer, each made once."""

    plan: Plan
    schedule: Schedule
    cells: Cells
    keys: Keys
    _made: dict[Path, Place] = field(default_factory=dict)
    _flat: dict[Context, Place] = field(default_factory=dict)
    _lines: dict[Times, Line] = field(default_factory=dict)

    def at(self, path: Path) -> Place:
        """The cells in which a chain of frames is worked out."""
        if path not in self._made:
            if not path:
                self._made[path] = Place(Context((), self.keys.all), self.cells.periods, self.cells.combinations)
            else:
                self._made[path] = self._entered(self.at(path[:-1]), path[-1])
        return self._made[path]

    def flat(self, context: Context) -> Place:
        """A context without averages, seen from each of the question's cells, also where some of them share a total."""
        if context.by == self.keys.all:
            return self.at(context.times)
        if context not in self._flat:
            keys = self.keys.by(context.by).of_all[self.cells.combinations]
            self._flat[context] = Place(context, self.cells.periods, keys)
        return self._flat[context]

    def line(self, times: Times) -> Line:
        """The intervals of a chain of frames, also of one in which no aggregate is taken."""
        if times not in self.schedule.lines and times not in self._lines:
            self._lines[times] = stepped(self.line(times[:-1]), times[-1], self.plan, self.schedule.first)
        return self.schedule.lines.get(times) or self._lines[times]

    def interval(self, place: Place, of: str) -> Floats:
        """What a name of the period stands for in each cell: a date in days since 1970, a length in days; NaN without one."""
        line = self.line(place.context.times)
        known = [np.nan if each is None else _NAMES[of](each) for each in line.intervals]
        return np.array(known, dtype=np.float64)[place.intervals]

    def _entered(self, outer: Place, frame: Frame) -> Place:
        times, by = outer.context.times, outer.context.by
        match frame:
            case Total():
                return self._totalled(outer, frame)
            case Fold() | Earlier():
                return self._split(outer, frame)
            case _:
                return Place(Context((*times, frame), by), outer.intervals, outer.keys, outer, frame)

    def _totalled(self, outer: Place, frame: Total) -> Place:
        names = self.plan.question.by
        by = tuple(number for number in outer.context.by if frame.without and names[number] not in frame.without)
        combinations = self.keys.by(by)
        onto = np.zeros(self.keys.by(outer.context.by).size, dtype=np.int64)
        onto[self.keys.by(outer.context.by).of_all] = combinations.of_all
        size = max(1, combinations.size)
        codes, link = np.unique(outer.intervals * size + onto[outer.keys], return_inverse=True)
        intervals, keys = np.divmod(codes, size)
        return Place(Context(outer.context.times, by), intervals, keys, outer, frame, link.reshape(-1))

    def _split(self, outer: Place, frame: Time) -> Place:
        """The smaller periods of every cell; the parents of a line are in order."""
        times = (*outer.context.times, frame)
        parents = np.array(self.line(times).parents, dtype=np.int64)
        first, after = (np.searchsorted(parents, outer.intervals, side=side) for side in ("left", "right"))
        counts = after - first
        link = np.repeat(np.arange(len(outer)), counts)
        within = np.arange(len(link)) - np.repeat(np.cumsum(counts) - counts, counts)
        return Place(Context(times, outer.context.by), first[link] + within, outer.keys[link], outer, frame, link)

    def returned(self, column: Column, path: Path, node: Apply) -> Column:
        """What a window is in each cell outside of it, from the value of its argument inside."""
        place = self.at(path)
        assert place.outer is not None
        if place.link is None:
            return column
        if isinstance(place.frame, Total):
            return column if len(column) == 1 else column.at(place.link)
        return _mean(column.spread(len(place)), place.link, len(place.outer), node)

    def carried(self, values: Floats, path: Path, combine: np.ufunc, nothing: float) -> Floats:
        """Numbers of a chain's cells for each of the question's; `combine` makes one of those of an average's parts."""
        place = self.at(path)
        values = values if len(values) == len(place) else np.broadcast_to(values, (len(place),))
        while place.outer is not None:
            if place.link is not None and isinstance(place.frame, Total):
                values = values[place.link]
            elif place.link is not None:
                parts = np.full(len(place.outer), nothing)
                combine.at(parts, place.link, values)
                values = parts
            place = place.outer
        return values


def days_since_1970(moment: datetime) -> float:
    """A moment as columns hold it."""
    passed = moment - EPOCH
    return passed.days + (passed.seconds + passed.microseconds / 1e6) / _DAY


def _length(interval: Interval) -> float:
    return (interval.end - interval.start).total_seconds() / _DAY


_NAMES = {
    "period_start": lambda interval: days_since_1970(interval.start),
    "period_end": lambda interval: days_since_1970(interval.end),
    "previous_period_start": lambda interval: days_since_1970(interval.before),
    "period_length": _length,
}


def _mean(column: Column, parents: Codes, count: int, node: Apply) -> Column:
    """The mean over the parts that have a value; missing where none has, undefined where one is undefined."""
    present = column.present
    weights = np.where(present, column.values, 0.0)
    known = np.bincount(parents, present.astype(np.float64), count)
    with np.errstate(all="ignore"):
        values = np.bincount(parents, weights, count) / np.where(known > 0, known, np.nan)
    large = Fault(np.isinf(values), lambda: f"{spell(node)} is too large")
    mean = strict(values, [from_floats(np.where(np.isinf(values), 0.0, values))], [large])
    undefined = np.flatnonzero(column.undefined)
    if column.reasons is None or not len(undefined):
        return mean
    broken, first = np.unique(parents[undefined], return_index=True)
    status = np.zeros(count, dtype=np.int8)
    status[broken] = Status.UNDEFINED
    reasons = np.full(count, -1, dtype=np.int64)
    reasons[broken] = column.reasons[undefined[first]]
    of_parts = Column(np.where(status == Status.UNDEFINED, np.nan, 0.0), status, reasons, column.texts)
    return strict(mean.values, [of_parts, mean])
