"""Slots to aggregates of the rows of a job, and counts of the rows in which an expression is undefined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpidsl.catalog.core import Core
from kpidsl.data.relations import Physical
from kpidsl.engines.sql.grouped import Adds, Grouped, added, aggregated, order_of, plain_number
from kpidsl.engines.sql.placing import Placed
from kpidsl.engines.sql.select import Select
from kpidsl.engines.sql.sql import Sql, as_double, number
from kpidsl.engines.sql.undefined import undefined
from kpidsl.plan.nodes import Count, Distinct, Extreme, Moment, Ordered, Slot, Sum


@dataclass(frozen=True, slots=True)
class Flagged:
    """An expression that may be undefined, and why: a column counts the rows in which it is for that reason, or for any."""

    core: Core
    reason: str | None


@dataclass
class Adder:
    """Writes slots; `all_slots` are those of the scan, of which moments are."""

    slots: Mapping[str, Slot]
    all_slots: Mapping[str, Slot]
    rows: Placed
    grouped: Grouped

    @property
    def select(self) -> Select:
        return self.rows.select

    def slot(self, slot: Slot) -> str:
        """A slot as a number."""
        match slot:
            case Count():
                value = aggregated("count", self._adds(slot), self.grouped)
            case Sum():
                value = aggregated("sum", self._adds(slot), self.grouped)
            case Distinct():
                value = aggregated("distinct", self._adds(slot), self.grouped)
            case Extreme(function=function):
                value = aggregated(function, self._adds(slot), self.grouped)
            case Ordered(function=function, fraction=fraction):
                order = order_of(self.select, self.rows.date) if function in ("first", "last") else []
                value = aggregated(function, self._adds(slot), self.grouped, order, fraction)
            case Moment(left=left, right=right):
                value = self._product(left, right)
        return plain_number(value, self.select.statement)

    def _adds(self, slot: Count | Sum | Distinct | Extreme | Ordered) -> Adds:
        """What each row adds."""
        where = [self.select.value(slot.term.where).text] if slot.term.where is not None else []
        return added(self.select, slot.term.argument, [*self.rows.adds, *where])

    def _product(self, left: str, right: str) -> Sql:
        """The sum of the products of what rows add to two slots: a count adds 1 where its argument is there."""
        dialect = self.select.dialect
        factors: list[str] = []
        conditions: list[str] = []
        for slot in (self.all_slots[name] for name in (left, right)):
            assert isinstance(slot, Count | Sum)
            adds = self._adds(slot)
            if adds.condition:
                conditions.append(self.grouped.column(adds.condition))
            if adds.value is not None:
                column = replace(adds.value, text=self.grouped.column(adds.value.text))
                if isinstance(slot, Sum):
                    factors.append(as_double(column, dialect))
                else:
                    conditions.append(f"{column.text} is not null")
        return self._summed(" * ".join(factors) or "1e0", " and ".join(dict.fromkeys(conditions)))

    def _summed(self, product: str, condition: str) -> Sql:
        """The sum over rows of an expression on the columns of the groups, where a condition on them is true."""
        dialect = self.select.dialect
        rows = f" filter (where {condition})" if condition and dialect.filters else ""
        if condition and not rows:
            product = f"case when {condition} then {product} end"
        return number(dialect.total(product, Physical.FLOAT, rows), loose=True)

    def flags(self) -> list[tuple[Flagged, str]]:
        """For each expression that may be undefined how often it is, and where it may be for several reasons, for each."""
        found: dict[Flagged, str] = {}
        for slot in self.slots.values():
            if not isinstance(slot, Moment):
                passes = [self.select.value(slot.term.where).text] if slot.term.where is not None else []
                for core, conditions in ((slot.term.where, ()), (slot.term.argument, passes)):
                    if core is not None:
                        for flag, text in self._flags(core, conditions):
                            found.setdefault(flag, text)
        return list(found.items())

    def _flags(self, core: Core, conditions: Sequence[str]) -> list[tuple[Flagged, str]]:
        reasons = undefined(core, self.select)
        if not reasons:
            return []
        wanted: list[tuple[Flagged, str]] = [(Flagged(core, reason), text) for reason, text in reasons.items()]
        if len(reasons) > 1:
            wanted.insert(0, (Flagged(core, None), f"({' or '.join(reasons.values())})"))
        return [(flag, self._counted([*conditions, text])) for flag, text in wanted]

    def _counted(self, conditions: Sequence[str]) -> str:
        flag = f"case when {' and '.join(conditions)} then 1 end"
        return double(f"count({self.grouped.column(flag)})", self.select)


def double(text: str, select: Select) -> str:
    return select.dialect.cast(text, select.dialect.double)
