"""Whether a value is a change or the usual wobble of its process: series of values in, a state for every cell out.

Limits come from the first 24 values since the last declared break, and stay; as long as there are fewer, from those before
the value, at least 12. So no verdict changes when later values arrive, nor with the range asked. A value is a signal (Wheeler)
if it

- lies beyond a limit;
- is one of 3 out of 4 values in a row that lie nearer the same limit than the centre;
- is the last of 8 values in a row on the same side of the centre.

Values that are not final are not judged, and no limits come from them. Values in a row are those that there are: a period
without one is passed over.
"""

from __future__ import annotations

from datetime import date
from enum import Enum

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Process as Limits
from kpidsl.results.columns import Bools, Codes, Floats
from kpidsl.results.limits import BASELINE, LEAST, Fit, deviation, laney, xmr
from kpidsl.results.series import Series

_ROW = 8
_SAME = 1e-9
_SIZES = range(LEAST, BASELINE + 1)


class State(Enum):
    """What can be said of a value against its process."""

    STEADY = "steady"
    SIGNAL = "signal"
    TOO_FEW = "too few points"
    CONSTANT = "constant"
    AUTOCORRELATED = "autocorrelated"
    NOT_FINAL = "not final"


class Rule(Enum):
    """Why a value is a signal."""

    LIMIT = "beyond a limit"
    NEAR = "3 of 4 nearer a limit than the centre"
    ROW = "8 on one side of the centre"


STATES = tuple(State)
_NONE = np.int8(-1)
_CODE = {state: np.int8(code) for code, state in enumerate(STATES)}


class Points(Struct, frozen=True, eq=False):
    """The values that a process is about: which there are, which of them are final; of ratios of counts the number below the
    line. `least` and `most` are what a value can be at all, `money` says that it is in a currency.
    """

    values: Floats
    present: Bools
    final: Bools
    rows: Floats | None = None
    proportion: bool = False
    money: bool = False
    least: float = -np.inf
    most: float = np.inf


class Process(Struct, frozen=True, eq=False):
    """The process in every cell: its limits (NaN where there are none), the state, the rules that a signal breaks and on which
    side, how many values its limits come from, and since which break.
    """

    name: str
    method: str
    centre: Floats
    lower: Floats
    upper: Floats
    codes: np.ndarray[tuple[int, ...], np.dtype[np.int8]]
    broken: Bools
    above: Bools
    points: Codes
    logarithmic: Bools
    breaks: tuple[tuple[date, str], ...]
    since: Codes

    def state(self, cell: int) -> State | None:
        """The state of a cell; None where there is nothing to say."""
        return STATES[self.codes[cell]] if self.codes[cell] >= 0 else None

    def rules(self, cell: int) -> tuple[Rule, ...]:
        """The rules that a cell breaks."""
        return tuple(rule for rule, broken in zip(Rule, self.broken[cell], strict=True) if broken)

    def since_break(self, cell: int) -> tuple[date, str] | None:
        """The break from which its process began."""
        return self.breaks[self.since[cell] - 1] if self.since[cell] else None

    def at(self, cells: Codes) -> Process:
        """The process of some of the cells."""
        fields = ("centre", "lower", "upper", "codes", "broken", "above", "points", "logarithmic", "since")
        return replace(self, **{field: getattr(self, field)[cells] for field in fields})


def process_of(name: str, asked: Limits, points: Points, series: Series, meant: Bools) -> Process:
    """The process of every cell; of those for which it is not `meant` nothing is said."""
    days = np.array([day.toordinal() for day in series.starts], dtype=np.int64)
    breaks = np.array([day.toordinal() for day, _ in asked.breaks], dtype=np.int64)
    since = np.searchsorted(breaks, days, side="right")[series.places]
    runs = _Runs.of(series.ids * (len(breaks) + 1) + since, (points.present & points.final & meant)[series.order])
    ordered = _Ordered(points, series.order, runs)
    found = ordered.judged((points.present & meant)[series.order])
    scattered = {field: _scattered(values, series.order) for field, values in {**found, "since": since}.items()}
    return Process(name, asked.method, breaks=asked.breaks, **scattered)


def _scattered(values: np.ndarray, order: Codes) -> np.ndarray:
    found = np.empty_like(values)
    found[order] = values
    return found


class _Runs(Struct, frozen=True, eq=False):
    """The values that count, run by run (a series between two breaks): for each cell in order its run, and how many values of
    it came before; `places` lists their cells, `first` where those of each run begin in that list.
    """

    run: Codes
    before: Codes
    counted: Bools
    places: Codes
    first: Codes
    sizes: Codes

    @staticmethod
    def of(names: Codes, counted: Bools) -> _Runs:
        run = np.cumsum(np.r_[False, names[1:] != names[:-1]]) if len(names) else names
        places = np.flatnonzero(counted)
        sizes = np.bincount(run[places], minlength=int(run[-1]) + 1 if len(run) else 0)
        first = np.cumsum(sizes) - sizes
        total: Codes = np.cumsum(counted) - counted
        return _Runs(run, total - first[run] if len(run) else run, counted, places, first, sizes)


