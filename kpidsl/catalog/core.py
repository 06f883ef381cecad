"""The core tree: a few kinds of node, resolved and typed, that checks, plans and engines read.

Operators are functions: `a - b` is add(a, negate(b)), `a != b` is not(equal(a, b)), `x between a and b` is
and(at_least(x, a), at_most(x, b)), and where two units differ by a scale the factor stands in the tree as a multiplication.
Row level and value level share the nodes: inside an aggregate a Reference is a path of columns, outside it is a named value.
Gather and Nearby stand at row level only: what a row gets from the rows of a source that refer to it, or from a row before or
after it.

Windows are functions on values: `previous(x)`, or with an amount and the word of a grain; `rolling(x, amount, grain)`,
`to_date(x)` or with a grain, `average(x, grain)`, `total(x)` or with dimensions. In a derived column `previous` is one on rows.
The names of the period (`period_start`, `period_end`, `previous_period_start`, `period_length`) are functions of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any

from msgspec.structs import force_setattr, replace

from kpidsl.text import Span
from kpidsl.units.unit import NUMBER, Unit
from kpidsl.values import ByContent, content_of


class Type(Enum):
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"


class Node(ByContent, frozen=True, kw_only=True, gc=False):
    """`unit` is that of a number (`NUMBER` for every other type); `span` counts in the formula that holds the node.

    Trees are looked up in tables at every turn, so a node finds once what counts of it, and the hash of that.
    """

    aside = ("span", "_known")

    unit: Unit = NUMBER
    type: Type = Type.NUMBER
    span: Span = Span(0, 0)
    _known: tuple[int, Any] | None = None

    def __post_init__(self) -> None:
        if self._known is not None:  # of the node of which this is a changed copy
            force_setattr(self, "_known", None)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        own, others = self._known or _known(self), other._known or _known(other)
        same: bool = own[0] == others[0] and own[1] == others[1]
        return same

    def __hash__(self) -> int:
        known = self._known
        if known is None:
            content = content_of(type(self))(self)
            known = hash(content), content
            force_setattr(self, "_known", known)
        return known[0]


def _known(node: Node) -> tuple[int, Any]:
    hash(node)
    assert node._known is not None
    return node._known


class Constant(Node, frozen=True):
    value: Fraction | str | bool | date | datetime


class Reference(Node, frozen=True):
    """A column by its path from the aggregate's source (`("lead", "channel")`), or a named value (`("cac",)`)."""

    path: tuple[str, ...]

    @property
    def name(self) -> str:
        return ".".join(self.path)


class Apply(Node, frozen=True):
    """A function or operator on its arguments, by its name in `language.functions` or an operator's (`add`, `equal`, …)."""

    function: str
    arguments: tuple[Core, ...]


class Aggregate(Node, frozen=True):
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


class Gather(Node, frozen=True):
    """For a row of `home` an aggregate of the rows of the aggregate's source that refer to it by the references in `key`.

    `prefix` leads from the source whose expression holds the node to `home`. It runs over all rows up to `as_of`, whatever is
    asked; one that `per_period` says so is worked out for each period.
    """

    home: str
    aggregate: Aggregate
    key: tuple[str, ...]
    prefix: tuple[str, ...] = ()


class Nearby(Node, frozen=True):
    """For a row of `home` what the `prior` or `next` row of `source` has, among those with the same key and true `where`.

    Rows are in the order of their source's `time`, then its key. In another source than `home` the next row may be one of the
    same moment, and so may the prior one. `keys` pairs paths of `home` with paths of `source`; `prefix` as in Gather.
    """

    function: str
    home: str
    source: str
    argument: Core
    where: Core | None
    keys: tuple[tuple[Reference, Reference], ...]
    prefix: tuple[str, ...] = ()


Core = Constant | Reference | Apply | Aggregate | Gather | Nearby

PERIOD_FUNCTIONS = frozenset({"period_start", "period_end", "previous_period_start", "period_length"})
WINDOW_FUNCTIONS = frozenset({"previous", "rolling", "to_date", "average", "total", "elapsed"})  # the last in benchmarks only


def children(node: Core) -> tuple[Core, ...]:
    """The nodes right below a node, those of an aggregate's modifiers included.

    What a Gather or a Nearby looks at belongs to the rows of another source, and is not below it.
    """
    match node:
        case Apply(arguments=arguments):
            return arguments
        case Aggregate():
            parts = (node.argument, node.where, node.at, *(node.alive or ()))
            return tuple(part for part in parts if part is not None)
        case _:
            return ()


def per_period(node: Core) -> bool:
    """Whether the value that a row has for an expression depends on the period for which it is asked."""
    for part in walk(node):
        match part:
            case Apply(function=function) if function in PERIOD_FUNCTIONS or function == "previous":
                return True
            case Gather(aggregate=aggregate) if aggregate.alive is not None or _below_per_period(aggregate):
                return True
            case Nearby() if per_period(part.argument) or (part.where is not None and per_period(part.where)):
                return True
            case _:
                pass
    return False


def _below_per_period(aggregate: Aggregate) -> bool:
    return any(per_period(part) for part in (aggregate.argument, aggregate.where) if part is not None)


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


def replace_leaves(node: Core, leaf: Callable[[Core], Core | None]) -> Core:
    """The formula with what `leaf` gives in the place of a node; where it gives None the arguments are looked at instead."""
    found = leaf(node)
    if found is not None or not isinstance(node, Apply):
        return node if found is None else found
    return replace(node, arguments=tuple(replace_leaves(argument, leaf) for argument in node.arguments))
