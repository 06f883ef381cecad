"""Random claims: no proof is contradicted by exact sampling, every refutation replays on the arithmetic that users see."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numbers_project import project
from random_formulas import pairs

import kpidsl
from kpidsl.algebra.exact import Inexact, Sheet
from kpidsl.algebra.fingerprints import Fingerprints
from kpidsl.algebra.formulas import Formulas
from kpidsl.algebra.proofs import compare
from kpidsl.catalog.core import Core
from kpidsl.checks.check import identity_outcomes
from kpidsl.checks.outcome import Answer, Witness
from kpidsl.results import arithmetic as results
from kpidsl.results.columns import constant

POINTS = [dict(zip("abc", point, strict=True)) for point in product((0, 1, -1, 2, Fraction(1, 2)), repeat=3)]


def differ_somewhere(left: Core, right: Core, known: Formulas) -> Mapping[str, Fraction] | None:
    for point in POINTS:
        sheet = Sheet(known, lambda node, point=point: Fraction(point[_letter(node.where)]), {"p": Fraction(1, 10)})
        try:
            one, other = sheet.number(left), sheet.number(right)
        except Inexact:
            continue
        if one is not None and other is not None and one != other:
            return point
    return None


def _letter(where: Any) -> str:
    return str(where.arguments[1].value)


@settings(max_examples=150)
@given(pairs())
def test_no_proof_is_contradicted(pair: tuple[str, str]) -> None:
    known = Formulas(project(pair, "abc"))
    left, right = known.values["k0"].core, known.values["k1"].core
    prints = Fingerprints(known)
    answer = compare(left, right, known).same
    if answer:
        assert differ_somewhere(left, right, known) is None
        assert prints.value("k0") == prints.value("k1")
    elif answer is False:
        assert prints.value("k0") != prints.value("k1")


DEALS = """
units: {currencies: [USD], entities: {deal: {}}}
sources:
  deals:
    row: deal
    time: day
    columns: {day: date, outcome: {type: text, values: [won, lost, open]}, amount: {type: number, unit: USD}, big: boolean}
measures:
  deals: {formula: count(deals), unit: number}
  won: {formula: 'count(deals where outcome = "won")', unit: number}
  lost: {formula: 'count(deals where outcome = "lost")', unit: number}
  big: {formula: 'count(deals where outcome = "won" and big)', unit: number}
  money: {formula: sum(deals.amount) / 1 USD, unit: number}
  won_money: {formula: 'sum(deals.amount where outcome = "won") / 1 USD', unit: number}
parameters: {p: 10%}
identities:
"""


def outcome_of(claim: str, *assumptions: str) -> tuple[Answer, Witness | None, kpidsl.Catalog]:
    text = f"{DEALS}  i: {{claim: '{claim}', given: [{', '.join(assumptions)}]}}\n"
    catalog = kpidsl.load(texts={"deals.yaml": text})
    assert not catalog.diagnostics.errors
    (outcome,) = identity_outcomes(catalog, cache=False)
    return outcome.kind, outcome.witness, catalog


def replay(witness: Witness, catalog: kpidsl.Catalog) -> tuple[float, float]:
    """Both sides as the arithmetic of results has them, from what the witness sets."""
    inputs = dict(witness.inputs)
    money = {"sum(deals.amount)": "money", 'sum(deals.amount where outcome = "won")': "won_money"}
    leaves = {money.get(name, name): constant(float(number)) for name, number in inputs.items()}
    identity = catalog.identities[0]
    sheet = results.Sheet(catalog.values, leaves, results.NoRows())
    return float(sheet.tree(identity.left).values[0]), float(sheet.tree(identity.right).values[0])


COUNTS = ["deals", "won", "lost", "big", "money", "won_money", "2", "p"]
RATIOS = st.tuples(st.sampled_from(COUNTS), st.sampled_from("+-*/"), st.sampled_from(COUNTS)).map(" ".join)
SIDES = st.tuples(RATIOS, st.sampled_from("+-*/"), RATIOS).map(lambda parts: f"({parts[0]}) {parts[1]} ({parts[2]})")


@settings(max_examples=60)
@given(SIDES | RATIOS, SIDES | RATIOS, st.lists(RATIOS, max_size=1))
def test_refutations_replay(left: str, right: str, equal_to_won: list[str]) -> None:
    kind, witness, catalog = outcome_of(f"{left} = {right}", *(f"won = {text}" for text in equal_to_won))
    assert (kind is Answer.REFUTED) == (witness is not None)
    if witness is not None:
        one, other = replay(witness, catalog)
        assert one == pytest.approx(float(witness.left))
        assert other == pytest.approx(float(witness.right))
        assert witness.left != witness.right
        inputs = dict(witness.inputs)
        counts = {name: inputs[name] for name in ("deals", "won", "lost", "big") if name in inputs}
        assert all(number >= 0 and number.denominator == 1 for number in counts.values())
        assert counts.get("big", 0) <= counts.get("won", counts.get("deals", 10**9))
        assert counts.get("won", 0) + counts.get("lost", 0) <= counts.get("deals", 10**9)


def test_only_what_rows_can_give_refutes() -> None:
    """With inputs made up one by one each of these would be refuted by more won deals than deals."""
    for claim in ("greatest(won, deals) = deals", "least(big, won) = big", "greatest(won + lost, deals) = deals"):
        assert outcome_of(claim)[0] is Answer.PROVED
    assert outcome_of("greatest(won * 2, deals) = deals")[0] is Answer.REFUTED
