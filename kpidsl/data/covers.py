"""What a host says of the time for which the rows of a source are complete, to two moments on the project's clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kpidsl.data import messages
from kpidsl.data.rows import Refused
from kpidsl.periods.calendar import Calendar
from kpidsl.plan.ask import midnight, read_moment


def read_cover(source: str, said: object, calendar: Calendar, *, empty: bool = False) -> tuple[datetime, datetime]:
    """The half-open time, without a zone; `empty` allows equal moments. Raises Refused for what are no two moments in order."""
    if not isinstance(said, tuple | list) or len(said) != 2:
        raise Refused(messages.cover_not_two(source, said))
    start, end = (_moment(source, each, calendar) for each in said)
    if end < start or (end == start and not empty):
        raise Refused(messages.cover_empty(source, start, end))
    return start, end


def _moment(source: str, said: Any, calendar: Calendar) -> datetime:
    try:
        moment = read_moment(said, calendar)
    except OverflowError:  # a zone moved one of the ends of time out of it
        moment = None
    if moment is None:
        raise Refused(messages.cover_not_a_date(source, said))
    return midnight(moment)
