"""Random projects of many files by number, and random edits of them: all kinds of definitions, some of them wrong."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

HEAD = """project: {{language: 1, name: Edited, rules: {{set: {rules}}}}}
units: {{currencies: [USD], entities: {{deal: {{}}, won_deal: {{subset_of: deal}}}}}}
sources:
  deals:
    row: deal
    time: created_at
    columns:
      {{created_at: date, stage: text, amount: {{type: number, unit: USD}}, cost: {{type: number, unit: USD}}, hours: number}}
"""
BASE = """measures:
  deals: count(deals)
  won: {formula: 'count(deals where stage = "won")', unit: won_deal}
  revenue: sum(deals.amount)
  cost: sum(deals.cost)
  hours: sum(deals.hours)
"""
OWN = ("deals", "won", "revenue", "cost")
FORMS = (
    "{0} / {1}",
    "{0} / {1}",
    "{1} / {0}",
    "{0} / {1} * 100",
    "100 * {0} / {1}",
    "{0}",
    "{0} * 1",
    "2 * {0} / {1} + 0",
    "revenue - cost",
    "cost + revenue",
    "won / deals",
    "won / won",
    "hours / deals",
    "hours / deals",
    "{0} * 30 days / 1 month",
    "2 + 3",
    '"\\x{2:02x}{3} / {1}"',
    "{0} / {1}  # kpidsl: ignore[same-meaning] on purpose",
    "{0} / {1}  # kpidsl: ignore[constant-formula, same-meaning] for no reason",
    "previous({0}) / {1}",
)
WRONG = ("{0} / (won - won)", "hours + cost", "hours / (2 hours)", "nothing / {0}", "won + cost", "{0} /", "({0} + {1}) / {1}")
Files = dict[str, str]


class Edits:
    """A project and its edits, one after the other."""

    def __init__(self, number: int) -> None:
        self._random = Random(number)
        self._count = 0
        self._names: list[str] = []
        self.files: Files = {"kpidsl.yaml": self._head(), "base.yaml": BASE}
        for _ in range(self._random.choice((3, 5, 8))):
            self._add_file()

    def undo(self, files: Files) -> None:
        """Go back to earlier files."""
        self.files = dict(files)

    def edit(self) -> None:
        """One edit, or a few at once."""
        for _ in range(self._random.choice((1, 1, 1, 2))):
            self._random.choice(_EDITS)(self)

    def _add_file(self) -> None:
        self._count += 1
        self.files[f"area/{self._random.choice('abc')}{self._count}.yaml"] = self._area()

    def _rewrite(self) -> None:
        self.files[self._area_name()] = self._area()

    def _replace_word(self) -> None:
        name = self._area_name()
        text = self.files[name]
        old, new = self._name(), self._name()
        self.files[name] = text.replace(old, new, self._random.choice((1, -1)))

    def _remove(self) -> None:
        if len(self.files) > 3:
            del self.files[self._area_name()]

    def _rename(self) -> None:
        name = self._area_name()
        self._count += 1
        self.files[f"area/{self._random.choice('abc')}{self._count}.yaml"] = self.files.pop(name)

    def _touch(self) -> None:
        name = self._area_name()
        self.files[name] = self._random.choice(("# a comment\n", "\n")) + self.files[name]

    def _ground(self) -> None:
        self.files["kpidsl.yaml"] = self._head()

    def _base(self) -> None:
        text = self._random.choice(
            (BASE, BASE.replace("sum(deals.cost)", "sum(deals.cost) * 2"), BASE + "  more: count(deals)\n")
        )
        self.files["base.yaml"] = text

    def _head(self) -> str:
        return HEAD.format(rules=self._random.choice(("minimal", "standard", "standard", "strict")))

    def _area_name(self) -> str:
        return self._random.choice([name for name in self.files if name.startswith("area/")])

    def _name(self) -> str:
        """What a formula may name: mostly what there is, or was."""
        return self._random.choice((*OWN, *OWN, *self._names[-4:]))

    def _new_names(self) -> list[str]:
        """Names of KPIs, rarely such as there may be already."""
        names = [f"k{len(self._names) + number}" for number in range(self._random.choice((1, 2, 3)))]
        return [self._random.choice(self._names)] if self._names and self._random.randrange(30) == 0 else names

    def _area(self) -> str:
        names = self._new_names()
        lines = ["kpis:", *(line for name in names for line in self._kpi(name))]
        if self._random.randrange(4) == 0:
            name = self._random.choice((*OWN, *names))
            lines += ["identities:", f"  {names[0]}-again: {{claim: '{name} = {name} * 1', given: ['revenue = cost']}}"]
        if self._random.randrange(6) == 0:
            lines += ["parameters:", f"  p_{names[0]}: 3"]
        if self._random.randrange(6) == 0:
            lines += ["tests:", f"  t_{names[0]}: {{given: {{deals: []}}, ask: {{kpis: {self._name()}}}, expect: []}}"]
        self._names += [name for name in names if name not in self._names]
        return "\n".join(lines) + "\n"

    def _kpi(self, name: str) -> list[str]:
        one, other = self._name(), self._name()
        forms = WRONG if self._random.randrange(60) == 0 else FORMS
        formula = self._random.choice(forms).format(one, other, ord(one[0]), one[1:])
        lines = [f"  {name}:", f"    formula: {formula}"]
        if formula == "hours / deals" and self._random.randrange(12) == 0:
            lines.append("    unit: hours / deal")
        elif formula == "won / deals" or self._random.randrange(200) == 0:
            lines.append("    unit: percent")
        if formula == "won / deals" and self._random.randrange(2):
            lines.append("    benchmarks: {good: {range: at least 110%}}")
        if self._random.randrange(4) == 0:
            lines.append("    better: higher")
        return lines


_EDITS: tuple[Callable[[Edits], None], ...] = (
    *(Edits._rewrite,) * 3,
    *(Edits._replace_word,) * 3,
    Edits._touch,
    Edits._add_file,
    Edits._remove,
    Edits._rename,
    Edits._ground,
    Edits._base,
)
