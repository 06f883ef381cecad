"""From slots to a result: values, statuses, verdicts, and the tidy table."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from company import COMPANY, catalog_of, months, partial, plan_of, slots_of

from kpidsl.pipeline import evaluate
from kpidsl.results.answer import answer
from kpidsl.results.result import Result
from kpidsl.results.verdicts import Verdict

CATALOG = catalog_of()


def _conversion(**asked: object) -> Result:
    plan = plan_of(CATALOG, "conversion", "cac", every="month", **asked)  # type: ignore[arg-type]
    leads = partial([0, 1, 2, 3], s0=[400, 4, 10, 400], observed=("2026-01-01", "2026-05-31"))
    converted = partial([0, 1, 3], s0=[80, 1, 20], observed=("2026-01-01", "2026-04-30"))
    customers = partial([0, 1, 3], s0=[80, 1, 40], observed=("2026-01-01", "2026-04-30"))
    spend = partial([0, 1], s0=[120_000.0, 900.0], s1=[40, 12], s2=[9e8, 1e5], observed=("2026-01-01", "2026-04-30"))
    scans = {"leads": leads, "customers": converted, "customers at acquired_at": customers, "spend": spend}
    return answer(plan, slots_of(plan, months(1, 5), scans), engine="by hand", seconds=0.5)


def test_values_and_verdicts_by_period() -> None:
    result = _conversion()
    conversion, cac = result["conversion"], result["cac"]
    assert result.frame["period"].tolist() == [f"2026-{month:02}" for month in range(1, 6)] * 2
    assert np.array_equal(conversion.values, [0.2, 0.25, 0.0, 0.05, np.nan], equal_nan=True)
    assert conversion.statuses == ["value"] * 4 + ["missing"]
    verdicts = [Verdict.WITHIN, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.SHORT, Verdict.NO_DATA]
    assert conversion.verdicts == verdicts
    assert conversion.reasons[4] == "no data"
    assert cac.statuses == ["value", "value", "undefined", "value", "missing"]
    assert cac.verdicts[0] in (Verdict.WITHIN, Verdict.INCONCLUSIVE)
    assert cac.verdicts[1:3] == [Verdict.INSUFFICIENT, Verdict.UNDEFINED]
    assert cac.reasons[1:3] == ["1 row, 30 are needed", "new_customers is 0"]


def test_an_unfinished_period_is_partial() -> None:
    result = _conversion(as_of=date(2026, 4, 17))
    assert result["conversion"].verdicts[:4] == [Verdict.WITHIN, Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.PARTIAL]
    assert "it ends on 2026-04-30, the data are as of 2026-04-17" in result["conversion"].reasons[3]
    assert result["cac"].verdicts[2] is Verdict.UNDEFINED


def test_the_whole_range_ends_where_the_data_do() -> None:
    for end, verdict in ((None, Verdict.WITHIN), (date(2027, 6, 1), Verdict.PARTIAL)):
        plan = plan_of(CATALOG, "conversion", end=end)
        scans = {"leads": partial([0], s0=[400]), "customers": partial([0], s0=[80])}
        result = answer(plan, slots_of(plan, (date(2026, 1, 1), end or date(2027, 1, 1)), scans))
        assert result["conversion"].verdict is verdict
    assert result.frame["period"].tolist() == ["2026-01-01 to 2027-05-31"]


def test_one_cell_gives_scalars() -> None:
    plan = plan_of(CATALOG, "lead_count")
    result = answer(plan, slots_of(plan, (date(2026, 1, 1), date(2027, 1, 1)), {"leads": partial([0], s0=[30])}))
    view = result["lead_count"]
    assert (view.value, view.status, view.verdict) == (30.0, "value", Verdict.INCONCLUSIVE)
    assert view.by_benchmark == {"plan": [Verdict.WITHIN], "stretch": [Verdict.INCONCLUSIVE]}
    assert view.reason == "90% interval 21.6 to 40.7 lies across 40", "more rows would be another count"
    assert result.frame["benchmark"].tolist() == ["stretch"]


def test_a_count_of_zero_is_a_full_observation() -> None:
    plan = plan_of(CATALOG, "lead_count", every="month")
    leads = partial([], s0=[], observed=("2026-01-01", "2026-01-31"))
    view = answer(plan, slots_of(plan, months(1, 1), {"leads": leads}))["lead_count"]
    assert view.verdict is Verdict.SHORT
    assert view.reason == "90% interval 0 to 3.00 lies below 10"


@pytest.mark.parametrize(
    ("name", "slots", "verdict", "reason"),
    [
        ("largest_deal", {"s0": [900.0], "s1": [40]}, "within", "lies at or above USD 100 (no interval: max(deals.amount))"),
        ("largest_deal", {"s0": [900.0], "s1": [4]}, "insufficient", "4 rows, 30 are needed"),
        ("mean_deal", {"s0": [8000.0], "s1": [40], "s2": [2e6]}, "within", "lies at or above USD 100"),
        ("deal_size", {"s0": [40], "s1": [8000.0], "s2": [40], "s3": [2e6]}, None, ""),
        ("win_rate", {"s0": [3], "s1": [1]}, None, ""),
    ],
)
def test_formulas_over_deals(name: str, slots: dict[str, list[float]], verdict: str | None, reason: str) -> None:
    plan = plan_of(CATALOG, name, every="month")
    row = answer(plan, slots_of(plan, months(1, 1), {"deals": partial([0], **slots)})).frame.iloc[0]
    assert (row["verdict"], reason in row["reason"]) == (verdict, True)


def test_more_above_the_line_than_below_falls_back_to_the_linear_interval() -> None:
    plan = plan_of(CATALOG, "fit_rate", every="month")
    scans = {"conversations": partial([0], s0=[4]), "proposals": partial([0], s0=[5])}
    view = answer(plan, slots_of(plan, months(1, 1), scans))["fit_rate"]
    assert view.low[0] < 1.25 < view.high[0]


def test_a_census_is_judged_by_its_point() -> None:
    text = (
        COMPANY + "  audited: {better: higher, inference: census, formula: cost, benchmarks: {target: {range: at least 100}}}\n"
    )
    plan = plan_of(catalog_of(text), "audited", every="month")
    slots = slots_of(plan, months(1, 1), {"spend": partial([0], s0=[100.0], s1=[2])})
    view = answer(plan, slots)["audited"]
    assert (view.verdict, view.reason) == (Verdict.WITHIN, "USD 100 lies at or above USD 100")
    assert np.isnan(view.low[0])


def test_min_n_is_the_fewest_rows_for_a_verdict() -> None:
    text = COMPANY + "  strict: {better: higher, min_n: 5, formula: win_rate, benchmarks: {target: {range: at least 1%}}}\n"
    plan = plan_of(catalog_of(text), "strict", every="month")
    slots = slots_of(plan, months(1, 2), {"deals": partial([0, 1], s0=[1, 2], s1=[3, 3])})
    assert answer(plan, slots)["strict"].verdicts == [Verdict.INSUFFICIENT, Verdict.WITHIN]


def test_parameters_are_constants_and_can_be_set() -> None:
    text = COMPANY + "  over: {better: higher, formula: leads * hurdle, benchmarks: {target: {range: at least 1}}}\n"
    catalog = catalog_of(text)
    for setting, value in ((None, 40.0), ({"hurdle": Fraction(1, 2)}, 200.0)):
        plan = plan_of(catalog, "over", every="month", parameters=setting)
        view = answer(plan, slots_of(plan, months(1, 1), {"leads": partial([0], s0=[400])}))["over"]
        assert view.value == pytest.approx(value)
        assert (view.high[0] - view.low[0]) / 2 == pytest.approx(1.6448536 * 20 * value / 400)


def test_what_failed_is_a_row_with_its_reason() -> None:
    plan = plan_of(CATALOG, "conversion", by=["channel"], every="month")
    none = partial([], [[]], s0=[], observed=None)
    slots = slots_of(plan, months(1, 1), {"leads": none, "customers": none})
    result = answer(plan, slots, failures={"cac": "spend.csv cannot be read"}, asked=["cac", "conversion"])
    assert result.kpis == ("cac", "conversion")
    row = result.frame.iloc[0]
    assert len(result.frame) == 1
    assert (row["kpi"], row["status"], row["verdict"], row["reason"]) == ("cac", "error", "error", "spend.csv cannot be read")


def test_the_table_is_tidy() -> None:
    plan = plan_of(CATALOG, "conversion", by=["channel"], every="month")
    scans = {
        "leads": partial([0, 0, 1], [["web", None, "web"]], s0=[400, 3, 50]),
        "customers": partial([0], [["web"]], s0=[80]),
    }
    frame = answer(plan, slots_of(plan, months(1, 2), scans)).frame
    assert frame.columns.tolist() == [
        *("kpi", "period", "start", "channel", "value", "unit", "status", "verdict", "benchmark"),
        *("low", "high", "numerator", "denominator", "n", "n_needed", "score", "process", "reason"),
    ]
    assert frame["period"].tolist() == ["2026-01", "2026-01", "2026-02"]
    assert frame["start"].tolist() == [date(2026, 1, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert frame["channel"].tolist() == ["web", None, "web"]
    assert frame["unit"].unique().tolist() == ["percent"]
    assert frame["n"].tolist() == [400, 3, 50]
    assert frame["numerator"].tolist() == [80, 0, 0]


def test_a_dimension_called_like_a_column_keeps_apart() -> None:
    text = COMPANY.replace("dimensions:\n", "dimensions:\n  status: [leads.channel]\n")
    plan = plan_of(catalog_of(text), "lead_count", by=["status"], every="month")
    frame = answer(plan, slots_of(plan, months(1, 1), {"leads": partial([0], [["web"]], s0=[3])})).frame
    assert (frame["by_status"][0], frame["status"][0]) == ("web", "value")


def test_plain_data_is_json() -> None:
    data = json.loads(json.dumps(_conversion().to_dict(), allow_nan=False))
    first, last = data["rows"][0], data["rows"][4]
    assert (first["kpi"], first["period"], first["start"], first["value"]) == ("conversion", "2026-01", "2026-01-01", 0.2)
    assert (first["n"], first["verdict"]) == (400, "within")
    assert (last["value"], last["status"], last["verdict"]) == (None, "missing", "no_data")
    assert data["run"]["engine"] == "by hand"


def test_a_name_that_was_not_asked_for() -> None:
    with pytest.raises(KeyError, match="perhaps `cac`"):
        _conversion()["cacc"]


def test_rows_in_verdicts_out() -> None:
    conversations = pd.DataFrame({"conversation_id": list("abcd"), "held_at": pd.to_datetime(["2026-01-05"] * 4)})
    proposals = pd.DataFrame(
        {
            "proposal_id": ["p"],
            "sent_at": pd.to_datetime(["2026-02-01"]),
            "signed_at": pd.to_datetime([None]),
            "conversation": ["b"],
        }
    )
    data = {"conversations": conversations, "proposals": proposals}
    result = evaluate(CATALOG, ["fit_rate", "cac"], data=data, as_of="2026-03-01", every="month")
    fit = result["fit_rate"]
    assert (fit.values[0], fit.verdicts[0]) == (0.25, Verdict.INCONCLUSIVE)
    assert fit.reasons[0] == "90% interval 5.8% to 64.4% lies across 15% and 40%; 28 rows would tell"
    assert set(result["cac"].verdicts) == {Verdict.ERROR}
