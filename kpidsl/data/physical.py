"""The names that databases give to types of columns, to what columns are stored as."""

from __future__ import annotations

import re

from kpidsl.catalog.core import Type
from kpidsl.data.relations import Physical

# In this order, since some names begin like others. What is none of these is of no use: lists, times of day, bytes, ….
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), physical)
    for pattern, physical in (
        (
            r"(tiny|small|big|huge|medium|u|utiny|usmall|ubig|uhuge|byte)?int(eger)?\d*( unsigned)?|long|short|byte",
            Physical.INTEGER,
        ),
        (r"(big)?(decimal|numeric|number|fixed)\b.*", Physical.DECIMAL),
        (r"float\d*|double( precision)?|real", Physical.FLOAT),
        (r"bool(ean)?", Physical.BOOLEAN),
        (r"(character )?varying.*|(n?var)?char(acter)?\b.*|string|text|uuid|enum\b.*|bpchar|name|dictionary.*", Physical.TEXT),
        (r"date(32|64)?", Physical.DATE),
        (r"timestamp ?\(?\d*\)? with (local )?time zone|timestamp_l?tz.*|timestamptz.*", Physical.ZONED),
        (r"timestamp_ns", Physical.NANOSECONDS),
        (r"timestamp_(ntz.*|s|ms|us)|timestamp ?\(?\d*\)?( without time zone)?|datetime", Physical.MOMENT),
    )
)
# Where a plain timestamp is a moment in UTC.
_UTC = frozenset({"spark", "databricks", "bigquery"})


def physical_of(name: str, dialect: str) -> Physical | None:
    """What a column is stored as, by the name that the database gives its type; None for what no declared type fits."""
    if name.endswith("]"):  # a list, whatever of
        return None
    if dialect in _UTC and name.lower() == "timestamp":
        return Physical.ZONED
    return next((physical for pattern, physical in _PATTERNS if pattern.fullmatch(name)), None)


_DATED = (Physical.DATE, Physical.MOMENT, Physical.NANOSECONDS, Physical.ZONED)
_FITTING = {
    Type.NUMBER: (Physical.INTEGER, Physical.DECIMAL, Physical.FLOAT),
    Type.TEXT: (Physical.TEXT, Physical.INTEGER),
    Type.BOOLEAN: (Physical.BOOLEAN,),
    Type.DATE: _DATED,
    Type.DATETIME: _DATED,
}


def fits(kind: Type, physical: Physical) -> bool:
    """Whether every value that is stored so is of a declared type."""
    return physical in _FITTING[kind]
