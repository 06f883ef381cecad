"""The spellings of Spark.

Moments are TIMESTAMP_NTZ, which no time zone of the session moves; functions that would take them for moments of the session
are avoided. In texts a dollar is written by its number: `${name}` would be put in by the session.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kpidsl.data.relations import Physical
from kpidsl.engines.dialects.dialect import Dialect, Unspeakable
from kpidsl.engines.dialects.spellings import (
    backquoted,
    call,
    escaped,
    nothing_infinite,
    values_listed,
    with_missing,
    written,
)
from kpidsl.periods.grain import Grain

_EPOCH = "timestamp_ntz '1970-01-01 00:00:00'"


def _identifier(name: str) -> str:
    if "${" in name:
        raise Unspeakable(name)
    return backquoted(name)


def _moment_literal(moment: datetime) -> str:
    return f"timestamp_ntz '{written(moment)}'"


def _seconds(late: str, early: str) -> str:
    return f"cast(cast(cast({late} - {early} as interval second) as decimal(20, 6)) as double)"


def _truncated(grain: Grain, moment: str) -> str:
    day = f"cast({moment} as date)"
    start = day if grain is Grain.DAY else f"trunc({day}, '{grain.value}')"
    return f"cast({start} as timestamp_ntz)"


def _to_local(zoned: str, zone: str) -> str:
    """From its microseconds since 1970, since a zoned timestamp as one without a zone is that of the session."""
    utc = f"({_EPOCH} + make_dt_interval(0, 0, 0, cast(unix_micros({zoned}) as decimal(20, 0)) / 1000000))"
    return f"convert_timezone('UTC', {escaped(zone)}, {utc})"


def _total(value: str, physical: Physical) -> str:
    """Whole numbers as doubles: their own sum could be too large for their type."""
    added = value if physical is Physical.DECIMAL else f"cast({value} as double)"
    return f"cast(sum({added}) as double)"


def _edge(function: str, value: str, keys: Sequence[str]) -> str:
    found = "min_by" if function == "first" else "max_by"
    return f"{found}({value}, case when {value} is not null then struct({with_missing(keys)}) end)"


def _whole(function: str, value: str) -> str:
    """These yield long numbers, which doubles beyond 2^52, whole anyway, may not fit."""
    return f"case when abs({value}) < 4503599627370496e0 then cast({function}({value}) as double) else {value} end"


SPARK = Dialect(
    name="spark",
    title="Spark",
    verified=True,
    double="double",
    whole="bigint",
    text="string",
    boolean="boolean",
    moment="timestamp_ntz",
    date="date",
    identifier=_identifier,
    literal=escaped,
    moment_literal=_moment_literal,
    utc_literal=lambda moment: f"timestamp '{written(moment)}Z'",
    listed=values_listed,
    days=lambda late, early: f"({_seconds(late, early)} / 86400e0)",
    add_seconds=lambda moment, seconds: f"({moment} + make_dt_interval(0, 0, 0, cast({seconds} as decimal(18, 6))))",
    add_months=lambda moment, months: f"({moment} + make_ym_interval(0, cast({months} as int)))",
    truncated=_truncated,
    year=call("year"),
    month=call("month"),
    day=call("day"),
    weekday=lambda moment: f"(weekday(cast({moment} as date)) + 1)",
    to_local=_to_local,
    from_utc=lambda moment, zone: f"convert_timezone('UTC', {escaped(zone)}, {moment})",
    contains=lambda text, part: f"contains({text}, {part})",
    starts_with=lambda text, part: f"startswith({text}, {part})",
    ends_with=lambda text, part: f"endswith({text}, {part})",
    rounded=call("round"),
    floor=lambda value: _whole("floor", value),
    ceil=lambda value: _whole("ceil", value),
    exp=call("exp"),
    finite=lambda value: nothing_infinite(value, [f"double('{each}')" for each in ("Infinity", "-Infinity", "NaN")]),
    total=_total,
    mean=call("avg"),
    percentile=lambda value, fraction: f"percentile({value}, {fraction})",
    edge=_edge,
    ranked=lambda value, place: f"get(sort_array(collect_list({value})), cast({place} - 1 as int))",
    bits=lambda place: f"bit_or(shiftleft(cast(1 as bigint), {place}))",
)
