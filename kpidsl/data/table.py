"""A bound source: its columns as typed arrays, missing values marked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray


class Numbers(Struct, frozen=True, eq=False):
    """`values` is float64 or int64; `valid` is None where no value is missing. What stands at a missing place is finite."""

    values: NDArray[np.float64] | NDArray[np.int64]
    valid: NDArray[np.bool_] | None = None


class Texts(Struct, frozen=True, eq=False):
    """Each row's index into `words`, -1 where missing; a word may be one that no row has."""

    codes: NDArray[np.int64]
    words: NDArray[np.object_]


class Dates(Struct, frozen=True, eq=False):
    """datetime64[us] in the project's time zone without a zone; NaT where missing. A date is its midnight."""

    values: NDArray[np.datetime64]


class Truths(Struct, frozen=True, eq=False):
    values: NDArray[np.bool_]
    valid: NDArray[np.bool_] | None = None


Array = Numbers | Texts | Dates | Truths


class Table(Struct, frozen=True, eq=False):
    """The rows of a source. `columns` holds what a plan needs, by the names of the definitions.

    `links` gives by the names of references the row of the referenced source, -1 where there is none: of those used whose
    columns all are in the data, and that hold at any time.
    `covers` is the half-open time for which the data are complete, where the binding says so.
    """

    source: str
    rows: int
    columns: Mapping[str, Array]
    links: Mapping[str, NDArray[np.int64]] = field(default_factory=dict)
    covers: tuple[np.datetime64, np.datetime64] | None = None
