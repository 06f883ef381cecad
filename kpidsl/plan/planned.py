"""Whether a plan has something for every part of a period: what it is made of in, a formula of the share that is planned out.

A source whose rows stand for months has a plan for a quarter only if it has one for each of its months. The sum of those that
are there looks like a plan, and is too small a one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import reduce

from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Type
from kpidsl.periods.grain import Grain
from kpidsl.plan.frames import Framed
from kpidsl.plan.nodes import Question
from kpidsl.units.unit import NUMBER

_NONE, _ONE = Constant(Fraction(0)), Constant(Fraction(1))


def parts_of(nodes: Sequence[Framed], question: Question, catalog: Catalog) -> Iterator[tuple[Aggregate, Grain]]:
    """The aggregates over rows that stand for shorter periods than those asked for, with how long these are."""
    for node in nodes:
        every = catalog.sources[node.aggregate.source].every
        stock = node.aggregate.alive is not None or node.aggregate.closing
        if every is not None and every is not question.every and not node.times and not stock:
            yield node.aggregate, every


def share_planned(nodes: Sequence[Framed], question: Question, catalog: Catalog) -> Core | None:
    """The share of the shorter periods in which each aggregate has rows, the least of them; None for a plan without parts."""
    shares = [_share(aggregate, every) for aggregate, every in parts_of(nodes, question, catalog)]
    return reduce(lambda one, other: Apply("least", (one, other), unit=NUMBER), shares) if shares else None


def _share(aggregate: Aggregate, every: Grain) -> Core:
    count = Aggregate("count", aggregate.source, aggregate.argument, aggregate.where, aggregate.at, unit=NUMBER)
    known = Apply("coalesce", (count, _NONE), unit=NUMBER)
    is_there = Apply("if", (Apply("greater", (known, _NONE), type=Type.BOOLEAN), _ONE, _NONE), unit=NUMBER)
    return Apply("average", (is_there, Constant(every.value, type=Type.TEXT)), unit=NUMBER)
