"""What a survey says of how a result is to be read: rows without a date, and gaps where rows may not have arrived yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np

from kpidsl.diagnostics import Diagnostic
from kpidsl.engines import messages
from kpidsl.engines.slots import Survey, Timeline
from kpidsl.plan.nodes import Closing, Dated, Plan
from kpidsl.plan.schedule import Schedule

_EPOCH = date(1970, 1, 1)
_ENOUGH_DAYS = 30


def date_notices(plan: Plan, survey: Survey, schedule: Schedule) -> tuple[Diagnostic, ...]:
    """Notices of missing dates, and of gaps within the asked time in what is placed by its date."""
    missing = (
        messages.dates_missing(source, path.name, line.missing, line.rows)
        for (source, path), line in survey.timelines.items()
        if line.missing
    )
    return (*missing, *_gaps(plan, survey, schedule))


def _gaps(plan: Plan, survey: Survey, schedule: Schedule) -> Iterator[Diagnostic]:
    asked = [interval for interval in schedule.lines[()].intervals[schedule.lead :] if interval is not None]
    placed = dict.fromkeys(
        (scan.source, scan.placement.date) for scan in plan.scans if isinstance(scan.placement, Dated | Closing)
    )
    for key in placed if asked else ():
        line = survey.timelines.get(key)
        if line is None or key[0] in survey.covers:
            continue
        gap = find_gap(line, asked[0].start, min(asked[-1].end, plan.as_of))
        if gap is not None:
            yield messages.gap_in_data(key[0], key[1].name, *gap)


def find_gap(line: Timeline, start: datetime, end: datetime) -> tuple[date, date, int] | None:
    """The first and last day and the length of the longest time without rows, if it is remarkable.

    It is if it touches the time from `start` to `end` and is more than twice as long as any before it. Between dates at random
    the longest gap is so in few of a hundred sources; where rows come every working day it takes a week without any.
    """
    days = line.span.days if line.span is not None else ()
    steps = np.diff(days)
    if len(steps) < _ENOUGH_DAYS:
        return None
    longest = int(np.argmax(steps))
    if longest < _ENOUGH_DAYS or steps[longest] <= 2 * steps[:longest].max():
        return None
    first = _EPOCH + timedelta(days=days[longest] + 1)
    last = _EPOCH + timedelta(days=days[longest + 1] - 1)
    if last < start.date() or first > end.date():
        return None
    return first, last, (last - first).days + 1
