"""`project` of a KPI to what fills up its young cohorts: the rows of a cohort, and the date on each at which it succeeds."""

from __future__ import annotations

from collections.abc import Mapping

from kpidsl.catalog import projection_messages as messages
from kpidsl.catalog.catalog import Projection, Value
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference, per_period
from kpidsl.catalog.expressions import read
from kpidsl.catalog.gather import read_gather
from kpidsl.catalog.reading import DATE_TYPES
from kpidsl.catalog.rows import ColumnOf, RowScope
from kpidsl.catalog.world import World
from kpidsl.documents import model
from kpidsl.periods.grain import Grain

_DAYS = {Grain.DAY: 1, Grain.WEEK: 7}
Length = tuple[int, Grain]


def read_projection(
    definition: model.Kpi, core: Core, matures_after: Length | None, world: World, column_of: ColumnOf
) -> Projection | None:
    """How its cohorts are projected; None, reported, where that cannot be."""
    formula = definition.project
    if formula is None or formula.tree is None:
        return None
    name = definition.name.value
    if definition.matures_after is None:
        world.found.append(messages.without_horizon(formula.label(), name))
        return None
    if matures_after is not None and matures_after[1] not in _DAYS:
        world.found.append(messages.horizon_in_months(definition.matures_after.label(), name, matures_after[1]))
        return None
    rows = _rows(core, world.values)
    if rows is None:
        world.found.append(messages.no_share_of_rows(formula.label(), name))
        return None
    event = read(formula.tree, RowScope(rows.source, formula.excerpt, world, column_of, gather=read_gather).reading)
    if event is None or matures_after is None:
        return None
    if event.type not in DATE_TYPES or per_period(event):
        world.found.append(messages.no_date(formula.label(), name, rows.source))
        return None
    return Projection(event, rows, matures_after[0] * _DAYS[matures_after[1]])


def _rows(core: Core, values: Mapping[str, Value]) -> Aggregate | None:
    """The rows that a count over a count is about: those below the line."""
    match _named(core, values):
        case Apply(function="divide", arguments=(above, below)):
            rows = _named(below, values)
            if _is_count(_named(above, values)) and _is_count(rows) and isinstance(rows, Aggregate):
                return rows
    return None


def _is_count(core: Core) -> bool:
    plain = isinstance(core, Aggregate) and core.function == "count" and not core.distinct
    return plain and isinstance(core, Aggregate) and core.alive is None and not core.closing


def _named(core: Core, values: Mapping[str, Value]) -> Core:
    while isinstance(core, Reference) and core.name in values:
        core = values[core.name].core
    return core
