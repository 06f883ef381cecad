"""A column as it came, a pandas Series, to an array of its declared type, or the first value that is not of that type.

Missing is whatever pandas takes for missing: None, NaN, NA, NaT. Rows are counted from 0.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from uuid import UUID

import numpy as np
import pandas as pd
from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.data.table import Array, Numbers, Texts, Truths

Bools = NDArray[np.bool_]
Series = Any  # pandas-stubs knows no Series of unknown content


class Find(Struct, frozen=True):
    """The first row of a kind, the value there, and how many such rows there are."""

    row: int
    value: object
    count: int


class Converted(Struct, frozen=True, eq=False):
    """`array` is None where a value is not of the declared type: `misfit`. Infinite numbers count as missing: `infinite`."""

    array: Array | None
    misfit: Find | None = None
    infinite: Find | None = None


def find(values: Series, wrong: Bools) -> Find:
    """The first of some rows, at least one of which must be wrong."""
    row = int(np.argmax(wrong))
    return Find(row, values.iloc[row], int(np.count_nonzero(wrong)))


def absent(values: Series) -> Bools:
    """Which values are missing. pandas cannot say it of a Decimal that signals, which is no number and is there."""
    try:
        missing: Bools = pd.isna(values).to_numpy()
    except InvalidOperation:
        missing = np.fromiter((not _signals(value) and pd.isna(value) is True for value in values), np.bool_, len(values))
    return missing


def incomparable(values: Series) -> Bools:
    """Which values are such as cannot be compared, at least one; those there where each of them alone could be."""
    wrong = np.fromiter((not _hashable(value) for value in values), np.bool_, len(values))
    return wrong if wrong.any() else ~absent(values)


def _signals(value: object) -> bool:
    return isinstance(value, Decimal) and value.is_snan()


def _hashable(value: object) -> bool:
    try:
        hash(value)
    except TypeError:
        return False
    return True


def codes_of(values: Series) -> tuple[NDArray[np.int64], NDArray[Any]] | None:
    """Each row's index into its different values, -1 where missing; None where values are such as cannot be compared."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy().astype(np.int64), values.cat.categories.to_numpy()
    # Not as a Series, of which pandas would guess what its different values are.
    plain = values.to_numpy() if values.dtype == np.dtype(object) else values
    try:
        codes, words = pd.factorize(plain)
    except TypeError:
        return None
    return codes.astype(np.int64, copy=False), np.asarray(words)


