"""Questions on small frames, answered down to the slots, for the tests of engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from kpidsl.catalog.build import build_catalog
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate
from kpidsl.data.given import Frame, Given
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.find import read_texts
from kpidsl.documents.read import read
from kpidsl.engines.notices import date_notices
from kpidsl.engines.pandas import Pandas
from kpidsl.engines.slots import Collected, Survey
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.plan.nodes import Plan, Reading, Times, adds_up
from kpidsl.plan.schedule import Found, Schedule, Span, Where, date_of
from kpidsl.plan.timing import make_schedule


@dataclass(frozen=True)
class Answer:
    plan: Plan
    survey: Survey
    schedule: Schedule
    collected: tuple[Collected, ...]
    notes: tuple[Diagnostic, ...]

    @property
    def notices(self) -> list[str]:
        return [notice.code for notice in self.notes]

    @property
    def periods(self) -> tuple[date, ...]:
        return self.schedule.periods

    def span(self, value: str) -> Span | None:
        """Where the rows of a measure that is an aggregate lie."""
        scan = self.plan.scans[self._reading(value).scan]
        day = date_of(scan.placement)
        assert day is not None
        return self.survey.timelines[scan.source, day].span

    def collect(self, value: str, times: Times = (), by: tuple[str, ...] | None = None) -> Collected:
        """What is collected for a measure that is an aggregate, by what is asked for or by less."""
        return self.collected[self._found(value, times, by).collect]

    def cells(self, value: str, times: Times = (), by: tuple[str, ...] | None = None) -> dict[object, Any]:
        """What is read off for a measure that is an aggregate, by cell: the period's first day and the keys, if there are any.

        A mean is its sum and count; None is where nothing was collected. Each period must be one piece.
        """
        reading, found = self._reading(value), self._found(value, times, by)
        collected = self.collected[found.collect]
        starts = {pieces[0]: self._start(number, times) for number, pieces in enumerate(found.pieces) if pieces is not None}
        assert all(pieces is None or pieces[1] == pieces[0] + 1 for pieces in found.pieces)
        held = [[None if each != each else each for each in collected.slots[name].tolist()] for name in reading.slots]
        numbers = held[0] if len(held) == 1 else list(zip(*held, strict=True))
        names = self._names(collected, starts)
        assert len(set(names)) == len(names)
        return dict(zip(names, numbers, strict=True))

    def _start(self, number: int, times: Times) -> str | None:
        if self.plan.question.every is None:
            return None
        line = self.schedule.lines[()]
        for length in range(1, len(times) + 1):
            line, chain = self.schedule.lines[times[:length]], line
            assert len(line.intervals) == len(chain.intervals)
        interval = self.schedule.lines[()].intervals[number]
        return None if interval is None else str(interval.start.date())

    def _names(self, collected: Collected, starts: dict[int, str | None]) -> list[object]:
        plain = self.plan.question.every is None or None in starts.values()
        parts = [*([] if plain else [[starts[piece] for piece in collected.piece]]), *(key.tolist() for key in collected.keys)]
        if not parts:
            return [()] * len(collected.piece)
        return [names[0] if len(names) == 1 else names for names in zip(*parts, strict=True)]

    def _reading(self, value: str) -> Reading:
        core = self.plan.values[value].core
        assert isinstance(core, Aggregate)
        return self.plan.readings[core]

    def _found(self, value: str, times: Times, by: tuple[str, ...] | None) -> Found:
        reading = self._reading(value)
        scan = self.plan.scans[reading.scan]
        adds = adds_up(scan.slots[reading.slots[0]], scan)
        numbers = range(len(self.plan.question.by)) if by is None else map(self.plan.question.by.index, by)
        return self.schedule.found[Where(reading.scan, times, tuple(numbers), adds)]


def catalog_of(text: str) -> Catalog:
    definitions, found = read(read_texts({"definitions.yaml": text}))
    catalog = build_catalog(definitions, tuple(found))
    assert not catalog.diagnostics.errors, [error.headline for error in catalog.diagnostics.errors]
    return catalog


def planned(text: str, *values: str, **asked: Any) -> Plan:
    catalog = catalog_of(text)
    question, problems = ask(catalog, values or tuple(catalog.values), **{"as_of": "2027-01-01", **asked})
    assert question is not None, [problem.headline for problem in problems]
    plan, problems = make_plan(catalog, question)
    assert plan is not None, [problem.headline for problem in problems]
    return plan


def answered(text: str, data: Mapping[str, Any], *values: str, **asked: Any) -> Answer:
    """The slots of values on frames, all values if none is named."""
    plan = planned(text, *values, **asked)
    given = {name: rows if isinstance(rows, Given) else Given(Frame(pd.DataFrame(rows))) for name, rows in data.items()}
    return run(plan, given)


def run(plan: Plan, given: Mapping[str, Given]) -> Answer:
    engine = Pandas()
    assert not engine.lacks(plan)
    memory = engine.bind(plan, given)
    assert not memory.failed, [finding.headline for finding in memory.findings]
    survey = memory.survey(plan, range(len(plan.scans)))
    spans = {key: line.span for key, line in survey.timelines.items()}
    schedule, moved = make_schedule(plan, spans, survey.covers)
    assert schedule is not None, [finding.headline for finding in moved]
    collected = tuple(memory.collect(plan, schedule, range(len(schedule.collects))))
    notes = (*moved, *date_notices(plan, survey, schedule), *memory.notices)
    return Answer(plan, survey, schedule, collected, notes)
