"""Plain numbers: the worked examples, and what is said when numbers are not enough."""

from __future__ import annotations

from fractions import Fraction

import pytest
from company import COMPANY, catalog_of

from kpidsl.results.calc import calc
from kpidsl.results.verdicts import Verdict

MORE = """
  conversation_win_rate: {unit: percent, better: higher, formula: signed_of_conversations / conversations}
  product: {unit: percent, better: higher, formula: fit_rate * closing_rate}
  click_rate: {unit: percent, formula: clicked / delivered}
  clicks_of_sent: {unit: percent, formula: clicked / sent}
  won_growth: {formula: growth(won)}
  twice: {formula: 2 * won_growth + lost / won}
  per_day: {formula: won / period_length}
  audited: {unit: percent, inference: census, formula: signed / proposals}
"""
CATALOG = catalog_of(
    COMPANY.replace(
        "kpis:\n",
        "  signed_of_conversations:\n"
        "    {formula: count(proposals at conversation.held_at where signed_at is not missing), unit: signed_proposal}\n"
        "  sent: count(mails)\n"
        "  delivered: {formula: count(mails where delivered), unit: delivered_mail}\n"
        "  clicked: {formula: count(mails where delivered and clicked), unit: clicked_mail}\n"
        "kpis:\n",
    )
    .replace(
        "    rep: {}\n",
        "    rep: {}\n    mail: {}\n    delivered_mail: {subset_of: mail}\n    clicked_mail: {subset_of: delivered_mail}\n",
    )
    .replace(
        "sources:\n",
        "sources:\n  mails: {row: mail, key: mail_id, time: at,"
        " columns: {mail_id: text, at: date, delivered: boolean, clicked: boolean}}\n",
    )
    + MORE
)


@pytest.mark.parametrize(
    ("example", "kpi", "given", "value", "verdict"),
    [
        ("E1", "conversion", {"leads": 400, "converted": 80}, 0.2, "within"),
        ("E5", "cac", {"cost": 20_000, "new_customers": 10}, 2000, "within"),
        ("E6", "fit_rate", {"conversations": 4, "discussed": 1}, 0.25, "inconclusive"),
        ("E7", "closing_rate", {"proposals": 3, "signed": 1}, 1 / 3, "inconclusive"),
        ("E8", "product", {"fit_rate": Fraction(1, 4), "closing_rate": Fraction(1, 3)}, 1 / 12, None),
        ("E8", "conversation_win_rate", {"conversations": 12, "signed_of_conversations": 1}, 1 / 12, None),
        ("E9", "roi", {"cost": 10_000, "closed_value": 50_000}, 4, "within"),
        ("E10", "landing", {"visitors": 1000, "sign_ups": 10}, 0.01, "short"),
        ("E11", "click_rate", {"delivered": 900, "clicked": 90}, 0.1, None),
        ("E11", "clicks_of_sent", {"sent": 1000, "clicked": 90}, 0.09, None),
    ],
)
def test_worked_examples(example: str, kpi: str, given: dict[str, float], value: float, verdict: str | None) -> None:
    result = calc(CATALOG, kpi, given)
    assert not result.diagnostics
    assert result[kpi].value == pytest.approx(value)
    found = result[kpi].verdict
    assert (found.value if isinstance(found, Verdict) else found) == verdict


def test_counts_know_how_many_they_are() -> None:
    view = calc(CATALOG, "fit_rate", {"conversations": 4, "discussed": 1})["fit_rate"]
    assert [view.low[0], view.high[0]] == pytest.approx([0.0579, 0.6438], abs=1e-4)
    assert view.reason == "90% interval 5.8% to 64.4% lies across 15% and 40%; 28 rows would tell"


def test_money_given_as_a_number_is_a_census() -> None:
    view = calc(CATALOG, "cac", {"cost": 20_010, "new_customers": 10})["cac"]
    assert (view.verdict, view.reason) == (Verdict.SHORT, "USD 2,001 lies above USD 2,000")


def test_a_declared_inference_comes_first() -> None:
    text = COMPANY.replace("fit_rate: {unit: percent,", "fit_rate: {unit: percent, inference: census,")
    view = calc(catalog_of(text), "fit_rate", {"conversations": 4, "discussed": 1})["fit_rate"]
    assert view.verdict is Verdict.WITHIN


def test_a_rate_given_as_such_has_no_interval() -> None:
    view = calc(CATALOG, "loss_rate", {"win_rate": Fraction(1, 4)})["loss_rate"]
    assert view.value == 0.75
    assert view.low[0] != view.low[0]


def test_counts_of_a_formula_that_is_no_proportion_need_thirty() -> None:
    given = {"conversations": 4, "discussed": 1, "proposals": 3, "signed": 1}
    text = (
        COMPANY
        + "  both: {unit: percent, better: higher, formula: fit_rate * closing_rate, benchmarks: {t: {range: at least 1%}}}\n"
    )
    view = calc(catalog_of(text), "both", given)["both"]
    assert (view.verdict, view.reason) == (Verdict.INSUFFICIENT, "1 row, 30 are needed")


