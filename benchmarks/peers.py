"""kpidsl against other semantic layers on three KPIs that all can express: revenue, conversion rate, average deal.

By channel and month, from a Parquet file and from a pandas frame. Each runs in processes and in an environment of its own, with
pyarrow, which is made on the first run (`pip install` from the package index) and used again. Numbers are compared first.

Again: definitions loaded, connection or session open, asked in turn. Anew: in a program that runs, from definitions or a model
and a connection to the first answer. Cold: a new process to its first answer, imports included.

Usage: python benchmarks/peers.py [--rows N …] [--rounds N] [--cold N] [--environments FOLDER]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import folders
from timing import HERE, Took, table

OURS = "kpidsl"
PEERS = {
    OURS: ("with_kpidsl.py", [str(HERE.parent), "pandas", "pyarrow"]),
    "boring-semantic-layer": ("with_bsl.py", ["boring-semantic-layer", "ibis-framework[duckdb]", "pandas", "pyarrow"]),
    "sidemantic": ("with_sidemantic.py", ["sidemantic", "pandas", "pyarrow"]),
}


@dataclass(frozen=True)
class Program:
    """A peer's program and the Python that runs it."""

    python: Path
    file: Path

    def start(self, data: Path, kind: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(self.python), str(self.file), str(data), kind],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_environment(str(HERE.parent) if "kpidsl" in self.file.name else ""),
        )


def _environment(path: str) -> dict[str, str]:
    """That of this process, but byte code is kept, as it is of what is installed."""
    return {**{name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}, "PYTHONPATH": path}


class Failed(Exception):
    """A program that did not answer, and its last words."""


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    if not line:
        raise Failed((process.stderr.read().strip() or "no answer").splitlines()[-1])
    found: dict[str, Any] = json.loads(line)
    return found


def ask(process: subprocess.Popen[str], how: str) -> dict[str, Any]:
    assert process.stdin is not None
    process.stdin.write(f"{how}\n")
    process.stdin.flush()
    return answer(process)


def environment(name: str, packages: Sequence[str], base: Path) -> Path:
    """The Python of an environment with some packages."""
    python = base / name / "bin" / "python"
    if not (base / name / "done").exists():
        subprocess.run([sys.executable, "-m", "venv", str(base / name)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *packages], check=True, capture_output=True, text=True)
        (base / name / "done").touch()
    return python


def programs(base: Path) -> dict[str, Program]:
    """What can be run here; what cannot is said."""
    found = {}
    for name, (file, packages) in PEERS.items():
        try:
            found[name] = Program(environment(name, packages, base), HERE / "peer" / file)
        except subprocess.CalledProcessError as failure:
            print(f"{name} was not run: {(failure.stderr or str(failure)).strip().splitlines()[-1]}")
    return found


def leads(folder: Path, rows: int) -> Path:
    """A Parquet file of one source, without NaN, which not all know as missing."""
    path = folder / f"leads{rows}.parquet"
    clean = "* replace (case when not isnan(amount) then amount end as amount)"
    duckdb.connect().execute(
        f"copy (select row_number() over () as deal_id, {clean} from ({folders.deals(0, rows, rows, False)})) to '{path}'"
    )
    return path


def differs(ours: list[list[Any]], theirs: list[list[Any]]) -> str:
    """Where the numbers of two answers differ, if they do."""
    one, other = ({(channel, month): numbers for channel, month, *numbers in cells} for cells in (ours, theirs))
    if one.keys() != other.keys():
        return f"cells {sorted(one.keys() ^ other.keys())[:2]}"
    for key, numbers in one.items():
        for number, each in zip(numbers, other[key], strict=True):
            if (number is None) != (each is None) or (number is not None and not math.isclose(number, each, rel_tol=1e-9)):
                return f"{key}: {number} and {each}"
    return ""


def compare(rows: int, kind: str, path: Path, found: dict[str, Program], chosen: argparse.Namespace) -> None:
    running = {name: program.start(path, kind) for name, program in found.items()}
    first: dict[str, dict[str, Any]] = {}
    for name, process in list(running.items()):
        try:
            first[name] = answer(process)
        except Failed as failure:
            print(f"{name} could not be run: {failure}")
            running.pop(name).kill()
    ways = {how: {name: Took() for name in running} for how in ("again", "anew")}
    for how, took in ways.items():
        for counted in range(-2, chosen.rounds):
            for name, process in running.items():
                seconds = ask(process, how)
                if counted >= 0:
                    took[name].add(seconds["wall"], seconds["cpu"])
    for process in running.values():
        process.communicate()
    ways["cold"] = {name: Took() for name in running}
    for _ in range(chosen.cold):
        for name in running:
            ways["cold"][name].add(*started(found[name], path, kind))
    print(
        f"\n{rows:,} rows, {'a Parquet file' if kind == 'parquet' else 'a pandas frame'}; of each way CPU ms, and it / {OURS}\n"
    )
    lines = [("", *(word for how in ways for word in (how, "CPU", "wall")), "peak MiB", "numbers")]
    for name, said in first.items():
        apart = differs(first[OURS]["cells"], said["cells"])
        figures = [cell for took in ways.values() for cell in _figures(took[name], took[OURS])]
        lines.append((said["versions"], *figures, f"{said['peak']:,.0f}", apart or "agree"))
    print(table(lines))


def _figures(took: Took, ours: Took) -> tuple[str, str, str]:
    wall, cpu = took.over(ours)
    return took.milliseconds[1], cpu, wall


def started(program: Program, path: Path, kind: str) -> tuple[float, float]:
    """Wall and CPU seconds from the start of a process to its first answer."""
    before = os.times()
    began = time.perf_counter()
    process = program.start(path, kind)
    answer(process)
    wall = time.perf_counter() - began
    process.communicate()
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cold", type=int, default=3)
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "kpidsl-benchmarks"
    parser.add_argument("--environments", type=Path, default=default, help="where the peers are installed")
    chosen = parser.parse_args()
    found = programs(chosen.environments)
    with tempfile.TemporaryDirectory() as scratch:
        for rows in chosen.rows:
            path = leads(Path(scratch), rows)
            for kind in ("parquet", "frame"):
                compare(rows, kind, path, found, chosen)


if __name__ == "__main__":
    main()
