"""What each row of a source gets from the row before or after it, among those with the same key.

All rows are sorted by key, then by time, then by the key of their source and by the value sought. Among the rows of one source
the one before is the last in this order that passes the filter. In another source it is the last up to the row's moment, and
the one after the first from it on.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.core import Nearby
from kpidsl.data.links import Codes, matched
from kpidsl.engines.collect import holds
from kpidsl.engines.ordering import sort_keys, sorted_by
from kpidsl.engines.period import Period
from kpidsl.engines.rows import MISSING, Around, Positions, Rows, Ticks
from kpidsl.engines.undefined import UndefinedRows
from kpidsl.engines.vectors import Bools, Vector, as_array, follow


class Neighbours(Around, Protocol):
    """What is asked of the tables."""

    undefined: UndefinedRows

    def rows(self, source: str, period: Period | None = None) -> Rows: ...

    def moments(self, source: str) -> Ticks | None: ...

    def read(self, source: str) -> Bools | None: ...


def nearby(node: Nearby, tables: Neighbours, period: Period | None) -> Vector:
    """What every row of the home gets, whatever prefix it is seen through."""
    home, rows = tables.rows(node.home), tables.rows(node.source, period)
    argument = rows.values(node.argument)
    own, there = _keys(node, home, rows)
    passed = _passed(node, rows, tables)
    if node.home == node.source:
        found = _in_own(node, tables, there, passed, argument)
    else:
        found = _in_other(node, tables, own, there, passed, argument)
    return follow(argument, found)


def _keys(node: Nearby, home: Rows, rows: Rows) -> tuple[Codes, Codes]:
    """Numbers for the keys of both sources, -1 where a part is missing."""
    own = [as_array(home.values(left)) for left, _ in node.keys]
    return matched(own, [as_array(rows.values(right)) for _, right in node.keys])


def _passed(node: Nearby, rows: Rows, tables: Neighbours) -> Bools:
    """Which rows may be the one sought, for their condition."""
    passed = np.ones(rows.count, np.bool_)
    places = holds(node.where, rows, tables.undefined.add) if node.where is not None else None
    if places is not None:
        passed[:] = False
        passed[places] = True
    return passed


def _moments(source: str, tables: Neighbours) -> Ticks:
    moments = tables.moments(source)
    assert moments is not None, f"a plan must need the time of {source}"
    return moments


def _order(node: Nearby, tables: Neighbours, codes: Codes, places: Positions, argument: Vector) -> list[NDArray[np.generic]]:
    """What the rows at some places are sorted by."""
    rows = tables.rows(node.source).among(places)
    keys = [key for name in tables.catalog.sources[node.source].key for key in sort_keys(rows.column(name))]
    return [codes.take(places), _moments(node.source, tables).take(places), *keys, *sort_keys(argument.at(places))]


def _in_order(node: Nearby, tables: Neighbours, codes: Codes, rows: Bools, argument: Vector) -> Positions:
    """The places of the rows that have a key and a time and are read, in order."""
    read = tables.read(node.source)
    places = np.flatnonzero(rows & (codes >= 0) if read is None else rows & (codes >= 0) & read)
    return places[sorted_by(_order(node, tables, codes, places, argument))]


def _in_own(node: Nearby, tables: Neighbours, codes: Codes, passed: Bools, argument: Vector) -> Positions:
    """The row before or after each row of the same source."""
    order = _in_order(node, tables, codes, np.ones(len(passed), np.bool_), argument)
    found = np.full(len(passed), -1)
    if not len(order):
        return found
    ordered = order if node.function == "prior" else order[::-1]
    # For each row the latest before it that passed; the first has none.
    steps = np.maximum.accumulate(np.where(passed[ordered], np.arange(len(ordered)), -1))
    steps = np.concatenate([[-1], steps[:-1]])
    same = (steps >= 0) & (codes[ordered[steps]] == codes[ordered])
    found[ordered] = np.where(same, ordered[steps], -1)
    return found


def _in_other(node: Nearby, tables: Neighbours, own: Codes, there: Codes, passed: Bools, argument: Vector) -> Positions:
    """The last row of another source up to the moment of each row, or the first from it on."""
    order = _in_order(node, tables, there, passed, argument)
    moments, times = _moments(node.home, tables), _moments(node.source, tables)[order]
    found = np.full(len(own), -1)
    if not len(order):
        return found
    different = np.unique(times)
    width = len(different) + 1
    ranks = there[order] * width + np.searchsorted(different, times)
    if node.function == "prior":
        sought = own * width + np.searchsorted(different, moments, "right") - 1
        place = np.searchsorted(ranks, sought, "right") - 1
    else:
        sought = own * width + np.searchsorted(different, moments, "left")
        place = np.searchsorted(ranks, sought, "left")
    inside = (own >= 0) & (moments != MISSING) & (place >= 0) & (place < len(order))
    place = np.where(inside, place, 0)
    inside &= there[order[place]] == own
    found[inside] = order[place[inside]]
    return found
