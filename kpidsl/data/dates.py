"""A column of days or moments, however written, to datetime64[us] on the project's clock.

A date is its own day and never moves, also where the data hold a moment in some zone. A moment that names a zone moves to the
project's, one that names none is on the binding's clock. A time that the clocks skipped in spring becomes the first after
the gap; one that they showed twice in autumn is the first of the two.

Texts are ISO 8601, or all of them fit the format of the binding. Python decides what fits; pandas reads many texts at once, but
only such as it reads like Python, so that what a text means does not hang on how many others there are.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

import numpy as np
import pandas as pd
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.catalog.core import Type
from kpidsl.data.columns import Converted, Series, codes_of, find, incomparable
from kpidsl.data.table import Dates

Moments = NDArray[np.datetime64]

_DAY = 86_400_000_000
_FIRST, _LAST = np.datetime64("0001-01-01", "us"), np.datetime64("9999-12-31T23:59:59.999999", "us")
_EPOCH = datetime(1970, 1, 1)
_MANY = 100
_ISO = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?"
    r"(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])?)?"
)
_DIRECTIVE = re.compile("%(.)", re.DOTALL)
_TIMES = frozenset("HIMSfpzZcX")
_ALIKE = frozenset("YmdyHMS")  # what pandas reads as Python does
_SHORTEST = len("20260105")  # below are words that mean something to pandas: now, today, NaT


class Clock(Struct, frozen=True):
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
    if isinstance(values.dtype, pd.DatetimeTZDtype) or values.dtype.kind == "M":
        return _from_moments(values, kind, clock)
    return _from_objects(values, kind, clock)


def reads_dates(written: str) -> bool:
    """Whether a format can be read with, gives the year, tells the afternoon, and loses nothing of a day."""
    samples = datetime(2026, 5, 31, 13, 45, tzinfo=UTC), datetime(2026, 5, 17, 13, 45, tzinfo=UTC)
    try:
        texts = [sample.strftime(written) for sample in samples]
        first, second = (datetime.strptime(text, written) for text in texts)
    except (ValueError, re.error):
        return False
    known = first.year == samples[0].year and first.hour in (0, samples[0].hour)
    return known and (first == second) == (texts[0] == texts[1])


def _from_moments(values: Series, kind: Type, clock: Clock) -> Converted:
    """A column of datetime64, each on its own day, or on the project's clock."""
    zone = values.dtype.tz if isinstance(values.dtype, pd.DatetimeTZDtype) else None
    moments = (values if zone is None else values.dt.tz_convert("UTC").dt.tz_localize(None)).to_numpy()
    wrong = _beyond(moments)
    if wrong.any():
        return Converted(None, find(values, wrong))
    if kind is Type.DATE:
        return _dates(_microseconds(moments) if zone is None else _between_zones(moments, "UTC", zone), kind)
    return _dates(_between_zones(moments, clock.local if zone is None else "UTC", clock.project), kind)


def _beyond(moments: Moments) -> NDArray[np.bool_]:
    """Which moments lie outside the years 1 to 9999; those of datetime64[ns] never do, and cannot be compared with the ends."""
    if np.datetime_data(moments.dtype)[0] == "ns":
        return np.zeros(len(moments), np.bool_)
    wrong: NDArray[np.bool_] = (moments < _FIRST.astype("M8[D]")) | (moments >= _LAST.astype("M8[D]") + 1)
    return wrong


