"""Twenty KPIs asked at once by channel and month, against hand-written pandas that keeps the same contract: time and memory.

Usage: python benchmarks/evaluate.py [ROWS]
"""

from __future__ import annotations

import sys

from agreement import agree, of_result
from by_hand import twenty
from company import DEFINITIONS, frames
from timing import Peak, in_turn, peak_memory, table

import kpidsl

ROUNDS = 7


def memory(rows: int, call: str) -> Peak:
    return peak_memory(
        "import kpidsl, pandas\nfrom by_hand import twenty\nfrom company import DEFINITIONS, frames\n"
        "catalog = kpidsl.load(texts={'company.yaml': DEFINITIONS})\n"
        "ask = dict(by=['channel'], every='month', as_of='2026-12-31', engine='pandas')\n"
        "small = frames(100)\nkpidsl.evaluate(catalog, data=small, **ask); twenty(small)\n"
        f"data = frames({rows})\nloaded()\n{call}\nreport()"
    )


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    catalog = kpidsl.load(texts={"company.yaml": DEFINITIONS}, strict=True)
    data = frames(rows)
    ask = {"by": ["channel"], "every": "month", "as_of": "2026-12-31", "engine": "pandas"}
    ours = kpidsl.evaluate(catalog, data=data, **ask)
    agree("by hand", of_result(ours, {}), twenty(data), [value.name for value in catalog.kpis()])
    took = in_turn(
        {
            "kpidsl": lambda: kpidsl.evaluate(catalog, data=data, **ask),
            "by hand": lambda: twenty(data),
            "by hand, with the moments that intervals need": lambda: twenty(data, intervals=True),
        },
        ROUNDS,
    )
    calls = ("kpidsl.evaluate(catalog, data=data, **ask)", "twenty(data)", "twenty(data, intervals=True)")
    lines = [(f"20 KPIs, {rows:,} rows", "wall ms", "CPU ms", "kpidsl / it: wall", "CPU", "peak MiB")]
    for (name, each), call in zip(took.items(), calls, strict=True):
        lines.append((name, *each.milliseconds, *took["kpidsl"].over(each), str(memory(rows, call))))
    print(table(lines))


if __name__ == "__main__":
    main()
