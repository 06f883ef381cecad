"""The cells of an answer as series: the values of one combination of dimension values, period after period.

A period in which a combination has no cell, or its cell no value, is left out: a series goes from value to value.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
from msgspec import Struct

from kpidsl.catalog.catalog import History
from kpidsl.periods.calendar import Calendar
from kpidsl.plan.lead import earliest
from kpidsl.results.columns import Bools, Codes, Floats

_BLOCK = 4_000_000  # numbers at once


class Series(Struct, frozen=True, eq=False):
    """`order` lists the cells, series by series and each by period; `ids` and `places` are the series and the period of each.

    `starts` has the first day of every period.
    """

    order: Codes
    ids: Codes
    places: Codes
    starts: tuple[date, ...]
    calendar: Calendar

    @staticmethod
    def of(periods: Codes, combinations: Codes, starts: Sequence[date], calendar: Calendar) -> Series:
        """The series of cells whose period and combination these are."""
        order = np.lexsort((periods, combinations))
        return Series(order, combinations[order], periods[order], tuple(starts), calendar)


class Earlier(Struct, frozen=True, eq=False):
    """Of the values before each cell: the lower quantile, the median, the upper one; NaN where there are too few; how many."""

    low: Floats
    middle: Floats
    high: Floats
    counts: Codes


def earlier_values(series: Series, values: Floats, counted: Bools, history: History, least: int) -> Earlier:
    """What was usual before each cell: of the values that count, in periods that begin within the history's length."""
    first, after, points = _windows(series, values, counted, history)
    counts = after - first
    found = np.full((len(values), 3), np.nan)
    enough = np.flatnonzero(counts >= least)
    quantiles = float(history.low), 0.5, float(history.high)
    step = max(1, _BLOCK // max(1, int(counts.max(initial=1))))
    for at in range(0, len(enough), step):
        block = enough[at : at + step]
        found[series.order[block]] = _quantiles(points, first[block], counts[block], quantiles)
    behind = np.zeros(len(values), dtype=np.int64)
    behind[series.order] = counts
    return Earlier(found[:, 0], found[:, 1], found[:, 2], behind)


def _windows(series: Series, values: Floats, counted: Bools, history: History) -> tuple[Codes, Codes, Floats]:
    """For each cell in order from where to where its earlier values stand in the list of those that count; the list."""
    size = len(series.starts) + 1
    days = np.array([day.toordinal() for day in series.starts], dtype=np.int64)
    begin = [earliest(series.calendar, day, history.length).toordinal() for day in series.starts]
    begins = np.searchsorted(days, begin)
    keys, inside = series.ids * size + series.places, counted[series.order]
    first = np.searchsorted(keys[inside], series.ids * size + begins[series.places])
    return first, np.searchsorted(keys[inside], keys), values[series.order][inside]


def _quantiles(points: Floats, first: Codes, counts: Codes, shares: Sequence[float]) -> Floats:
    """Quantiles of runs of a list of points, between two of them by straight lines."""
    places = np.arange(int(counts.max()))
    inside = places < counts[:, None]
    taken = np.where(inside, points[np.minimum(first[:, None] + places, len(points) - 1)], np.inf)
    taken.sort(axis=1)
    return np.stack([_quantile(taken, counts, share) for share in shares], axis=1)


def _quantile(ordered: Floats, counts: Codes, share: float) -> Floats:
    at = share * (counts - 1)
    lower = np.floor(at).astype(np.int64)
    upper = np.minimum(lower + 1, counts - 1)
    rows = np.arange(len(counts))
    found: Floats = ordered[rows, lower] + (at - lower) * (ordered[rows, upper] - ordered[rows, lower])
    return found
