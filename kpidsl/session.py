"""Data that stay open while question after question is asked of them.

What is read of the rows, checked and seen of their dates holds for the next question, too, and so do plans and statements.
Files are looked at before each question: when one has changed, everything is forgotten. A frame is taken to stay as it was
handed in. Tables in databases and DuckDB files are opened for each question, since others may write there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from threading import RLock
from time import perf_counter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.bindings import Bindings
from kpidsl.errors import AskError, DataError
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import Moment, Setting, ask
from kpidsl.plan.build import make_plan, names_in, sources_under
from kpidsl.plan.nodes import Plan, Question
from kpidsl.plan.schedule import Schedule
from kpidsl.plan.timing import make_schedule

if TYPE_CHECKING:  # what computes is imported where it is used: checking must load neither pandas nor numpy
    from kpidsl.data.given import Given
    from kpidsl.data.limits import Limits
    from kpidsl.data.looking import Look
    from kpidsl.engines.choose import Choice
    from kpidsl.engines.engine import Data as EngineData
    from kpidsl.engines.keeping import Keep, Latest
    from kpidsl.engines.slots import Survey
    from kpidsl.results.result import Result

Data = Mapping[str, object] | str | Path | Bindings
Covers = Mapping[str, tuple[date | datetime, date | datetime]]
_PLANS = 64
_SMALL = 2 * 2**20  # bytes
_WORTH = 1_000_000  # rows
_MANY = 3  # questions


class Bound(Struct, frozen=True, eq=False):
    """Data as a host says them: where they are, by which engine and within which limits to read them, what is wrong so far."""

    given: Mapping[str, Given]
    as_of: date | datetime | None
    engine: str
    limits: Limits
    found: tuple[Diagnostic, ...]


class Ready(Struct, frozen=True, eq=False):
    """A question of which only the rows are left to be added up; `failures` says why some of its values are not in the plan."""

    plan: Plan
    failures: Mapping[str, str]
    survey: Survey
    schedule: Schedule
    notices: tuple[Diagnostic, ...]


class Planned(Struct, eq=False):
    """A question as it was understood, with its plan and its engine, and once it was asked what is `ready` of it."""

    plan: Plan
    choice: Choice
    found: tuple[Diagnostic, ...]
    ready: Ready | None = None


class Words(Struct, frozen=True):
    """A question as a host asks it; see `kpidsl.evaluate`."""

    kpis: Sequence[str] | str
    by: Sequence[str] | str
    every: str | Grain | None
    start: Moment
    end: Moment
    where: str | None
    having: str | None
    cells: str | None
    as_of: Moment
    parameters: Mapping[str, Setting] | None
    scorecards: Sequence[str] | str = ()

    def read(self, catalog: Catalog) -> tuple[Question | None, tuple[Diagnostic, ...]]:
        """What they mean."""
        words = (self.kpis, self.by, self.scorecards)
        names, groups, cards = ([each] if isinstance(each, str) else each or () for each in words)
        return ask(
            catalog,
            names,
            by=groups,
            every=self.every,
            start=self.start,
            end=self.end,
            where=self.where,
            having=self.having,
            cells=self.cells,
            as_of=self.as_of,
            parameters=self.parameters,
            scorecards=cards,
        )


class Session:
    """Data that are bound once and asked many times: `with kpidsl.Session(catalog, data=…) as session: session.evaluate(…)`.

    The arguments are those of `kpidsl.evaluate`. Any number of threads may ask; one question is answered after the other.
    Raises DataError where `data` is nothing to read from, and AskError for what is no amount of memory.
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        data: Data | None = None,
        covers: Covers | None = None,
        engine: str | None = None,
        memory_limit: str | int | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> None:
        from kpidsl.engines.keeping import Keep, Latest

        self.catalog = catalog
        self._bound = hand_in(catalog, data, covers, engine, memory_limit, progress)
        self._looks: dict[str, Look] = {}
        self._keep = Keep(self._rows)
        self._planned: Latest[Planned] = Latest(_PLANS)
        self._lock = RLock()
        self._closed = False
        self._asked = 0
        self._opened: frozenset[str] = frozenset()

    def evaluate(
        self,
        kpis: Sequence[str] | str = (),
        *,
        by: Sequence[str] | str = (),
        every: str | Grain | None = None,
        start: Moment = None,
        end: Moment = None,
        where: str | None = None,
        as_of: Moment = None,
        parameters: Mapping[str, Setting] | None = None,
        having: str | None = None,
        cells: str | None = None,
        scorecards: Sequence[str] | str = (),
    ) -> Result:
        """Compute and judge values as `kpidsl.evaluate` does.

        Raises AskError where the question means nothing, and ValueError once the session is closed.
        """
        began = perf_counter()
        as_of = as_of if as_of is not None else self._bound.as_of
        words = Words(kpis, by, every, start, end, where, having, cells, as_of, parameters, scorecards)
        with self._lock:
            self._look()
            planned = self._planned.get(repr(words))
            if planned is None:
                planned = understood(self.catalog, words, self._bound, self._keep)
                if as_of is not None:  # now is another moment each time
                    self._planned.put(repr(words), planned)
            result = answered(planned, self._bound, began)
            self._asked += 1
            self._expect_more()
            return result

    def close(self) -> None:
        """Close what is open; nothing can be asked any more."""
        with self._lock:
            self._closed = True
            self._keep.close()
            self._planned.clear()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _look(self) -> None:
        """Forget everything where a file has changed."""
        from kpidsl.data.looking import look_at

        if self._closed:
            raise ValueError("the session is closed")
        looks = {source: look_at(source, given) for source, given in self._bound.given.items()}
        if looks != self._looks:
            self._looks = looks
            self._keep.close()
            self._planned.clear()

    def _rows(self, source: str, given: Given) -> int | None:
        """Of a small file few; of another one as many as it was seen to have in an earlier question."""
        from kpidsl.data.places import rows_in_memory

        look = self._looks[source]
        if look and sum(size for _, size, *_ in look) <= _SMALL:
            return 0
        known = rows_in_memory(given.place)
        return self._keep.openings.rows(source) if known is None and self._keep.worth else known

    def _expect_more(self) -> None:
        """After some questions there will be more, for which rows in memory are the fastest, if memory is not scarce.

        Engines are chosen anew when more is known of sources.
        """
        sources = self._keep.openings.sources
        if self._asked >= _MANY and self._bound.limits.memory is None and (not self._keep.worth or sources != self._opened):
            self._keep.worth, self._opened = _WORTH, sources
            self._planned.clear()


