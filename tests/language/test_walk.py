"""Walking: every node once, from the top and from the left."""

from __future__ import annotations

import pytest
from reading import read

from kpidsl.language.tree import Call, Modifiers, Name, Quantity
from kpidsl.language.walk import children, measure, names, walk


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a + b * c", ["a", "b", "c"]),
        ("if a then b else c", ["a", "b", "c"]),
        ("sum(a.b via c at d where e, f)", ["a.b", "c", "d", "e", "f"]),
        ("sum(a.b alive from c to d)", ["a.b", "c", "d"]),
        ("prior(a where b) per c", ["a", "b", "c"]),
        ("a in (b, c) and d between e and f", ["a", "b", "c", "d", "e", "f"]),
        ("not a is missing or -b^c = 5 USD", ["a", "b", "c"]),
        ("1 + 2026-01-31", []),
    ],
)
def test_names_in_the_order_of_the_text(text: str, found: list[str]) -> None:
    assert [name.text for name in names(read("expression", text))] == found


def test_names_of_ranges_and_claims() -> None:
    assert [name.text for name in names(read("range", "a to b"))] == ["a", "b"]
    assert [name.text for name in names(read("claim", "a = b"))] == ["a", "b"]


def test_walk_is_from_the_top() -> None:
    kinds = [type(node) for node in walk(read("expression", "f(a where b, 1 day)"))]
    assert kinds[:4] == [Call, Name, Modifiers, Name]
    assert kinds[4] is Quantity


def test_measure() -> None:
    assert measure(read("expression", "a")) == (1, 1)
    assert measure(read("expression", "a + b + c")) == (4, 2)
    assert measure(read("expression", "-(a + b * c)")) == (6, 4)


def test_only_nodes_have_children() -> None:
    with pytest.raises(TypeError):
        children("a")  # type: ignore[arg-type]
