"""The spellings of BigQuery, which has no exact percentile as an aggregate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kpidsl.data.relations import Physical
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.dialects.spellings import call, escaped, in_order, nothing_infinite, written
from kpidsl.periods.grain import Grain


def _identifier(name: str) -> str:
    return "`" + escaped(name)[1:-1].replace("`", "\\`") + "`"


def _moment_literal(moment: datetime) -> str:
    return f"datetime '{written(moment)}'"


def _listed(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first row names and types the others."""
    first = ", ".join(f"{value} as {name}" for name, value in zip(names, rows[0], strict=True))
    structs = [f"struct({first})", *(f"({', '.join(row)})" for row in rows[1:])]
    return f"select * from unnest([{', '.join(structs)}])"


def _truncated(grain: Grain, moment: str) -> str:
    return f"datetime_trunc({moment}, {'isoweek' if grain is Grain.WEEK else grain.value})"


def _total(value: str, physical: Physical) -> str:
    exact = f"cast({value} as bignumeric)" if physical is Physical.INTEGER else value
    return f"cast(sum({exact}) as float64)"


def _edge(function: str, value: str, keys: Sequence[str]) -> str:
    order = in_order(keys, last=function == "last")
    return f"array_agg({value} ignore nulls order by {order} limit 1)[safe_offset(0)]"


BIGQUERY = Dialect(
    name="bigquery",
    title="BigQuery",
    verified=False,
    double="float64",
    whole="int64",
    text="string",
    boolean="bool",
    moment="datetime",
    date="date",
    identifier=_identifier,
    literal=escaped,
    moment_literal=_moment_literal,
    utc_literal=lambda moment: f"timestamp '{written(moment)}+00'",
    listed=_listed,
    days=lambda late, early: f"(datetime_diff({late}, {early}, microsecond) / 86400000000)",
    add_seconds=lambda moment, seconds: (
        f"datetime_add({moment}, interval cast(round({seconds} * 1000000) as int64) microsecond)"
    ),
    add_months=lambda moment, months: f"datetime_add({moment}, interval cast(trunc({months}) as int64) month)",
    truncated=_truncated,
    year=lambda moment: f"extract(year from {moment})",
    month=lambda moment: f"extract(month from {moment})",
    day=lambda moment: f"extract(day from {moment})",
    weekday=lambda moment: f"(mod(extract(dayofweek from {moment}) + 5, 7) + 1)",
    to_local=lambda zoned, zone: f"datetime({zoned}, {escaped(zone)})",
    from_utc=lambda moment, zone: f"datetime(timestamp({moment}), {escaped(zone)})",
    contains=lambda text, part: f"(strpos({text}, {part}) > 0)",
    starts_with=lambda text, part: f"starts_with({text}, {part})",
    ends_with=lambda text, part: f"ends_with({text}, {part})",
    rounded=call("round"),
    floor=call("floor"),
    ceil=call("ceil"),
    exp=call("exp"),
    finite=lambda value: nothing_infinite(value, ["cast('inf' as float64)", "cast('-inf' as float64)"]),
    total=_total,
    mean=call("avg"),
    percentile=None,
    edge=_edge,
    ranked=None,
    skips_missing=False,
)
