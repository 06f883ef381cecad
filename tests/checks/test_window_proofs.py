"""What is proved of windows: totals of totals, and that a window over a value moves with it."""

from __future__ import annotations

import json

import pytest

import kpidsl
from kpidsl.checks.check import claim_proofs, identity_outcomes

PROJECT = """
units: {entities: {lead: {}, won_lead: {subset_of: lead}}}
sources: {leads: {row: lead, time: t, columns: {t: date, n: number, ok: boolean, a: text, b: text}}}
dimensions: {a: [leads.a], b: [leads.b]}
measures:
  leads: count(leads)
  won: {formula: count(leads where ok), unit: won_lead}
  x: {formula: sum(leads.n), better: lower}
  by_a: total(x, a)
kpis: {k: {formula: %s, better: higher}}
identities: {i: {claim: %s}}
"""


@pytest.mark.parametrize(
    ("claim", "answer"),
    [
        ("total(total(x)) = total(x)", "proved"),
        ("total(total(x, a), a) = total(x, a)", "proved"),
        ("total(total(x), a) = total(x)", "proved"),
        ("total(total(x, a), b) = total(total(x, b), a)", "proved"),
        ("total(by_a, a) = by_a", "proved"),
        ("total(x, a) = total(x)", "unknown"),
        ("total(x, a) = x", "unknown"),
    ],
)
def test_a_total_of_a_total_is_one(claim: str, answer: str) -> None:
    assert [each.kind.value for each in identity_outcomes(catalog("x", claim), cache=False)] == [answer]


def test_a_share_of_a_total_of_totals_is_a_share() -> None:
    assert answers("won / total(total(leads, a))")["share"] == "proved"


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        ("total(x) - x", "proved"),
        ("3 * total(x) - x", "unknown"),  # total(x) grows with x
        ("2 * rolling(x, 3 months) - x", "unknown"),
        ("to_date(x) - x / 2", "unknown"),
        ("3 * average(x, month) - x", "unknown"),
        ("3 * by_a - x", "unknown"),
        ("3 * previous(x) - x", "proved"),
    ],
)
def test_a_window_moves_with_its_value(formula: str, answer: str) -> None:
    assert answers(formula)["direction"] == answer


def answers(formula: str) -> dict[str, str]:
    found = claim_proofs("k", catalog(formula, "x = x"), cache=False)
    return {proof.claim.value: proof.answer.value for proof in found}


def catalog(formula: str, claim: str) -> kpidsl.Catalog:
    return kpidsl.load(texts={"a.yaml": PROJECT % (json.dumps(formula), json.dumps(claim))}, strict=True)
