"""What a report of 50 KPIs over 24 months by 8 channels takes: the questions, the page, and how large it is.

Usage: python benchmarks/report.py [ROWS]
"""

from __future__ import annotations

import gzip
import sys
from time import perf_counter, process_time

import yaml
from company import CHANNELS, DEFINITIONS, frames

import kpidsl
from kpidsl.render.report import html
from kpidsl.workflow.report import report

COUNT = 50
GOAL_SECONDS, GOAL_BYTES = 5.0, 1_000_000


def catalog() -> kpidsl.Catalog:
    """The KPIs of the company and variants of them, each with a benchmark near its own values."""
    document = yaml.safe_load(DEFINITIONS)
    kpis = document["kpis"]
    names = list(kpis)
    for number in range(COUNT - len(kpis)):
        name = names[number % len(names)]
        kpis[f"{name}_{number // len(names) + 2}"] = dict(kpis[name])
    for place, (name, kpi) in enumerate(kpis.items()):
        percent = kpi.get("unit") == "percent" or name.startswith("win_rate")
        target = "at least 30%" if percent else "at least 200"
        kpi |= {
            "title": name.replace("_", " ").capitalize(),
            "description": "A description of the usual length, which says what is counted and what is not.",
            "area": ("sales", "marketing", "customers")[place % 3],
            "owner": "sales operations",
            "better": "higher",
            "benchmarks": {"target": {"range": target, "cite": "A made-up target", "vintage": "2026"}},
        }
    return kpidsl.load(texts={"company.yaml": yaml.safe_dump(document, sort_keys=False)})


def main(rows: int) -> None:
    made, data = catalog(), frames(rows)
    data = {name: frame[frame["channel"].notna()] for name, frame in data.items()}
    asked = {"data": data, "by": ["channel"], "start": "2024-01", "end": "2026-01", "as_of": "2026-02-01"}
    for _ in range(2):  # the second time nothing is imported any more
        wall, cpu = perf_counter(), process_time()
        found = report(made, **asked)
        answered, answered_cpu = perf_counter(), process_time()
        page = html.show(found)
        done, done_cpu = perf_counter(), process_time()
        print(f"{len(found.kpis)} KPIs, {len(CHANNELS)} channels, {len(set(found.periods.axis.labels))} months, {rows:,} rows")
        print(f"questions {answered - wall:.2f} s ({answered_cpu - cpu:.2f} s CPU), page {done - answered:.2f} s ", end="")
        print(f"({done_cpu - answered_cpu:.2f} s CPU), {len(page):,} bytes, compressed {len(gzip.compress(page)):,}")
        print("within the goals" if done - wall <= GOAL_SECONDS and len(page) <= GOAL_BYTES else "beyond the goals")


main(int(sys.argv[1].replace("_", "")) if len(sys.argv) > 1 else 100_000)
