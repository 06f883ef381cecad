"""The spellings of Snowflake."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kpidsl.data.relations import Physical
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.dialects.spellings import call, double_quoted, escaped, in_order, nothing_infinite, written
from kpidsl.periods.grain import Grain


def _moment_literal(moment: datetime) -> str:
    return f"cast('{written(moment)}' as timestamp_ntz)"


def _listed(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    named = ", ".join(f"column{number} as {name}" for number, name in enumerate(names, 1))
    listed = ", ".join(f"({', '.join(row)})" for row in rows)
    return f"select {named} from (values {listed})"


def _truncated(grain: Grain, moment: str) -> str:
    """Weeks are counted by hand, since a setting of the session says where they start."""
    if grain is Grain.WEEK:
        return f"dateadd(day, 1 - dayofweekiso({moment}), date_trunc('day', {moment}))"
    return f"date_trunc('{grain.value}', {moment})"


def _total(value: str, physical: Physical) -> str:
    return f"cast(sum({value}) as double)"


def _edge(function: str, value: str, keys: Sequence[str]) -> str:
    """The first of an array, which leaves missing values out."""
    return f"get(array_agg({value}) within group (order by {in_order(keys, last=function == 'last')}), 0)"


SNOWFLAKE = Dialect(
    name="snowflake",
    title="Snowflake",
    verified=False,
    double="double",
    whole="bigint",
    text="varchar",
    boolean="boolean",
    moment="timestamp_ntz",
    date="date",
    identifier=double_quoted,
    literal=escaped,
    moment_literal=_moment_literal,
    utc_literal=lambda moment: f"cast('{written(moment)} +0000' as timestamp_tz)",
    listed=_listed,
    days=lambda late, early: f"(cast(datediff(microsecond, {early}, {late}) as double) / 86400000000)",
    add_seconds=lambda moment, seconds: f"dateadd(microsecond, round({seconds} * 1000000), {moment})",
    add_months=lambda moment, months: f"dateadd(month, trunc({months}), {moment})",
    truncated=_truncated,
    year=call("year"),
    month=call("month"),
    day=call("day"),
    weekday=call("dayofweekiso"),
    to_local=lambda zoned, zone: f"cast(convert_timezone({escaped(zone)}, {zoned}) as timestamp_ntz)",
    from_utc=lambda moment, zone: f"convert_timezone('UTC', {escaped(zone)}, {moment})",
    contains=lambda text, part: f"contains({text}, {part})",
    starts_with=lambda text, part: f"startswith({text}, {part})",
    ends_with=lambda text, part: f"endswith({text}, {part})",
    rounded=call("round"),
    floor=call("floor"),
    ceil=call("ceil"),
    exp=call("exp"),
    finite=lambda value: nothing_infinite(value, [f"cast('{each}' as double)" for each in ("inf", "-inf", "nan")]),
    total=_total,
    mean=call("avg"),
    percentile=lambda value, fraction: f"percentile_cont({fraction}) within group (order by {value})",
    edge=_edge,
    ranked=lambda value, place: f"cast(get(array_agg({value}) within group (order by {value}), {place} - 1) as double)",
    skips_missing=False,
    infinity="inf",
)
