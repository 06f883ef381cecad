"""The made-up company as Parquet files that DuckDB writes, some million rows at a time, so that any number of rows fits."""

from __future__ import annotations

from pathlib import Path

import duckdb
from company import CHANNELS

PER_FILE = 5_000_000
DAYS = 730


def write(folder: Path, rows: int, *, ordered: bool = False) -> None:
    """Folders `deals.parquet` and `spend.parquet`, unless they are there; `ordered`: deals come in the order of their creation.

    Otherwise every file has deals of all months, which no reader can skip. Some amounts are null and some NaN.
    """
    done = folder / "written"
    if done.exists():
        return
    connection = duckdb.connect()
    connection.execute("set threads = 2")
    (folder / "deals.parquet").mkdir(parents=True, exist_ok=True)
    for number, first in enumerate(range(0, rows, PER_FILE)):
        last = min(first + PER_FILE, rows)
        target = folder / "deals.parquet" / f"part{number:04}.parquet"
        connection.execute(f"copy ({deals(first, last, rows, ordered)}) to '{target}' (format parquet)")
    (folder / "spend.parquet").mkdir(exist_ok=True)
    connection.execute(f"copy ({_SPEND}) to '{folder / 'spend.parquet' / 'all.parquet'}' (format parquet)")
    connection.close()
    done.touch()


def size(folder: Path) -> float:
    """The GiB of all files."""
    return sum(each.stat().st_size for each in folder.rglob("*.parquet") if each.is_file()) / 2**30


def deals(first: int, last: int, rows: int, ordered: bool) -> str:
    """Some of the deals, each made of hashes of its number: the same in every run."""
    seconds = DAYS * 86_400
    placed = f"i * {seconds / rows!r}" if ordered else f"h1 % {seconds * 1000} / 1000.0"
    return f"""
    with numbers as (
      select i, hash(i) as h1, hash(i + 1000000007) as h2, hash(i * 31 + 7) as h3, hash(i * 17 + 3) as h4,
        hash(i * 13 + 11) as h5
      from range({first}, {last}) numbers(i)),
    drawn as (
      select *,
        timestamp '2024-01-01' + to_microseconds(cast({placed} * 1e6 as bigint)) as created_at,
        case when h2 % 20 < 6 then 'won' when h2 % 20 < 15 then 'lost' else 'open' end as stage,
        case when h5 % 211 = 0 then null when h5 % 211 = 1 then 'nan'::double
          else round(exp(6.5 + sqrt(-2 * ln((h3 % 99991 + 1) / 99992.0)) * cos(6.283185307 * (h4 % 99991) / 99991.0)), 2)
          end as amount
      from numbers)
    select created_at,
      case when stage <> 'open' then
        created_at + to_microseconds(cast(-20 * 86400e6 * ln((h4 % 999983 + 1) / 999984.0) as bigint)) end as closed_at,
      case when h4 % 25 = 0 then null else {CHANNELS!r}[1 + cast(h3 % {len(CHANNELS)} as integer)] end as channel,
      stage,
      'c' || cast(h5 % {max(rows // 10, 1)} as varchar) as customer,
      amount,
      round(amount * (h2 % 200) / 1000.0, 2) as discount,
      round(amount * 0.6, 2) as cost,
      cast(1 + h4 % 49 as bigint) as seats
    from drawn"""


_SPEND = f"""
  select cast(timestamp '2024-01-01' + to_days(cast(d as integer)) as date) as day,
    {CHANNELS!r}[1 + cast(c as integer)] as channel,
    round(cast(hash(d * 8 + c) % 1000 as double) / 1000.0, 3) * 300 as amount,
    cast(hash(d * 8 + c + 99) % 5000 as bigint) as impressions,
    cast(hash(d * 8 + c + 99) % 5000 * (hash(d * 8 + c + 5) % 60) / 1000.0 as bigint) as clicks
  from range({DAYS}) days(d), range({len(CHANNELS)}) channels(c)"""
