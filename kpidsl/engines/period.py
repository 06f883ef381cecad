"""The time for which rows are looked at: its names as values, and the time that `previous` puts in its place."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.periods import moves
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan.schedule import Interval

_EPOCH = datetime(1970, 1, 1)


class Period(Struct, frozen=True):
    """`grain` and `length` say how long it is, as in Line; `every` is the grain of the question."""

    interval: Interval
    calendar: Calendar
    grain: Grain | None = None
    length: tuple[int, Grain] | None = None
    every: Grain | None = None

    def value(self, function: str) -> datetime | float:
        """What a name of the period stands for; a length is in days."""
        match function:
            case "period_start":
                return self.interval.start
            case "period_end":
                return self.interval.end
            case "previous_period_start":
                return self.interval.before
            case "period_length":
                return (self.interval.end - self.interval.start) / timedelta(days=1)
            case _:
                raise AssertionError(function)

    def earlier(self, amount: int | None = None, unit: Grain | None = None) -> Period | None:
        """The period before, or the one so much earlier; None where there is none."""
        interval = self.interval
        if amount is None or unit is None:
            bounds = interval.before, interval.start
        elif (shifted := moves.moved(self.calendar, self.grain, interval.start, interval.end, amount, unit)) is not None:
            bounds = shifted
        else:
            return None
        return replace(self, interval=Interval(*bounds, self._before(*bounds)))

    def _before(self, start: datetime, end: datetime) -> datetime:
        if self.length is None:
            return moves.previous_of(self.calendar, self.grain, start, end)[0]
        return moves.window_start(self.calendar, self.every, start, *self.length)


def ticks_of(moment: date | datetime) -> int:
    """Microseconds since 1970."""
    exact = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)
    return (exact - _EPOCH) // timedelta(microseconds=1)


def moment_of(ticks: int) -> datetime:
    """The moment so many microseconds after the first of 1970."""
    return _EPOCH + timedelta(microseconds=ticks)
