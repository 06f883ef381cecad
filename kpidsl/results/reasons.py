"""Why a verdict is what it is: what decided it in, one sentence out: `90% interval 4.6% to 69.9% lies across 15%`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from kpidsl.results.intervals import LEVEL
from kpidsl.results.numbers import show_exact, show_number
from kpidsl.results.verdicts import Position, Range
from kpidsl.units.unit import Unit

_DIGITS = 6
Show = Callable[[float], str]


def missing() -> str:
    return "no data"


def unfinished(end: date | None, as_of: datetime | None) -> str:
    """`end` is the first day after the period."""
    last = "" if end is None else f"it ends on {(end - timedelta(days=1)).isoformat()}"
    known = "" if as_of is None else f"the data are as of {_moment(as_of)}"
    return "the period is not over: " + ", ".join(part for part in (last, known) if part)


def _moment(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ", "minutes")


def insufficient(rows: float, needed: int) -> str:
    have = int(rows)
    return f"{have:,} {'row' if have == 1 else 'rows'}, {needed:,} {'is' if needed == 1 else 'are'} needed"


def unknown() -> str:
    return "no interval can be worked out here"


def point(value: float, position: Position, bounds: Bounds, note: str) -> str:
    """What the rule says of a value that is judged by its point."""
    text = f"{bounds.apart([value])[0]} lies {bounds.phrase(position)}"
    return f"{text} ({note})" if note else text


def interval(low: float, high: float, position: Position, bounds: Bounds) -> str:
    """What the rule says of an interval."""
    start, end = bounds.apart([low, high])
    return f"{100 * LEVEL:.0f}% interval {start} to {end} lies {bounds.phrase(position)}"


class Bounds:
    """A range in one cell, in words; numbers beside it get as many digits as show on which side of a bound they are."""

    def __init__(self, range: Range, cell: int, unit: Unit, percent: bool) -> None:
        self._range = range
        self._unit = unit
        self._percent = percent
        self._low = None if range.low is None else float(range.low[cell % len(range.low)])
        self._high = None if range.high is None else float(range.high[cell % len(range.high)])

    def phrase(self, position: Position) -> str:
        low, high = self._shown(self._low), self._shown(self._high)
        match position:
            case Position.BELOW:
                return f"{'at or ' if self._range.low_open else ''}below {low}"
            case Position.ABOVE:
                return f"{'at or ' if self._range.high_open else ''}above {high}"
            case Position.ACROSS_LOW:
                return f"across {low}"
            case Position.ACROSS_HIGH:
                return f"across {high}"
            case Position.ACROSS_BOTH:
                return f"across {low} and {high}"
            case _:
                return self._inside(low, high)

    def _inside(self, low: str, high: str) -> str:
        if self._high is None:
            return f"{'' if self._range.low_open else 'at or '}above {low}"
        if self._low is None:
            return f"{'' if self._range.high_open else 'at or '}below {high}"
        return f"within {low} to {high}"

    def apart(self, numbers: Sequence[float]) -> list[str]:
        return [self._apart(number) for number in numbers]

    def _apart(self, number: float) -> str:
        text = show_number(number, self._unit, self._percent)
        others = [bound for bound in (self._low, self._high) if bound is not None and abs(bound - number) > 1e-12 * abs(number)]
        for more in range(1, _DIGITS):
            if all(text != show_number(bound, self._unit, self._percent, more - 1) for bound in others):
                break
            text = show_number(number, self._unit, self._percent, more)
        return text

    def _shown(self, bound: float | None) -> str:
        return "" if bound is None else show_exact(bound, self._unit, self._percent)
