"""What a check of many KPIs in many files costs, fast and full, cold, warm and after an edit; and start-up.

All of it is CPU time of one core, the best of some runs: what else the machine does can only add to it. With python-flint
beside sympy proofs take less.

Usage: python benchmarks/check.py [KPIS] [FILES]
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

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
    """The CPU seconds of a command, which neighbours on the machine disturb least."""
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(cache), "PYTHONPYCACHEPREFIX": str(cache.parent / "pyc")}
    before = os.times()
    done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True)
    after = os.times()
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr)
    return after.children_user + after.children_system - before.children_user - before.children_system


class Runs:
    """Runs of `kpidsl check`; its parse tables and byte code are there, as on any machine that has run it once."""

    def __init__(self, scratch: Path) -> None:
        self.cache = scratch / "cache"
        self._scratch = scratch
        self._caches = 0
        self._warm: dict[tuple[str, ...], Path] = {}

    def new_cache(self) -> Path:
        """A cache that holds nothing but the parse tables."""
        self._caches += 1
        found = self._scratch / f"cache{self._caches}"
        (found / "kpidsl").mkdir(parents=True)
        for tables in (self.cache / "kpidsl").glob("expression-*.json"):
            shutil.copy(tables, found / "kpidsl")
        return found

    def cold(self, rounds: int, *words: str) -> float:
        return min(run(["-m", "kpidsl", "check", *words], self.new_cache()) for _ in range(rounds))

    def warm(self, rounds: int, *words: str) -> float:
        """Without an edit."""
        cache = self._warmed(*words)
        return min(run(["-m", "kpidsl", "check", *words], cache) for _ in range(rounds))

    def edited(self, rounds: int, edit: Callable[[int], None], *words: str) -> float:
        """With an edit before each run."""
        cache, took = self._warmed(*words), []
        for number in range(rounds):
            edit(number)
            took.append(run(["-m", "kpidsl", "check", *words], cache))
        return min(took)

    def _warmed(self, *words: str) -> Path:
        """A cache that knows the files as they are now."""
        if words not in self._warm:
            self._warm[words] = self.new_cache()
        run(["-m", "kpidsl", "check", *words], self._warm[words])
        return self._warm[words]


def edited_file(folder: Path) -> Path:
    """The one file that is edited."""
    return sorted(folder.glob("area_1*.yaml"))[0]


def edits(folder: Path) -> dict[str, Callable[[int], None]]:
    """Edits of one file by number: of words, of a formula to one of a form that there is, and to one of a new form."""
    file = edited_file(folder)
    text, number = file.read_text(), file.stem.split("_")[1]
    new = "    description: One of many"

    def formula(form: str) -> Callable[[int], None]:
        head = "  edited: {title: E, description: E, better: higher, formula: "
        return lambda turn: write(f"{text}{head}{form.format(f=number, n=1_000_003 + turn, p=turn + 2)}}}\n")

    def write(edited: str) -> None:
        file.write_text(edited)

    return {
        "a description": lambda turn: write(text.replace(new, f"{new} {turn}")),
        "a KPI of a known form": formula("revenue_{f} * {n} / deals_{f}"),
        "a KPI of a new form": formula("(revenue_{f} + {n} * cost_{f}) ^ {p} / deals_{f}"),
    }


def inside(rounds: int, folder: Path, cache: Callable[[], Path], *words: str) -> list[float]:
    """What of a check without a cache, and of one after an edit, is not the start of the program."""
    program = (
        "import sys, time\n"
        "from kpidsl.cli.main import prepare; prepare()\n"
        "import kpidsl.cli.check, kpidsl.workflow.parts\n"
        "if 'full' in sys.argv: import sympy, sympy.physics.units\n"
        "from pathlib import Path\n"
        "from kpidsl.workflow.recheck import recheck\n"
        "def took():\n"
        "    began = time.process_time()\n"
        "    recheck(sys.argv[1], fast='full' not in sys.argv, cache=Path(sys.argv[2]))\n"
        "    return time.process_time() - began\n"
        "cold, file = took(), sorted(Path(sys.argv[1]).glob('area_1*.yaml'))[0]\n"
        "file.write_text(file.read_text() + '# edited\\n')\n"
        "print(cold, took())"
    )
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(folder.parent / "pyc")}
    found = [
        subprocess.run(
            [sys.executable, "-c", program, str(folder), str(cache()), *words], env=environment, capture_output=True, check=True
        )
        for _ in range(rounds)
    ]
    return [min(each) for each in zip(*(map(float, done.stdout.split()) for done in found), strict=True)]


def main() -> None:
    kpis = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    library = str(ROOT / "definitions")
    with tempfile.TemporaryDirectory() as scratch:
        folder, runs = Path(scratch, "many"), Runs(Path(scratch))
        folder.mkdir()
        project(folder, kpis, files)
        many = str(folder)
        run(["-m", "kpidsl", "check", library], runs.cache)
        rows = [("CPU seconds of the whole process", "s"), ("python -c pass", f"{run(['-c', 'pass'], runs.cache):.2f}")]

        def add(name: str, seconds: float) -> None:
            rows.append((name, f"{seconds:.2f}"))
            print(f"{name}: {seconds:.2f}", file=sys.stderr)

        add("kpidsl --help", run(["-m", "kpidsl", "--help"], runs.cache))
        add("the shipped library, --fast", runs.cold(5, "--fast", library))
        add("the shipped library, cold", runs.cold(5, library))
        add("the shipped library, warm", runs.warm(5, library))
        rounds = 5 if kpis <= 1_000 else 2
        file = edited_file(folder)
        original = file.read_text()
        for words in (["--fast"], []):
            name = "--fast" if words else "full"
            cold, edited = inside(rounds, folder, runs.new_cache, *([] if words else ["full"]))
            add(f"{kpis:,} KPIs in {files} files, {name}, cold", runs.cold(rounds, *words, many))
            add("  of it once the program is loaded", cold)
            add("  nothing edited", runs.warm(rounds, *words, many))
            for what, edit in edits(folder).items():
                add(f"  one file edited: {what}", runs.edited(rounds, edit, *words, many))
            add("  of the first of these once the program is loaded", edited)
            file.write_text(original)
    print(table(rows))


if __name__ == "__main__":
    main()
