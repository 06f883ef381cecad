"""Signatures: their examples are of the language."""

from __future__ import annotations

import pytest
from reading import read

from kpidsl.language.functions import BY_NAME, FUNCTIONS, SIGNATURES, Kind, Signature
from kpidsl.language.tree import Call, Name, Neighbour
from kpidsl.language.walk import walk


@pytest.mark.parametrize("signature", SIGNATURES, ids=lambda signature: signature.name)
def test_examples_are_of_the_language(signature: Signature) -> None:
    example = read("expression", signature.example)
    if signature.value:
        read("expression", signature.value)
    if signature.name in FUNCTIONS:
        calls = [node for node in walk(example) if isinstance(node, Call | Neighbour) and node.function == signature.name]
        assert calls, "the example does not show its function"
        for call in calls:
            if isinstance(call, Call):
                least, most = signature.arity
                assert least <= len(call.arguments) <= (most or len(call.arguments))
    elif signature.kind is Kind.PERIOD:
        assert any(isinstance(node, Name) and node.text == signature.name for node in walk(example))


def test_names_are_unique() -> None:
    assert len(BY_NAME) == len(SIGNATURES)


def test_sentences() -> None:
    for signature in SIGNATURES:
        assert signature.sentence[0].isupper() and signature.sentence.endswith(".")


def test_scalars_have_a_value() -> None:
    kinds = (Kind.SCALAR, Kind.TEXT, Kind.DATE, Kind.OPERATOR)
    assert [signature.name for signature in SIGNATURES if signature.kind in kinds and not signature.value] == []
