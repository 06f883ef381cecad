"""What a check of 1,000 KPIs in 300 files costs, fast and full, cold and warm; and start-up against bare Python.

Usage: python benchmarks/check.py [KPIS] [FILES]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from timing import table

ROOT = Path(__file__).parents[1]
HEAD = """project: {language: 1, name: Many}
units:
  currencies: [USD]
  entities: {deal: {}, won_deal: {subset_of: deal}, lost_deal: {subset_of: deal}}
sources:
  deals:
    row: deal
    time: created_at
    columns: {created_at: date, channel: text, stage: text, amount: {type: number, unit: USD}, cost: {type: number, unit: USD}}
dimensions: {channel: [deals.channel]}
"""
FORMS = [
    ("percent", "won_{f} / deals_{f}"),
    ("USD / won_deal", "revenue_{f} / won_{f}"),
    ("percent", "(revenue_{f} - cost_{f} * {n}) / revenue_{f}"),
    ("number", "(revenue_{f} - cost_{f}) / cost_{f} * {n}"),
    ("USD", "greatest(revenue_{f} - {n} * cost_{f}, 0)"),
    ("percent", "1 - won_{f} / (deals_{f} + {n} * deals_{f})"),
    ("USD / deal", "revenue_{f} * {n} / deals_{f}"),
]


def project(folder: Path, kpis: int, files: int) -> None:
    """Measures and KPIs over as many files; every formula is another."""
    (folder / "kpidsl.yaml").write_text(HEAD)
    for number in range(files):
        here = range(kpis * number // files, kpis * (number + 1) // files)
        lines = ["measures:"]
        lines += [f"  deals_{number}: count(deals where amount > {number} USD)"]
        won = f'amount > {number} USD and stage = "won"'
        lines += [f"  won_{number}: {{formula: 'count(deals where {won})', unit: won_deal}}"]
        lines += [f"  revenue_{number}: sum(deals.amount where amount > {number} USD)"]
        lines += [f"  cost_{number}: sum(deals.cost where amount > {number} USD)", "kpis:"]
        for kpi in here:
            unit, form = FORMS[kpi % len(FORMS)]
            formula = form.format(f=number, n=kpi + 2)
            lines += [f"  kpi_{kpi}:", f"    title: KPI {kpi}", "    description: One of many.", f"    unit: {unit}"]
            lines += ["    better: higher", f"    formula: {formula}"]
        (folder / f"area_{number}.yaml").write_text("\n".join(lines) + "\n")


def run(command: Sequence[str], cache: Path) -> float:
    """The CPU seconds of a command, the smallest figure that the neighbours leave alone."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache)}
    before = os.times()
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True)
    after = os.times()
    if done.returncode not in (0, 1):
        raise SystemExit(done.stderr)
    return after.children_user + after.children_system - before.children_user - before.children_system


def typical(command: Sequence[str], cache: Path, rounds: int = 5) -> float:
    return median(run(command, cache) for _ in range(rounds))


def main() -> None:
    kpis = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    with tempfile.TemporaryDirectory() as scratch:
        folder, cache, empty = Path(scratch, "many"), Path(scratch, "cache"), Path(scratch, "empty")
        folder.mkdir()
        project(folder, kpis, files)
        check = ["-m", "kpidsl", "check", str(folder)]
        bare = typical(["-c", "pass"], cache)
        rows = [("CPU seconds of the whole process", "s", "× bare Python")]

        def add(name: str, seconds: float) -> None:
            rows.append((name, f"{seconds:.2f}", f"{seconds / bare:.0f}"))

        add("python -c pass", bare)
        add("kpidsl --help", typical(["-m", "kpidsl", "--help"], cache))
        run([*check, "--fast"], cache)
        add(
            "check of the shipped definitions, fast",
            typical(["-m", "kpidsl", "check", "--fast", str(ROOT / "definitions")], cache),
        )
        run(["-m", "kpidsl", "check", str(ROOT / "definitions")], cache)
        add("check of the shipped definitions, warm", typical(["-m", "kpidsl", "check", str(ROOT / "definitions")], cache))
        add(f"check of {kpis:,} KPIs in {files} files, fast", typical([*check, "--fast"], cache))
        add(f"check of {kpis:,} KPIs in {files} files, full, cold", median(run(check, empty / str(n)) for n in range(3)))
        run(check, cache)
        add(f"check of {kpis:,} KPIs in {files} files, full, warm", typical(check, cache))
        edited = next(folder.glob("area_1*.yaml"))
        edited.write_text(edited.read_text() + "    tags: [edited]\n")
        began = time.perf_counter()
        add("the same, one file edited", run(check, cache))
        rows.append(("(wall seconds of the last)", f"{time.perf_counter() - began:.2f}", ""))
    print(table(rows))


if __name__ == "__main__":
    main()
