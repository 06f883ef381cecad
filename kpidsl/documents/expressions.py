"""The definitions of one file in, every expression that stands in it out, with the scalar that holds it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.documents.entries import Parser
from kpidsl.documents.model import Definitions, Formula, Test, Written
from kpidsl.documents.nodes import Mapping as MappingNode
from kpidsl.documents.nodes import Node, Scalar, Sequence, is_empty
from kpidsl.language.parser import parse_claim, parse_expression, parse_range, parse_unit
from kpidsl.language.printer import print_tree
from kpidsl.language.tree import Claim, Range, Tree, UnitTree
from kpidsl.text import Excerpt, File, Span

_PARSERS: Mapping[type, Parser[Any]] = {UnitTree: parse_unit, Range: parse_range, Claim: parse_claim, object: parse_expression}
_NAMED = re.compile(r"(?P<formula>\s*\S.*?)(?P<name>\s+as\s+\S+\s*)", re.DOTALL)


class Expression(Struct, frozen=True):
    """An expression, and the part of a scalar's text that it is; a `shared` scalar stands in other places by an alias."""

    scalar: Scalar
    span: Span
    tree: Tree | Range | UnitTree | Claim
    shared: bool = False

    @property
    def text(self) -> str:
        return self.scalar.text[self.span.start : self.span.end]

    @property
    def is_all(self) -> bool:
        """Whether the scalar holds nothing else."""
        return self.span.start == 0 and not self.scalar.text[self.span.end :].strip()


def expressions(root: Node, definitions: Definitions) -> tuple[Expression, ...]:
    """The expressions of a file without errors, each once, in its order.

    The formulas that a test asks for are among them where `as` gives them a name; else their text is the name.
    """
    scalars = sorted(_scalars(root), key=lambda scalar: scalar.start)
    uses = Counter(scalar.start for scalar in scalars)
    found = sorted((*_formulas(scalars, definitions), *_asked(scalars, definitions)), key=lambda each: each.scalar.start)
    once = {each.scalar.start: replace(each, shared=uses[each.scalar.start] > 1) for each in found}
    return tuple(once.values())


def reads_as(expression: Expression, node: Node) -> bool:
    """Whether a node in the place of an expression's scalar says the same, with the same text around it."""
    before, after = expression.scalar.text[: expression.span.start], expression.scalar.text[expression.span.end :].rstrip()
    if not isinstance(node, Scalar) or is_empty(node) or not node.text.rstrip().endswith(after):
        return False
    text = node.text.rstrip().removesuffix(after)
    return text.startswith(before) and _PARSERS[_kind(expression.tree)](Excerpt(File("", text), text))[0] == expression.tree


def _kind(tree: object) -> type:
    return type(tree) if type(tree) in _PARSERS else object


def meaning(definitions: Definitions) -> Definitions:
    """What definitions say, however their expressions are spelled and wherever they stand; to be compared."""
    return replace(definitions, files=(), tests=tuple(map(_meant, definitions.tests)))


def _scalars(node: Node) -> Iterator[Scalar]:
    match node:
        case Scalar():
            yield node
        case MappingNode(pairs=pairs):
            for _, value in pairs.values():
                yield from _scalars(value)
        case Sequence(items=items):
            for item in items:
                yield from _scalars(item)


def _formulas(scalars: list[Scalar], definitions: Definitions) -> Iterator[Expression]:
    starts = [scalar.start for scalar in scalars]
    for formula in _formulas_in(replace(definitions, files=())):
        if formula.tree is not None:
            scalar = scalars[bisect_right(starts, formula.label().span.start) - 1]
            yield Expression(scalar, Span(0, len(formula.text)), formula.tree)


def _formulas_in(value: object) -> Iterator[Formula[Any]]:
    """The formulas inside a value of any class of the model."""
    if isinstance(value, Formula):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _formulas_in(each)
    elif isinstance(value, Mapping):
        yield from _formulas_in(tuple(value.values()))
    elif isinstance(value, Struct) and not isinstance(value, Written):
        yield from _formulas_in(tuple(getattr(value, field) for field in value.__struct_fields__))


def _asked(scalars: list[Scalar], definitions: Definitions) -> Iterator[Expression]:
    by_start = {scalar.start: scalar for scalar in scalars}
    for asked in (asked for test in definitions.tests for asked in test.ask.kpis):
        scalar = by_start[asked.span.start]
        named = _NAMED.fullmatch(scalar.text)
        if named is None and asked.value == scalar.text.strip():
            continue
        span = Span(*named.span("formula")) if named else Span(0, len(scalar.text.rstrip()))
        tree = _tree(scalar.text[span.start : span.end])
        if tree is not None:
            yield Expression(scalar, span, tree)


def _meant(test: Test) -> Test:
    return replace(test, ask=replace(test.ask, kpis=tuple(map(_respelled, test.ask.kpis))))


def _respelled(asked: Written[str]) -> Written[str]:
    named = _NAMED.fullmatch(asked.value)
    tree = _tree(named["formula"]) if named else None
    return asked if named is None or tree is None else replace(asked, value=f"{print_tree(tree)} as {named['name'].split()[1]}")


def _tree(text: str) -> Tree | None:
    return parse_expression(Excerpt(File("", text), text))[0]
