"""What functions on dates do to rows, in the project's calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import DTypeLike

from kpidsl.catalog.core import Apply, Constant
from kpidsl.engines.operators import Operator
from kpidsl.engines.vectors import DAY, Values, Vector, broken, strict
from kpidsl.periods.bounds import start_of
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.periods.months import month_of

_FIRST, _LAST = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31T23:59:59.999999", "us")
_BEYOND = "a date before the year 1 or after 9999"


def _days_between(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    left, right = (argument.values.view(np.int64) for argument in arguments)
    return strict((left - right) / DAY, arguments)


def _add_duration(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    """A date and a number of days."""
    moment, days = arguments
    # Beyond these bounds, in days, every date leaves the range.
    steps = np.rint(np.clip(days.values.astype(np.float64), -4e6, 4e6) * DAY).astype("m8[us]")
    return _in_range(moment.values + steps, arguments)


def _add_months(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    """The same day and time so many months later; a day that the month does not have is its last."""
    moment, months = arguments
    steps = np.clip(months.values, -2e5, 2e5).astype("m8[M]")
    month = moment.values.astype("M8[M]")
    day = moment.values.astype("M8[D]") - month.astype("M8[D]")
    last = (month + steps + 1).astype("M8[D]") - (month + steps).astype("M8[D]") - 1
    time = moment.values - moment.values.astype("M8[D]")
    return _in_range((month + steps).astype("M8[us]") + np.minimum(day, last) + time, arguments)


def _in_range(moments: Values, arguments: Sequence[Vector]) -> Vector:
    vector = strict(moments, arguments)
    return broken(vector, (moments < _FIRST) | (moments > _LAST), _BEYOND)


def _number(body: Callable[[Values, Calendar], Values]) -> Operator:
    """A number of each date; what it makes of a missing one means nothing."""
    return lambda node, arguments, calendar: strict(body(arguments[0].values, calendar), arguments)


def _months(moments: Values, calendar: Calendar) -> Values:
    """The numbers of the months, see `periods/months.py`; fiscal ones are asked for once for each different day."""
    if calendar.fiscal is not None:
        return _by_day(moments, lambda day: month_of(calendar, day), np.int64)
    months: Values = moments.astype("M8[M]").astype(np.int64)
    return months + month_of(calendar, date(1970, 1, 1))


def _month(moments: Values, calendar: Calendar) -> Values:
    """A month of the calendar keeps its number where years start with another."""
    return _months(moments, calendar if calendar.fiscal is not None else Calendar()) % 12 + 1


def _weekday(moments: Values, calendar: Calendar) -> Values:
    days: Values = moments.view(np.int64) // DAY
    return (days + 3) % 7 + 1  # the first day of 1970 was a Thursday


def _start_of(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    unit = node.arguments[1]
    assert isinstance(unit, Constant)
    grain, moments = Grain(unit.value), arguments[0]
    return strict(_by_day(moments.values, lambda day: start_of(calendar, grain, day), "M8[us]"), [moments])


def _by_day(moments: Values, read: Callable[[date], date | int], kind: DTypeLike) -> Values:
    """What is read off the day of each moment; each different day is looked at once."""
    places, days = pd.factorize(moments.view(np.int64) // DAY)
    found: Values = np.array([read(_date(int(day))) for day in days], kind)
    return found.reshape(len(days))[places]


def _date(day: int) -> date:
    """The day with a number counted from 1970; any day for a missing one."""
    ordinal = day + date(1970, 1, 1).toordinal()
    return date.fromordinal(ordinal) if 1 <= ordinal <= date.max.toordinal() else date.min


DATES: dict[str, Operator] = {
    "days_between": _days_between,
    "add_duration": _add_duration,
    "add_months": _add_months,
    "year": _number(lambda moments, calendar: _months(moments, calendar) // 12),
    "quarter": _number(lambda moments, calendar: _months(moments, calendar) % 12 // 3 + 1),
    "month": _number(_month),
    "weekday": _number(_weekday),
    "start_of": _start_of,
}
