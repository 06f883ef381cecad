"""Relations that there are not: tables called like the sources, with columns of the declared types, to write statements for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from kpidsl.catalog.core import Type
from kpidsl.data.relations import Kind, Physical, Relation, StoredColumn
from kpidsl.plan.nodes import Plan

_PHYSICAL = {
    Type.NUMBER: Physical.FLOAT,
    Type.TEXT: Physical.TEXT,
    Type.BOOLEAN: Physical.BOOLEAN,
    Type.DATE: Physical.DATE,
    Type.DATETIME: Physical.MOMENT,
}


class Nowhere:
    """A store that runs nothing."""

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect

    def run(self, statement: str, kinds: Sequence[Kind]) -> list[NDArray[Any]]:
        raise AssertionError("there are no rows")

    def cancel(self) -> None:
        """Nothing runs."""

    def close(self) -> None:
        """Nothing is open."""


def invented(plan: Plan, dialect: str) -> dict[str, Relation]:
    """A relation for each source that a plan needs."""
    store = Nowhere(dialect)
    return {source: _relation(plan, source, store) for source in plan.needs}


def _relation(plan: Plan, source: str, store: Nowhere) -> Relation:
    columns = plan.catalog.sources[source].columns
    stored = {
        name: StoredColumn(column.data_name or name, _PHYSICAL[column.type])
        for name, column in columns.items()
        if column.formula is None and name in plan.needs[source]
    }
    return Relation(source, (source,), stored, plan.calendar.timezone, store)