HELD = """
  against_more:
    {better: higher, formula: signed / proposals, benchmarks: {b: {range: at least 1.3 * closing_rate}}}
  against_fit:
    {unit: percent, better: higher, formula: signed / proposals, benchmarks: {b: {range: at least fit_rate}}}
  of_its_time:
    better: higher
    formula: signed / proposals
    benchmarks: {b: {range: at least 40%, valid_from: 2025-01-01, valid_to: 2026-01-01}}
  as_planned:
    {unit: percent, better: higher, formula: signed / proposals, benchmarks: {b: {plan: fit_rate}}}
  counted:
    {unit: percent, inference: census, better: higher, formula: signed / proposals, benchmarks: {b: {range: at least fit_rate}}}
  against_rows: {better: higher, formula: closed_value, benchmarks: {b: {range: at least 2 * avg(deals.amount)}}}
  against_peers: {better: higher, formula: won / (won + lost), benchmarks: {b: {peers: channel}}}
"""


@pytest.mark.parametrize(
    ("kpi", "given", "verdict", "reason"),
    [
        (
            "against_fit",
            {"conversations": 100, "discussed": 30, "proposals": 100, "signed": 20},
            "inconclusive",
            "90% interval 14.3% to 27.3% lies below 30%, which is an estimate, too; 102 rows would tell",
        ),
        (
            "against_more",
            {"proposals": 100, "signed": 20},
            "short",
            "90% interval 14.3% to 27.3% lies across 26%, but that varies along with it, and the difference is firm",
        ),
        ("against_fit", {"fit_rate": Fraction(3, 10), "proposals": 100, "signed": 20}, "short", ""),
        (
            "of_its_time",
            {"proposals": 100, "signed": 20},
            "short",
            "90% interval 14.3% to 27.3% lies below 40%; its benchmark is for 2025-01-01 to 2025-12-31",
        ),
        ("as_planned", {"conversations": 100, "discussed": 30, "proposals": 100, "signed": 20}, "short", ""),
        ("counted", {"conversations": 100, "discussed": 30, "proposals": 100, "signed": 20}, "short", ""),
        ("against_rows", {"closed_value": 5}, "not_applicable", "its benchmark needs avg(deals.amount)"),
        ("against_peers", {"won": 5, "lost": 5}, "not_applicable", "plain numbers have no peers"),
    ],
)
def test_what_plain_numbers_are_held_against(kpi: str, given: dict[str, float | Fraction], verdict: str, reason: str) -> None:
    """A bound that follows from counts is an estimate, as it is from rows; a plan, or a number given for it, is not."""
    view = calc(catalog_of(COMPANY + HELD), kpi, given)[kpi]
    assert isinstance(view.verdict, Verdict)
    assert view.verdict.value == verdict
    assert not reason or view.reason == reason


def test_undefined_says_why() -> None:
    view = calc(CATALOG, "cac", {"cost": 5, "new_customers": 0})["cac"]
    assert (view.status, view.verdict, view.reason) == ("undefined", Verdict.UNDEFINED, "new_customers is 0")


@pytest.mark.parametrize(
    ("kpi", "given", "code", "headline"),
    [
        ("cac", {"cost": 5}, "missing-input", "`cac` needs `new_customers`: a number for it must be given"),
        ("cac", {}, "missing-input", "`cac` needs `cost` and `new_customers`: numbers for them must be given"),
        (
            "mean_deal",
            {},
            "missing-input",
            "`mean_deal` needs `avg(deals.amount)`, which has no name: a number for it must be given",
        ),
        (
            "won_growth",
            {"won": 3},
            "missing-input",
            "`won_growth` needs `previous(won)`, which has no name: a number for it must be given",
        ),
        ("twice", {"won": 3}, "missing-input", "`twice` needs `won_growth` and `lost`: numbers for them must be given"),
        ("per_day", {"won": 3}, "missing-input", "`per_day` needs `period_length`, which has no name"),
        ("cac", {"cost": 5, "new_customer": 2}, "unknown-name", "`new_customer`"),
        ("cac", {"cost": float("nan"), "new_customers": 2}, "not-an-amount", "`nan`"),
        ("cacc", {}, "unknown-name", "`cacc`"),
        ("fit_rate", {"conversations": 3, "discussed": 4}, "not-an-amount", "its part larger than its whole"),
        ("audited", {"proposals": 3, "signed": 4}, "not-an-amount", "its part larger than its whole"),
    ],
)
def test_what_is_said_of_numbers_that_do_not_do(kpi: str, given: dict[str, float], code: str, headline: str) -> None:
    result = calc(CATALOG, kpi, given)
    assert any(finding.code == code and headline in finding.headline for finding in result.diagnostics.errors)
    assert all(status == "error" for status in result.frame["status"])


def test_a_given_kpi_stands_for_its_inputs() -> None:
    result = calc(CATALOG, "loss_rate", {"win_rate": Fraction(1, 4), "won": 3})
    assert result["loss_rate"].value == 0.75
    assert [finding.code for finding in result.diagnostics] == ["unused-input"]


def test_a_number_beyond_all_floats_is_undefined() -> None:
    view = calc(CATALOG, "cac", {"cost": Fraction(10) ** 400, "new_customers": 1})["cac"]
    assert (view.status, view.reason) == ("undefined", "cost is too large")
