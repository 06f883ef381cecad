"""What every engine returns: what is known of the dates of sources, and slots by piece of time and dimension values."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from kpidsl.catalog.core import Reference
from kpidsl.diagnostics import Diagnostic
from kpidsl.plan.schedule import Schedule, Span


class Timeline(Struct, frozen=True, eq=False):
    """The dates that place the rows of a source: `span` of the rows before `as_of`, None without any.

    `missing` rows of all `rows` have no date.
    """

    rows: int
    missing: int
    span: Span | None


class Survey(Struct, frozen=True, eq=False):
    """What an engine sees of its data before a question has its periods: a timeline for each source and date that places rows.

    `covers` has what bindings say of the time for which a source is complete; a timeless one that covers no time is not known.
    """

    timelines: Mapping[tuple[str, Reference], Timeline]
    covers: Mapping[str, Span | None]


class Collected(Struct, frozen=True, eq=False):
    """The answer to one Collect: pieces and dimension values that have a row after the ask's `where`, before any slot's own.

    `piece` indexes Collect.pieces; `keys` has for each dimension of the Collect an object array (str, bool, datetime.date or
    datetime; None is missing); `slots` has an array per slot, NaN where nothing was collected, Count and Distinct as int64.
    Dates are in days since 1970, as floats. `rows` is how many rows were read.
    """

    piece: NDArray[np.int64]
    keys: tuple[NDArray[np.object_], ...]
    slots: Mapping[str, NDArray[np.float64] | NDArray[np.int64]]
    rows: int


class Slots(Struct, frozen=True, eq=False):
    """`collected` answers `schedule.collects`, one by one; None for a scan whose data are not there."""

    schedule: Schedule
    collected: tuple[Collected, ...]
    notices: tuple[Diagnostic, ...] = field(default=())
