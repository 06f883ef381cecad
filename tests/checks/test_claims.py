"""Claims of KPIs: what is assumed is the least that will do, refutations replay, and what two dates say is kept apart."""

from __future__ import annotations

import pytest
from small_company import company

import kpidsl
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.check import assumptions, claim_proofs, identity_outcomes
from kpidsl.checks.outcome import Answer
from kpidsl.checks.proof import Claim, Proof, from_json, to_json
from kpidsl.results import arithmetic as results
from kpidsl.results.columns import constant


def proof(formula: str, claim: Claim, more: str = "") -> tuple[Proof, Catalog]:
    catalog = company(f"spend: {{formula: cost, better: lower}}\nx: {{formula: '{formula}'{more}}}")
    return next(each for each in claim_proofs("x", catalog, cache=False) if each.claim is claim), catalog


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        ("signed / proposals", Answer.PROVED),
        ("customers / leads", Answer.PROVED),
        ("proposals / conversations", Answer.PROVED),  # at most one for each, by the date of the conversation
        ("signed / conversations", Answer.PROVED),
        ("proposals_sent / conversations", Answer.REFUTED),
    ],
)
def test_shares(formula: str, answer: Answer) -> None:
    catalog = company(f"x: {{formula: '{formula}'}}")
    (found,) = [each for each in claim_proofs("x", catalog, cache=False) if each.claim is Claim.SHARE]
    assert found.answer is answer, found


def test_the_least_is_assumed() -> None:
    found, _ = proof("(revenue - spend) / revenue", Claim.DIRECTION, ", better: higher")
    assert found.answer is Answer.PROVED
    assert [each.text for each in found.assumptions] == ["`deals.amount` is never below 0"]
    assert [each.count for each in found.assumptions] == ["count(deals where amount < 0)"]


def test_parameters_count_as_declared() -> None:
    found, _ = proof("revenue * margin - spend", Claim.DIRECTION, ", better: higher")
    assert (found.answer, found.assumptions) == (Answer.PROVED, ())
    found, _ = proof("revenue - spend * months * margin", Claim.DIRECTION, ", better: higher")
    assert [each.text for each in found.assumptions] == ["`margin` is 30%, as declared", "`months` is 12, as declared"]


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        ("if revenue / (won - lost) is missing then 0 else revenue / (won - lost)", Answer.PROVED),
        ("if revenue / (won - lost) is not missing then 2 * revenue / (won - lost) else 0", Answer.PROVED),
        ("if 1 / (won - lost) is missing then 0 else 1 / (2 * lost - 2 * won)", Answer.PROVED),
        ("if coalesce(revenue / (won - lost), 0) > 0 then revenue / (won - lost) else 0", Answer.PROVED),
        ("if won - lost is missing then 0 else revenue / (won - lost)", Answer.REFUTED),
        ("if coalesce(1 / (won - lost), 0) is missing then 0 else revenue / (won - lost)", Answer.REFUTED),
        ("if revenue / (won - lost) is missing then revenue / (won - lost) else 0", Answer.REFUTED),
    ],
)
def test_what_is_there_guards_its_divisors(formula: str, answer: Answer) -> None:
    assert proof(formula, Claim.DEFINED)[0].answer is answer


def test_assumptions_are_listed_with_their_kpis() -> None:
    _, catalog = proof("(revenue - spend) / revenue", Claim.DIRECTION, ", better: higher")
    ((assumed, kpis),) = assumptions(catalog, cache=False).items()
    assert (assumed.text, kpis) == ("`deals.amount` is never below 0", ("x",))


