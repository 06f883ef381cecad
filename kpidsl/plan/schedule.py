"""A plan and what is known of the dates of its sources to times: the periods, those of every frame, and what to collect.

Frames act from the outside in: each maps the intervals of the one before it. `previous` and windows put one interval in the
place of another, `average` several that have it as parent. An interval that does not exist, such as February 30, is None.

What adds up is collected once for each scan, by the pieces between all bounds of all its intervals, with all dimensions; the
value of an interval is then the sum over its pieces. What does not is collected anew for each frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from kpidsl.catalog.core import Reference, per_period
from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.periods import moves
from kpidsl.periods.bounds import next_start, start_of, starts
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan import messages
from kpidsl.plan.ask import midnight
from kpidsl.plan.nodes import (
    Closing,
    Dated,
    Fold,
    Moment,
    Placement,
    Plan,
    Question,
    Shift,
    Slot,
    Stock,
    Time,
    Timeless,
    Times,
    ToDate,
    Use,
    Window,
    adds_up,
)


@dataclass(frozen=True, slots=True)
class Span:
    """The first and the last moment of rows, or for which data are complete."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Interval:
    """A half-open time; `before` is the start of the one before it (`previous_period_start`)."""

    start: datetime
    end: datetime
    before: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """The intervals of one chain of frames, as many as it has; `parents` are places in the chain without its last frame.

    `grain` and `length` say how long they are: a period of the calendar, or an amount of a unit; neither for any other range.
    """

    intervals: tuple[Interval | None, ...]
    parents: tuple[int, ...]
    grain: Grain | None = None
    length: tuple[int, Grain] | None = None


@dataclass(frozen=True, slots=True)
class Collect:
    """What an engine is asked for: slots of one scan in each piece of time, by the dimensions with these numbers.

    The pieces are in order; with `tiling` none overlaps the next. A timeless scan has no pieces, all its rows are in piece 0
    (unless its slots look at the period: then all rows are in every piece). Rows of a piece are, for each placement: those
    whose date is in it (Dated, Closing), those that started before its end (Stock), before `as_of` all of them. What adds to
    the slots are of those the rows on the last day that any row of the source has in the piece (Closing), or that have not
    ended before its end or `as_of` (Stock).
    """

    scan: int
    slots: Mapping[str, Slot]
    dimensions: tuple[int, ...]
    pieces: tuple[Interval, ...]
    tiling: bool


Pieces = tuple[int, int]  # from the one piece up to the other, without it


