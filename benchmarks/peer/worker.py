"""What each peer's program does: it answers once, says how, and then for each line that it is sent: `again` by what is open,
`anew` from definitions, connection and model on.

Usage of a peer's program: python with_….py FILE parquet|frame. It prints a line of JSON for the first answer (versions,
seconds, peak memory, cells) and for each further one (seconds on the clock and of all cores).
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable


def rows(path: str) -> object:
    """The file as a pandas frame."""
    import duckdb

    return duckdb.connect().execute(f"select * from read_parquet('{path}')").df()


def serve(
    prepare: Callable[[object], Callable[[], object]],
    versions: Callable[[], str],
    wide: Callable[[object], object] = lambda table: table,
) -> None:
    """`prepare` makes of a path, or of a frame, what answers with a pandas frame; `wide` makes of that, for the comparison
    of numbers and outside of the time, one of channel, month and the three KPIs.
    """
    path, kind = sys.argv[1:]
    data: object = rows(path) if kind == "frame" else path
    began = time.perf_counter()
    answer = prepare(data)
    table = answer()
    first = time.perf_counter() - began
    say({"versions": versions(), "first": first, "peak": peak(), "cells": cells(wide(table))})
    for line in sys.stdin:
        gc.collect()
        wall, cpu = time.perf_counter(), time.process_time()
        if line.strip() == "anew":
            answer = prepare(data)
        answer()
        say({"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu})


def say(what: dict[str, object]) -> None:
    print(json.dumps(what), flush=True)


def cells(table: object) -> list[list[object]]:
    """Rows of channel, month, revenue, conversion rate, average deal."""
    found = []
    for channel, month, *numbers in table.itertuples(index=False, name=None):  # type: ignore[attr-defined]
        missing = channel is None or channel != channel
        found.append(["" if missing else channel, str(month)[:7], *(None if each != each else float(each) for each in numbers)])
    return found


def peak() -> float:
    """The most memory of the process so far, in MiB."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024
