"""The surface tree: what was written, with spans that count the characters of the expression's own text."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from kpidsl.text import Span
from kpidsl.values import ByContent


class Node(ByContent, frozen=True, kw_only=True, gc=False):
    aside = ("span", "spans", "name_span")

    span: Span


class Number(Node, frozen=True):
    """`1_000`, `2.5`."""

    value: Fraction


class Share(Node, frozen=True):
    """`25%`, `50 bps`; `value` is the fraction (1/4), `mark` is `%` or `bps`."""

    value: Fraction
    mark: str = "%"


class Factor(Node, frozen=True):
    """One name in a unit, with its exponent."""

    name: str
    exponent: Fraction


class UnitTree(Node, frozen=True):
    """`USD / customer`, `USD per month`, `percent`, `number`: the product of its factors."""

    factors: tuple[Factor, ...]


class Quantity(Node, frozen=True):
    """`30 days`, `2000 USD`, `50 USD per hour`."""

    value: Fraction
    unit: UnitTree


class Text(Node, frozen=True):
    value: str


class Day(Node, frozen=True):
    """`2026-01-31`."""

    value: date


class Truth(Node, frozen=True):
    value: bool


class Name(Node, frozen=True):
    """`leads`, `deal.lead.channel`; `spans` holds the place of each part."""

    parts: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        return ".".join(self.parts)


class Negate(Node, frozen=True):
    operand: Tree


class Not(Node, frozen=True):
    operand: Tree


class Chain(Node, frozen=True):
    """Operands joined by operators of one level: `+ -`, `* /`, `and` or `or`; one operator fewer, read from the left."""

    operators: tuple[str, ...]
    operands: tuple[Tree, ...]


class Power(Node, frozen=True):
    base: Tree
    exponent: Tree


class Compare(Node, frozen=True):
    """`= != < <= > >=`."""

    operator: str
    left: Tree
    right: Tree


class Among(Node, frozen=True):
    """`x in (a, b)`, `x not in (a, b)`."""

    item: Tree
    options: tuple[Tree, ...]
    negated: bool = False


class Between(Node, frozen=True):
    item: Tree
    low: Tree
    high: Tree


class IsMissing(Node, frozen=True):
    item: Tree
    negated: bool = False


class Choice(Node, frozen=True):
    """`if condition then yes else no`."""

    condition: Tree
    yes: Tree
    no: Tree


class Alive(Node, frozen=True):
    """`alive from started_at to ended_at`."""

    start: Name
    end: Name | None


class Modifiers(Node, frozen=True):
    """What may follow the first argument of an aggregate, in this order."""

    via: Name | None = None
    at: Name | None = None
    alive: Alive | None = None
    closing: bool = False
    where: Tree | None = None


class _Named(Node, frozen=True, kw_only=True):
    name_span: Span


class Call(_Named, frozen=True):
    """`sum(deals.amount at closed_at where outcome = "won")`, `greatest(a, b)`; `name_span` is the function's own place."""

    function: str
    arguments: tuple[Tree, ...]
    distinct: bool = False
    modifiers: Modifiers | None = None


class Neighbour(Node, frozen=True):
    """`prior(x where c) per key`, `next(x where c) per key`."""

    function: str
    argument: Tree
    where: Tree | None
    key: Name


class Range(Node, frozen=True):
    """`15% to 30%`, `at least 2`, `below 5`: a missing bound is open; `low_open` and `high_open` leave the bound itself out."""

    low: Tree | None
    high: Tree | None
    low_open: bool = False
    high_open: bool = False


class Budget(Node, frozen=True):
    """`95% of weeks over 3 months`; `of` is the name of the smaller periods."""

    share: Share
    of: Factor
    over: Quantity


class Claim(Node, frozen=True):
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
