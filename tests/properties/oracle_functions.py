"""What functions and operators give, on single values: one value or several in, one out, straight from the specification.

Missing is None and undefined is UNDEFINED; numbers are floats, dates and moments are datetimes, texts and truths themselves.
"""

from __future__ import annotations

import math
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from fractions import Fraction
from typing import Any

from kpidsl.periods.bounds import start_of
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain


class Absent(Enum):
    UNDEFINED = "undefined"


UNDEFINED = Absent.UNDEFINED
Value = Any  # float, str, bool, datetime, None or UNDEFINED


def applied(function: str, values: Sequence[Value], calendar: Calendar) -> Value:
    """The value of a function for these arguments."""
    if function in _LOOKING:
        return _LOOKING[function](values)
    absent = first_absent(values)
    if absent is not None:
        return absent[0]
    try:
        if function in _OF_CALENDAR:
            return _OF_CALENDAR[function](calendar, *values)
        result = _PLAIN[function](*values)
    except (OverflowError, ZeroDivisionError):
        return UNDEFINED
    return UNDEFINED if isinstance(result, float) and not math.isfinite(result) else result


def first_absent(values: Sequence[Value]) -> tuple[Value] | None:
    """Undefined where one of them is, else missing where one of them is, in a tuple; None where all are there."""
    if any(value is UNDEFINED for value in values):
        return (UNDEFINED,)
    return (None,) if any(value is None for value in values) else None


# Those that look at missing values


def _is_missing(values: Sequence[Value]) -> Value:
    return values[0] is None or values[0] is UNDEFINED


def _coalesce(values: Sequence[Value]) -> Value:
    for value in values:
        if value is not None and value is not UNDEFINED:
            return value
    return UNDEFINED if UNDEFINED in values else None


def _if(values: Sequence[Value]) -> Value:
    condition, yes, no = values
    if condition is None or condition is UNDEFINED:
        return condition
    return yes if condition else no


def _and(values: Sequence[Value]) -> Value:
    if any(value is False for value in values):
        return False
    absent = first_absent(values)
    return True if absent is None else absent[0]


def _or(values: Sequence[Value]) -> Value:
    if any(value is True for value in values):
        return True
    absent = first_absent(values)
    return False if absent is None else absent[0]


def _in(values: Sequence[Value]) -> Value:
    item, *options = values
    if item is None or item is UNDEFINED:
        return item if UNDEFINED not in options else UNDEFINED
    return _or([option if option is None or option is UNDEFINED else option == item for option in options])


_LOOKING: dict[str, Callable[[Sequence[Value]], Value]] = {
    "is_missing": _is_missing,
    "coalesce": _coalesce,
    "if": _if,
    "and": _and,
    "or": _or,
    "in": _in,
}

# Those that don't


def _sum(*values: float) -> float:
    total = values[0]
    for value in values[1:]:
        total += value
    return total


def _product(*values: float) -> float:
    total = values[0]
    for value in values[1:]:
        total *= value
    return total


def _power(base: float, exponent: float) -> Value:
    if (base == 0 and exponent < 0) or (base < 0 and exponent != int(exponent)):
        return UNDEFINED
    return float(base**exponent)


def _rounded(value: float) -> float:
    size = math.floor(abs(Fraction(value)) + Fraction(1, 2))
    return float(size if value >= 0 else -size)


def _days_between(left: datetime, right: datetime) -> float:
    return (left - right) / timedelta(days=1)


def _later(moment: datetime, days: float) -> datetime:
    return moment + timedelta(days=days)


def months_later(moment: datetime, months: float) -> datetime:
    """So many months later by the calendar, stopping at the month's end."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + int(months), 12)
    if not 1 <= year <= 9999:
        raise OverflowError
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


_PLAIN: dict[str, Callable[..., Value]] = {
    "add": _sum,
    "negate": lambda x: -x,
    "multiply": _product,
    "divide": lambda x, y: x / y,
    "power": _power,
    "abs": abs,
    "round": _rounded,
    "floor": lambda x: float(math.floor(x)),
    "ceil": lambda x: float(math.ceil(x)),
    "exp": math.exp,
    "ln": lambda x: math.log(x) if x > 0 else UNDEFINED,
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else UNDEFINED,
    "greatest": max,
    "least": min,
    "equal": lambda x, y: x == y,
    "less": lambda x, y: x < y,
    "at_most": lambda x, y: x <= y,
    "greater": lambda x, y: x > y,
    "at_least": lambda x, y: x >= y,
    "not": lambda x: not x,
    "lower": str.lower,
    "upper": str.upper,
    "contains": lambda text, part: part in text,
    "starts_with": str.startswith,
    "ends_with": str.endswith,
    "days_between": _days_between,
    "add_duration": _later,
    "add_months": months_later,
    "month": lambda day: float(day.month),
    "weekday": lambda day: float(day.isoweekday()),
}


def _year(calendar: Calendar, day: datetime) -> float:
    return float(day.year + (calendar.year_starts > 1 and day.month >= calendar.year_starts))


def _quarter(calendar: Calendar, day: datetime) -> float:
    return float((day.month - calendar.year_starts) % 12 // 3 + 1)


def _start_of(calendar: Calendar, day: datetime, grain: str) -> datetime:
    return midnight_of(start_of(calendar, Grain(grain), day.date()))


def midnight_of(day: Any) -> datetime:
    """A date, or a moment, as the midnight of its day."""
    return datetime(day.year, day.month, day.day)


_OF_CALENDAR: dict[str, Callable[..., Value]] = {"year": _year, "quarter": _quarter, "start_of": _start_of}
