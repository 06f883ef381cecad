"""A plan and what is known of the dates of its sources to its schedule: periods, the intervals of every chain of frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.core import Reference
from kpidsl.diagnostics import Diagnostic, Severity
from kpidsl.periods import moves
from kpidsl.periods.bounds import next_start, starts
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.periods.shift import add_days
from kpidsl.plan import messages
from kpidsl.plan.ask import midnight
from kpidsl.plan.collecting import Collects
from kpidsl.plan.lead import lead_in
from kpidsl.plan.nodes import Earlier, Elapsed, Fold, Plan, Question, Seen, Shift, Time, Times, ToDate, Use, Window
from kpidsl.plan.observing import in_time, observed_in, snapshots_in
from kpidsl.plan.schedule import Interval, Line, Schedule, Span, date_of


class Asked(Struct, frozen=True):
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
    dates = {(scan.source, date_of(scan.placement)) for scan in plan.scans[: plan.own]}
    firsts = [midnight(span.first.date()) for key, span in spans.items() if span is not None and key in dates]
    asked, found = asked_range(plan.question, plan.calendar, plan.as_of, firsts)
    first = min(firsts, default=None)
    if any(finding.severity is Severity.ERROR for finding in found):
        return None, tuple(found)
    earlier = _earlier(plan, asked, [*firsts, *_covered(plan, covers)])
    if asked is not None and earlier:
        asked = replace(asked, periods=(*earlier, *asked.periods))
    lines = _lines(plan, asked, first)
    maker = Collects(plan, lines)
    for number in range(len(plan.scans)):
        maker.add(number)
    uses = [*plan.uses, *(Use(number, (), (), ()) for number in range(len(plan.scans)))]
    observed = {(use.scan, use.times): tuple(observed_in(plan, use, lines, spans, covers)) for use in uses}
    whole = {(use.scan, use.times): tuple(in_time(plan, use, lines, spans, covers)) for use in plan.uses if use.times}
    closed = {(use.scan, use.times): snapshots_in(plan, use, lines, spans) for use in uses}
    snapshots = {key: each for key, each in closed.items() if each is not None}
    periods = asked.periods if asked is not None else ()
    collects, presence = tuple(maker.collects), tuple(maker.presence)
    return Schedule(periods, lines, collects, maker.found, observed, presence, whole, first, snapshots, len(earlier)), tuple(
        found
    )


def _covered(plan: Plan, covers: Mapping[str, Span | None]) -> list[datetime]:
    """From when on sources of what is asked are complete, as far as that is known."""
    sources = {scan.source for scan in plan.scans[: plan.own] if date_of(scan.placement) is not None}
    return [span.first for source, span in covers.items() if span is not None and source in sources]


def _earlier(plan: Plan, asked: Asked | None, firsts: Sequence[datetime]) -> tuple[date, ...]:
    """The starts of the periods before the time asked for that verdicts look at."""
    grain, lead = plan.question.every, plan.lead
    if asked is None or grain is None or not firsts or not (lead.lengths or lead.everything):
        return ()
    start = asked.periods[0]
    least = add_days(start, -MOST_PERIODS * _SHORTEST[grain])
    return lead_in(lead, plan.calendar, grain, start, [max(least, min(firsts).date())])


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


def _lines(plan: Plan, asked: Asked | None, first: datetime | None) -> dict[Times, Line]:
    """The intervals of all chains of frames, each after the one that it continues."""
    lines: dict[Times, Line] = {(): _base(plan, asked)}
    chains = dict.fromkeys(use.times[:length] for use in plan.uses for length in range(1, len(use.times) + 1))
    for chain in sorted(chains, key=len):
        lines[chain] = stepped(lines[chain[:-1]], chain[-1], plan, first)
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


def stepped(line: Line, step: Time, plan: Plan, first: datetime | None) -> Line:
    """The intervals of a chain of frames with one frame more; `first` is the day of the first row of all sources."""
    if isinstance(step, Fold):
        return _folded(line, step, plan)
    if isinstance(step, Earlier):
        return _before(line, step, plan)
    grain, length = (line.grain, line.length) if isinstance(step, Shift) else (None, None)
    if isinstance(step, Window):
        length = step.amount, step.unit
    mapped: list[Interval | None] = []
    for interval in line.intervals:
        bounds = _replaced(interval, step, line, plan, first) if interval is not None else None
        there = bounds is not None and bounds[0] < bounds[1]
        mapped.append(_interval(plan, *bounds, grain, length) if bounds is not None and there else None)
    return Line(tuple(mapped), tuple(range(len(mapped))), grain, length)


def _replaced(
    interval: Interval, step: Time, line: Line, plan: Plan, first: datetime | None
) -> tuple[datetime, datetime] | None:
    """The bounds that a frame puts in the place of an interval's."""
    start, end, calendar = interval.start, interval.end, plan.calendar
    match step:
        case Shift(amount=None):
            if line.length is not None:
                return interval.before, start
            return moves.previous_of(calendar, line.grain, start, end)
        case Shift(amount=int(amount), unit=Grain() as unit):
            return moves.moved(calendar, line.grain, start, end, amount, unit)
        case Elapsed(amount=amount, unit=unit):
            if not start < plan.as_of < end:
                return None
            return _part(_replaced(interval, Shift(amount, unit), line, plan, first), plan.as_of - start)
        case Seen(days=days):
            young = plan.as_of - end < timedelta(days=days)
            return (first, plan.as_of) if young and first is not None else None
        case Window(amount=amount, unit=unit):
            return moves.window_start(calendar, line.grain, end, amount, unit), end
        case ToDate(unit=None):
            return None if first is None else (first, end)
        case ToDate(unit=Grain() as unit):
            return moves.to_date_start(calendar, line.grain, start, end, unit), end
        case _:
            raise AssertionError(step)


def _part(bounds: tuple[datetime, datetime] | None, passed: timedelta) -> tuple[datetime, datetime] | None:
    """As much of a time as has passed of another; all of it where that is longer."""
    return None if bounds is None else (bounds[0], min(bounds[1], bounds[0] + passed))


def _before(line: Line, step: Earlier, plan: Plan) -> Line:
    """The periods before each interval that is not over, the last one first."""
    intervals: list[Interval | None] = []
    parents: list[int] = []
    for place, interval in enumerate(line.intervals):
        if interval is None or not interval.start < plan.as_of < interval.end:
            continue
        start, end = interval.start, interval.end
        for _ in range(step.many):
            start, end = moves.previous_of(plan.calendar, line.grain, start, end)
            if start >= end:
                break
            until = min(end, start + (plan.as_of - interval.start)) if step.part else end
            intervals.append(_interval(plan, start, until, line.grain, None))
            parents.append(place)
    return Line(tuple(intervals), tuple(parents), None if step.part else line.grain)


def _folded(line: Line, step: Fold, plan: Plan) -> Line:
    """The smaller periods of each interval, those that have not begun by `as_of` left out; of whole ones those not over."""
    unit, parts = step.unit, moves.ending_in if step.whole else moves.split
    intervals: list[Interval | None] = []
    parents: list[int] = []
    for place, interval in enumerate(line.intervals):
        for start, end in parts(plan.calendar, unit, interval.start, interval.end) if interval is not None else ():
            if end <= plan.as_of or (start < plan.as_of and not step.whole):
                intervals.append(_interval(plan, start, end, unit, None))
                parents.append(place)
    return Line(tuple(intervals), tuple(parents), unit)
