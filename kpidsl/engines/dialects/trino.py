"""The spellings of Trino, which has no exact percentile, and whose durations are of whole milliseconds."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.data.relations import Physical
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.dialects.spellings import (
    call,
    double_quoted,
    in_order,
    quoted,
    reversed_ends_with,
    timestamp_literal,
    values_listed,
    written,
)
from kpidsl.periods.grain import Grain


def _truncated(grain: Grain, moment: str) -> str:
    return f"date_trunc('{grain.value}', {moment})"


def _total(value: str, physical: Physical) -> str:
    exact = f"cast({value} as decimal(38, 0))" if physical is Physical.INTEGER else value
    return f"cast(sum({exact}) as double)"


def _edge(function: str, value: str, keys: Sequence[str]) -> str:
    order = in_order(keys, last=function == "last")
    return f"element_at(array_agg({value} order by {order}) filter (where {value} is not null), 1)"


def _unix(moment: str) -> str:
    return f"to_unixtime(with_timezone({moment}, 'UTC'))"


TRINO = Dialect(
    name="trino",
    title="Trino",
    verified=False,
    double="double",
    whole="bigint",
    text="varchar",
    boolean="boolean",
    moment="timestamp(6)",
    date="date",
    identifier=double_quoted,
    literal=quoted,
    moment_literal=timestamp_literal,
    utc_literal=lambda moment: f"timestamp '{written(moment)} UTC'",
    listed=values_listed,
    days=lambda late, early: f"(({_unix(late)} - {_unix(early)}) / 86400e0)",
    add_seconds=lambda moment, seconds: f"date_add('millisecond', cast(round({seconds} * 1000) as bigint), {moment})",
    add_months=lambda moment, months: f"date_add('month', cast(truncate({months}) as bigint), {moment})",
    truncated=_truncated,
    year=call("year"),
    month=call("month"),
    day=call("day"),
    weekday=call("day_of_week"),
    to_local=lambda zoned, zone: f"cast({zoned} at time zone {quoted(zone)} as timestamp(6))",
    from_utc=lambda moment, zone: f"cast(with_timezone({moment}, 'UTC') at time zone {quoted(zone)} as timestamp(6))",
    contains=lambda text, part: f"(strpos({text}, {part}) > 0)",
    starts_with=lambda text, part: f"starts_with({text}, {part})",
    ends_with=reversed_ends_with,
    rounded=call("round"),
    floor=call("floor"),
    ceil=call("ceil"),
    exp=call("exp"),
    finite=lambda value: f"if(is_finite({value}), {value})",
    total=_total,
    mean=call("avg"),
    percentile=None,
    edge=_edge,
    ranked=None,
    skips_missing=False,
)
