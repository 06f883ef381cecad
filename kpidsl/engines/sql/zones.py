"""Moments on the clock of a time zone to UTC, by the list of times at which the clock was changed.

Databases do not agree on a time that a clock skipped in spring or showed twice in autumn. Here, as in `data/dates.py`, the one
is the first moment after the gap, and the other the first of the two; so the shifts are written into the statement.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.sql.cases import decided

_FIRST, _LAST = datetime(1970, 1, 1), datetime(2070, 1, 1)
_STEP = timedelta(days=7)


def to_utc(moment: str, zone: str, dialect: Dialect) -> str:
    """A moment without a zone, which is on the zone's clock, in UTC."""
    bounds, shifts = local_shifts(zone)
    if len(shifts) == 1:
        shift = shifts[0]
        assert isinstance(shift, timedelta)
        return dialect.add_seconds(moment, str(-int(shift.total_seconds()))) if shift else moment
    leaves = [_in_utc(moment, shift, dialect) for shift in shifts]
    return decided(moment, [dialect.moment_literal(bound) for bound in bounds], leaves)


def _in_utc(moment: str, shift: timedelta | datetime, dialect: Dialect) -> str:
    if isinstance(shift, datetime):
        return f"case when {moment} is not null then {dialect.moment_literal(shift)} end"
    return dialect.add_seconds(moment, str(-int(shift.total_seconds())))


@lru_cache(maxsize=64)
def local_shifts(zone: str) -> tuple[tuple[datetime, ...], tuple[timedelta | datetime, ...]]:
    """Local times at which the distance to UTC changes, and those distances before, between and after them.

    In a gap there is no distance, but the moment after it. Before 1970 and after 2070 the first and the last are taken.
    """
    bounds: list[datetime] = []
    shifts: list[timedelta | datetime] = [_shift(zone, _FIRST)]
    for moment in _changes(zone):
        before, after = _shift(zone, moment - timedelta(seconds=1)), _shift(zone, moment)
        bounds.append(moment + before)
        if after > before:
            shifts.append(moment)
            bounds.append(moment + after)
        shifts.append(after)
    return tuple(bounds), tuple(shifts)


def _changes(zone: str) -> list[datetime]:
    """The moments in UTC, to the second, at which the clock was changed."""
    found: list[datetime] = []
    moment = _FIRST
    while moment < _LAST:
        following = moment + _STEP
        if _shift(zone, moment) != _shift(zone, following):
            found.append(_between(zone, moment, following))
        moment = following
    return found


def _between(zone: str, low: datetime, high: datetime) -> datetime:
    """The one change between two moments."""
    before = _shift(zone, low)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _shift(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _shift(zone: str, moment: datetime) -> timedelta:
    """How far the clock is ahead of UTC."""
    ahead = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset()
    assert ahead is not None
    return ahead