@dataclass(frozen=True, slots=True)
class Found:
    """Where slots of a frame are: a Collect and, for each interval, its pieces; None where there is no interval."""

    collect: int
    pieces: tuple[Pieces | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """`periods` holds the first day of each period and, last, the end of the last; none where no row is dated, no range asked.

    `lines` has the intervals of every chain of frames. `found` leads from a scan, times, dimensions (by number) and whether
    a slot adds up to its Collect. `observed` says by scan and times in which intervals its source is observed. `presence`
    has for each scan the Collect, by all dimensions, whose rows make the cells: at times () by its pieces.
    """

    periods: tuple[date, ...]
    lines: Mapping[Times, Line]
    collects: tuple[Collect, ...]
    found: Mapping[tuple[int, Times, tuple[int, ...], bool], Found]
    observed: Mapping[tuple[int, Times], tuple[bool, ...]]
    presence: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many periods there are; one without bounds where none is known."""
        return max(1, len(self.periods) - 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """The asked time: the periods as in Schedule, and what of it is read where no grain was asked for."""

    periods: tuple[date, ...]
    start: datetime
    end: datetime


MOST_PERIODS = 50_000
_SHORTEST = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 28, Grain.QUARTER: 84, Grain.YEAR: 364}


def make_schedule(
    plan: Plan, spans: Mapping[tuple[str, Reference], Span | None], covers: Mapping[str, Span | None]
) -> tuple[Schedule | None, tuple[Diagnostic, ...]]:
    """The times of a plan; `spans` says where the rows of each source and date lie, `covers` for which time some are complete.

    None, with the reason, where the range asked has too many periods.
    """
    firsts = [span.first for span in spans.values() if span is not None]
    asked, found = asked_range(plan.question, plan.calendar, plan.as_of, firsts)
    if any(finding.severity is Severity.ERROR for finding in found):
        return None, tuple(found)
    lines = _lines(plan, asked)
    maker = _Collects(plan, lines)
    for number in range(len(plan.scans)):
        maker.add(number)
    observed = {
        (use.scan, use.times): tuple(_observed(plan, use, lines, spans, covers))
        for use in [*plan.uses, *(Use(number, (), (), ()) for number in range(len(plan.scans)))]
    }
    periods = asked.periods if asked is not None else ()
    return Schedule(periods, lines, tuple(maker.collects), maker.found, observed, tuple(maker.presence)), tuple(found)


def asked_range(
    question: Question, calendar: Calendar, as_of: datetime, firsts: Sequence[datetime]
) -> tuple[Asked | None, list[Diagnostic]]:
    """The range that is asked, moved out to whole periods; by default from the first row up to `as_of`.

    None where nothing says when it starts, or where it is empty.
    """
    start = question.start or min(firsts, default=None)
    if start is None:
        return None, []
    start, end = midnight(start), midnight(question.end or as_of)
    if start >= end:
        return None, []
    first, after = start.date(), _day_after(end)
    if question.every is None:
        return Asked((first, after), start, end), []
    if (after - first).days > MOST_PERIODS * _SHORTEST[question.every]:
        return None, [messages.too_many_periods(first, after, question.every.value, MOST_PERIODS)]
    begun = starts(calendar, question.every, first, after)
    periods = (*begun, next_start(calendar, question.every, begun[-1]))
    return Asked(periods, midnight(periods[0]), midnight(periods[-1])), _moved_out(question, periods)


def _moved_out(question: Question, periods: tuple[date, ...]) -> list[Diagnostic]:
    assert question.every is not None
    bounds = [("from", question.start, periods[0]), ("to", question.end, periods[-1])]
    return [
        messages.range_moved(word, given, moved, question.every.value)
        for word, given, moved in bounds
        if given is not None and midnight(given) != midnight(moved)
    ]


def _day_after(moment: datetime) -> date:
    """The first day that is wholly after a half-open end."""
    day = moment.date()
    return day if moment.time() == time() or day == date.max else day + timedelta(days=1)


# Lines


def _lines(plan: Plan, asked: Asked | None) -> dict[Times, Line]:
    """The intervals of all chains of frames, each after the one that it continues."""
    lines: dict[Times, Line] = {(): _base(plan, asked)}
    chains = dict.fromkeys(use.times[:length] for use in plan.uses for length in range(1, len(use.times) + 1))
    for chain in sorted(chains, key=len):
        lines[chain] = _stepped(lines[chain[:-1]], chain[-1], plan)
    return lines


def _base(plan: Plan, asked: Asked | None) -> Line:
    every = plan.question.every
    if asked is None:
        return Line((None,), (0,), every)
    if every is None:
        return Line((_interval(plan, asked.start, asked.end, None, None),), (0,))
    bounds = [midnight(day) for day in asked.periods]
    intervals = tuple(_interval(plan, start, end, every, None) for start, end in pairwise(bounds))
    return Line(intervals, tuple(range(len(intervals))), every)


def _interval(plan: Plan, start: datetime, end: datetime, grain: Grain | None, length: tuple[int, Grain] | None) -> Interval:
    if length is None:
        return Interval(start, end, moves.previous_of(plan.calendar, grain, start, end)[0])
    return Interval(start, end, moves.window_start(plan.calendar, plan.question.every, start, *length))


def _stepped(line: Line, step: Time, plan: Plan) -> Line:
    if isinstance(step, Fold):
        return _folded(line, step.unit, plan)
    grain, length = (line.grain, line.length) if isinstance(step, Shift) else (None, None)
    if isinstance(step, Window):
        length = step.amount, step.unit
    mapped: list[Interval | None] = []
    for interval in line.intervals:
        bounds = _replaced(interval, step, line, plan) if interval is not None else None
        mapped.append(None if bounds is None else _interval(plan, *bounds, grain, length))
    return Line(tuple(mapped), tuple(range(len(mapped))), grain, length)


def _replaced(interval: Interval, step: Time, line: Line, plan: Plan) -> tuple[datetime, datetime] | None:
    """The bounds that a frame puts in the place of an interval's."""
    start, end, calendar = interval.start, interval.end, plan.calendar
    match step:
        case Shift(amount=None):
            if line.length is not None:
                return interval.before, start
            return moves.previous_of(calendar, line.grain, start, end)
        case Shift(amount=int(amount), unit=Grain() as unit):
            return moves.moved(calendar, line.grain, start, end, amount, unit)
        case Window(amount=amount, unit=unit):
            return moves.window_start(calendar, line.grain, end, amount, unit), end
        case ToDate(unit=None):
            return datetime.min, end
        case ToDate(unit=Grain() as unit):
            return moves.to_date_start(calendar, line.grain, start, end, unit), end
        case _:
            raise AssertionError(step)


def _folded(line: Line, unit: Grain, plan: Plan) -> Line:
    """The smaller periods of each interval, those that have not begun by `as_of` left out."""
    intervals: list[Interval | None] = []
    parents: list[int] = []
    for place, interval in enumerate(line.intervals):
        for start, end in moves.split(plan.calendar, unit, interval.start, interval.end) if interval is not None else ():
            if start < plan.as_of:
                intervals.append(_interval(plan, start, end, unit, None))
                parents.append(place)
    return Line(tuple(intervals), tuple(parents), unit)


# What is observed


def date_of(placement: Placement) -> Reference | None:
    """The date by which a source is observed; None for a timeless one."""
    match placement:
        case Dated(date=date) | Closing(date=date) | Stock(start=date):
            return date
        case Timeless():
            return None


def _observed(
    plan: Plan,
    use: Use,
    lines: Mapping[Times, Line],
    spans: Mapping[tuple[str, Reference], Span | None],
    covers: Mapping[str, Span | None],
) -> Iterator[bool]:
    """For each interval of a chain whether the source has rows for it: see language, "Zero or missing" and windows."""
    scan, line = plan.scans[use.scan], lines[use.times]
    date = date_of(scan.placement)
    if date is None:
        known = covers.get(scan.source, Span(datetime.min, datetime.max)) is not None
        yield from (known for _ in line.intervals)
        return
    covered = scan.source in covers
    span = covers[scan.source] if covered else spans.get((scan.source, date))
    whole = any(isinstance(step, Shift | Window) for step in use.times)
    first = None if span is None or not whole else _period_of(span.first, line.grain or _grain_before(use.times, lines), plan)
    for interval in line.intervals:
        if interval is None or span is None:
            yield False
        elif isinstance(scan.placement, Stock) and not covered:
            yield interval.end > span.first and (first is None or interval.start >= first)
        else:
            begun = interval.start <= span.last and interval.end > span.first
            yield begun and (first is None or interval.start >= first)


def _grain_before(times: Times, lines: Mapping[Times, Line]) -> Grain | None:
    """The last length of period on the way to a chain."""
    grains = (lines[times[:length]].grain for length in range(len(times) - 1, -1, -1))
    return next((grain for grain in grains if grain is not None), None)


def _period_of(moment: datetime, grain: Grain | None, plan: Plan) -> datetime:
    """The start of the period that holds the first row; its day where there are none."""
    return midnight(start_of(plan.calendar, grain or Grain.DAY, moment.date()))


# What to collect


@dataclass
class _Collects:
    plan: Plan
    lines: Mapping[Times, Line]
    collects: list[Collect] = field(default_factory=list)
    found: dict[tuple[int, Times, tuple[int, ...], bool], Found] = field(default_factory=dict)
    presence: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Everything to collect of one scan."""
        scan, everything = self.plan.scans[number], tuple(range(len(self.plan.question.by)))
        uses = [use for use in self.plan.uses if use.scan == number]
        summed = {name: slot for name, slot in scan.slots.items() if adds_up(slot, scan)}
        if summed:
            self._add_summed(number, summed, uses, everything)
        anew: dict[tuple[Times, tuple[int, ...]], dict[str, Slot]] = {} if summed else {((), everything): {}}
        for use in uses:
            slots = {name: scan.slots[name] for name in use.slots if name not in summed}
            if slots:
                by = tuple(self.plan.question.by.index(name) for name in use.by)
                anew.setdefault((use.times, by), {}).update(slots)
        self.presence.append(len(self.collects) - 1 if summed else len(self.collects))
        for (times, by), slots in anew.items():
            self._add_anew(number, slots, times, by)

    def _add_summed(self, number: int, slots: Mapping[str, Slot], uses: Iterable[Use], by: tuple[int, ...]) -> None:
        chains = dict.fromkeys([(), *(use.times for use in uses if not slots.keys().isdisjoint(use.slots))])
        timeless = isinstance(self.plan.scans[number].placement, Timeless)
        pieces = () if timeless else tuple(_pieces(interval for chain in chains for interval in self.lines[chain].intervals))
        place = {piece.start: index for index, piece in enumerate(pieces)}
        ends = {piece.end: index + 1 for index, piece in enumerate(pieces)}
        for chain in chains:
            self.found[number, chain, by, True] = Found(
                len(self.collects),
                tuple(
                    (0, 1) if timeless else None if interval is None else (place[interval.start], ends[interval.end])
                    for interval in self.lines[chain].intervals
                ),
            )
        self.collects.append(Collect(number, slots, by, pieces, tiling=True))

    def _add_anew(self, number: int, slots: Mapping[str, Slot], times: Times, by: tuple[int, ...]) -> None:
        intervals = self.lines[times].intervals
        timeless = isinstance(self.plan.scans[number].placement, Timeless)
        different = {interval for interval in intervals if interval is not None}
        pieces = tuple(sorted(different, key=lambda each: (each.start, each.end)))
        # A timeless source has the same rows in every period, which may look at the period all the same.
        if timeless and not any(_looks_at_period(slot) for slot in slots.values()):
            pieces = ()
        place = {piece: index for index, piece in enumerate(pieces)}
        found = tuple(
            (0, 1) if not pieces and timeless else None if interval is None else (place[interval], place[interval] + 1)
            for interval in intervals
        )
        tiling = all(one.end <= other.start for one, other in pairwise(pieces))
        self.found[number, times, by, False] = Found(len(self.collects), found)
        self.collects.append(Collect(number, slots, by, pieces, tiling))


def _pieces(intervals: Iterable[Interval | None]) -> Iterator[Interval]:
    """The times between all bounds that are inside of an interval."""
    given = {interval for interval in intervals if interval is not None}
    change: dict[datetime, int] = {}
    for interval in given:
        change[interval.start] = change.get(interval.start, 0) + 1
        change[interval.end] = change.get(interval.end, 0) - 1
    open_ = 0
    bounds = sorted(change)
    for start, end in pairwise(bounds):
        open_ += change[start]
        if open_:
            yield Interval(start, end, start)


def _looks_at_period(slot: Slot) -> bool:
    match slot:
        case Moment():
            return False
        case _:
            return any(part is not None and per_period(part) for part in (slot.term.argument, slot.term.where))