def to_numbers(values: Series) -> Converted:
    """float64 or int64. Truth values are no numbers, and neither are texts that look like some."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = pd.Series(pd.array(values.cat.categories).take(values.cat.codes.to_numpy(), allow_fill=True))
    kind = values.dtype
    if pd.api.types.is_integer_dtype(kind):
        return Converted(_integers(values))
    if pd.api.types.is_float_dtype(kind):
        return _floats(values, values.to_numpy(np.float64, na_value=np.nan))
    if kind.kind == "O" and isinstance(kind, np.dtype):
        return _mixed_numbers(values)
    return _only_missing(values, lambda count: Numbers(np.zeros(count), np.zeros(count, np.bool_)))


def _integers(values: Series) -> Numbers:
    missing = _missing(values)
    filled = values.fillna(0) if missing is not None else values
    wide = filled.dtype.kind == "u" and len(filled) and filled.max() > np.iinfo(np.int64).max
    array = filled.to_numpy(np.float64 if wide else np.int64)
    return Numbers(array, None if missing is None else ~missing)


def _floats(values: Series, floats: NDArray[np.float64]) -> Converted:
    finite = np.isfinite(floats)
    if finite.all():
        return Converted(Numbers(floats))
    infinite = np.isinf(floats)
    found = find(values, infinite) if infinite.any() else None
    return Converted(Numbers(np.where(finite, floats, 0.0), finite), infinite=found)


_PLAIN = {"integer", "floating", "mixed-integer-float", "empty"}


def _mixed_numbers(values: Series) -> Converted:
    """Python numbers in an object column: what is none is found one by one."""
    missing = absent(values)
    kind = pd.api.types.infer_dtype(values, skipna=True)
    if kind == "integer" and not missing.any():
        try:
            return Converted(Numbers(values.to_numpy(np.int64)))
        except OverflowError:
            pass
    if kind not in _PLAIN:
        wrong = np.fromiter((not _is_number(value) for value in values), np.bool_, len(values)) & ~missing
        if wrong.any():
            return Converted(None, find(values, wrong))
    pairs = zip(values, missing, strict=True)
    return _floats(values, np.fromiter((np.nan if gap else _float(value) for value, gap in pairs), np.float64, len(values)))


def _is_number(value: object) -> bool:
    number = isinstance(value, int | float | Decimal | Fraction | np.number) and not isinstance(value, bool | np.timedelta64)
    return number and not _signals(value)


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf


def to_texts(values: Series) -> Converted:
    """Codes and words. Whole numbers, as ids are, become their digits; pandas makes floats of them where one is missing."""
    found = codes_of(values)
    if found is None:
        return Converted(None, find(values, incomparable(values)))
    codes, words = found
    texts, wrong = _words(words)
    if wrong.any():
        bad = np.append(wrong, False)[codes]
        if bad.any():
            return Converted(None, find(values, bad))
    return Converted(Texts(codes, texts) if _is_text(words) else _merged(codes, texts))


def _is_text(words: NDArray[Any]) -> bool:
    return words.dtype == object and pd.api.types.infer_dtype(words, skipna=False) == "string"


def _words(words: NDArray[Any]) -> tuple[NDArray[np.object_], Bools]:
    """The words as text, and which of them are none."""
    if _is_text(words):
        return words, np.zeros(len(words), np.bool_)
    if words.dtype.kind in "iu":
        return words.astype(str).astype(object), np.zeros(len(words), np.bool_)
    if words.dtype.kind in "mM":
        return words.astype(object), np.ones(len(words), np.bool_)
    texts = [_text(word) for word in words.tolist()]
    array = np.empty(len(texts), object)
    array[:] = ["" if text is None else text for text in texts]
    return array, np.fromiter((text is None for text in texts), np.bool_, len(texts))


def _text(word: object) -> str | None:
    match word:
        case str():
            return str(word)
        case bool():
            return None
        case int() | UUID() | np.integer():
            return str(word)
        case float() if word.is_integer():
            return str(int(word))
        case _:
            return None


def _merged(codes: NDArray[np.int64], texts: NDArray[np.object_]) -> Texts:
    """Words that became the same text, such as 7 and "7", as one."""
    places, words = pd.factorize(texts)
    if len(words) == len(texts):
        return Texts(codes, texts)
    return Texts(np.append(places, -1)[codes].astype(np.int64), np.asarray(words, object))


_TRUTHS = dict.fromkeys(("true", "t", "yes", "y", "1"), True) | dict.fromkeys(("false", "f", "no", "n", "0"), False)


def to_truths(values: Series) -> Converted:
    """Truth values, also where they are written as 1 and 0, true and false, yes and no."""
    if values.dtype == np.bool_:
        return Converted(Truths(values.to_numpy()))
    found = codes_of(values)
    if found is None:
        return Converted(None, find(values, incomparable(values)))
    codes, words = found
    truths = [None if words.dtype.kind in "mM" else _truth(word) for word in words.tolist()]
    wrong = np.array([truth is None for truth in truths] + [False])[codes]
    if wrong.any():
        return Converted(None, find(values, wrong))
    valid = codes >= 0
    return Converted(Truths(np.array([bool(truth) for truth in truths] + [False])[codes], None if valid.all() else valid))


def _truth(word: object) -> bool | None:
    match word:
        case bool() | np.bool_():
            return bool(word)
        case str():
            return _TRUTHS.get(word.strip().lower())
        case int() | float() if word in (0, 1):
            return bool(word)
        case _:
            return None


def _only_missing(values: Series, empty: Callable[[int], Array]) -> Converted:
    """For a column of another type: good if there is nothing in it."""
    present = ~absent(values)
    return Converted(None, find(values, present)) if present.any() else Converted(empty(len(values)))


def _missing(values: Series) -> Bools | None:
    if isinstance(values.dtype, np.dtype):
        return None
    missing: Bools = absent(values)
    return missing if missing.any() else None
