"""Rows added up by periods before it is known which periods there are, so that a database reads them once and not twice.

Which periods a question has, where it does not say from when on, depends on the dates of the rows. Where it asks for all of
them by days, weeks or months, a database can group by the period whichever there are, and tell beside what it adds up on which
days each group has rows: as bits of a number, one for each day of the month. Rows that are not read are groups of their own;
how many have no date is found by counting all rows of the source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from kpidsl.catalog.core import per_period
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.slots import Timeline
from kpidsl.engines.sql.answers import Answer, read_part
from kpidsl.engines.sql.asking import Asked
from kpidsl.engines.sql.jobs import Job
from kpidsl.engines.sql.marks import HalfMonths, Marks, Months, month_number, numbered, of_grain
from kpidsl.engines.uses import cores_of
from kpidsl.periods.bounds import start_of
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import midnight
from kpidsl.plan.nodes import Dated, Earlier, Elapsed, Plan, Shift, Time, Times, adds_up, cluster_of
from kpidsl.plan.schedule import Span


def jobs_at_once(plan: Plan, scans: Iterable[int], dialect: Dialect) -> list[tuple[int, Job]]:
    """The jobs for scans by all periods of the question's grain, without scans whose periods have to be known."""
    question = plan.question
    if question.start is not None or question.end is not None or dialect.bits is None:
        return []
    return [(number, job) for number in scans for job in _jobs(plan, number)]


def _jobs(plan: Plan, number: int) -> list[Job]:
    """Only what adds up is collected by parts of months."""
    scan = plan.scans[number]
    uses = [use for use in plan.uses if use.scan == number]
    marks = _marks(plan, [use.times for use in uses])
    everything = tuple(range(len(scan.dimensions)))
    if marks is None or not isinstance(scan.placement, Dated) or scan.condition is not None:
        return []
    if any(map(per_period, cores_of(scan, scan.slots, everything))):
        return []
    summed = {name: slot for name, slot in scan.slots.items() if adds_up(slot, scan)}
    needed = {name for use in uses if not use.times and use.by == plan.question.by for name in use.slots} - summed.keys()
    others = {name: slot for name, slot in scan.slots.items() if name in needed and cluster_of(slot) is None}
    if not isinstance(marks, HalfMonths):
        return [Job(scan, everything, {**summed, **others}, (), True, marks=marks)]
    found = [Job(scan, everything, summed, (), True, marks=marks)] if summed else []
    if others or not summed:
        found.append(Job(scan, everything, others, (), True, marks=Months(plan.calendar)))
    return found


def _marks(plan: Plan, times: Sequence[Times]) -> Marks | None:
    """What tells all pieces of time apart in which slots are needed; None where they are not periods, or parts of months.

    Within each no two days may be on the same day of a month.
    """
    grain, calendar = plan.question.every, plan.calendar
    if grain is None or grain.months > 1 or not all(_is_in_step(each, grain) for each in times):
        return None
    parts = {each[0] for each in times if each and isinstance(each[0], Elapsed | Earlier)}
    passed = plan.as_of - midnight(start_of(calendar, grain, plan.as_of.date()))
    if not parts or not passed:
        return of_grain(grain, calendar)
    if grain is not Grain.MONTH or calendar.fiscal is not None or passed % timedelta(days=1):
        return None
    now = month_number(plan.as_of)
    split = frozenset(now - back for part in parts for back in _months_back(part))
    return HalfMonths(calendar, passed.days, split) if split else of_grain(grain, calendar)


def _is_in_step(times: Times, grain: Grain) -> bool:
    """Whether a chain of frames leads from periods of the grain to such periods, or to parts of them."""
    match times:
        case (Earlier(),):
            return True
        case (Elapsed(unit=unit),):
            return _steps(unit, grain)
        case _:
            return all(isinstance(time, Shift) and _steps(time.unit, grain) for time in times)


def _steps(unit: Grain | None, grain: Grain) -> bool:
    """Whether so much earlier than a period of the grain is another one, whatever the amount."""
    return unit in (None, grain) or (unit is not None and grain is Grain.MONTH and unit.months > 0)


def _months_back(part: Time) -> Iterable[int]:
    """How many months ago those are that a part is taken of."""
    match part:
        case Earlier(part=True, many=many):
            return range(1, many + 1)
        case Elapsed(amount=int(amount), unit=Grain() as unit):
            return (amount * unit.months,)
        case Elapsed():
            return (1,)
        case _:
            return ()


def places_in(whole: Job, job: Job) -> Mapping[int, int] | None:
    """Where the answer for all periods has that to a job for some time, as in `Part`; None where it does not answer it."""
    assert whole.marks is not None
    same = job.dimensions == whole.dimensions and job.slots.keys() <= whole.slots.keys()
    return numbered(job.pieces, whole.marks) if same and job.periods is None else None


class OnePass(Struct, frozen=True, eq=False):
    """What came back for some scans of a plan: `scans` has the number of each part's, after the parts are the `sources`."""

    question: Asked
    columns: Sequence[NDArray[Any]]
    scans: Sequence[int]
    sources: Sequence[str]

    def timeline(self, number: int) -> Timeline:
        """The dates of the rows of a scan."""
        place = self.scans.index(number)
        part = self.question.parts[place]
        marks = part.job.marks
        assert marks is not None
        select, piece, rows, *_ = self.columns
        mine = select == place
        whole = int(rows[select == len(self.scans) + self.sources.index(part.job.scan.source)].sum())
        missing = whole - int(rows[mine].sum())
        read = mine & ~np.isnan(piece)
        if not read.any():
            return Timeline(whole, missing, None)
        first, last = (column[read] for column in self.columns[-2:])
        days = self.columns[2 + len(self.question.dimensions) + len(part.columns.numbers)]
        return Timeline(whole, missing, Span(min(first), max(last), _days(marks, piece[read], days[read])))

    def answer(self, number: int, job: Job) -> Answer | None:
        """The answer to a job for a scan; None where it asks for something else than was looked for."""
        for place, part in enumerate(self.question.parts):
            places = places_in(part.job, job) if self.scans[place] == number else None
            if places is not None:
                known = replace(part, job=replace(part.job, pieces=job.pieces), places=places)
                return read_part(known, place, self.question, self.columns)
        return None


def _days(marks: Marks, pieces: NDArray[np.float64], bits: NDArray[np.float64]) -> list[int]:
    """The days with rows, in days since 1970 and in order."""
    seen: dict[int, int] = {}
    for piece, each in zip(pieces.astype(np.int64).tolist(), bits.astype(np.int64).tolist(), strict=True):
        seen[piece] = seen.get(piece, 0) | each
    return sorted({day for piece, each in seen.items() for of_month, day in marks.days(piece) if each >> of_month & 1})
