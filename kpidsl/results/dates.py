"""What functions on dates do to columns: days since 1970 in, days or numbers out.

The bodies are those for rows, so that both levels mean the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kpidsl.catalog.core import Apply
from kpidsl.engines.dates import DATES
from kpidsl.engines.vectors import DAY, Vector
from kpidsl.periods.calendar import Calendar
from kpidsl.results.columns import Column, Fault, Floats, strict
from kpidsl.results.spelling import spell

FUNCTIONS = frozenset(DATES)
_LONGEST = 4e6  # days from 1970 to beyond every calendar


def apply(node: Apply, arguments: Sequence[Column], calendar: Calendar) -> Column:
    """The value of a function on dates; undefined where it would be a date that no calendar has."""
    dates = len(arguments) if node.function == "days_between" else 1
    vectors = [_moments(each) if place < dates else _numbers(each) for place, each in enumerate(arguments)]
    (length,) = np.broadcast_shapes(*(argument.values.shape for argument in arguments))
    found = DATES[node.function](node, [vector.over(length) for vector in vectors], calendar)
    moments = found.values.dtype.kind == "M"
    values: Floats = found.values.astype("M8[us]").view(np.int64) / DAY if moments else found.values.astype(np.float64)
    beyond = np.zeros(length, dtype=np.bool_) if found.undefined is None else found.undefined.rows
    fault = Fault(beyond, lambda: f"{spell(node)} is before the year 1 or after 9999")
    return strict(values, [argument.spread(length) for argument in arguments], [fault])


def _moments(column: Column) -> Vector:
    days = np.clip(np.where(column.present, column.values, 0.0), -_LONGEST, _LONGEST)
    return Vector(np.rint(days * DAY).astype(np.int64).view("M8[us]"))


def _numbers(column: Column) -> Vector:
    return Vector(np.where(column.present, column.values, 0.0))
