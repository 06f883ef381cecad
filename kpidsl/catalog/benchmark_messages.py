"""What there is to say of benchmarks that cannot be read: one function for one complaint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpidsl.catalog.core import Type
from kpidsl.catalog.messages import error, meant
from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.suggest import nearest


def unknown_zone(name: model.Written[str], zones: Sequence[str]) -> Diagnostic:
    help_, edit = meant(name.label(), name.value, zones)
    return error("unknown-zone", f"no zone is called `{name.value}`", name.label(), help=help_, edit=edit)


def no_good_zone(each: model.Benchmark, zones: Sequence[str]) -> Diagnostic:
    headline = f"which zones of `{each.name.value}` mean good performance is not said"
    help_ = ("`better: higher` or `better: lower` on the KPI makes the zone at that end the good one",)
    example = f"or it is named, as `good: {zones[-1]}`" if zones else ""
    return error("no-good-zone", headline, each.label(), help=tuple(filter(None, (*help_, example))))


def no_good_end(each: model.Benchmark, better: str) -> Diagnostic:
    word = "at least" if better == "higher" else "at most"
    headline = f"{better} is better, but no zone of `{each.name.value}` is open to that side"
    help_ = (f"the best zone is written with `{word}`, or the good ones are named with `good`",)
    return error("no-good-zone", headline, each.label(), help=help_)


def tolerance_of_share(formula: model.Formula[tree.Tree]) -> Diagnostic:
    headline = "the tolerance of a share is a share of its reference, written in percent"
    return error("tolerance-of-share", headline, formula.label(), help=("`5%` of 20% is from 19% to 21%",))


def negative_tolerance(formula: model.Formula[tree.Tree]) -> Diagnostic:
    return error("negative-tolerance", "a tolerance goes to both sides and is not negative", formula.label())


def bound_is_no_number(label: Label, found: Type) -> Diagnostic:
    return error("wrong-type", f"a value is held against a number, and this is a {found.value}", label)


def unknown_segment(name: model.Written[str], dimensions: Iterable[str]) -> Diagnostic:
    help_, edit = meant(name.label(), name.value, dimensions)
    return error("unknown-name", f"no dimension is called `{name.value}`", name.label(), help=help_, edit=edit)


def no_such_segment(value: model.Written[model.Scalar], dimension: str, listed: Sequence[str]) -> Diagnostic:
    headline = f"`{dimension}` is never `{value.value}`, so the benchmark is for nobody"
    near = nearest(str(value.value), listed)
    help_ = (f"perhaps `{near}`?",) if near else ((f"it is one of {', '.join(listed)}",) if listed else ())
    return error("no-such-segment", headline, value.label(), help=help_)


def not_a_day(written: model.Written[model.Scalar] | model.Written[str]) -> Diagnostic:
    return error("not-a-date", f"`{written.value}` is not a date", written.label(), help=("a date is written `2026-01-31`",))


def never_valid(written: model.Written[model.Scalar], name: str) -> Diagnostic:
    headline = f"the benchmark `{name}` is valid for no period: it ends before it begins"
    return error("never-valid", headline, written.label(), help=("`valid_to` is the first day on which it is no longer valid",))


def unknown_table(name: model.Written[str], tables: Iterable[str]) -> Diagnostic:
    help_, edit = meant(name.label(), name.value, tables)
    return error("unknown-name", f"no table of figures is called `{name.value}`", name.label(), help=help_, edit=edit)


def row_or_dimension(each: model.Benchmark) -> Diagnostic:
    headline = f"`{each.name.value}` takes either one row of its table, or one for each value of a dimension"
    help_ = ("`row: software` takes one row for all values, `by: industry` the row of each value of a dimension",)
    return error("table-without-row", headline, each.label(), help=help_)


def unknown_table_column(place: model.Written[str] | Label, column: str, table: str, known: Iterable[str]) -> Diagnostic:
    label = place if isinstance(place, Label) else place.label()
    help_: tuple[str, ...]
    if isinstance(place, Label):
        names = ", ".join(f"`{name}`" for name in known)
        help_ = (f"`column` names one of {names}" if names else "it has no figures at all",)
        return error("unknown-name", f"the table `{table}` has no column `{column}`", label, help=help_)
    help_, edit = meant(label, column, known)
    return error("unknown-name", f"the table `{table}` has no column `{column}`", label, help=help_, edit=edit)


def unknown_table_row(row: model.Written[str], table: str, known: Iterable[str]) -> Diagnostic:
    help_, edit = meant(row.label(), row.value, known)
    return error("unknown-name", f"the table `{table}` has no row `{row.value}`", row.label(), help=help_, edit=edit)


def mixed_figures(table: model.BenchmarkTable, column: str) -> Diagnostic:
    headline = f"the figures of `{column}` in the table `{table.name.value}` are of several kinds"
    help_ = ("all are averages, or ranges that are open to the same side",)
    labels = [figures[column][1].formula.label() for _, (_, figures) in table.rows.items() if column in figures]
    return error("mixed-figures", headline, *labels[:3], help=help_)


# Several periods together


def short_history(formula: model.Formula[tree.Quantity], periods: int, grain: str, least: int) -> Diagnostic:
    holds = f"{periods} {grain}" if periods == 1 else f"{periods} {grain}s"
    headline = f"`{' '.join(formula.text.split())}` holds {holds}, and {least} earlier values are needed"
    return error("short-history", headline, formula.label(), help=(f"`{2 * least} {grain}s` would do",))


def not_quantiles(formula: model.Formula[tree.Range]) -> Diagnostic:
    headline = "quantiles go from one share of the earlier values to a greater one, within 0% to 100%"
    return error("not-quantiles", headline, formula.label(), help=("such as `10% to 90%`",))


def laney_without_counts(method: model.Written[str], kpi: str) -> Diagnostic:
    headline = f"`laney` limits are for a count over a count, and `{kpi}` is none"
    return error("laney-without-counts", headline, method.label(), help=("`process: xmr` is for any value",))


def second_process(name: model.Written[str], first: model.Written[str]) -> Diagnostic:
    headline = f"`{first.value}` and `{name.value}` give the same periods two kinds of process limits"
    help_ = ("a KPI has one process for each length of period; `every` says for which one it is",)
    return error("second-process", headline, name.label(), first.label("the other one"), help=help_)


def budget_of_no_periods(formula: model.Formula[tree.Budget], of: tree.Factor) -> Diagnostic:
    headline = f"`{of.name}` are no periods"
    return error(
        "budget-spelling", headline, formula.label(of.span), help=("`days`, `weeks`, `months`, `quarters` or `years`",)
    )


def budget_of_one_period(formula: model.Formula[tree.Budget], grain: str) -> Diagnostic:
    headline = f"so short a time has no two {grain}s to take a share of"
    return error("budget-spelling", headline, formula.label(), help=("such as `95% of weeks over 3 months`",))


def budget_of_no_share(formula: model.Formula[tree.Budget]) -> Diagnostic:
    return error("budget-spelling", "the share of periods that must meet a range is above 0% and at most 100%", formula.label())


def hold_without_period(formula: model.Formula[tree.Quantity], name: str) -> Diagnostic:
    headline = f"`{' '.join(formula.text.split())}` means nothing while `{name}` does not say how long a period is"
    return error("hold-without-period", headline, formula.label(), help=("for example `every: month`",))


def no_number_of_periods(formula: model.Formula[tree.Quantity]) -> Diagnostic:
    headline = f"`{' '.join(formula.text.split())}` is not a number of periods"
    return error("no-number-of-periods", headline, formula.label(), help=("such as `2 periods`",))


A_FIGURE = "a figure, such as an average or a plan"


def key_of_other_kind(label: Label, key: str, name: str, of: str) -> Diagnostic:
    headline = f"`{key}` says something of {of}, and the benchmark `{name}` has none"
    return error("key-of-other-kind", headline, label)
