"""How the benchmarks measure: things in turn, so that a slow moment of the machine hits all; medians of wall and CPU time.

Ratios are taken round by round. Neighbours on a machine disturb CPU time least; on the clock two cores count as one.
"""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent


@dataclass
class Took:
    """The seconds of each round, on the clock and of all cores."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def add(self, wall: float, cpu: float) -> None:
        self.wall.append(wall)
        self.cpu.append(cpu)

    @property
    def milliseconds(self) -> tuple[str, str]:
        """Medians of wall and CPU, as text."""
        return _milliseconds(self.wall), _milliseconds(self.cpu)

    def over(self, other: Took) -> tuple[str, str]:
        """The medians of the ratios round by round, of wall and of CPU time, as text."""
        return _ratio(self.wall, other.wall), _ratio(self.cpu, other.cpu)


def _milliseconds(seconds: Sequence[float]) -> str:
    middle = median(seconds) * 1000
    return f"{middle:,.0f}" if middle >= 20 else f"{middle:.1f}"


def _ratio(ours: Sequence[float], theirs: Sequence[float]) -> str:
    return f"{median(one / other for one, other in zip(ours, theirs, strict=True)):.2f}"


def once(thing: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds of one call; what others left behind is collected first."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    thing()
    return time.perf_counter() - wall, time.process_time() - cpu


def in_turn(things: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Took]:
    """What each thing took in each round, after one round that does not count."""
    took = {name: Took() for name in things}
    for thing in things.values():
        thing()
    for _ in range(rounds):
        for name, thing in things.items():
            took[name].add(*once(thing))
    return took


_MEASURE = """
import ctypes, gc, sys, time
sys.path[:0] = {paths}
def status(field):
    return int(next(line for line in open('/proc/self/status') if line.startswith(field)).split()[1])
def loaded():
    global before
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    before = status('VmRSS')
    with open('/proc/self/clear_refs', 'w') as file:
        file.write('5')
    start()
def start():
    global began
    began = time.perf_counter()
def report():
    print('peak', (status('VmHWM') - before) / 1024, time.perf_counter() - began)
"""


@dataclass(frozen=True)
class Peak:
    """The most memory that a process needed, in MiB, and the seconds; or why there is none."""

    mebibytes: float = 0.0
    seconds: float = 0.0
    failure: str = ""

    def __str__(self) -> str:
        return self.failure or f"{self.mebibytes:,.0f}"


def peak_memory(program: str) -> Peak:
    """What a Python program needs between its calls of `loaded()` and `report()`; `start()` starts the clock anew."""
    text = _MEASURE.format(paths=[str(HERE), str(HERE.parent)]) + program
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip() or f"exit {done.returncode}").splitlines()
        return Peak(failure=next((line for line in reversed(last) if "Error" in line or "Exception" in line), last[-1])[:60])
    peak, seconds = done.stdout.split("peak")[-1].split()
    return Peak(float(peak), float(seconds))


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a table, the first one its head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if not column else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])
