"""The core tree: four kinds of node, resolved and typed, that checks, plans and engines read.

Operators are functions: `a - b` is add(a, negate(b)), `a != b` is not(equal(a, b)), `x between a and b` is
and(at_least(x, a), at_most(x, b)), and where two units differ by a scale the factor stands in the tree as a multiplication.
Row level and value level share the nodes: inside an aggregate a Reference is a path of columns, outside it is a named value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from fractions import Fraction

from kpidsl.text import Span
from kpidsl.units.unit import NUMBER, Unit


class Type(Enum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"


@dataclass(frozen=True, slots=True)
class Node:
    """`unit` is that of a number (`NUMBER` for every other type); `span` counts in the formula that holds the node."""

    unit: Unit = field(default=NUMBER, kw_only=True)
    type: Type = field(default=Type.NUMBER, kw_only=True)
    span: Span = field(default=Span(0, 0), compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Constant(Node):
    value: Fraction | str | bool | date | datetime


@dataclass(frozen=True, slots=True)
class Reference(Node):
    """A column by its path from the aggregate's source (`("lead", "channel")`), or a named value (`("cac",)`)."""

    path: tuple[str, ...]

    @property
    def name(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Apply(Node):
    """A function or operator on its arguments, by its name in `language.functions` or an operator's (`add`, `equal`, …)."""

    function: str
    arguments: tuple[Core, ...]


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """Rows of a source to one value per cell.

    `argument` is None for `count(source)`; `distinct` makes `count` count different values; `fraction` is that of a percentile.
    `at` is the date that places the rows where it is not the source's `time`.
    """

    function: str
    source: str
    argument: Core | None = None
    where: Core | None = None
    at: Reference | None = None
    alive: tuple[Reference, Reference | None] | None = None
    closing: bool = False
    distinct: bool = False
    fraction: Fraction | None = None


Core = Constant | Reference | Apply | Aggregate


def children(node: Core) -> tuple[Core, ...]:
    """The nodes right below a node, those of an aggregate's modifiers included."""
    match node:
        case Apply(arguments=arguments):
            return arguments
        case Aggregate():
            parts = (node.argument, node.where, node.at, *(node.alive or ()))
            return tuple(part for part in parts if part is not None)
        case _:
            return ()


def walk(node: Core) -> Iterator[Core]:
    """The node and all below it, without recursion."""
    stack: list[Core] = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def aggregates(node: Core) -> Iterator[Aggregate]:
    """The aggregates in a formula, from left to right."""
    return (part for part in walk(node) if isinstance(part, Aggregate))


def value_names(node: Core) -> Iterator[Reference]:
    """The measures, parameters and KPIs that a formula names, from left to right; columns are left out."""
    stack: list[Core] = [node]
    while stack:
        top = stack.pop()
        match top:
            case Reference():
                yield top
            case Apply(arguments=arguments):
                stack.extend(reversed(arguments))
            case _:
                pass
