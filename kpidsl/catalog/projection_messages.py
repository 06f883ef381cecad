"""What there is to say about projections that cannot be made."""

from __future__ import annotations

from kpidsl.catalog.messages import error
from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.periods.grain import Grain


def without_horizon(label: Label, kpi: str) -> Diagnostic:
    headline = f"`project` fills up cohorts that are too young, but no `matures_after` of `{kpi}` says until when they are"
    return error("not-projectable", headline, label, help=["add for example `matures_after: 90 days`"])


def horizon_in_months(label: Label, kpi: str, unit: Grain) -> Diagnostic:
    headline = f"cohorts of `{kpi}` are projected by their age in days, and a {unit.value} has no certain number of days"
    return error("not-projectable", headline, label, help=["write the length in days or weeks"])


def no_share_of_rows(label: Label, kpi: str) -> Diagnostic:
    headline = f"only a share of rows can be projected, and `{kpi}` is no count over a count"
    return error("not-projectable", headline, label, help=["as in `won_leads / leads`, where both are measures that count"])


def no_date(label: Label, kpi: str, source: str) -> Diagnostic:
    headline = f"`project` of `{kpi}` names when a row of `{source}` succeeds, and this is no date"
    help_ = [f"a date on the rows of `{source}`, missing for those that have not succeeded, such as a column `first_win`"]
    return error("not-projectable", headline, label, help=help_)
