"""Printing and parsing are inverse, and any text is survived."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from random_trees import CONTEXTUAL, PLAIN, RESERVED, claims, names, ranges, trees, units

from kpidsl.diagnostics import Diagnostic
from kpidsl.language import parser, tree
from kpidsl.language.printer import print_tree
from kpidsl.language.walk import measure
from kpidsl.text import Excerpt, File

MODEST = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
PARSERS: list[Callable[[Excerpt], tuple[Any, tuple[Diagnostic, ...]]]] = [
    parser.parse_expression,
    parser.parse_unit,
    parser.parse_range,
    parser.parse_claim,
    parser.parse_path,
    parser.parse_duration,
    parser.parse_budget,
]


def _excerpt(text: str) -> Excerpt:
    return Excerpt(File("text", text), text)


def _holds(written: Any, parse: Callable[[Excerpt], tuple[Any, tuple[Diagnostic, ...]]]) -> None:
    nodes, depth = measure(written)
    assume(depth <= parser.MOST_DEPTH and nodes <= parser.MOST_NODES)
    printed = print_tree(written)
    assume(len(printed) <= parser.MOST_CHARACTERS)
    found, diagnostics = parse(_excerpt(printed))
    assert diagnostics == ()
    assert found == written
    assert print_tree(found) == printed


@MODEST
@given(trees)
def test_expressions(written: tree.Tree) -> None:
    _holds(written, parser.parse_expression)


@MODEST
@given(units)
def test_units(written: tree.UnitTree) -> None:
    _holds(written, parser.parse_unit)


@MODEST
@given(ranges)
def test_ranges(written: tree.Range) -> None:
    _holds(written, parser.parse_range)


@MODEST
@given(claims)
def test_claims(written: tree.Claim) -> None:
    _holds(written, parser.parse_claim)


@MODEST
@given(names)
def test_paths(written: tree.Name) -> None:
    _holds(written, parser.parse_path)


PIECES = (
    PLAIN + CONTEXTUAL + RESERVED + list("()+-*/^=<>!&|?:;,.%#\"'[]{}$@ \n\t\u00a0²é") + ["0", "12", "2026-1-5", '"won"', "1e5"]
)


@pytest.mark.parametrize("parse", PARSERS)
@MODEST
@given(st.text(max_size=40) | st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
def test_any_text_is_survived(parse: Callable[[Excerpt], tuple[Any, tuple[Diagnostic, ...]]], text: str) -> None:
    found, diagnostics = parse(_excerpt(text))
    assert (found is None) == bool(diagnostics)
    for finding in diagnostics:
        places = [label.span for label in finding.labels] + ([finding.edit.span] if finding.edit else [])
        assert all(0 <= place.start <= place.end <= len(text) for place in places)
    if found is not None:
        assert parse(_excerpt(print_tree(found)))[0] == found
