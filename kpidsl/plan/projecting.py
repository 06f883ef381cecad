"""Projections to what is counted for them: the rows of a cohort by the age at which they succeeded, or which they have now.

Ages are counted in steps of a day, or of several where that would be more than 120. Age 0 is from the date that places a row up
to a day later. Rows that succeed at the horizon still count, later ones do not; what is not before `as_of` has not happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog, Projection
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference, Type
from kpidsl.plan.frames import Framed
from kpidsl.plan.nodes import Question, Seen
from kpidsl.units.unit import Unit

_STEPS = 120
_DAY = Unit.of("day")


class ByAge(Struct, frozen=True):
    """Counts of the rows of a projection up to each age: `won` by that at which they succeeded, `open` by that which they have.

    Each counts the rows of the one before, too: one bound is looked at faster than two.
    """

    days: int
    rows: Aggregate
    won: tuple[Aggregate, ...]
    open: tuple[Aggregate, ...]


def by_age(projection: Projection, catalog: Catalog, as_of: datetime) -> ByAge:
    """What is counted of a projection."""
    step = projection.days // _STEPS + 1
    ages = range(0, projection.days + 1, step)
    rows, date = projection.rows, _date(projection.rows, catalog)
    today = Constant(as_of.date(), type=Type.DATE)
    passed = Fraction(as_of.time().hour * 3600 + as_of.time().minute * 60 + as_of.time().second, 86_400)
    ago = Apply("days_between", (projection.event, today), unit=_DAY)
    happened = Apply("less", (ago, Constant(passed, unit=_DAY)), type=Type.BOOLEAN)
    waits = Apply("or", (_test("is_missing", projection.event), _test("not", happened)), type=Type.BOOLEAN)
    taken = Apply("days_between", (projection.event, date), unit=_DAY)
    lasted = Apply("days_between", (today, date), unit=_DAY)
    ends = [*(age + step for age in ages[:-1]), projection.days]
    return ByAge(
        projection.days,
        rows,
        tuple(
            _where(rows, happened, _up_to(taken, end, closed=number == len(ends))) for number, end in enumerate(ends, start=1)
        ),
        tuple(_where(rows, waits, _up_to(lasted, age + step - passed)) for age in ages),
    )


def counted(projection: Projection, question: Question, catalog: Catalog) -> Iterator[Framed]:
    """What is counted of each cohort, and of all rows that are seen at `as_of`."""
    assert question.as_of is not None
    ages = by_age(projection, catalog, question.as_of)
    for node in (ages.rows, *ages.won, *ages.open):
        yield Framed(node, (), question.by)
        yield Framed(node, (Seen(projection.days),), question.by)


def _date(rows: Aggregate, catalog: Catalog) -> Reference:
    """The date that places the rows."""
    if rows.at is not None:
        return rows.at
    source = catalog.sources[rows.source]
    assert source.time is not None
    return Reference((source.time,), type=source.columns[source.time].type)


def _up_to(days: Core, end: Fraction | int, *, closed: bool = False) -> Core:
    return Apply("at_most" if closed else "less", (days, Constant(Fraction(end), unit=_DAY)), type=Type.BOOLEAN)


def _where(rows: Aggregate, *conditions: Core) -> Aggregate:
    given = (*conditions, *([] if rows.where is None else [rows.where]))
    found = given[0]
    for each in given[1:]:
        found = Apply("and", (found, each), type=Type.BOOLEAN)
    return replace(rows, where=found)


def _test(function: str, core: Core) -> Core:
    return Apply(function, (core,), type=Type.BOOLEAN)
