"""Slots to aggregates of the rows of a job, and counts of the rows in which an expression is undefined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.core import Core
from kpidsl.data.relations import Physical
from kpidsl.engines.sql.grouped import Adds, Grouped, added, aggregated, order_of, plain_number
from kpidsl.engines.sql.placing import Placed
from kpidsl.engines.sql.select import Select
from kpidsl.engines.sql.sql import Lacking, Sql, as_double, double_literal, number
from kpidsl.engines.sql.undefined import undefined
from kpidsl.plan.nodes import Count, Distinct, Extreme, Moment, Ordered, Rank, Slot, Sum
from kpidsl.plan.ranks import Places, places


class Flagged(Struct, frozen=True):
    """An expression that may be undefined, and why: a column counts the rows in which it is for that reason, or for any."""

    core: Core
    reason: str | None


class Infinite(Struct, frozen=True):
    """Columns that may hold infinite numbers: a column counts the rows in which any of them does."""

    columns: tuple[str, ...]


Flags = Flagged | Infinite  # what the rows that are read anyway are looked at for


class Adder(Struct):
    """Writes slots; `all_slots` are those of the scan, of which moments are."""

    slots: Mapping[str, Slot]
    all_slots: Mapping[str, Slot]
    rows: Placed
    grouped: Grouped

    @property
    def select(self) -> Select:
        return self.rows.select

    def slot(self, slot: Slot) -> str:
        """A slot as a number; one that is infinite is missing once it is read, which costs a database less to plan."""
        match slot:
            case Count():
                value = aggregated("count", self.adds(slot), self.grouped)
            case Sum():
                value = aggregated("sum", self.adds(slot), self.grouped)
            case Distinct():
                value = aggregated("distinct", self.adds(slot), self.grouped)
            case Extreme(function=function):
                value = aggregated(function, self.adds(slot), self.grouped)
            case Ordered(function=function, fraction=fraction):
                order = order_of(self.select, self.rows.date) if function in ("first", "last") else []
                value = aggregated(function, self.adds(slot), self.grouped, order, fraction)
            case Rank(fraction=fraction, upper=upper):
                value = self._ranked(slot, places(fraction, upper=upper))
            case Moment(left=left, right=right):
                value = self.product(left, right)
        return plain_number(replace(value, loose=False), self.select.statement)

    def adds(self, slot: Count | Sum | Distinct | Extreme | Ordered | Rank) -> Adds:
        """What each row adds."""
        where = [self.select.value(slot.term.where).text] if slot.term.where is not None else []
        return added(self.select, slot.term.argument, [*self.rows.adds, *where])

    def product(self, left: str, right: str) -> Sql:
        """The sum of the products of what rows add to two slots: a count adds 1 where its argument is there."""
        dialect = self.select.dialect
        factors: list[str] = []
        counted: list[str] = []
        for slot in (self.all_slots[name] for name in (left, right)):
            value = self.adds(slot).only if isinstance(slot, Count | Sum) else None
            if value is not None:
                column = replace(value, text=self.grouped.column(value.text))
                if isinstance(slot, Sum):
                    factors.append(as_double(column, dialect))
                else:
                    counted.append(f"{column.text} is not null")
        product = " * ".join(factors) or "1e0"
        if counted:
            product = f"case when {' and '.join(dict.fromkeys(counted))} then {product} end"
        return number(dialect.total(product, Physical.FLOAT), loose=True)

    def _ranked(self, slot: Rank, places: Places) -> Sql:
        """The value at a place in order, null where there is no such place."""
        dialect, value = self.select.dialect, self.adds(slot).only
        assert value is not None
        if dialect.ranked is None:
            # What has no such place has no percentile either, and says so in these words.
            what = "median" if slot.fraction == Fraction(1, 2) else "percentile"
            raise Lacking(what, "another database, or the engine `pandas`, has it")
        column = self.grouped.column(as_double(value, dialect))
        rows = dialect.cast(f"count({column})", dialect.double)
        share, spread, middle, z = (
            double_literal(each, dialect) for each in (places.share, places.spread, places.middle, places.z)
        )
        half = f"sqrt({rows} * {spread}) * {z}"
        if places.upper:
            place = dialect.ceil(f"({rows} * {share} + {half} + {middle})")
        else:
            place = dialect.floor(f"({rows} * {share} - {half} + {middle})")
        found = dialect.ranked(column, dialect.cast(place, dialect.whole))
        return number(f"case when {place} >= 1 and {place} <= {rows} then {found} end")

    def flags(self) -> dict[Flags, str]:
        """What is noticed of the rows; asked for when all else is written."""
        found = self._undefined()
        columns = tuple(self.select.doubles())
        if columns:
            any_ = " or ".join(self._infinite(name) for name in columns)
            found[Infinite(columns)] = self._counted([any_])
        return found

    def _infinite(self, name: str) -> str:
        """That a number of these rows is infinite, looked at only where it counts as missing, which few do."""
        missing = f"{self.select.column(self.select.root, name).text} is null"
        return f"({missing} and {self.select.dialect.infinite(self.select.stored(name))})"

    def _undefined(self) -> dict[Flags, str]:
        """For each expression that may be undefined how often it is, and where it may be for several reasons, for each."""
        found: dict[Flags, str] = {}
        for slot in self.slots.values():
            if not isinstance(slot, Moment):
                passes = [self.select.value(slot.term.where).text] if slot.term.where is not None else []
                for core, conditions in ((slot.term.where, ()), (slot.term.argument, passes)):
                    if core is not None:
                        for flag, text in self._flags(core, conditions):
                            found.setdefault(flag, text)
        return found

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
