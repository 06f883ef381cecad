"""How the benchmarks measure: things timed in turn, so that a slow moment of the machine hits all; medians and ratios."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping


def in_turn(things: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, list[float]]:
    """The seconds of each thing in each round, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in things}
    for counted in range(rounds + 1):
        for name, thing in things.items():
            began = time.perf_counter()
            thing()
            if counted:
                seconds[name].append(time.perf_counter() - began)
    return seconds


def peak_memory(program: str) -> float:
    """The most memory, in MiB, that a Python program needs beyond what it says it has loaded with a line `loaded MIB`."""
    measure = """
import resource
def loaded():
    with open('/proc/self/clear_refs', 'w') as file:
        file.write('5')
    global before
    before = int(next(line for line in open('/proc/self/status') if line.startswith('VmRSS')).split()[1])
def report():
    peak = int(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])
    print('peak', (peak - before) / 1024)
"""
    done = subprocess.run([sys.executable, "-c", measure + program], capture_output=True, text=True, check=True)
    return float(done.stdout.split("peak")[-1])


def table(rows: list[tuple[str, ...]]) -> str:
    """Rows as a table, the first one its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:,.0f}"


def ratio(ours: list[float], theirs: list[float]) -> str:
    """The median of the ratios round by round."""
    return f"{statistics.median(one / other for one, other in zip(ours, theirs, strict=True)):.2f}"
