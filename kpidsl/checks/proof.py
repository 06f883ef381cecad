"""What was found out about a claim of a KPI, and its form in the cache."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import Any

from msgspec import Struct

from kpidsl.algebra.certificates import Case, Certificate
from kpidsl.checks.outcome import Answer
from kpidsl.checks.search import Inputs


class Claim(Enum):
    """What a definition claims of a KPI without saying so."""

    SHARE = "share"  # it is a proportion, so it lies within 0% to 100%
    DIRECTION = "direction"  # higher is better, so it does not rise with a cost
    DEFINED = "defined"  # it has a value wherever its inputs have


class Assumed(Struct, frozen=True):
    """What a proof assumes of the data, in words, and a count that is 0 where that holds; empty if nothing is to be counted."""

    text: str
    count: str = ""


class Seen(Struct, frozen=True):
    """Exact inputs, by the names that an analyst knows, and the values of the KPI for them; None where it has none.

    Of a direction the second value is that after `input` has grown to the last of the inputs.
    """

    inputs: Inputs
    values: tuple[Fraction | None, ...]


class Proof(Struct, frozen=True):
    """The answer to a claim of a KPI. A refutation always carries what was seen, and a proof its certificates.

    `input` is what a direction is about; `why` is a sentence for the analyst.
    """

    kpi: str
    claim: Claim
    answer: Answer
    why: str
    input: str = ""
    assumptions: tuple[Assumed, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    seen: Seen | None = None


def to_json(proof: Proof) -> dict[str, Any]:
    """A proof as plain data; its KPI, claim and input are known from the key under which it is kept."""
    return {
        "answer": proof.answer.value,
        "why": proof.why,
        "assumptions": [[each.text, each.count] for each in proof.assumptions],
        "certificates": [
            [list(map(list, each.written)), [[list(case.where), list(case.put), list(case.shown)] for case in each.cases]]
            for each in proof.certificates
        ],
        "inputs": [[name, str(number)] for name, number in proof.seen.inputs] if proof.seen else None,
        "values": [None if value is None else str(value) for value in proof.seen.values] if proof.seen else None,
    }


def from_json(kpi: str, claim: Claim, input: str, data: Any) -> Proof | None:
    """The proof that plain data stand for; None if they stand for none."""
    try:
        seen = None
        if data["inputs"] is not None:
            inputs = tuple((str(name), Fraction(number)) for name, number in data["inputs"])
            seen = Seen(inputs, tuple(None if value is None else Fraction(value) for value in data["values"]))
        assumptions = tuple(Assumed(str(text), str(count)) for text, count in data["assumptions"])
        certificates = tuple(_certificate(each) for each in data["certificates"])
        proof = Proof(kpi, claim, Answer(data["answer"]), str(data["why"]), input, assumptions, certificates, seen)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return proof if (proof.answer is Answer.REFUTED) == (seen is not None) else None


def _certificate(data: Any) -> Certificate:
    written, cases = data
    return Certificate(
        tuple((str(name), str(text)) for name, text in written),
        tuple(Case(*(tuple(map(str, part)) for part in case)) for case in cases),
    )