# One question


def hand_in(
    catalog: Catalog,
    data: Data | None,
    covers: Covers | None,
    engine: str | None,
    memory_limit: str | int | None,
    progress: Callable[[float], None] | None,
) -> Bound:
    """Raises DataError where `data` is nothing to read from, and AskError for what is no amount of memory."""
    from kpidsl.data.inputs import read_inputs
    from kpidsl.data.limits import Limits, read_memory

    inputs = read_inputs(catalog, data, covers or {})
    if inputs.given is None:
        raise DataError(inputs.findings)
    memory, wrong = read_memory(memory_limit)
    if wrong:
        raise AskError([*inputs.findings, *wrong])
    limits = Limits(memory if memory is not None else inputs.memory_limit, progress)
    return Bound(inputs.given, inputs.as_of, engine or inputs.engine or "auto", limits, inputs.findings)


def understood(catalog: Catalog, words: Words, bound: Bound, keep: Keep) -> Planned:
    """Raises AskError where the question means nothing."""
    from kpidsl.engines.choose import choose

    question, problems = words.read(catalog)
    if question is None:
        raise AskError([*bound.found, *problems])
    plan, wrong = make_plan(catalog, question)
    if plan is None:
        raise AskError(wrong)
    choice = choose(bound.engine, plan, bound.given, bound.limits, keep)
    if choice.engine is None:
        raise AskError(choice.findings)
    return Planned(plan, choice, (*bound.found, *problems))


def answered(planned: Planned, bound: Bound, began: float) -> Result:
    """Raises DataError where nothing can be computed."""
    from kpidsl.data.looking import stays
    from kpidsl.data.rows import Refused

    plan, choice = planned.plan, planned.choice
    assert choice.engine is not None
    usable = {name: each for name, each in bound.given.items() if name not in choice.failed}
    try:
        with closing(choice.engine.bind(plan, usable)) as data:
            ready = planned.ready or _ready(planned, data)
            if all(stays(usable[source]) for source in plan.needs if source in usable):
                planned.ready = ready
            return _collected(planned, ready, data, began)
    except Refused as refused:
        raise DataError([*planned.found, refused.diagnostic]) from None


def _ready(planned: Planned, data: EngineData) -> Ready:
    from kpidsl.engines.notices import date_notices

    plan, failures, survey = _surveyed(planned, data)
    spans = {key: line.span for key, line in survey.timelines.items()}
    schedule, problems = make_schedule(plan, spans, survey.covers)
    if schedule is None:
        raise AskError(problems)
    return Ready(plan, failures, survey, schedule, (*date_notices(plan, survey, schedule), *problems))


def _collected(planned: Planned, ready: Ready, data: EngineData, began: float) -> Result:
    from kpidsl.engines.slots import Slots
    from kpidsl.results.answer import answer

    choice, schedule = planned.choice, ready.schedule
    collected = data.collect(ready.plan, schedule, range(len(schedule.collects)))
    return answer(
        ready.plan,
        Slots(schedule, tuple(collected), (*data.notices, *ready.notices)),
        failures=ready.failures,
        asked=planned.plan.question.values,
        notices=(*planned.found, *choice.findings, *data.findings),
        survey=ready.survey,
        engine=choice.engine.name if choice.engine else "",
        reason=choice.reason,
        seconds=perf_counter() - began,
    )


def _surveyed(planned: Planned, data: EngineData) -> tuple[Plan, dict[str, str], Survey]:
    """The plan of what can be computed, why the rest cannot, and what is seen of the dates.

    A source may turn out to be unusable only when it is looked at; then the plan is made anew without what needs it.
    """
    whole, choice = planned.plan, planned.choice
    while True:
        failed = choice.failed | data.failed
        failures = {**choice.failures, **_failures(whole, failed)}
        if not failures.keys().isdisjoint(names_in(whole.question.having)):
            raise DataError([*planned.found, *choice.findings, *data.findings])
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
