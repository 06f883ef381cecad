"""Twenty KPIs asked at once by channel and month, against hand-written pandas that keeps the same contract: time and memory.

Usage: python benchmarks/evaluate.py [ROWS]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from by_hand import twenty
from company import DEFINITIONS, frames
from timing import in_turn, milliseconds, peak_memory, ratio, table

import kpidsl

ROUNDS = 7


def agree(catalog: kpidsl.Catalog, data: dict[str, object]) -> None:
    """Both ways must give the same numbers before their times mean anything."""
    ours = kpidsl.evaluate(catalog, data=data, by=["channel"], every="month", as_of="2026-12-31", engine="pandas")
    wide = ours.frame.pivot(index=["period", "channel"], columns="kpi", values="value").reset_index()
    wide["channel"] = wide["channel"].fillna("~")
    theirs = twenty(data)
    theirs = theirs.assign(channel=theirs["channel"].fillna("~"), period=theirs["period"].astype(str))
    both = wide.merge(theirs, on=["period", "channel"], suffixes=("", "_by_hand"), how="outer")
    for value in catalog.kpis():
        one, other = both[value.name].to_numpy(float), both[f"{value.name}_by_hand"].to_numpy(float)
        same = np.isclose(one, other, rtol=1e-9, equal_nan=True)
        if not same.all():
            row = both[~same].iloc[0]
            raise SystemExit(
                f"{value.name} differs in {(~same).sum()} cells, first at {row['period']} {row['channel']}: "
                f"{row[value.name]} against {row[value.name + '_by_hand']}"
            )


def memory(rows: int, call: str) -> float:
    here = [str(Path(__file__).parent)]
    return peak_memory(
        f"import sys; sys.path[:0] = {here}\n"
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
    agree(catalog, data)
    ask = {"by": ["channel"], "every": "month", "as_of": "2026-12-31", "engine": "pandas"}
    seconds = in_turn(
        {
            "kpidsl": lambda: kpidsl.evaluate(catalog, data=data, **ask),
            "by hand": lambda: twenty(data),
            "by hand, with the moments that intervals need": lambda: twenty(data, intervals=True),
        },
        ROUNDS,
    )
    megabytes = {
        "kpidsl": memory(rows, "kpidsl.evaluate(catalog, data=data, **ask)"),
        "by hand": memory(rows, "twenty(data)"),
        "by hand, with the moments that intervals need": memory(rows, "twenty(data, intervals=True)"),
    }
    head = (f"20 KPIs, {rows:,} rows", "ms", "kpidsl / it", "peak MiB", "kpidsl / it")
    print(
        table(
            [head]
            + [
                (
                    name,
                    milliseconds(each),
                    ratio(seconds["kpidsl"], each),
                    f"{megabytes[name]:,.0f}",
                    f"{megabytes['kpidsl'] / megabytes[name]:.2f}",
                )
                for name, each in seconds.items()
            ]
        )
    )


if __name__ == "__main__":
    main()
