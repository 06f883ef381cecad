"""Nodes with their places; limits that hold; the same answers from libyaml and from the pure-Python parser."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kpidsl.documents.compose import FASTEST, PURE, compose
from kpidsl.documents.nodes import Hole, Mapping, Node, Scalar, Sequence
from kpidsl.text import File

LOADERS = pytest.mark.parametrize("loader", [FASTEST, PURE], ids=["libyaml", "pure"])


def shown(node: Node | None) -> object:
    """A node as plain data, each scalar with its style and place, as far as there is something in it."""
    match node:
        case Mapping():
            return (
                {name: (key.start, shown(value)) for name, (key, value) in node.pairs.items()},
                node.start,
                node.end,
                node.cut,
            )
        case Sequence():
            return [shown(item) for item in node.items], node.start, node.end
        case Scalar(text="", style=""):
            return ""
        case Scalar():
            return node.text, node.style, node.tagged, node.start, node.end
        case Hole():
            return "hole", node.start, node.end
        case None:
            return None


def codes(text: str, loader: object = FASTEST) -> list[str]:
    return [finding.code for finding in compose(File("f.yaml", text), loader)[1]]  # type: ignore[arg-type]


@LOADERS
def test_places_are_those_of_the_text_itself(loader: object) -> None:
    text = "\ufeffa: &x !!str 'b'\nc:\n  - *x\n  - é💥: |\n      d\n"
    root, found = compose(File("f.yaml", text), loader)  # type: ignore[arg-type]
    assert found == ()
    assert isinstance(root, Mapping)
    value = root.pairs["a"][1]
    assert text[value.start : value.end] == "'b'"
    listed = root.pairs["c"][1]
    assert isinstance(listed, Sequence)
    assert listed.items[0] is value
    assert isinstance(listed.items[1], Mapping)
    key, block = listed.items[1].pairs["é💥"]
    assert text[key.start : key.end] == "é💥"
    assert text[block.start : block.end].startswith("|\n      d")


@LOADERS
@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "{a: " * 50_000, "".join(" " * level + "a:\n" for level in range(100)), "? " * 50_000, "- " * 50_000],
)
def test_depth_is_bounded(text: str, loader: object) -> None:
    assert "yaml-too-large" in codes(text, loader)


def test_depth_through_aliases_is_bounded() -> None:
    lines = [f"a0: &a0 {'[' * 15}x{']' * 15}"]
    lines += [f"a{n}: &a{n} {'[' * 15}*a{n - 1}{']' * 15}" for n in range(1, 20)]
    assert codes("\n".join(lines)) == ["yaml-too-large"]


def test_what_aliases_stand_for_is_bounded() -> None:
    lines = ["a0: &a0 [x,x,x,x,x,x,x,x,x]"]
    lines += [f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert codes("\n".join(lines)) == ["yaml-too-large"]


def test_size_is_bounded() -> None:
    assert codes("a: " + "x" * 2_000_000) == ["yaml-too-large"]
    assert codes("a: [" + "1," * 250_000 + "1]") == ["yaml-too-large"]


@LOADERS
@pytest.mark.parametrize(
    "text", ["\ud800", "a: \x00", "a: \x7f", "\ufffe", '"\\x', "\t", "\r", "\x85", "\u2028", "a: \ufeffb\n\ufeffc: d"]
)
def test_strange_characters_are_survived(text: str, loader: object) -> None:
    compose(File("f.yaml", text), loader)  # type: ignore[arg-type]


@LOADERS
def test_what_stands_before_a_syntax_error_is_kept(loader: object) -> None:
    root, _ = compose(File("f.yaml", "a:\n  b: 1\n  c: 2\nd: 'e' f\ng: h\n"), loader)  # type: ignore[arg-type]
    assert isinstance(root, Mapping)
    assert root.cut
    assert list(root.pairs) == ["a", "d"]
    assert isinstance(root.pairs["a"][1], Mapping)
    assert not root.pairs["a"][1].cut
    assert isinstance(root.pairs["d"][1], Hole)


def test_the_first_of_two_keys_is_kept_and_the_order_of_keys() -> None:
    root, _ = compose(File("f.yaml", "a: 1\nb: 2\na: 3\n"))
    assert isinstance(root, Mapping)
    assert [(name, value.text) for name, (_, value) in root.pairs.items() if isinstance(value, Scalar)] == [
        ("a", "1"),
        ("b", "2"),
    ]


BASE = """kpis:
  cac: {unit: USD / customer, formula: "(a + b) / c", tags: [x, 'y z']}  # why
  roi:
    formula: |
      (margin - cost)
        / cost
    description: >-
      Folded
      text.
    examples:
      - {given: {a: 1}, expect: 25%}
      - given: &g {a: 2}
        expect: undefined
    other: *g
"""
PIECES = [
    "'",
    '"',
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "#",
    "*",
    "&",
    "!",
    "|",
    ">",
    "%",
    "@",
    "-",
    " ",
    "\n",
    ": ",
    " #",
    "- ",
    "é",
    "\\",
]


def damaged(seed: int) -> str:
    """The base text, with a few characters put in or taken out."""
    chance, text = random.Random(seed), BASE
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(text))
        text = text[:at] + (chance.choice(PIECES) + text[at:] if chance.random() < 0.7 else text[at + chance.randint(1, 4) :])
    return text


@settings(max_examples=200, derandomize=True)  # the two are not ours: their differences are no news on a build
@given(st.integers(0, 10**9))
def test_both_parsers_give_the_same_answers(seed: int) -> None:
    text = damaged(seed)
    # What libyaml and the pure-Python parser are known to read differently; a tag is an error in both, and ends elsewhere.
    assume(not re.search(r":[\[\]{},]|[?\t]|!\S*[,\[\]{}]", text))
    file = File("f.yaml", text)
    fast, pure = compose(file, FASTEST), compose(file, PURE)
    assert fast[1] == pure[1]
    assert shown(fast[0]) == shown(pure[0])


@settings(max_examples=100)
@given(st.text(alphabet=st.sampled_from("ab:{}[]'\"#&*!|>-,?%@`\\ \n\t\r()\ufeffé💥0"), max_size=60))
def test_any_text_is_survived(text: str) -> None:
    for loader in (FASTEST, PURE):
        for finding in compose(File("f.yaml", text), loader)[1]:
            for label in finding.labels:
                assert 0 <= label.span.start <= label.span.end <= max(len(text), 1) + 1