class _Ordered(Struct, frozen=True, eq=False):
    points: Points
    order: Codes
    runs: _Runs

    def judged(self, present: Bools) -> dict[str, np.ndarray]:
        """The parts of a Process, in the order of the series."""
        fits, runs = self._fits(), self.runs
        used = np.minimum(runs.before, BASELINE)
        enough = used >= LEAST
        size = np.where(enough, used - LEAST, 0)
        centre, distance = (np.where(enough, part[runs.run, size], np.nan) for part in (fits.centre, fits.distance))
        logarithmic, constant, tied = (enough & part[runs.run, size] for part in (fits.logarithmic, fits.constant, fits.tied))
        unusable = constant | tied | ~present
        centre, distance = np.where(unusable, np.nan, centre), np.where(unusable, np.nan, distance)
        broken, above = self._broken(centre, distance, logarithmic)
        states = [~present, ~runs.counted, ~enough, constant, tied, broken.any(axis=1)]
        codes = [_NONE, *(_CODE[s] for s in _ORDER), _CODE[State.SIGNAL]]
        lower, upper = self._limits(centre, distance, logarithmic)
        middle = np.where(logarithmic, np.exp(np.where(logarithmic, centre, 0.0)), centre)
        return {
            "centre": middle,
            "lower": lower,
            "upper": upper,
            "codes": np.select(states, codes, _CODE[State.STEADY]).astype(np.int8),
            "broken": broken,
            "above": above,
            "points": used,
            "logarithmic": logarithmic,
        }

    def _fits(self) -> Fit:
        """Limits of every run by how many of its first values they come from; those of runs that have fewer are not used."""
        runs, count = self.runs, len(self.runs.sizes)
        values = self._first(self.points.values)
        rows = None if self.points.rows is None else self._first(self.points.rows)
        parts = [np.full((count, len(_SIZES)), np.nan) for _ in range(2)]
        parts += [np.zeros((count, len(_SIZES)), dtype=np.bool_) for _ in range(3)]
        for number, size in enumerate(_SIZES):
            there = np.flatnonzero(runs.sizes >= size)
            if rows is None:
                fit = xmr(values[there, :size], self.points.money)
            else:
                fit = laney(values[there, :size], rows[there, :size], self.points.proportion)
            for part, found in zip(parts, (fit.centre, fit.distance, fit.logarithmic, fit.constant, fit.tied), strict=True):
                part[there, number] = found
        return Fit(*parts)

    def _first(self, numbers: Floats) -> Floats:
        """The first values of each run, NaN where it has fewer."""
        runs = self.runs
        found = np.full((len(runs.sizes), BASELINE), np.nan)
        before = runs.before[runs.places]
        taken = before < BASELINE
        found[runs.run[runs.places][taken], before[taken]] = numbers[self.order[runs.places[taken]]]
        return found

    def _broken(self, centre: Floats, distance: Floats, logarithmic: Bools) -> tuple[Bools, Bools]:
        """Which rules each cell breaks, and whether above the centre."""
        cells = np.flatnonzero(np.isfinite(centre) & self.runs.counted)
        broken, above = np.zeros((len(centre), len(Rule)), dtype=np.bool_), np.zeros(len(centre), dtype=np.bool_)
        away = self._away(cells, centre[cells], distance[cells], logarithmic[cells])
        side = np.sign(np.where(np.abs(away) <= _SAME, 0.0, away))
        same = (side == side[:, :1]) & (side[:, :1] != 0)
        near = same & (np.abs(away) > 0.5 + _SAME)
        broken[cells, 0] = np.abs(away[:, 0]) > 1 + _SAME
        broken[cells, 1] = near[:, 0] & (near[:, :4].sum(axis=1) >= 3)
        broken[cells, 2] = same.all(axis=1)
        above[cells] = side[:, 0] > 0
        return broken, above

    def _away(self, cells: Codes, centre: Floats, distance: Floats, logarithmic: Bools) -> Floats:
        """How far a value and the 7 before it lie from the centre, in distances of the limits; NaN where there are none."""
        runs, back = self.runs, np.arange(_ROW)
        at = runs.before[cells][:, None] - back
        place = runs.places[np.maximum(runs.first[runs.run[cells]][:, None] + at, 0)]
        found = self.order[place]
        values = np.where(at >= 0, self.points.values[found], np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(logarithmic[:, None], np.log(np.maximum(values, 0.0)), values)
            apart = values - centre[:, None]
            if self.points.rows is not None:
                apart = apart / deviation(centre[:, None], self.points.rows[found], self.points.proportion)
            away: Floats = apart / distance[:, None]
        return away

    def _limits(self, centre: Floats, distance: Floats, logarithmic: Bools) -> tuple[Floats, Floats]:
        """The limits as the values are, no further than these can go."""
        points = self.points
        if points.rows is not None:
            distance = distance * deviation(centre, points.rows[self.order], points.proportion)
        with np.errstate(over="ignore", invalid="ignore"):
            both = [
                np.where(logarithmic, np.exp(np.where(logarithmic, each, 0.0)), each)
                for each in (centre - distance, centre + distance)
            ]
        return np.maximum(both[0], points.least), np.minimum(both[1], points.most)


_ORDER = (State.NOT_FINAL, State.TOO_FEW, State.CONSTANT, State.AUTOCORRELATED)
