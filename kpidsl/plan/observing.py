"""The intervals of a frame to whether a source is observed in them: zero or missing, and windows that begin too early."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from kpidsl.catalog.core import Reference
from kpidsl.periods.bounds import start_of
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import midnight
from kpidsl.plan.nodes import Closing, Earlier, Elapsed, Plan, Shift, Stock, Times, Use, Window
from kpidsl.plan.schedule import Interval, Line, Span, date_of

_EPOCH = datetime(1970, 1, 1)


def observed_in(
    plan: Plan,
    use: Use,
    lines: Mapping[Times, Line],
    spans: Mapping[tuple[str, Reference], Span | None],
    covers: Mapping[str, Span | None],
) -> Iterator[bool]:
    """For each interval of a chain whether the source has rows for it: see language, "Zero or missing"."""
    scan, line = plan.scans[use.scan], lines[use.times]
    date = date_of(scan.placement)
    if date is None:
        known = covers.get(scan.source, Span(datetime.min, datetime.max)) is not None
        yield from (known for _ in line.intervals)
        return
    covered = scan.source in covers
    span = covers[scan.source] if covered else spans.get((scan.source, date))
    if span is None:
        yield from (False for _ in line.intervals)
        return
    unending = isinstance(scan.placement, Stock) and not covered
    for interval in line.intervals:
        yield interval is not None and interval.end > span.first and (unending or interval.start <= span.last)


def snapshots_in(
    plan: Plan,
    use: Use,
    lines: Mapping[Times, Line],
    spans: Mapping[tuple[str, Reference], Span | None],
) -> tuple[bool, ...] | None:
    """For each interval of a chain whether a source has any rows to close with; None where that does not matter.

    Without rows a state is not 0 but not known, even where the rows that there are are said to be all.
    """
    scan, intervals = plan.scans[use.scan], lines[use.times].intervals
    if not isinstance(scan.placement, Closing):
        return None
    span = spans.get((scan.source, scan.placement.date))
    if span is None:
        return (False,) * len(intervals)
    if not span.days:
        return None
    return tuple(interval is not None and _has_day(span.days, interval, plan.as_of) for interval in intervals)


def _has_day(days: Sequence[int], interval: Interval, as_of: datetime) -> bool:
    first = bisect_left(days, (interval.start - _EPOCH).days)
    return first < len(days) and days[first] < (min(interval.end, as_of) - _EPOCH) / timedelta(days=1)


def in_time(
    plan: Plan,
    use: Use,
    lines: Mapping[Times, Line],
    spans: Mapping[tuple[str, Reference], Span | None],
    covers: Mapping[str, Span | None],
) -> list[bool]:
    """For each interval of a chain whether none of its shifted and rolling windows begins too early.

    That is before the period of the source's first row, or before what is covered: see language, "What windows see".
    """
    found = [True] * len(lines[()].intervals)
    scan = plan.scans[use.scan]
    date, covered = date_of(scan.placement), scan.source in covers
    span = None if date is None else covers[scan.source] if covered else spans.get((scan.source, date))
    for length, step in enumerate(use.times, 1):
        line = lines[use.times[:length]]
        found = [found[parent] for parent in line.parents]
        if span is not None and isinstance(step, Shift | Window | Elapsed | Earlier):
            grain = line.grain or _grain_before(use.times[:length], lines)
            first = span.first if covered else _period_of(span.first, grain, plan)
            begun = [interval is not None and interval.start >= first for interval in line.intervals]
            found = [one and other for one, other in zip(found, begun, strict=True)]
    return found


def _grain_before(times: Times, lines: Mapping[Times, Line]) -> Grain | None:
    """The last length of period on the way to a chain."""
    grains = (lines[times[:length]].grain for length in range(len(times) - 1, -1, -1))
    return next((grain for grain in grains if grain is not None), None)


def _period_of(moment: datetime, grain: Grain | None, plan: Plan) -> datetime:
    """The start of the period that holds the first row; its day where there are none."""
    return midnight(start_of(plan.calendar, grain or Grain.DAY, moment.date()))
