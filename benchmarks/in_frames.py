"""Twenty KPIs by channel and month over pandas frames: kpidsl by each engine, pandas by hand, DuckDB's SQL by hand."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pandas as pd
from agreement import agree, of_result
from by_hand import twenty
from by_sql import DUCKDB_FRAMES, KPIS, statement
from company import DEFINITIONS, PERCENTILES, frames
from timing import Peak, in_turn, peak_memory, table

import kpidsl

NAMES = [name for name in KPIS if name not in PERCENTILES]
TABLES = {"deals": "deals", "spend": "spend"}
ENGINES = ("auto", "pandas", "duckdb")
SQL, SQL_MOMENTS = "DuckDB's SQL by hand", "DuckDB's SQL by hand, with moments"
PANDAS, PANDAS_MOMENTS = "pandas by hand", "pandas by hand, with moments"


def ours(catalog: kpidsl.Catalog, data: object, engine: str = "auto", **more: object) -> pd.DataFrame:
    asked = {"by": ["channel"], "every": "month", "as_of": "2026-12-31", "engine": engine, **more}
    return kpidsl.evaluate(catalog, data=data, **asked).frame


def by_sql(connection: duckdb.DuckDBPyConnection, data: dict[str, pd.DataFrame], *, intervals: bool) -> pd.DataFrame:
    for name, frame in data.items():
        connection.register(name, frame)
    return connection.execute(statement(NAMES, DUCKDB_FRAMES, TABLES, intervals=intervals)).df()


def ways(data: dict[str, pd.DataFrame]) -> dict[str, Callable[[], object]]:
    """All ways to compute the same, by name."""
    catalog = kpidsl.load(texts={"company.yaml": DEFINITIONS}, strict=True)
    connection = duckdb.connect()
    found: dict[str, Callable[[], object]] = {
        f"kpidsl, engine {name}": lambda name=name: ours(catalog, data, name) for name in ENGINES
    }
    return found | {
        SQL_MOMENTS: lambda: by_sql(connection, data, intervals=True),
        SQL: lambda: by_sql(connection, data, intervals=False),
        PANDAS_MOMENTS: lambda: twenty(data, intervals=True),
        PANDAS: lambda: twenty(data),
    }


def check(data: dict[str, pd.DataFrame]) -> None:
    catalog = kpidsl.load(texts={"company.yaml": DEFINITIONS}, strict=True)
    by_hand = twenty(data)
    agree("SQL by hand", by_sql(duckdb.connect(), data, intervals=True), by_hand, NAMES)
    for engine in ENGINES:
        result = kpidsl.evaluate(catalog, data=data, by=["channel"], every="month", as_of="2026-12-31", engine=engine)
        agree(f"engine {engine}", of_result(result, {}), by_hand, NAMES)


def memory(rows: int, way: str) -> Peak:
    """The peak of one way in a process of its own, beyond the frames and what a small question loads."""
    return peak_memory(
        f"from in_frames import frames, ways\nways(frames(1000))[{way!r}]()\n"
        f"data = frames({rows})\nway = ways(data)[{way!r}]\nloaded()\nway()\nreport()"
    )


def compare(rows: int, rounds: int, *, peaks: bool) -> None:
    """Prints the table for so many rows."""
    data = frames(rows)
    kind = data["deals"]["channel"].array
    print(f"\n{len(NAMES)} KPIs by channel and month, {rows:,} rows in pandas frames (text in {type(kind).__name__})\n")
    check(data)
    took = in_turn(ways(data), rounds)
    del data
    head = ("", "wall ms", "CPU ms", "kpidsl / it: wall", "CPU", "peak MiB")
    lines = [
        (name, *each.milliseconds, *took["kpidsl, engine auto"].over(each), str(memory(rows, name)) if peaks else "")
        for name, each in took.items()
    ]
    print(table([head, *lines]))
    wall, cpu = took["kpidsl, engine duckdb"].over(took[SQL_MOMENTS])
    print(f"engine duckdb / SQL by hand, with moments: {wall} (CPU {cpu}); the goal is at most 1.15 at 10,000,000")
    wall, cpu = took[PANDAS].over(took["kpidsl, engine auto"])
    print(f"pandas by hand / engine auto: {wall} (CPU {cpu}); the goal is at least 3 at 10,000,000")
