"""Identities to outcomes with their reasons, assumptions and witnesses."""

from __future__ import annotations

import pytest
from small_company import company

from kpidsl.checks.check import identity_outcomes
from kpidsl.checks.outcome import Answer, Outcome, from_json, to_json

KPIS = """
fit_rate: {formula: proposals / conversations, unit: percent}
closing_rate: {formula: signed_sent / proposals_sent, unit: percent}
conversation_win_rate: {formula: signed / conversations, unit: percent}
win_rate: {formula: won / deals}
plain_won: {formula: 'count(deals where outcome = "won") / 1 deal'}
average_deal: {formula: avg(deals.amount where outcome = "won")}
large: {formula: revenue / 1 USD + cost / 1 USD + won / deals + won / lost + 1}
"""
for half in range(2):
    counts = " + ".join(f"count(deals where amount > {40 * half + number} USD)" for number in range(40))
    KPIS += f"many_{half}: {{formula: '{counts}'}}\n"


def outcome(claim: str, *given: str) -> Outcome:
    text = f"claimed: {{claim: '{claim}', given: [{', '.join(given)}]}}"
    (found,) = identity_outcomes(company(KPIS, text), cache=False)
    assert from_json("claimed", to_json(found)) == found
    return found


def test_the_win_rate_is_fit_rate_times_closing_rate_under_both_assumptions() -> None:
    found = outcome(
        "conversation_win_rate = fit_rate * closing_rate", "proposals_sent = proposals", "won = lost", "signed_sent = signed"
    )
    assert found.kind is Answer.PROVED
    assert found.assumptions == ("proposals_sent = proposals", "signed_sent = signed")
    assert found.why == "holds because proposals_sent = proposals and signed_sent = signed"


def test_without_its_assumptions_it_is_refuted() -> None:
    found = outcome("conversation_win_rate = fit_rate * closing_rate", "proposals_sent = proposals")
    assert found.kind is Answer.REFUTED and found.witness is not None
    inputs = dict(found.witness.inputs)
    assert inputs["proposals_sent"] == inputs["proposals"]
    assert inputs["signed"] / inputs["conversations"] == found.witness.left
    assert inputs["signed_sent"] <= inputs["proposals_sent"] and inputs["signed"] <= inputs["proposals"]


def test_no_assumption_is_named_that_is_not_needed() -> None:
    found = outcome("win_rate * deals = won", "won = lost")
    assert found == Outcome("claimed", Answer.PROVED, "both sides are the same once all names are written out")


@pytest.mark.parametrize(
    ("claim", "given"),
    [
        ("revenue = plain_won * average_deal", []),  # true unless an amount is missing, and no row here has none
        ("sum(deals.amount - cost) = sum(deals.amount) - sum(deals.cost)", []),
        ("count(distinct deals.id) / count(deals) = 1", []),
    ],
)
def test_what_rows_make_true_is_not_refuted(claim: str, given: list[str]) -> None:
    found = outcome(claim, *given)
    assert found.kind is Answer.UNKNOWN
    assert found.why == "written out, its sides differ, but no rows were found for which their values do"


@pytest.mark.parametrize(
    "claim",
    [
        "greatest(won, lost) + least(won, lost) = won + lost",
        "abs(deals - won) = deals - won",
        "greatest(deals - won - lost, 0) = deals - won - lost",
        "greatest(won - lost, 0) = (if won > lost then won - lost else 0)",
        "greatest(won, lost) = (won + lost + abs(won - lost)) / 2",
    ],
)
def test_what_holds_in_each_case_is_proved(claim: str) -> None:
    found = outcome(claim)
    assert found == Outcome("claimed", Answer.PROVED, "both sides are the same in each case that can occur")


@pytest.mark.parametrize(
    ("claim", "given", "why"),
    [
        ("won = lost", ["won * won = lost * lost"], "what is given by `won * won = lost * lost` cannot be solved"),
        ("won = lost", ["won - won = 1 deal"], "no inputs satisfy what is given"),
        ("won / (lost - lost) = win_rate", [], "one of its sides never has a value"),
        ("large ^ 64 = (1 * large) ^ 64", [], "written out, its sides are too large"),
        ("many_0 + many_1 = many_1 + many_0", [], "its sides have more inputs"),
    ],
)
def test_why_it_is_not_known(claim: str, given: list[str], why: str) -> None:
    assert outcome(claim, *given).why.startswith(why)
