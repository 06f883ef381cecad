"""What every engine returns: the slots of each cell of each scan, as columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from kpidsl.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """One scan's cells: those that have at least one row after the ask's `where`, before any aggregate's own.

    `period` indexes Slots.periods (all 0 without a grain or for a timeless source); `keys` has for each dimension an object
    array (str, bool, datetime.date or datetime; None is missing); `slots` has an array per slot, NaN where nothing was
    collected (Count and Distinct are int64 and 0). `observed` is the first and last date used, before any filter; None for
    no dated rows. `known` is false for a timeless source whose rows are not known.
    """

    period: NDArray[np.int64]
    keys: tuple[NDArray[np.object_], ...]
    slots: Mapping[str, NDArray[np.float64] | NDArray[np.int64]]
    observed: tuple[np.datetime64, np.datetime64] | None
    rows_read: int
    timeless: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """`periods` holds the first day of each period and, last, the end of the last.

    It is empty where no row is dated and no range asked.
    """

    periods: tuple[date, ...]
    partials: tuple[Partial, ...]
    notices: tuple[Diagnostic, ...] = ()
