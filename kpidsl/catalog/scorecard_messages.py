"""What there is to say of scorecards: one function for one complaint."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.messages import error, meant
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model
from kpidsl.language import tree


def unknown_kpi(name: model.Written[str], kpis: Sequence[str], value: Value | None) -> Diagnostic:
    if value is not None:
        headline = f"`{name.value}` is a {value.kind.value}, and a scorecard is made of KPIs"
        return error("unknown-name", headline, name.label(), help=("a KPI with its formula and a benchmark can have a score",))
    help_, edit = meant(name.label(), name.value, kpis)
    return error("unknown-name", f"no KPI is called `{name.value}`", name.label(), help=help_, edit=edit)


def nothing_to_score(name: model.Written[str], value: Value) -> Diagnostic:
    headline = f"`{name.value}` never has a score: nothing says which of its values are good"
    help_ = ("a score is read off a benchmark that judges the KPI",)
    return error("nothing-to-score", headline, name.label(), value.definition.name.label("the KPI"), help=help_)


def no_weight(formula: model.Formula[tree.Tree]) -> Diagnostic:
    return error("weights-not-one", "a weight is a share above 0%", formula.label(), help=("for example `40%`",))


def weights_not_one(written: model.Scorecard, total: Fraction) -> Diagnostic:
    headline = f"the weights of `{written.name.value}` add up to {_percent(total)}"
    left = 1 - total
    word = f"{_percent(left)} are left to give" if left > 0 else f"{_percent(-left)} are too much"
    labels = [formula.label(text=name.value) for name, formula in written.kpis]
    return error("weights-not-one", headline, *labels, help=(f"they add up to 100%; {word}",))


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.10g}%"
