"""Rows added up by periods before it is known which periods there are, so that a database reads them once and not twice.

Which periods a question has, where it does not say from when on, depends on the dates of the rows. Where it asks for all of
them by days, weeks or months, a database can group by the period whichever there are, and tell beside what it adds up on which
days each group has rows: as bits of a number, one for each day of the month. Rows without a date, and those that are not read,
are groups of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kpidsl.catalog.core import per_period
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.slots import Timeline
from kpidsl.engines.sql.answers import Answer, read_part
from kpidsl.engines.sql.asking import Asked, Part
from kpidsl.engines.sql.grouped import EPOCH
from kpidsl.engines.sql.jobs import Job
from kpidsl.engines.sql.placing import are_periods, numbered
from kpidsl.engines.uses import cores_of
from kpidsl.periods.bounds import next_start
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Dated, Plan, Scan, Shift, Slot, Use, adds_up, cluster_of
from kpidsl.plan.schedule import Span


def jobs_at_once(plan: Plan, scans: Iterable[int], dialect: Dialect) -> dict[int, Job]:
    """The jobs for scans by all periods of the question's grain, without those whose periods have to be known."""
    question, grain = plan.question, plan.question.every
    if question.start is not None or question.end is not None or grain is None or not _has_bits(grain, plan.calendar):
        return {}
    jobs = {number: _job(plan, number, grain) for number in scans} if dialect.days_seen is not None else {}
    return {number: job for number, job in jobs.items() if job is not None}


def _job(plan: Plan, number: int, grain: Grain) -> Job | None:
    scan = plan.scans[number]
    uses = [use for use in plan.uses if use.scan == number]
    if not isinstance(scan.placement, Dated) or scan.condition is not None:
        return None
    if not all(_is_in_step(use, grain) for use in uses):
        return None
    everything = tuple(range(len(scan.dimensions)))
    if any(map(per_period, cores_of(scan, scan.slots, everything))):
        return None
    return Job(scan, everything, _slots(plan, scan, uses), (), True, grain=grain)


def _has_bits(grain: Grain, calendar: Calendar) -> bool:
    """Whether no two days of a period are on the same day of a month."""
    return grain in (Grain.DAY, Grain.WEEK) or (grain is Grain.MONTH and calendar.fiscal is None)


def _is_in_step(use: Use, grain: Grain) -> bool:
    """Whether all times at which slots are needed are whole periods of the grain."""
    for time in use.times:
        match time:
            case Shift(unit=None):
                pass
            case Shift(unit=Grain() as unit) if unit is grain or (grain is Grain.MONTH and unit.months):
                pass
            case _:
                return False
    return True


def _slots(plan: Plan, scan: Scan, uses: Sequence[Use]) -> Mapping[str, Slot]:
    """What adds up, and what is needed of each period by all dimensions."""
    whole = {name for use in uses if not use.times and use.by == plan.question.by for name in use.slots}
    return {
        name: slot for name, slot in scan.slots.items() if cluster_of(slot) is None and (name in whole or adds_up(slot, scan))
    }


def serves(asked: Job, job: Job, calendar: Calendar) -> bool:
    """Whether the answer for all periods of a grain is one to a job for some time."""
    assert asked.grain is not None
    same = job.dimensions == asked.dimensions and job.slots.keys() <= asked.slots.keys() and job.cluster is None
    return same and job.periods is None and are_periods(job.pieces, asked.grain, calendar)


@dataclass(frozen=True, slots=True, eq=False)
class OnePass:
    """What came back for some scans of a plan: `parts` of the statement by the number of the scan, after them `sources`."""

    plan: Plan
    question: Asked
    columns: Sequence[NDArray[Any]]
    parts: Mapping[int, int]
    sources: Sequence[str]

    def timeline(self, number: int) -> Timeline:
        """The dates of the rows of a scan."""
        place = self.parts[number]
        part = self.question.parts[place]
        select, piece, rows, *_ = self.columns
        mine = select == place
        whole = int(rows[select == len(self.parts) + self.sources.index(part.job.scan.source)].sum())
        missing = whole - int(rows[mine].sum())
        read = mine & ~np.isnan(piece)
        if not read.any():
            return Timeline(whole, missing, None)
        first, last = (column[read] for column in self.columns[-2:])
        days = self.columns[2 + len(self.question.dimensions) + len(part.columns.numbers)]
        return Timeline(whole, missing, Span(min(first), max(last), self._days(part, piece[read], days[read])))

    def _days(self, part: Part, pieces: NDArray[np.float64], bits: NDArray[np.float64]) -> list[int]:
        """The days with rows, in days since 1970 and in order."""
        assert part.job.grain is not None
        seen: dict[int, int] = {}
        for piece, each in zip(pieces.astype(np.int64).tolist(), bits.astype(np.int64).tolist(), strict=True):
            seen[piece] = seen.get(piece, 0) | each
        found = []
        for piece in sorted(seen):
            start = date(*_month(piece), 1) if part.by_month else EPOCH.date() + timedelta(days=piece)
            length = (next_start(self.plan.calendar, part.job.grain, start) - start).days
            days = (start + timedelta(days=place) for place in range(length))
            found += [(day - EPOCH.date()).days for day in days if seen[piece] >> day.day & 1]
        return found

    def answer(self, number: int, job: Job) -> Answer | None:
        """The answer to a job for a scan; None where it asks for something else than was looked for."""
        place = self.parts.get(number)
        if place is None:
            return None
        part = self.question.parts[place]
        if not serves(part.job, job, self.plan.calendar):
            return None
        known = replace(part, job=replace(part.job, pieces=job.pieces), by_day=numbered(job.pieces, by_month=part.by_month))
        return read_part(known, place, self.question, self.columns)


def _month(number: int) -> tuple[int, int]:
    """The year and month of a month that is counted from the one before year 0."""
    year, month = divmod(number - 1, 12)
    return year, month + 1
