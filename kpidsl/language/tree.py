"""The surface tree: what was written, with spans that count the characters of the expression's own text."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from kpidsl.text import Span


@dataclass(frozen=True, slots=True)
class Node:
    span: Span = field(compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`1_000`, `2.5`."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Share(Node):
    """`25%`, `50 bps`; `value` is the fraction (1/4), `mark` is `%` or `bps`."""

    value: Fraction
    mark: str = "%"


@dataclass(frozen=True, slots=True)
class Factor(Node):
    """One name in a unit, with its exponent."""

    name: str
    exponent: Fraction


@dataclass(frozen=True, slots=True)
class UnitTree(Node):
    """`USD / customer`, `USD per month`, `percent`, `number`: the product of its factors."""

    factors: tuple[Factor, ...]


@dataclass(frozen=True, slots=True)
class Quantity(Node):
    """`30 days`, `2000 USD`, `50 USD per hour`."""

    value: Fraction
    unit: UnitTree


@dataclass(frozen=True, slots=True)
class Text(Node):
    value: str


@dataclass(frozen=True, slots=True)
class Day(Node):
    """`2026-01-31`."""

    value: date


@dataclass(frozen=True, slots=True)
class Truth(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Name(Node):
    """`leads`, `deal.lead.channel`; `spans` holds the place of each part."""

    parts: tuple[str, ...]
    spans: tuple[Span, ...] = field(compare=False, kw_only=True)

    @property
    def text(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Tree


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Tree


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """Operands joined by operators of one level: `+ -`, `* /`, `and` or `or`; one operator fewer, read from the left."""

    operators: tuple[str, ...]
    operands: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Power(Node):
    base: Tree
    exponent: Tree


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`= != < <= > >=`."""

    operator: str
    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Among(Node):
    """`x in (a, b)`, `x not in (a, b)`."""

    item: Tree
    options: tuple[Tree, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    item: Tree
    low: Tree
    high: Tree


@dataclass(frozen=True, slots=True)
class IsMissing(Node):
    item: Tree
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Choice(Node):
    """`if condition then yes else no`."""

    condition: Tree
    yes: Tree
    no: Tree


@dataclass(frozen=True, slots=True)
class Alive(Node):
    """`alive from started_at to ended_at`."""

    start: Name
    end: Name | None


@dataclass(frozen=True, slots=True)
class Modifiers(Node):
    """What may follow the first argument of an aggregate, in this order."""

    via: Name | None = None
    at: Name | None = None
    alive: Alive | None = None
    closing: bool = False
    where: Tree | None = None


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`sum(deals.amount at closed_at where outcome = "won")`, `greatest(a, b)`; `name_span` is the function's own place."""

    function: str
    arguments: tuple[Tree, ...]
    distinct: bool = False
    modifiers: Modifiers | None = None
    name_span: Span = field(compare=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Neighbour(Node):
    """`prior(x where c) per key`, `next(x where c) per key`."""

    function: str
    argument: Tree
    where: Tree | None
    key: Name


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`15% to 30%`, `at least 2`, `below 5`: a missing bound is open; `low_open` and `high_open` leave the bound itself out."""

    low: Tree | None
    high: Tree | None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class Budget(Node):
    """`95% of weeks over 3 months`; `of` is the name of the smaller periods."""

    share: Share
    of: Factor
    over: Quantity


@dataclass(frozen=True, slots=True)
class Claim(Node):
    """`left = right`, in an identity."""

    left: Tree
    right: Tree


Tree = (
    Number
    | Share
    | Quantity
    | Text
    | Day
    | Truth
    | Name
    | Negate
    | Not
    | Chain
    | Power
    | Compare
    | Among
    | Between
    | IsMissing
    | Choice
    | Call
    | Neighbour
)
