"""The engines for rows in databases: sources are opened where they are, and statements in SQL add them up.

A database says what is wrong with rows, not which rows they are. Where they are here and not many, they are read once more to
say it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kpidsl.data.bind import bind as bind_rows
from kpidsl.data.given import Csv, Excel, Frame, Given, Parquet
from kpidsl.data.limits import Limits
from kpidsl.data.local import open_here
from kpidsl.data.looking import stays
from kpidsl.data.opened import Opened
from kpidsl.data.remote import open_there
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines.keeping import Openings
from kpidsl.engines.sql.engine import Stored, lacks
from kpidsl.engines.uses import links_used
from kpidsl.plan.nodes import Plan

_FEW = 1_000_000
_READABLE = (Frame, Csv, Parquet, Excel)


class Local:
    """DuckDB over what is here: files, frames, and tables of DuckDB files. What can stay open is kept in `openings`."""

    name = "duckdb"

    def __init__(self, limits: Limits, openings: Openings) -> None:
        self._limits = limits
        self._openings = openings

    def lacks(self, plan: Plan) -> tuple[Diagnostic, ...]:
        return lacks(plan, self.name)

    def bind(self, plan: Plan, given: Mapping[str, Given]) -> Stored:
        needs = {source: columns for source, columns in plan.needs.items() if source in given}
        readable = all(isinstance(given[source].place, _READABLE) for source in needs)

        def look(rows: int) -> Sequence[Diagnostic] | None:
            return bind_rows(plan.catalog, needs, given, links_used(plan)).findings if readable and rows <= _FEW else None

        def open_(wanted: Mapping[str, frozenset[str]]) -> Opened:
            return open_here(plan.catalog, wanted, given, self._limits)

        if not all(stays(given[source]) for source in needs):
            return _bound(plan, open_(needs), look)
        opening = self._openings.opening(needs, given.keys(), open_)
        known = opening.written.get(id(plan))
        if known is None or known.plan is not plan:
            known = Stored(plan, opening.among(needs), look, facts=opening.facts)
            opening.written.put(id(plan), known)
        stored: Stored = known
        return stored


class Database:
    """A database that holds tables, by the name of its SQL."""

    def __init__(self, kind: str, limits: Limits) -> None:
        self.name = kind
        self._limits = limits

    def lacks(self, plan: Plan) -> tuple[Diagnostic, ...]:
        return lacks(plan, self.name)

    def bind(self, plan: Plan, given: Mapping[str, Given]) -> Stored:
        needs = {source: columns for source, columns in plan.needs.items() if source in given}
        return _bound(plan, open_there(plan.catalog, needs, given, self._limits))


def _bound(plan: Plan, opened: Opened, look: Callable[[int], Sequence[Diagnostic] | None] = lambda rows: None) -> Stored:
    """What is opened for one question, and closed with it."""
    try:
        return Stored(plan, opened, look, close=opened.store.close)
    except BaseException:
        opened.store.close()
        raise
