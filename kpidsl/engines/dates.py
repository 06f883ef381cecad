"""What functions on dates do to rows, in the project's calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from kpidsl.catalog.core import Apply, Constant
from kpidsl.engines.operators import Operator
from kpidsl.engines.vectors import Values, Vector, broken, strict
from kpidsl.periods.bounds import start_of
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain

DAY = 86_400_000_000  # in microseconds
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


def _months_into_year(moments: Values, calendar: Calendar) -> Values:
    months: Values = moments.astype("M8[M]").astype(np.int64)
    return (months + 1 - calendar.year_starts) % 12


def _year(moments: Values, calendar: Calendar) -> Values:
    """A year that does not start in January is named by the one it ends in."""
    months: Values = moments.astype("M8[M]").astype(np.int64)
    shift = 0 if calendar.year_starts == 1 else 13 - calendar.year_starts
    return (months + shift) // 12 + 1970


def _weekday(moments: Values, calendar: Calendar) -> Values:
    days: Values = moments.view(np.int64) // DAY
    return (days + 3) % 7 + 1  # the first day of 1970 was a Thursday


def _start_of(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
    """Each different day is asked for once."""
    grain = node.arguments[1]
    assert isinstance(grain, Constant)
    moments = arguments[0]
    places, days = pd.factorize(moments.values.view(np.int64) // DAY)
    starts = [_first_day(int(day), calendar, Grain(grain.value)) for day in days]
    return strict(np.array(starts, "M8[us]").reshape(len(days))[places], [moments])


def _first_day(day: int, calendar: Calendar, grain: Grain) -> date:
    ordinal = day + date(1970, 1, 1).toordinal()
    if not 1 <= ordinal <= date.max.toordinal():  # a missing date
        return date.min
    return start_of(calendar, grain, date.fromordinal(ordinal))


DATES: dict[str, Operator] = {
    "days_between": _days_between,
    "add_duration": _add_duration,
    "add_months": _add_months,
    "year": _number(_year),
    "quarter": _number(lambda moments, calendar: _months_into_year(moments, calendar) // 3 + 1),
    "month": _number(lambda moments, calendar: moments.astype("M8[M]").astype(np.int64) % 12 + 1),
    "weekday": _number(_weekday),
    "start_of": _start_of,
}
