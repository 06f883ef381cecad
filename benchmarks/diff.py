"""What it costs to compare two versions of 1,000 KPIs: nothing changed, a tenth changed or refactored, all of them.

Usage: python benchmarks/diff.py [KPIS] [FILES]
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from check import project
from timing import table

import kpidsl
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.versions.compare import compare


def other(path: Path, every: int, changed: bool) -> str:
    """The text of a file with every so-manieth KPI changed, or refactored."""

    def again(match: re.Match[str]) -> str:
        number, formula = int(match[2]), match[4]
        if number % every:
            return match[0]
        return f"{match[1]}{match[3]}{f'({formula}) * 2' if changed else f'(2 * ({formula}) - ({formula}))'}\n"

    return re.sub(r"(  kpi_(\d+):\n)((?:    (?!formula).*\n)+    formula: )(.*)\n", again, path.read_text())


def version(folder: Path, every: int = 0, changed: bool = False) -> Catalog:
    texts = {path.name: other(path, every, changed) if every else path.read_text() for path in sorted(folder.glob("*.yaml"))}
    catalog = kpidsl.load(texts=texts)
    assert not catalog.diagnostics.errors, catalog.diagnostics.errors[0].headline
    return catalog


def typical(old: Catalog, new: Catalog, rounds: int = 5) -> float:
    """The median of the CPU seconds of a comparison."""

    def once() -> float:
        began = time.process_time()
        compare(old, new)
        return time.process_time() - began

    once()
    return median(once() for _ in range(rounds))


def main() -> None:
    kpis = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        project(folder, kpis, files)
        old = version(folder)
        rows = [(f"CPU seconds of the comparison of {kpis:,} KPIs", "s")]
        cases = [
            ("nothing changed", version(folder)),
            ("every tenth changed", version(folder, 10, changed=True)),
            ("every tenth refactored", version(folder, 10)),
            ("all changed", version(folder, 1, changed=True)),
            ("all refactored", version(folder, 1)),
        ]
        rows += [(name, f"{typical(old, new):.3f}") for name, new in cases]
    print(table(rows))


if __name__ == "__main__":
    main()
