"""Nodes are equal wherever they stand, and a changed copy of one has a hash of its own."""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from kpidsl.catalog.core import Apply, Constant, Core, Reference
from kpidsl.text import Span


def half(of: str, start: int = 0) -> Core:
    parts = (Reference((of,), span=Span(start, start + 1)), Constant(Fraction(1, 2)))
    return Apply("multiply", parts, span=Span(start, start + 5))


def test_places_do_not_count() -> None:
    assert half("a") == half("a", 7)
    assert hash(half("a")) == hash(half("a", 7))
    assert half("a") != half("b")
    assert "span" not in repr(half("a"))


def test_classes_count() -> None:
    assert Reference(("a",)) != Constant("a")


def test_a_copy_has_its_own_hash() -> None:
    node = half("a")
    known = {node: 1}
    copy = replace(node, function="add")
    assert hash(copy) == hash(Apply("add", copy.arguments)) != hash(node)
    assert copy not in known and replace(copy, function="multiply") in known
    assert replace(node, span=Span(3, 4)) in known


def test_equal_whether_hashes_are_known_or_not() -> None:
    one, other = half("a"), half("a")
    hash(one)
    assert one == other and other == one
    hash(other)
    assert one == other and one != half("b")
