"""Limits of size: past them there is a finding, never a hang or a crash."""

from __future__ import annotations

import pytest
from reading import read, refused

from kpidsl.language.printer import print_tree


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a" * 4_001, "4,000 characters"),
        ("-" * 64 + "a", "64 levels"),
        ("-" * 3_999 + "a", "64 levels"),
        ("not " * 900 + "a", "64 levels"),
        ("a^" * 1_900 + "a", "64 levels"),
        ("f(" * 1_300 + "a" + ")" * 1_300, "64 levels"),
        ("if a then b else " * 200 + "c", "64 levels"),
        ("+".join("a" * 500), "500 parts"),
        ("9" * 31, "30 digits"),
        ("0." + "9" * 30 + "%", "30 digits"),
    ],
)
def test_too_large(text: str, said: str) -> None:
    finding = refused("expression", text)
    assert finding.code == "expression-too-large"
    assert said in finding.headline


@pytest.mark.parametrize(
    "text",
    [
        "a" * 4_000,
        "-" * 63 + "a",
        "(" * 1_999 + "a" + ")" * 1_999,
        "if a then b else " * 63 + "c",
        "+".join("a" * 499),
        "9" * 30,
    ],
)
def test_just_small_enough(text: str) -> None:
    found = read("expression", text)
    assert hash(found) == hash(read("expression", text))
    assert read("expression", print_tree(found).replace("_", "").replace(" + ", "+")) == found


@pytest.mark.parametrize(
    "text", ["(" * 4_000, "a + " * 1_000, "a" + " = a" * 900, "a " * 2_000, '"' * 3_999, "?" * 4_000, "if " * 1_300]
)
def test_a_long_text_with_a_mistake(text: str) -> None:
    refused("expression", text)
