"""How many rows that others gather, or look for nearby, have an expression that is undefined: one select for each reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.catalog.core import Core, Gather, Nearby, per_period
from kpidsl.data.relations import Kind
from kpidsl.engines.sql.gathering import taken
from kpidsl.engines.sql.select import Derive, Select
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.sql.undefined import undefined
from kpidsl.engines.uses import nodes_of
from kpidsl.plan.nodes import Plan

KINDS: Sequence[Kind] = ("number", "number")


class Flag(Struct, frozen=True):
    """An expression on the rows of a source, and one reason why it is undefined; None for any."""

    source: str
    core: Core
    reason: str | None


def flags_of(plan: Plan, statement: Statement, derive: Derive) -> dict[Flag, str]:
    """What is counted, and by which select. What depends on the period is left out."""
    found: dict[Flag, str] = {}
    for _, node in dict.fromkeys(nodes_of(plan)):
        if isinstance(node, Gather | Nearby) and not per_period(node):
            for flag, select in _flags(node, statement, derive):
                found.setdefault(flag, select)
    return found


def _flags(node: Gather | Nearby, statement: Statement, derive: Derive) -> Iterator[tuple[Flag, str]]:
    if isinstance(node, Nearby):
        if node.where is not None:
            yield from _counted(node.where, Select(statement, node.source, derive), [])
        return
    aggregate = node.aggregate
    for core, where in ((aggregate.where, None), (aggregate.argument, aggregate.where)):
        if core is not None:
            select = Select(statement, aggregate.source, derive)
            conditions = [*taken(node, select), select.reach(node.key).found]
            if where is not None:
                conditions.append(select.value(where).text)
            yield from _counted(core, select, conditions)


def _counted(core: Core, select: Select, conditions: Sequence[str]) -> Iterator[tuple[Flag, str]]:
    reasons: dict[str | None, str] = dict(undefined(core, select).items())
    if len(reasons) > 1:
        reasons[None] = f"({' or '.join(reasons.values())})"
    counts = select.dialect.cast("count(*)", select.dialect.double)
    for reason, condition in reasons.items():
        where = " and ".join([*conditions, condition])
        yield Flag(select.source, core, reason), f"{counts} as n\n{select.text()}\nwhere {where}"


def flags_text(selects: Sequence[str], statement: Statement) -> str:
    """One statement for all counts."""
    dialect = statement.dialect
    numbered = [f"select {dialect.cast(str(number), dialect.double)} as k, {select}" for number, select in enumerate(selects)]
    return statement.headed("\nunion all\n".join(numbered))


def read_flags(flags: Sequence[Flag], columns: Sequence[NDArray[Any]]) -> dict[Flag, int]:
    number, counts = columns
    return {flags[int(place)]: int(count) for place, count in zip(number, counts, strict=True)}
