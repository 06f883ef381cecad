"""The spellings of DuckDB. Doubles are added up with compensation, so that sums are the same in every run."""

from __future__ import annotations

from collections.abc import Sequence

from kpidsl.data.relations import Physical
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.dialects.spellings import (
    call,
    double_quoted,
    quoted,
    timestamp_literal,
    values_listed,
    with_missing,
    written,
)
from kpidsl.periods.grain import Grain


def _truncated(grain: Grain, moment: str) -> str:
    return f"date_trunc('{grain.value}', {moment})"


def _total(value: str, physical: Physical) -> str:
    return f"fsum({value})" if physical is Physical.FLOAT else f"cast(sum({value}) as double)"


_SHORT = 400  # characters


def _finite(value: str) -> str:
    """A short value is mentioned twice, a long one once: within each other they would double and double, as does `nullif`."""
    if len(value) <= _SHORT:
        return f"case when isfinite({value}) then {value} end"
    return f"list_transform([{value}], lambda one: case when isfinite(one) then one end)[1]"


def _edge(function: str, value: str, keys: Sequence[str]) -> str:
    found = "arg_min" if function == "first" else "arg_max"
    return f"{found}({value}, case when {value} is not null then row({with_missing(keys)}) end)"


def _from_nanoseconds(moment: str) -> str:
    """A cast rounds to the nearest, which can be on the next day; the last microsecond cannot be compared with."""
    cast = f"cast({moment} as timestamp)"
    return f"(case when try_cast({cast} as timestamp_ns) > {moment} then {cast} - interval 1 microsecond else {cast} end)"


DUCKDB = Dialect(
    name="duckdb",
    title="DuckDB",
    verified=True,
    double="double",
    whole="bigint",
    text="varchar",
    boolean="boolean",
    moment="timestamp",
    date="date",
    identifier=double_quoted,
    literal=quoted,
    moment_literal=timestamp_literal,
    utc_literal=lambda moment: f"timestamptz '{written(moment)}+00'",
    listed=values_listed,
    days=lambda late, early: f"((epoch_us({late}) - epoch_us({early})) / 86400e6)",
    add_seconds=lambda moment, seconds: f"({moment} + to_microseconds(cast(round({seconds} * 1e6) as bigint)))",
    add_months=lambda moment, months: f"({moment} + to_months(cast(trunc({months}) as integer)))",
    truncated=_truncated,
    year=call("year"),
    month=call("month"),
    day=call("day"),
    weekday=call("isodow"),
    to_local=lambda zoned, zone: f"({zoned} at time zone {quoted(zone)})",
    from_utc=lambda moment, zone: f"(({moment} at time zone 'UTC') at time zone {quoted(zone)})",
    contains=lambda text, part: f"contains({text}, {part})",
    starts_with=lambda text, part: f"starts_with({text}, {part})",
    ends_with=lambda text, part: f"ends_with({text}, {part})",
    rounded=call("round"),
    floor=call("floor"),
    ceil=call("ceil"),
    exp=call("exp"),
    finite=_finite,
    total=_total,
    mean=call("favg"),
    percentile=lambda value, fraction: f"quantile_cont({value}, {fraction})",
    edge=_edge,
    ranked=lambda value, place: f"list_sort(list({value}) filter ({value} is not null))[{place}]",
    plain_text=False,
    collated=lambda text: f"{text} collate C",
    plain_moment=False,
    truncates_days=True,
    from_nanoseconds=_from_nanoseconds,
    bits=lambda place: f"bit_or(cast(1 as bigint) << {place})",
)
