"""The intervals of a frame to whether a source is observed in them: zero or missing, and windows that begin too early."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from kpidsl.catalog.core import Reference
from kpidsl.periods.bounds import start_of
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import midnight
from kpidsl.plan.nodes import Plan, Shift, Stock, Times, Use, Window
from kpidsl.plan.schedule import Line, Span, date_of


def observed_in(
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