def _microseconds(moments: Moments) -> Moments:
    """Rounded down. numpy's own cast lets the first of datetime64[ns] wrap around."""
    if np.datetime_data(moments.dtype)[0] != "ns":
        return moments.astype("M8[us]")
    exact = (moments.view(np.int64) // 1000).view("M8[us]")
    exact[np.isnat(moments)] = np.datetime64("NaT")
    return exact


def _dates(moments: Moments, kind: Type) -> Converted:
    return Converted(Dates(_on_days(moments) if kind is Type.DATE else _in_range(moments)))


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


def _between_zones(moments: Moments, source: str, target: str | tzinfo) -> Moments:
    """The same moments on another clock; the first and the last days of time, which could leave it, stay as they are."""
    exact = _microseconds(moments)
    if source == target:
        return exact
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
        return Converted(None, find(values, incomparable(values)))
    codes, words = found
    moments, wrong = _moments(words, kind, clock)
    bad = np.append(wrong, False)[codes]
    if bad.any():
        return Converted(None, find(values, bad))
    return _dates(np.append(moments, np.datetime64("NaT"))[codes], kind)


def _moments(words: NDArray[Any], kind: Type, clock: Clock) -> tuple[Moments, NDArray[np.bool_]]:
    """The different values as moments on the project's clock, and which of them are none."""
    quick = _read_alike(words, kind, clock.written)
    if quick is not None:
        moments, alike = quick
        zoned, wrong = np.full(len(words), alike), np.zeros(len(words), np.bool_)
    else:
        forms = _forms(clock.written)
        ticks = [_ticks(word, kind, forms) for word in words.tolist()]
        moments = np.array([tick and tick[0] for tick in ticks], "M8[us]").reshape(len(words))
        zoned = np.array([tick is not None and tick[1] for tick in ticks], np.bool_)
        wrong = np.array([tick is None for tick in ticks], np.bool_)
    if kind is Type.DATETIME:
        for source, part in (("UTC", zoned), (clock.local, ~zoned)):
            if part.any():
                moments[part] = _between_zones(moments[part], source, clock.project)
    return moments, wrong


def _read_alike(words: NDArray[Any], kind: Type, written: str | None) -> tuple[Moments, bool] | None:
    """All words at once, if pandas reads them in the way of `_ticks`, and whether they name a zone and are in UTC."""
    if len(words) < _MANY or pd.api.types.infer_dtype(words, skipna=False) != "string" or not _alike(words, written):
        return None
    try:
        moments = pd.to_datetime(words, format=written or "ISO8601")
    except (ValueError, TypeError, OverflowError):
        return None
    if not isinstance(moments, pd.DatetimeIndex):
        return None
    zoned = moments.tz is not None and kind is not Type.DATE
    plain = (moments.tz_convert("UTC").tz_localize(None) if zoned else moments.tz_localize(None)).to_numpy()
    return None if _beyond(plain).any() else (_microseconds(plain), zoned)


def _alike(words: NDArray[Any], written: str | None) -> bool:
    """Whether pandas and Python agree on what such texts mean: pandas reads more than one of them as ISO 8601."""
    if written is None:
        return all(map(_ISO.fullmatch, words))
    known = set(_DIRECTIVE.findall(written)) <= _ALIKE
    return known and all(len(word) >= _SHORTEST and word == word.strip() for word in words)


def _forms(written: str | None) -> tuple[str, ...]:
    """The formats that a text may fit. A time of day may follow where the format has none: no text fits two of them."""
    if written is None:
        return ()
    with_time = not _TIMES.isdisjoint(_DIRECTIVE.findall(written))
    return (written,) if with_time else (written, f"{written} %H:%M", f"{written} %H:%M:%S")


def _ticks(value: object, kind: Type, forms: tuple[str, ...]) -> tuple[int | None, bool] | None:
    """Microseconds since 1970 on the clock, or in UTC where a zone is named (then True); (None, False) is missing."""
    match value:
        case str():
            text = value.strip()
            moment = _read(text, forms) if text else None
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


def _read(text: str, forms: tuple[str, ...]) -> datetime | None:
    """A text in one of the formats, in ISO 8601 if there is none."""
    for form in forms:
        try:
            return datetime.strptime(text, form)
        except ValueError:
            pass
    try:
        return None if forms else datetime.fromisoformat(text)
    except ValueError:
        return None
