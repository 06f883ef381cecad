"""What tells the period of a row in a statement, a number or a day that databases find fast, and which piece of time it means.

Months are told by their number since year 0. Where some of them are in two pieces, which happens since of a month that is not
over the same part of earlier ones is looked at, each has two numbers, and the days after the first piece have the odd one. All
other periods are told by their first day. A period that is cut at an end of time is told by nothing: databases do not cut it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from kpidsl.engines.sql.dates import start_of
from kpidsl.engines.sql.grouped import EPOCH
from kpidsl.engines.sql.select import Select
from kpidsl.periods import bounds
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import midnight
from kpidsl.plan.schedule import Interval

_EPOCH = EPOCH.date().toordinal()
Day = tuple[int, int]  # of the month, and since 1970


class Starts(Struct, frozen=True):
    """Periods of a grain, by their first days: in days since 1970, once they are read."""

    grain: Grain
    calendar: Calendar

    def text(self, day: str, select: Select) -> str:
        return start_of(self.grain, day, select.statement.setting)

    def number(self, piece: Interval) -> int | None:
        """What tells a piece; None where it is none of the periods."""
        return (piece.start - EPOCH).days if _is_period(piece, self.grain, self.calendar) else None

    def days(self, number: int) -> Iterable[Day]:
        """The days of what is told by a number."""
        start = date.fromordinal(max(number + _EPOCH, date.min.toordinal()))
        return _days_of(start, self.grain, self.calendar)


class Months(Struct, frozen=True):
    """Months, by their numbers."""

    calendar: Calendar

    def text(self, day: str, select: Select) -> str:
        return f"({select.dialect.year(day)} * 12 + {select.dialect.month(day)})"

    def number(self, piece: Interval) -> int | None:
        return month_number(piece.start) if _is_period(piece, Grain.MONTH, self.calendar) else None

    def days(self, number: int) -> Iterable[Day]:
        return _days_of(_month_start(number), Grain.MONTH, self.calendar)


class HalfMonths(Struct, frozen=True):
    """Months, of which those of some numbers are in two pieces: the first so many days, and the rest."""

    calendar: Calendar
    first: int
    split: frozenset[int]

    def text(self, day: str, select: Select) -> str:
        dialect, number = select.dialect, Months(self.calendar).text(day, select)
        split = _among(number, sorted(self.split))
        return f"({number} * 2 + case when {dialect.day(day)} > {self.first} and {split} then 1 else 0 end)"

    def number(self, piece: Interval) -> int | None:
        number = month_number(piece.start)
        first = _month_start(number)
        start, end = midnight(first), midnight(bounds.next_start(self.calendar, Grain.MONTH, first))
        if end.date() == date.max:
            return None
        cut = start + timedelta(days=self.first)
        if number not in self.split or cut >= end:
            return number * 2 if (piece.start, piece.end) == (start, end) else None
        return {(start, cut): number * 2, (cut, end): number * 2 + 1}.get((piece.start, piece.end))

    def days(self, number: int) -> Iterable[Day]:
        return _days_of(_month_start(number // 2), Grain.MONTH, self.calendar)


Marks = Starts | Months | HalfMonths


def marks_of(pieces: Sequence[Interval], calendar: Calendar) -> Marks | None:
    """What tells all these pieces; None where they are too different."""
    for marks in _whole(calendar):
        if all(marks.number(piece) is not None for piece in pieces):
            return marks
    return None if calendar.fiscal is not None else _halved(pieces, calendar)


def of_grain(grain: Grain, calendar: Calendar) -> Marks | None:
    """What tells the periods of a grain; None where no database knows where they start."""
    return next((marks for marks in _whole(calendar) if _grain(marks) is grain), None)


def numbered(pieces: Sequence[Interval], marks: Marks) -> Mapping[int, int] | None:
    """The places of pieces by what tells them; None where something is no such piece."""
    numbers = {marks.number(piece): place for place, piece in enumerate(pieces)}
    return None if None in numbers else {number: place for number, place in numbers.items() if number is not None}


def month_number(day: date) -> int:
    """Which month since year 0 a day is in."""
    return day.year * 12 + day.month


def _whole(calendar: Calendar) -> list[Marks]:
    months: list[Marks] = [Months(calendar), Starts(Grain.QUARTER, calendar), Starts(Grain.YEAR, calendar)]
    return [Starts(Grain.DAY, calendar), Starts(Grain.WEEK, calendar), *(months if calendar.fiscal is None else [])]


def _grain(marks: Marks) -> Grain:
    return marks.grain if isinstance(marks, Starts) else Grain.MONTH


def _halved(pieces: Sequence[Interval], calendar: Calendar) -> HalfMonths | None:
    """Months that all are split after the same number of days, where they are split."""
    cuts = {_offset(bound) for piece in pieces for bound in (piece.start, piece.end)} - {timedelta()}
    if len(cuts) != 1 or (cut := cuts.pop()) % timedelta(days=1):
        return None
    split = frozenset(month_number(bound) for piece in pieces for bound in (piece.start, piece.end) if _offset(bound))
    marks = HalfMonths(calendar, cut.days, split)
    return marks if all(marks.number(piece) is not None for piece in pieces) else None


def _among(number: str, listed: Sequence[int]) -> str:
    """That a number is one of those listed in order; databases compare with two ends faster than with a list."""
    first, last = listed[0], listed[-1]
    if last - first + 1 == len(listed):
        return f"{number} between {first} and {last}"
    return f"{number} in ({', '.join(map(str, listed))})"


def _offset(moment: datetime) -> timedelta:
    """How long after the start of its month it is."""
    return moment - datetime(moment.year, moment.month, 1)


def _month_start(number: int) -> date:
    year, month = divmod(number - 1, 12)
    return date(year, month + 1, 1)


def _days_of(start: date, grain: Grain, calendar: Calendar) -> Iterable[Day]:
    end = bounds.next_start(calendar, grain, start)
    days = range(start.toordinal() - _EPOCH, end.toordinal() + (end == date.max) - _EPOCH)
    if grain is Grain.MONTH:
        return enumerate(days, 1)
    return ((date.fromordinal(day + _EPOCH).day, day) for day in days)


def _is_period(piece: Interval, grain: Grain, calendar: Calendar) -> bool:
    first = piece.start.date()
    end = bounds.next_start(calendar, grain, first)
    if end == date.max or (grain is Grain.WEEK and first == date.min):
        return False
    whole = (piece.start, piece.end) == (midnight(first), midnight(end))
    return whole and bounds.start_of(calendar, grain, first) == first