@pytest.mark.parametrize(
    ("formula", "claim"),
    [
        ("proposals_sent / conversations", Claim.SHARE),
        ("revenue / (won - lost)", Claim.DEFINED),
        ("won / deals", Claim.DEFINED),
        ("revenue + 2 * spend", Claim.DIRECTION),
        ("abs(revenue - spend)", Claim.DIRECTION),
        ("revenue / (1 USD + revenue - spend)", Claim.DIRECTION),
    ],
)
def test_refutations_replay(formula: str, claim: Claim) -> None:
    found, catalog = proof(formula, claim, ", better: higher" if claim is Claim.DIRECTION else "")
    assert found.answer is Answer.REFUTED and found.seen is not None
    inputs = dict(found.seen.inputs)
    counts = [inputs[name] for name in ("won", "lost", "deals", "conversations", "proposals_sent") if name in inputs]
    assert all(number >= 0 and number.denominator == 1 for number in counts)
    assert inputs.get("won", 0) + inputs.get("lost", 0) <= inputs.get("deals", 10**9)
    value = replayed(catalog, {name: float(number) for name, number in inputs.items()})
    expected = found.seen.values[0]
    assert value is None if expected is None else value == pytest.approx(float(expected))
    if claim is Claim.DIRECTION:
        before, after, step = found.seen.values
        assert before is not None and after is not None and step is not None and after > before
        grown = {name: float(number) for name, number in inputs.items()} | {"spend": float(inputs["cost"] + step)}
        assert replayed(catalog, grown) == pytest.approx(float(after))


def replayed(catalog: Catalog, inputs: dict[str, float]) -> float | None:
    """The KPI as the arithmetic of results has it."""
    leaves = {name: constant(number) for name, number in inputs.items()}
    column = results.evaluate(["x"], catalog.values, leaves)["x"]
    return float(column.values[0]) if column.status[0] == 0 else None


def test_proofs_keep_in_the_cache() -> None:
    for formula, claim in (("won / deals", Claim.DEFINED), ("customers / leads", Claim.SHARE)):
        found, _ = proof(formula, claim)
        assert from_json("x", claim, "", to_json(found)) == found
        assert from_json("x", claim, "", {**to_json(found), "inputs": [["a"]]}) is None


def test_a_proof_is_made_anew_when_what_it_reads_changes() -> None:
    """The proof of the second looks like that of the first but for a reference from source to source."""
    text = "units: {entities: {a: {}, b: {subset_of: a}}}\nsources:\n"
    text += "  as: {row: a, key: id, time: t, columns: {id: text, t: date}}\n"
    text += "  bs: {row: b, time: u, columns: {u: date, a: {type: text, references: as}}}\n"
    first = kpidsl.load(texts={"a.yaml": text + "kpis: {x: {formula: count(bs at a.t) / count(as)}}\n"})
    second = kpidsl.load(texts={"a.yaml": text + "kpis: {x: {formula: count(bs) / count(as)}}\n"})
    answers = [claim_proofs("x", catalog, cache=False)[0].answer for catalog in (first, second)]
    assert answers == [Answer.PROVED, Answer.REFUTED]


@pytest.mark.parametrize(
    ("part", "whole", "answer"),
    [
        ("count(deals where amount > 100 USD)", "count(deals where amount > 50 USD)", Answer.PROVED),
        ("count(deals where amount > 50 USD)", "count(deals where amount > 100 USD)", Answer.REFUTED),
        ("count(deals where amount > 50 USD)", "count(deals.amount)", Answer.PROVED),
        ('count(deals where outcome = "won")', 'count(deals where outcome in ("won", "lost"))', Answer.PROVED),
        ('count(deals where outcome = "won") + count(deals where outcome = "lost")', "count(deals)", Answer.PROVED),
        ("count(deals where amount > 5 USD) + count(deals where amount <= 5 USD)", "count(deals)", Answer.PROVED),
        ("count(deals where amount > 5 USD) + count(deals where amount <= 6 USD)", "count(deals)", Answer.REFUTED),
        ("count(distinct deals.owner where amount > 5 USD)", "count(distinct deals.owner)", Answer.PROVED),
        ("count(deals)", "total(count(deals))", Answer.PROVED),
    ],
)
def test_what_filters_say(part: str, whole: str, answer: Answer) -> None:
    """Without a unit that says so: as an identity with what is left when the part is capped by the whole."""
    name = company(f"part: {{formula: '{part}'}}\nwhole: {{formula: '{whole}'}}", "i: {claim: 'least(part, whole) = part'}")
    (outcome,) = identity_outcomes(name, cache=False)
    assert outcome.kind is answer
