"""Texts of the language: what is printed for them, how they are read, where their parts stand."""

from __future__ import annotations

import pytest
from reading import read, rows, short, table

from kpidsl.language import tree
from kpidsl.language.printer import print_tree
from kpidsl.language.walk import walk

ACCEPTED = [(start, *(row if isinstance(row, list) else (row, row))) for start, row in rows("accepted")]
SHOWN = [*((start, text) for start, text, _ in ACCEPTED), *rows("specification")]


@pytest.mark.parametrize(("start", "text", "printed"), ACCEPTED)
def test_canonical_text(start: str, text: str, printed: str) -> None:
    assert print_tree(read(start, text)) == printed


@pytest.mark.parametrize(("start", "text"), SHOWN)
def test_canonical_text_is_read_as_the_same_tree(start: str, text: str) -> None:
    found = read(start, text)
    printed = print_tree(found)
    assert read(start, printed) == found
    assert print_tree(read(start, printed)) == printed


@pytest.mark.parametrize(("text", "shape"), table("trees").items())
def test_shape(text: str, shape: str) -> None:
    assert short(read("expression", text)) == shape


@pytest.mark.parametrize("text", [text for start, text in SHOWN if start == "expression"])
def test_a_span_holds_the_text_of_its_node(text: str) -> None:
    for node in walk(read("expression", text)):
        there = text[node.span.start : node.span.end]
        match node:
            case tree.UnitTree():
                assert read("unit", there) == node
            case tree.Factor(name=name):
                assert there == name
            case tree.Alive() | tree.Modifiers():
                assert there.split()[0] in ("via", "at", "alive", "closing", "where")
            case tree.Name(parts=parts, spans=spans):
                assert tuple(text[span.start : span.end] for span in spans) == parts
            case _:
                assert read("expression", there) == node


def test_the_place_of_a_function_is_its_word() -> None:
    text = "1 + sum(a.b)"
    call = next(node for node in walk(read("expression", text)) if isinstance(node, tree.Call))
    assert text[call.name_span.start : call.name_span.end] == "sum"


def test_spans_do_not_make_trees_differ() -> None:
    assert read("expression", "a+b") == read("expression", "  a   +   b")
    assert hash(read("expression", "f(a.b)")) == hash(read("expression", "f( a.b )"))


@pytest.mark.parametrize(
    ("text", "low_open", "high_open"),
    [("at least 1", False, False), ("above 1", True, False), ("at most 1", False, False), ("below 1", False, True)],
)
def test_ranges_with_one_bound(text: str, low_open: bool, high_open: bool) -> None:
    found = read("range", text)
    assert (found.low is None) == (text.split()[-2] in ("most", "below"))
    assert (found.low_open, found.high_open) == (low_open, high_open)
