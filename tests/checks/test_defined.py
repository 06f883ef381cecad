"""That a formula has a value for all inputs: what `ln`, roots and powers need counts as what divisors need."""

from __future__ import annotations

import json

import pytest

import kpidsl
from kpidsl.checks.check import claim_proofs

PROJECT = """
units: {entities: {lead: {}, deal: {}}}
sources:
  leads: {row: lead, key: id, time: t, columns: {id: text, t: date, n: {type: number, unit: number}}}
  deals: {row: deal, time: d, columns: {d: date, lead: {type: text, references: leads}}}
measures: {n: sum(leads.n), m: avg(leads.n), leads: count(leads), deals: count(deals at lead.t)}
kpis: {x: {formula: %s}}
"""


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        ("ln(n)", "refuted"),
        ("ln(n + 1)", "proved"),
        ("if n > 0 then ln(n) else 0", "proved"),
        ("sqrt(n - 5)", "refuted"),
        ("if n >= 5 then sqrt(n - 5) else 0", "proved"),
        ("if n != 0 then ln(n) else 0", "proved"),
        ("if m != 0 then ln(m) else 0", "proved"),
        ("if m - 5 != 0 then ln(m - 5) else 0", "refuted"),
        ("n ^ (1 / 2)", "proved"),
        ("(n - 5) ^ (1 / 2)", "refuted"),
        ("n ^ m", "unknown"),
        ("(n + 1) ^ m", "proved"),
        ("if n > 0 then n ^ (-1 / 2) else 0", "proved"),
        ("if ln(n) is missing then 0 else 1 / n", "proved"),
        ("if 1 / (n - 5) is missing then 0 else ln(n - 5)", "refuted"),
        ("coalesce(ln(n), 0)", "proved"),
    ],
)
def test_what_has_no_logarithm_or_root_has_no_value(formula: str, answer: str) -> None:
    assert defined(formula) == answer


def test_rows_placed_by_the_date_of_others_do_not_refute_without_them() -> None:
    assert defined("if deals > 0 deal then n / leads else 0") == "unknown"
    assert defined("n / leads") == "refuted"


def defined(formula: str) -> str:
    catalog = kpidsl.load(texts={"a.yaml": PROJECT % json.dumps(formula)}, strict=True)
    return {proof.claim.value: proof.answer.value for proof in claim_proofs("x", catalog, cache=False)}["defined"]
