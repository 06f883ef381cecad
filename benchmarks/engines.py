"""kpidsl on its engines against the best that is written by hand for the same numbers: time and peak memory, in one run.

Usage: python benchmarks/engines.py [--rows N …] [--parquet-rows N …] [--rounds N] [--folder PATH] [--keep] [--ordered]

Without rows: 1,000, 1,000,000 and 10,000,000 rows in frames, and 10,000,000 in Parquet files. From 50,000,000 rows on, frames
are left out, and distinct counts and percentiles are taken under limits of memory. The Parquet folder is made by DuckDB below
PATH (else in a temporary folder) and is removed at the end, but for `--keep`; one that is there is used.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

import duckdb
import folders
import in_files
import in_frames
import pandas as pd

LARGE = 50_000_000


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=None, help="rows; those that are large only in Parquet files")
    parser.add_argument("--parquet-rows", type=int, nargs="*", default=None, help="rows in Parquet files")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=None, help="where Parquet folders are made")
    parser.add_argument("--keep", action="store_true", help="leave the Parquet folders below --folder")
    parser.add_argument("--ordered", action="store_true", help="deals in the order of their creation, as they are appended")
    parser.add_argument("--no-peaks", action="store_true", help="leave out peak memory, which needs a process for each figure")
    return parser.parse_args()


def main() -> None:
    chosen = options()
    bare = chosen.rows is None and chosen.parquet_rows is None
    rows = [1_000, 1_000_000, 10_000_000] if bare else chosen.rows or []
    files = [10_000_000] if bare else [*(chosen.parquet_rows or []), *(count for count in rows if count >= LARGE)]
    print(f"pandas {pd.__version__}, DuckDB {duckdb.__version__}; medians of {chosen.rounds} rounds")
    for count in rows:
        if count < LARGE:
            in_frames.compare(count, chosen.rounds, peaks=not chosen.no_peaks)
    for count in files:
        with tempfile.TemporaryDirectory(prefix="kpidsl-benchmark-") as scratch:
            folder = (chosen.folder or Path(scratch)) / f"{count}{'-ordered' if chosen.ordered else ''}"
            try:
                from_files(folder, count, chosen)
            finally:
                if not chosen.keep:
                    shutil.rmtree(folder, ignore_errors=True)


def from_files(folder: Path, rows: int, chosen: argparse.Namespace) -> None:
    folders.write(folder, rows, ordered=chosen.ordered)
    print(f"\nParquet files of {folders.size(folder):.2f} GiB")
    small = rows < LARGE
    sets = ["20 KPIs", "8 KPIs that add up"] if small else ["8 KPIs that add up"]
    in_files.compare(folder, rows, sets, chosen.rounds if small else min(chosen.rounds, 2), peaks=not chosen.no_peaks)
    if not small:
        in_files.limited(folder, ["1 GB", "2 GB"])


if __name__ == "__main__":
    main()
