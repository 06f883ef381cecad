"""The whole product on one screen: one function for each arrow.

    texts ── load ──▶ catalog ── check ──▶ findings
                         │
                      question ── make_plan ──▶ plan ── bind, survey ──▶ schedule ── collect ──▶ slots ── answer ──▶ result

A stage returns its output and all its diagnostics; only this module and `session.py`, which has the lower line, raise, where
the question itself means nothing or the host asked to be strict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING

from kpidsl.catalog.catalog import Catalog
from kpidsl.checking import check, load
from kpidsl.errors import AskError
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import Moment, Setting, ask, midnight, read_settings
from kpidsl.plan.build import make_plan
from kpidsl.plan.nodes import Plan
from kpidsl.plan.schedule import Schedule, Span, date_of
from kpidsl.plan.timing import make_schedule
from kpidsl.session import Covers, Data, Session, Words, answered, hand_in, understood

if TYPE_CHECKING:  # what computes is imported where it is used: checking must load neither pandas nor numpy
    from kpidsl.results.result import Result

__all__ = ["Data", "Session", "calc", "check", "evaluate", "load", "planned", "statement"]


def evaluate(
    catalog: Catalog,
    kpis: Sequence[str] | str = (),
    *,
    data: Data | None = None,
    by: Sequence[str] | str = (),
    every: str | Grain | None = None,
    start: Moment = None,
    end: Moment = None,
    where: str | None = None,
    as_of: Moment = None,
    parameters: Mapping[str, Setting] | None = None,
    covers: Covers | None = None,
    having: str | None = None,
    cells: str | None = None,
    engine: str | None = None,
    memory_limit: str | int | None = None,
    progress: Callable[[float], None] | None = None,
    scorecards: Sequence[str] | str = (),
) -> Result:
    """Compute and judge KPIs, measures and formulas over them, and the KPIs of `scorecards`; all of both if none is named.

    `data` is frames or tables by source name, a folder with files called like the sources, or a `data.yaml`; `start` and
    `end` are half-open; `where` is a condition on dimensions, `having` one on values, for finished rows; `cells="all"` gives
    every combination of dimension values; `covers` says for which half-open time a frame is complete. `engine` and
    `memory_limit` (bytes, or text such as `2 GB`) are those of the `data.yaml` else; `progress` is told, while a question
    takes long, which part of it is done.
    Raises AskError where the question means nothing and DataError where `data` is nothing to read from; a source that cannot
    be used fails the KPIs that need it and no others.
    """
    from kpidsl.engines.keeping import Keep

    began = perf_counter()
    given = hand_in(catalog, data, covers, engine, memory_limit, progress)
    as_of = as_of if as_of is not None else given.as_of
    words = Words(kpis, by, every, start, end, where, having, cells, as_of, parameters, scorecards)
    with closing(Keep()) as keep:
        return answered(understood(catalog, words, given, keep), given, began)


def planned(
    catalog: Catalog,
    kpis: Sequence[str] | str = (),
    *,
    by: Sequence[str] | str = (),
    every: str | Grain | None = None,
    start: Moment = None,
    end: Moment = None,
    where: str | None = None,
    as_of: Moment = None,
    parameters: Mapping[str, Setting] | None = None,
) -> tuple[Plan, Schedule]:
    """What would run for a question, without data: rows are taken to be there from `start`, else from a year before `as_of`.

    Raises AskError where the question means nothing.
    """
    names, groups = ([each] if isinstance(each, str) else each or () for each in (kpis, by))
    question, problems = ask(
        catalog, names, by=groups, every=every, start=start, end=end, where=where, as_of=as_of, parameters=parameters
    )
    if question is None:
        raise AskError(problems)
    plan, problems = make_plan(catalog, question)
    if plan is None:
        raise AskError(problems)
    first = midnight(question.start) if question.start is not None else plan.as_of - timedelta(days=365)
    dated = [(scan.source, date) for scan in plan.scans if (date := date_of(scan.placement)) is not None]
    schedule, problems = make_schedule(plan, dict.fromkeys(dated, Span(first, max(first, plan.as_of))), {})
    if schedule is None:
        raise AskError(problems)
    return plan, schedule


def statement(plan: Plan, schedule: Schedule, dialect: str) -> str:
    """The statement that a database would be asked, over tables called like the sources.

    Raises AskError for what the database cannot do, and for a dialect that there is not.
    """
    from kpidsl.engines.choice_messages import unknown_dialect
    from kpidsl.engines.dialects.listed import DIALECTS
    from kpidsl.engines.sql.engine import lacks, statements

    if dialect not in DIALECTS:
        raise AskError([unknown_dialect(dialect, tuple(DIALECTS))])
    if lacking := lacks(plan, dialect):
        raise AskError(lacking)
    return statements(plan, schedule, dialect)


def calc(catalog: Catalog, kpi: str, given: Mapping[str, Setting]) -> Result:
    """Judge a KPI from plain numbers for the measures, parameters or KPIs that it uses; text is an amount such as `12%`."""
    from kpidsl.results.calc import calc as run_calc

    amounts, problems = read_settings(catalog, kpi, given)
    if problems:
        raise AskError(problems)
    result = run_calc(catalog, kpi, amounts)
    if result.diagnostics.errors:
        raise AskError(result.diagnostics)
    return result
