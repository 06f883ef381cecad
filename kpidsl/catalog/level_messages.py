"""What there is to say of levels: one function for one complaint."""

from __future__ import annotations

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.messages import error, meant
from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.text import Excerpt
from kpidsl.units.unit import show


def level_twice(again: model.Written[str], first: model.Written[str]) -> Diagnostic:
    headline = f"the level `{again.value}` stands at two places of one order"
    return error("level-names", headline, again.label("again here"), first.label("first here"))


def one_level(level: model.Written[str]) -> Diagnostic:
    return error("level-names", "one level alone tells nothing apart", level.label(), help=("levels are two or more words",))


def levels_of_amount(kpi: str, level: model.Written[str], formula: model.Formula[tree.Tree], value: Value) -> Diagnostic:
    is_share = value.proportion is not None or value.unit.percent
    what = "a share" if is_share else f"an amount in {show(value.unit)}"
    headline = f"`{kpi}` is {what}, and levels are places in an order: 1, 2, 3, …"
    help_ = ("`zones` of a benchmark give names to ranges of an amount",)
    return error("levels-of-amount", headline, level.label("levels"), formula.label(text=what), help=help_)


def unknown_level(excerpt: Excerpt, node: tree.Name, kpi: model.Kpi) -> Diagnostic:
    label = Label(excerpt.file, excerpt.span(node.span))
    levels = [level.value for level in kpi.levels]
    help_, edit = meant(label, node.text, levels)
    help_ = help_ or (f"its levels are {', '.join(f'`{level}`' for level in levels)}",)
    return error("unknown-name", f"no level of `{kpi.name.value}` is called `{node.text}`", label, help=help_, edit=edit)
