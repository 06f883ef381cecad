"""The spellings of PostgreSQL, where a double that becomes too large or too small is an error of the statement."""

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


def _literal(text: str) -> str:
    """Told to be escaped where there is a backslash, so that no setting of the server matters."""
    return "E" + quoted(text).replace("\\", "\\\\") if "\\" in text else quoted(text)


def _days(late: str, early: str) -> str:
    """Infinite moments cannot be subtracted."""
    days = f"cast(extract(epoch from {late} - {early}) as double precision) / 86400"
    return f"(case when isfinite({late}) and isfinite({early}) then {days} end)"


def _truncated(grain: Grain, moment: str) -> str:
    return f"date_trunc('{grain.value}', {moment})"


def _total(value: str, physical: Physical) -> str:
    return f"cast(sum({value}) as double precision)"


def _edge(function: str, value: str, keys: Sequence[str]) -> str:
    order = in_order(keys, last=function == "last")
    return f"(array_agg({value} order by {order}) filter (where {value} is not null))[1]"


POSTGRES = Dialect(
    name="postgres",
    title="PostgreSQL",
    verified=True,
    double="double precision",
    whole="bigint",
    text="text",
    boolean="boolean",
    moment="timestamp",
    date="date",
    identifier=double_quoted,
    literal=_literal,
    moment_literal=timestamp_literal,
    utc_literal=lambda moment: f"timestamptz '{written(moment)}+00'",
    listed=values_listed,
    days=_days,
    add_seconds=lambda moment, seconds: f"({moment} + make_interval(secs => {seconds}))",
    add_months=lambda moment, months: f"({moment} + make_interval(months => cast(trunc({months}) as integer)))",
    truncated=_truncated,
    year=lambda moment: f"cast(extract(year from {moment}) as integer)",
    month=lambda moment: f"cast(extract(month from {moment}) as integer)",
    day=lambda moment: f"cast(extract(day from {moment}) as integer)",
    weekday=lambda moment: f"cast(extract(isodow from {moment}) as integer)",
    to_local=lambda zoned, zone: f"({zoned} at time zone {quoted(zone)})",
    from_utc=lambda moment, zone: f"(({moment} at time zone 'UTC') at time zone {quoted(zone)})",
    contains=lambda text, part: f"(strpos({text}, {part}) > 0)",
    starts_with=lambda text, part: f"starts_with({text}, {part})",
    ends_with=reversed_ends_with,
    rounded=lambda value: f"(trunc({value}) + case when abs({value} - trunc({value})) >= 0.5 then sign({value}) else 0 end)",
    floor=call("floor"),
    ceil=call("ceil"),
    exp=lambda value: f"case when {value} < -700 then 0 when {value} < 709.78 then exp({value}) end",
    finite=lambda value: value,
    total=_total,
    mean=call("avg"),
    percentile=lambda value, fraction: f"percentile_cont({fraction}) within group (order by {value})",
    edge=_edge,
    ranked=lambda value, place: f"(array_agg({value} order by {value}) filter (where {value} is not null))[{place}]",
    sorted_text=lambda text: f'{text} collate "C"',
    plain_text=False,
    collated=lambda text: f'{text} collate "default"',
    decimal=lambda value: f"nullif({value}, 'NaN')",
    unbounded=lambda value: f"case when {value} - {value} = 0 then {value} end",
    bits=lambda place: f"bit_or(cast(1 as bigint) << {place})",
)
