"""How far the rows of sources go: what a value uses in, for every cell out why it looks further than they do, and why more of
its rows may still come.

A value looks as far as the latest end of all times that it uses, windows included, but not past `as_of`. Rows that a derived
column gathers are looked at for as long as the value takes to mature, and up to `as_of` if that is not said. What a source is
said to cover needs no row to be fresh, and none of its rows is late. A row with a date and no time lasts to the end of its day,
one that stands for a period to the end of that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import numpy as np

from kpidsl.catalog.catalog import Source
from kpidsl.catalog.core import Aggregate, Type
from kpidsl.engines.slots import Survey
from kpidsl.periods.bounds import next_start, start_of
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import midnight
from kpidsl.plan.needs import looked_into, read_by
from kpidsl.plan.nodes import Plan, Timeless
from kpidsl.results import reasons
from kpidsl.results.columns import Floats, Objects
from kpidsl.results.frames import EPOCH, Path, Places, days_since_1970
from kpidsl.results.maturity import ends, later, lengths_of
from kpidsl.results.uses import Uses

_Why = Callable[[float], str]  # a moment that a cell looks up to, in days since 1970


def stale(uses: Uses, plan: Plan, places: Places, survey: Survey) -> Objects | None:
    """For every cell why the rows of a source end too early for it, empty where none do; None where nothing need be fresh."""
    watched = [plan.catalog.sources[name] for name, _ in plan.watched]
    found: Objects | None = None
    for source in watched:
        reach = _reach(source.name, uses, plan, places, forever=True)
        if reach is not None:
            why = _too_old(source, plan, survey)
            found = _said(np.minimum(reach, days_since_1970(plan.as_of)), why, found)
    return found


def late(uses: Uses, plan: Plan, places: Places, survey: Survey | None) -> Objects | None:
    """For every cell why rows of a source may still come for it, empty where all are there; None where none are ever late."""
    found: Objects | None = None
    for source in plan.catalog.sources.values():
        if source.late_by is not None:
            reach = _reach(source.name, uses, plan, places, forever=False)
            if reach is not None:
                found = _said(reach, _to_come(source, plan, survey), found)
    return found


def _said(reach: Floats, why: _Why, earlier: Objects | None) -> Objects:
    """A sentence for every cell, that of an earlier source if it has one."""
    moments, codes = np.unique(reach, return_inverse=True)
    texts: Objects = np.array(["", *(why(moment) for moment in moments.tolist())], dtype=object)[1:]
    found: Objects = texts[codes.reshape(-1)]
    return found if earlier is None else np.where(earlier == "", found, earlier)


def _too_old(source: Source, plan: Plan, survey: Survey) -> _Why:
    """Why the rows do not go so far."""
    assert source.fresh_within is not None
    date = next(date for name, date in plan.watched if name == source.name)
    line = survey.timelines.get((source.name, date))
    last = None if line is None or line.span is None else line.span.last
    known = [*([] if last is None else [_lasts(last, source, plan)]), *_covered(source.name, survey)]
    fresh_until = max((days_since_1970(later(each, source.fresh_within)) for each in known), default=-np.inf)
    whole = source.columns[date.name].type is Type.DATE
    text = reasons.stale(source.name, last.date() if last is not None and whole else last, plan.as_of, source.fresh_within)
    return lambda moment: text if moment > fresh_until else ""


def _lasts(moment: datetime, source: Source, plan: Plan) -> datetime:
    """Until when the last row is news."""
    if source.every is not None:
        return midnight(next_start(plan.calendar, source.every, start_of(plan.calendar, source.every, moment.date())))
    if source.time is not None and source.columns[source.time].type is Type.DATE:
        return later(moment, (1, Grain.DAY))
    return moment


def _to_come(source: Source, plan: Plan, survey: Survey | None) -> _Why:
    """Why rows of a time that ends so may still come."""
    assert source.late_by is not None
    length, complete = source.late_by, max(_covered(source.name, survey), default=None)

    def why(moment: float) -> str:
        if not np.isfinite(moment):
            return ""
        end = EPOCH + timedelta(days=moment)
        final = later(end, length)
        return (
            ""
            if final <= plan.as_of or (complete is not None and end <= complete)
            else reasons.late(source.name, length, final)
        )

    return why


def _covered(source: str, survey: Survey | None) -> Iterator[datetime]:
    """The end of the time for which a source is said to be complete."""
    span = None if survey is None else survey.covers.get(source)
    if span is not None:
        yield span.last + datetime.resolution


def _reach(source: str, uses: Uses, plan: Plan, places: Places, *, forever: bool) -> Floats | None:
    """Up to when the cells of a value look at the rows of a source, in days since 1970; None if it is not under the value."""
    found: Floats | None = None
    for node, path in uses.aggregates:
        for reach in _reaches(source, node, path, uses, plan, places, forever):
            found = reach if found is None else np.maximum(found, reach)
    return found


def _reaches(
    source: str, node: Aggregate, path: Path, uses: Uses, plan: Plan, places: Places, forever: bool
) -> Iterator[Floats]:
    lengths = lengths_of(uses, plan)
    gathered = source in set(looked_into(node, plan.catalog))
    if gathered and forever and not lengths:
        yield np.full(len(places.cells), days_since_1970(plan.as_of))
    elif gathered:
        yield places.carried(ends(path, places, lengths), path, np.maximum, -np.inf)
    dated = not isinstance(plan.scans[plan.readings[node].scan].placement, Timeless)
    if dated and not gathered and any(source == name for name, _ in read_by(node, plan.catalog)):
        yield places.carried(ends(path, places), path, np.maximum, -np.inf)
