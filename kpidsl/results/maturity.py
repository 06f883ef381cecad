"""From when a value is what it will stay: the times that its formula looks at in, a moment for every cell out.

A value takes the longest `matures_after` of everything that it uses, counted from the latest end of all times that it uses,
those of its windows included.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np

from kpidsl.periods.grain import Grain
from kpidsl.periods.shift import add_days, add_months
from kpidsl.plan.nodes import Plan, Timeless
from kpidsl.plan.schedule import Interval
from kpidsl.results.columns import Floats, Objects
from kpidsl.results.frames import EPOCH, Path, Places, days_since_1970
from kpidsl.results.uses import Uses

Length = tuple[int, Grain]


def mature_on(uses: Uses, plan: Plan, places: Places) -> Objects | None:
    """For every cell that is too young at `as_of` the moment from which it is not, None for others; None if nothing matures."""
    lengths = lengths_of(uses, plan)
    dated = [node for node, _ in uses.aggregates if not isinstance(plan.scans[plan.readings[node].scan].placement, Timeless)]
    if not lengths or not dated:
        return None
    found: Objects = np.full(len(places.cells), None, dtype=object)
    latest = np.full(len(found), -np.inf)
    for path in dict.fromkeys(path for node, path in uses.aggregates if node in dated):
        latest = np.maximum(latest, places.carried(ends(path, places, lengths), path, np.maximum, -np.inf))
    for cell in np.flatnonzero(latest > days_since_1970(plan.as_of)):
        found[cell] = EPOCH + timedelta(days=float(latest[cell]))
    return found


def lengths_of(uses: Uses, plan: Plan) -> list[Length]:
    """The times that what a value uses takes to mature."""
    return [length for name in uses.names if (length := plan.values[name].matures_after) is not None]


def ends(path: Path, places: Places, lengths: Sequence[Length] = ()) -> Floats:
    """When the time of each cell of a chain of frames ends, or the longest length after it, in days since 1970."""
    place = places.at(path)
    line = places.line(place.context.times)
    known = [-np.inf if interval is None else _mature(interval, lengths) for interval in line.intervals]
    return np.array(known, dtype=np.float64)[place.intervals]


def _mature(interval: Interval, lengths: Sequence[Length]) -> float:
    return max(map(days_since_1970, (interval.end, *(later(interval.end, length) for length in lengths))))


def later(moment: datetime, length: Length) -> datetime:
    """The moment so much later."""
    amount, unit = length
    if unit.months:
        day = add_months(moment.date(), amount * unit.months)
    else:
        day = add_days(moment.date(), amount * (7 if unit is Grain.WEEK else 1))
    return datetime.combine(day, moment.time())
