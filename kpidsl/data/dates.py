"""A column of days or moments, however written, to datetime64[us] on the project's clock.

A date is its own day and never moves, also where the data hold a moment in some zone. A moment that names a zone moves to the
project's, one that names none is on the binding's clock. A time that the clocks skipped in spring becomes the first after
the gap; one that they showed twice in autumn is the first of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpidsl.catalog.core import Type
from kpidsl.data.columns import Converted, Series, codes_of, find
from kpidsl.data.table import Dates

Moments = NDArray[np.datetime64]

_DAY = 86_400_000_000
_FIRST, _LAST = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31T23:59:59.999999", "us")
_EPOCH = datetime(1970, 1, 1)
_ISO_DAY = len("2026-01-05")
_MANY = 100


@dataclass(frozen=True, slots=True)
class Clock:
    """The project's time zone, that of moments without one, and how dates are written as text, if not as ISO 8601."""

    project: str
    local: str
    written: str | None = None


def to_dates(values: Series, kind: Type, clock: Clock) -> Converted:
    """Days for `Type.DATE`, else moments; years 1 to 9999."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if isinstance(values.dtype, pd.PeriodDtype):
        values = values.dt.to_timestamp()
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return _checked(values, _zoned(values, kind, clock), kind)
    if values.dtype.kind == "M":
        moments = values.to_numpy()
        if kind is Type.DATETIME and clock.local != clock.project:
            moments = _between_zones(moments, clock.local, clock.project)
        return _checked(values, moments, kind)
    return _from_objects(values, kind, clock)


def _checked(values: Series, moments: Moments, kind: Type) -> Converted:
    if np.datetime_data(moments.dtype)[0] not in ("us", "ns"):
        wrong = (moments < _FIRST.astype("M8[D]")) | (moments > _LAST.astype("M8[s]"))
        if wrong.any():
            return Converted(None, find(values, wrong))
    exact = moments.astype("M8[us]")
    wrong = (exact < _FIRST - _DAY) | (exact > _LAST + _DAY)
    if wrong.any():
        return Converted(None, find(values, wrong))
    return Converted(Dates(_on_days(exact) if kind is Type.DATE else _in_range(exact)))


def _on_days(moments: Moments) -> Moments:
    """Each moment's own midnight."""
    ticks = moments.view(np.int64)
    rest = np.mod(ticks, _DAY)
    if not rest.any():
        return moments
    midnights = (ticks - rest).view("M8[us]")
    midnights[np.isnat(moments)] = np.datetime64("NaT")
    return midnights


def _in_range(moments: Moments) -> Moments:
    """A zone can move the first and the last hours of time out of it."""
    outside = (moments < _FIRST) | (moments > _LAST)
    return np.clip(moments, _FIRST, _LAST) if outside.any() else moments


def _zoned(values: Series, kind: Type, clock: Clock) -> Moments:
    """Moments with a zone: each on its own day, or on the project's clock."""
    in_utc = values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    return _between_zones(in_utc, "UTC", values.dtype.tz if kind is Type.DATE else clock.project)


def _between_zones(moments: Moments, source: str, target: str | tzinfo) -> Moments:
    """The same moments on another clock; the first and the last days of time, which could leave it, stay as they are."""
    exact = moments.astype("M8[us]")
    at_ends = (exact < _FIRST + 2 * _DAY) | (exact > _LAST - 2 * _DAY)
    index = pd.DatetimeIndex(np.where(at_ends, np.datetime64("NaT"), exact))
    first = np.ones(len(index), np.bool_)
    zoned = index.tz_localize(source, ambiguous=first, nonexistent="shift_forward")
    moved = zoned.tz_convert(target).tz_localize(None).to_numpy().astype("M8[us]")
    return np.where(at_ends, exact, moved)


def _from_objects(values: Series, kind: Type, clock: Clock) -> Converted:
    """Dates in an object column, or text."""
    found = codes_of(values)
    if found is None:
        return Converted(None, find(values, ~pd.isna(values).to_numpy()))
    codes, words = found
    moments, wrong = _moments(words, kind, clock)
    bad = np.append(wrong, False)[codes]
    if bad.any():
        return Converted(None, find(values, bad))
    return _checked(values, np.append(moments, np.datetime64("NaT"))[codes], kind)


def _moments(words: NDArray[Any], kind: Type, clock: Clock) -> tuple[Moments, NDArray[np.bool_]]:
    """The different values as moments on the project's clock, and which of them are none."""
    quick = _read_alike(words, kind, clock.written)
    if quick is not None:
        moments, alike = quick
        zoned, wrong = np.full(len(words), alike), np.zeros(len(words), np.bool_)
    else:
        ticks = [_ticks(word, kind, clock.written) for word in words.tolist()]
        moments = np.array([tick and tick[0] for tick in ticks], "M8[us]").reshape(len(words))
        zoned = np.array([tick is not None and tick[1] for tick in ticks], np.bool_)
        wrong = np.array([tick is None for tick in ticks], np.bool_)
    if kind is Type.DATETIME:
        for source, part in (("UTC", zoned), (clock.local, ~zoned)):
            if source != clock.project and part.any():
                moments[part] = _between_zones(moments[part], source, clock.project)
    return moments, wrong


def _read_alike(words: NDArray[Any], kind: Type, written: str | None) -> tuple[Moments, bool] | None:
    """All words at once, if pandas reads them in the way of `_ticks`, and whether they name a zone and are in UTC."""
    if len(words) < _MANY or pd.api.types.infer_dtype(words, skipna=False) != "string" or min(map(len, words)) < _ISO_DAY:
        return None
    try:
        moments = pd.to_datetime(words, format=written or "ISO8601")
    except (ValueError, TypeError, OverflowError):
        return None
    if not isinstance(moments, pd.DatetimeIndex):
        return None
    zoned = moments.tz is not None and kind is not Type.DATE
    plain = moments.tz_convert("UTC").tz_localize(None) if zoned else moments.tz_localize(None)
    return plain.to_numpy().astype("M8[us]"), zoned


def _ticks(value: object, kind: Type, written: str | None) -> tuple[int | None, bool] | None:
    """Microseconds since 1970 on the clock, or in UTC where a zone is named (then True); (None, False) is missing."""
    match value:
        case str():
            text = value.strip()
            moment = _read(text, written) if text else None
            if text and moment is None:
                return None
        case pd.Timestamp():
            moment = value.to_pydatetime(warn=False)
        case datetime():
            moment = value
        case date():
            moment = datetime(value.year, value.month, value.day)
        case _:
            return None
    if moment is None:
        return None, False
    if moment.tzinfo is None or kind is Type.DATE:
        return (moment.replace(tzinfo=None) - _EPOCH) // timedelta(microseconds=1), False
    return (moment - _EPOCH.replace(tzinfo=UTC)) // timedelta(microseconds=1), True


def _read(text: str, written: str | None) -> datetime | None:
    """A file that writes its days in its own way may write the time of day after them, and other columns in ISO 8601."""
    for written_so in (written, f"{written} %H:%M", f"{written} %H:%M:%S") if written else ():
        try:
            return datetime.strptime(text, written_so)
        except ValueError:
            pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
