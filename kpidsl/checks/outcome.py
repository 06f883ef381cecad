"""What was found out about an identity, and its form in the cache."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from typing import Any

from msgspec import Struct


class Answer(Enum):
    """Never only two."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNKNOWN = "unknown"


class Witness(Struct, frozen=True):
    """Exact inputs under which the two sides differ, by the names of measures and parameters, or the text of an aggregate."""

    inputs: tuple[tuple[str, Fraction], ...]
    left: Fraction
    right: Fraction


class Outcome(Struct, frozen=True):
    """The answer to an identity. `assumptions` are those, as they are written, that the proof needs.

    `why` is a sentence for the analyst; a refutation always carries a witness, and nothing else does.
    """

    identity: str
    kind: Answer
    why: str
    assumptions: tuple[str, ...] = ()
    witness: Witness | None = None


def to_json(outcome: Outcome) -> dict[str, Any]:
    """An outcome as plain data; its identity is known from the key under which it is kept."""
    witness = outcome.witness
    return {
        "kind": outcome.kind.value,
        "why": outcome.why,
        "assumptions": list(outcome.assumptions),
        "inputs": [[name, str(number)] for name, number in witness.inputs] if witness else None,
        "sides": [str(witness.left), str(witness.right)] if witness else None,
    }


def from_json(identity: str, data: Any) -> Outcome | None:
    """The outcome that plain data stand for; None if they stand for none."""
    try:
        witness = None
        if data["inputs"] is not None:
            left, right = (Fraction(side) for side in data["sides"])
            witness = Witness(tuple((str(name), Fraction(number)) for name, number in data["inputs"]), left, right)
        assumptions = tuple(str(text) for text in data["assumptions"])
        outcome = Outcome(identity, Answer(data["kind"]), str(data["why"]), assumptions, witness)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    return outcome if (outcome.kind is Answer.REFUTED) == (witness is not None) else None
