"""KPIs by channel and month over a folder of Parquet files: kpidsl against DuckDB's SQL by hand, time and peak memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import pandas as pd
from agreement import agree, of_result
from by_sql import DUCKDB, KPIS, statement
from company import ADDITIVE, DEFINITIONS, DISTINCT, PERCENTILES
from timing import Peak, in_turn, peak_memory, table

import kpidsl

TWENTY = [name for name in KPIS if name not in PERCENTILES]
# A percentile is a formula that is asked, not a KPI of the definitions.
ASKED = {name: PERCENTILES.get(name, name) for name in KPIS}
SETS: Mapping[str, Sequence[str]] = {
    "20 KPIs": TWENTY,
    "8 KPIs that add up": ADDITIVE,
    "distinct customers": DISTINCT,
    "median and 90th percentile": list(PERCENTILES),
}


def ours(folder: Path, what: str, memory_limit: str | None = None) -> kpidsl.Result:
    catalog = kpidsl.load(texts={"company.yaml": DEFINITIONS}, strict=True)
    return kpidsl.evaluate(
        catalog,
        [ASKED[name] for name in SETS[what]],
        data=folder,
        by=["channel"],
        every="month",
        as_of="2026-12-31",
        engine="duckdb",
        memory_limit=memory_limit,
    )


def by_sql(folder: Path, what: str, memory_limit: str | None = None, *, intervals: bool = True) -> pd.DataFrame:
    connection = duckdb.connect()
    if memory_limit:
        connection.execute(f"set memory_limit = '{memory_limit}'")
    tables = {name: f"read_parquet('{folder}/{name}.parquet/*.parquet')" for name in ("deals", "spend")}
    return connection.execute(statement(SETS[what], DUCKDB, tables, intervals=intervals)).df()


def check(folder: Path, what: str) -> None:
    names = {text: name for name, text in ASKED.items()}
    agree(what, of_result(ours(folder, what), names), by_sql(folder, what), SETS[what])


def memory(way: str, folder: Path, what: str, memory_limit: str | None = None) -> Peak:
    """The peak of a whole process that answers one question, and the seconds that the answer took."""
    return peak_memory(
        "loaded()\nfrom pathlib import Path\nfrom in_files import by_sql, ours\nimport kpidsl\nstart()\n"
        f"{way}(Path({str(folder)!r}), {what!r}, {memory_limit!r})\nreport()"
    )


def compare(folder: Path, rows: int, sets: Sequence[str], rounds: int, *, peaks: bool) -> None:
    """Prints the table of some sets, without a limit of memory."""
    print(f"\n{rows:,} rows in Parquet files\n")
    lines = [("", "wall ms", "CPU ms", "kpidsl / it: wall", "CPU", "peak MiB of the process")]
    for what in sets:
        check(folder, what)
        ways: dict[str, Callable[[], object]] = {
            "kpidsl": lambda what=what: ours(folder, what).frame,
            "SQL by hand, with moments": lambda what=what: by_sql(folder, what),
            "SQL by hand": lambda what=what: by_sql(folder, what, intervals=False),
        }
        took = in_turn(ways, rounds)
        for name, each in took.items():
            way = "ours" if name == "kpidsl" else "by_sql"
            peak = memory(way, folder, what) if peaks and name != "SQL by hand" else ""
            lines.append((f"{what}: {name}", *each.milliseconds, *took["kpidsl"].over(each), str(peak)))
    print(table(lines))
    print("Goals: kpidsl / SQL by hand, with moments, at most 1.15; 8 KPIs that add up over 100,000,000 rows within 1,024 MiB")


def limited(folder: Path, limits: Sequence[str]) -> None:
    """Prints what distinct counts and percentiles take under limits of memory, each in a process of its own."""
    lines = [("", "memory limit", "kpidsl: s", "peak MiB", "SQL by hand: s", "peak MiB")]
    for what in ("distinct customers", "median and 90th percentile"):
        for limit in limits:
            ways = [memory(way, folder, what, limit) for way in ("ours", "by_sql")]
            lines.append((what, limit, *[text for each in ways for text in (f"{each.seconds:.1f}", str(each))]))
    print(table(lines))
