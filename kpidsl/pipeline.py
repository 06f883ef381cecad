"""The whole product on one screen: one function for each arrow.

    texts ── load ──▶ catalog ── check ──▶ findings
                         │
                      question ── make_plan ──▶ plan ── bind, survey ──▶ schedule ── collect ──▶ slots ── answer ──▶ result

A stage returns its output and all its diagnostics; only this module raises, where the question itself means nothing or the host
asked to be strict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from kpidsl.catalog.catalog import Catalog, Scorecard
from kpidsl.checking import check, load
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.bindings import Bindings
from kpidsl.errors import AskError, DataError
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import Moment, Setting, ask, midnight, read_settings
from kpidsl.plan.build import make_plan, names_in, sources_under
from kpidsl.plan.messages import broken_scorecard, unknown_scorecard
from kpidsl.plan.nodes import Plan, Question
from kpidsl.plan.schedule import Schedule, Span, date_of
from kpidsl.plan.timing import make_schedule

if TYPE_CHECKING:  # what computes is imported where it is used: checking must load neither pandas nor numpy
    from kpidsl.data.given import Given
    from kpidsl.data.limits import Limits
    from kpidsl.engines.choose import Choice
    from kpidsl.engines.engine import Data as EngineData
    from kpidsl.engines.slots import Survey
    from kpidsl.results.result import Result

__all__ = ["calc", "check", "evaluate", "load", "planned", "statement"]

Data = Mapping[str, object] | str | Path | Bindings


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
    covers: Mapping[str, tuple[date | datetime, date | datetime]] | None = None,
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
    from kpidsl.data.inputs import read_inputs
    from kpidsl.data.limits import Limits, read_memory
    from kpidsl.results.scorecards import score_cards

    inputs = read_inputs(catalog, data, covers or {})
    if inputs.given is None:
        raise DataError(inputs.findings)
    names, groups, cards = ([each] if isinstance(each, str) else each or () for each in (kpis, by, scorecards))
    scored = _scorecards(catalog, cards or (() if names else tuple(catalog.scorecards)))
    question, problems = ask(
        catalog,
        [*names, *(name for card in scored for name in card.weights)] if names or cards else (),
        by=groups,
        every=every,
        start=start,
        end=end,
        where=where,
        having=having,
        cells=cells,
        as_of=as_of if as_of is not None else inputs.as_of,
        parameters=parameters,
    )
    memory, wrong = read_memory(memory_limit)
    if question is None or wrong:
        raise AskError([*inputs.findings, *problems, *wrong])
    limits = Limits(memory if memory is not None else inputs.memory_limit, progress)
    result = _answer(
        catalog, question, _Run(inputs.given, engine or inputs.engine or "auto", limits, (*inputs.findings, *problems))
    )
    return replace(result, scorecards=score_cards(scored, result.axis, result.figures)) if scored else result


def _scorecards(catalog: Catalog, names: Sequence[str]) -> list[Scorecard]:
    """The scorecards of these names; AskError where there is none, or it has a mistake."""
    written = {each.name.value for each in catalog.definitions.scorecards}
    for name in names:
        if name not in catalog.scorecards:
            raise AskError([broken_scorecard(name) if name in written else unknown_scorecard(name, catalog.scorecards)])
    return [catalog.scorecards[name] for name in dict.fromkeys(names)]


@dataclass(frozen=True, slots=True, eq=False)
class _Run:
    """How a question is to be answered: from which data, by which engine, and what was said so far."""

    given: Mapping[str, Given]
    engine: str
    limits: Limits
    found: tuple[Diagnostic, ...]


def _answer(catalog: Catalog, question: Question, run: _Run) -> Result:
    from kpidsl.data.rows import Refused
    from kpidsl.engines.choose import choose

    began = perf_counter()
    plan, problems = make_plan(catalog, question)
    if plan is None:
        raise AskError(problems)
    choice = choose(run.engine, plan, run.given, run.limits)
    if choice.engine is None:
        raise AskError(choice.findings)
    usable = {name: each for name, each in run.given.items() if name not in choice.failed}
    try:
        with closing(choice.engine.bind(plan, usable)) as data:
            return _collected(plan, choice, data, run.found, began)
    except Refused as refused:
        raise DataError([*run.found, refused.diagnostic]) from None


def _collected(plan: Plan, choice: Choice, data: EngineData, found: Sequence[Diagnostic], began: float) -> Result:
    from kpidsl.engines.notices import date_notices
    from kpidsl.engines.slots import Slots
    from kpidsl.results.answer import answer

    asked = plan.question.values
    plan, failures, survey = _surveyed(plan, choice, data, found)
    spans = {key: line.span for key, line in survey.timelines.items()}
    schedule, problems = make_schedule(plan, spans, survey.covers)
    if schedule is None:
        raise AskError(problems)
    collected = data.collect(plan, schedule, range(len(schedule.collects)))
    notices = (*data.notices, *date_notices(plan, survey, schedule), *problems)
    return answer(
        plan,
        Slots(schedule, tuple(collected), notices),
        failures=failures,
        asked=asked,
        notices=(*found, *choice.findings, *data.findings),
        survey=survey,
        engine=choice.engine.name if choice.engine else "",
        reason=choice.reason,
        seconds=perf_counter() - began,
    )


def _surveyed(plan: Plan, choice: Choice, data: EngineData, found: Sequence[Diagnostic]) -> tuple[Plan, dict[str, str], Survey]:
    """The plan of what can be computed, why the rest cannot, and what is seen of the dates.

    A source may turn out to be unusable only when it is looked at; then the plan is made anew without what needs it.
    """
    whole = plan
    while True:
        failed = choice.failed | data.failed
        failures = {**choice.failures, **_failures(whole, failed)}
        if not failures.keys().isdisjoint(names_in(whole.question.having)):
            raise DataError([*found, *choice.findings, *data.findings])
        plan = _without(whole, failures, failed)
        survey = data.survey(plan, range(len(plan.scans)))
        if choice.failed | data.failed == failed:
            return plan, failures, survey


def _failures(plan: Plan, failed: frozenset[str]) -> dict[str, str]:
    """Why values cannot be computed from the sources that could be used."""
    names = (*plan.question.values, *names_in(plan.question.having)) if failed else ()
    missing = {name: sorted(sources_under(name, plan) & failed) for name in names}
    return {name: f"source {' and '.join(sources)} could not be used" for name, sources in missing.items() if sources}


def _without(plan: Plan, failures: Mapping[str, str], failed: frozenset[str]) -> Plan:
    """The plan of the values that did not fail, without what only benchmarks need of sources that cannot be used."""
    if not failures and failed.isdisjoint(plan.needs):
        return plan
    left = tuple(name for name in plan.question.values if name not in failures)
    smaller, _ = make_plan(plan.catalog, replace(plan.question, values=left), failed)
    assert smaller is not None
    return smaller


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
