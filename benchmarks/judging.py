"""What intervals and verdicts add to a question: KPIs that are judged, against the same ones as a census without benchmarks.

Usage: python benchmarks/judging.py [ROWS] [FOLDER]; with a folder over the Parquet files in it (see `engines.py --folder`),
else over frames.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import yaml
from company import ADDITIVE, DEFINITIONS, frames, judged
from timing import in_turn, table

import kpidsl

ROUNDS = 5


def census() -> str:
    """The definitions without benchmarks, each KPI a census, so that nothing is collected for intervals."""
    document = yaml.safe_load(DEFINITIONS)
    for kpi in document["kpis"].values():
        kpi["inference"] = "census"
    return yaml.safe_dump(document, sort_keys=False)


def compare(data: Mapping[str, object] | Path, engine: str, names: list[str]) -> list[tuple[str, ...]]:
    ask = {"data": data, "by": ["channel"], "every": "month", "as_of": "2026-12-31", "engine": engine}
    catalogs = {
        "with intervals and verdicts": kpidsl.load(texts={"company.yaml": judged()}, strict=True),
        "without": kpidsl.load(texts={"company.yaml": census()}, strict=True),
    }
    values = [kpidsl.evaluate(catalog, names, **ask).frame.value for catalog in catalogs.values()]
    assert np.allclose(*values, rtol=1e-9, equal_nan=True)
    ways = {way: lambda catalog=catalog: kpidsl.evaluate(catalog, names, **ask).frame for way, catalog in catalogs.items()}
    took = in_turn(ways, ROUNDS)
    what = f"{len(names) or 20} KPIs, {engine}"
    return [(f"{what}: {way}", *each.milliseconds, *each.over(took["without"])) for way, each in took.items()]


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    data = folder or frames(rows)
    lines = [(f"{rows:,} rows", "wall ms", "CPU ms", "/ without: wall", "CPU")]
    for engine in ("duckdb",) if folder else ("pandas", "duckdb"):
        for names in ([], list(ADDITIVE)):
            lines += compare(data, engine, names)
    print(table(lines))
    print("Goal: at most 1.30")


if __name__ == "__main__":
    main()
