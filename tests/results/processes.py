"""Rows of values as series of an answer, for tests of what looks at several periods."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from kpidsl.catalog.catalog import Process as Limits
from kpidsl.periods.calendar import Calendar
from kpidsl.results.columns import Bools, Floats
from kpidsl.results.process import Points, Process, process_of
from kpidsl.results.series import Series

FIRST = date(2020, 1, 1)


def day(place: int) -> date:
    return FIRST + timedelta(30 * place)


def series_of(count: int, length: int) -> Series:
    """So many series over so many periods; cell by cell in the order of a row of values for each series."""
    periods, combinations = np.tile(np.arange(length), count), np.repeat(np.arange(count), length)
    return Series.of(periods, combinations, [day(place) for place in range(length)], Calendar())


def process(
    values: Floats,
    *,
    present: Bools | None = None,
    final: Bools | None = None,
    rows: Floats | None = None,
    money: bool = False,
    breaks: tuple[tuple[date, str], ...] = (),
) -> Process:
    """The process of each row of values; with `rows` below the line of proportions."""
    everywhere = np.ones(values.size, dtype=np.bool_)
    points = Points(
        values.ravel(),
        everywhere if present is None else present.ravel(),
        everywhere if final is None else final.ravel(),
        None if rows is None else rows.ravel(),
        proportion=rows is not None,
        money=money,
    )
    asked = Limits("xmr" if rows is None else "laney", breaks)
    return process_of("limits", asked, points, series_of(*values.shape), everywhere)
