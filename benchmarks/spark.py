"""Twenty KPIs on Spark: kpidsl's statements against Spark SQL by hand for the same numbers, over one Parquet folder.

Usage: python benchmarks/spark.py [--rows N] [--rounds N] [--kept N]; needs `pyspark` and a Java. The CPU time of the JVM is
read from the system where it keeps one (Linux).

Spark writes and compiles Java for each statement and keeps the last 100 classes, for all statements of a process. The three
that are compared here have more, and the two by hand share some of theirs, so that with 100 those of kpidsl are compiled anew
in each round and those by hand in part: most of the time is for that. Here so many are kept that each is compiled once, and the
first rounds, in which Java is still at work on them, do not count. `--kept 100` shows what it is otherwise.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import folders
import pandas as pd
from agreement import agree, of_result
from by_sql import SPARK, statement
from company import DEFINITIONS
from in_files import TWENTY
from timing import Took, table

import kpidsl
from kpidsl.data.given import Table

TABLES = {"deals": "deals", "spend": "spend"}
WARM = 5  # rounds before those that count


def session(folder: Path, kept: int) -> Any:
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.codegen.cache.maxEntries", str(kept))
        .config("spark.driver.memory", "3g")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    for name in TABLES:
        spark.read.parquet(str(folder / f"{name}.parquet")).createOrReplaceTempView(name)
    return spark


def java_seconds(spark: Any) -> float:
    """The CPU seconds of the JVM so far."""
    process = spark.sparkContext._jvm.ProcessHandle.current().pid()
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def by_hand(spark: Any, *, intervals: bool) -> pd.DataFrame:
    found = spark.sql(statement(TWENTY, SPARK, TABLES, intervals=intervals))
    return pd.DataFrame([row.asDict() for row in found.collect()])


def ours(spark: Any) -> kpidsl.Result:
    catalog = kpidsl.load(texts={"company.yaml": DEFINITIONS}, strict=True)
    data = {name: Table(spark, name) for name in TABLES}
    return kpidsl.evaluate(catalog, data=data, by=["channel"], every="month", as_of="2026-12-31")


def measured(spark: Any, way: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time() + java_seconds(spark)
    way()
    return time.perf_counter() - wall, time.process_time() + java_seconds(spark) - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kept", type=int, default=1000, help="how many compiled classes Spark keeps")
    chosen = parser.parse_args()
    if shutil.which("java") is None:
        raise SystemExit("Spark was not run: there is no Java")
    try:
        import pyspark
    except ImportError:
        raise SystemExit("Spark was not run: `pyspark` is not installed") from None
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        folders.write(folder, chosen.rows)
        spark = session(folder, chosen.kept)
        agree("Spark", of_result(ours(spark), {}), by_hand(spark, intervals=True), TWENTY)
        ways: dict[str, Callable[[], object]] = {
            "kpidsl": lambda: ours(spark).frame,
            "Spark SQL by hand, with moments": lambda: by_hand(spark, intervals=True),
            "Spark SQL by hand": lambda: by_hand(spark, intervals=False),
        }
        took = {name: Took() for name in ways}
        for counted in range(-WARM, chosen.rounds):
            for name, way in ways.items():
                found = measured(spark, way)
                if counted >= 0:
                    took[name].add(*found)
        spark.stop()
    print(f"20 KPIs by channel and month, {chosen.rows:,} rows in Parquet files, Spark {pyspark.__version__}, 2 cores\n")
    lines = [("", "wall ms", "CPU ms", "kpidsl / it: wall", "CPU")]
    lines += [(name, *each.milliseconds, *took["kpidsl"].over(each)) for name, each in took.items()]
    print(table(lines))
    print("The goal is at most 1.15 of Spark SQL by hand, with moments")


if __name__ == "__main__":
    main()
