"""What is asked of a database at once: Collects of a schedule that read the same rows into the same cells, or part of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog.core import Reference, per_period
from kpidsl.engines.period import Period
from kpidsl.engines.sql.marks import Marks
from kpidsl.engines.uses import cores_of
from kpidsl.plan.nodes import Closing, Dated, Plan, Scan, Slot, Stock, Timeless, cluster_of
from kpidsl.plan.schedule import Collect, Interval, Schedule


class Job(Struct, frozen=True, eq=False):
    """`periods` are the pieces as periods where rows are looked at piece by piece; `first` is the number of the first piece.

    A timeless scan without pieces has none, and all rows are in the first. With `marks` the pieces are all that they tell
    apart, up to the plan's `as_of`, which need not be known.
    """

    scan: Scan
    dimensions: tuple[int, ...]
    slots: Mapping[str, Slot]
    pieces: tuple[Interval, ...]
    tiling: bool
    periods: tuple[Period, ...] | None = None
    first: int = 0
    marks: Marks | None = None

    @property
    def cluster(self) -> Reference | None:
        """By what rows are added up before all of the slots are."""
        return next((cluster_of(slot) for slot in self.slots.values()), None)

    @property
    def apart(self) -> bool:
        """Whether no row is in two pieces."""
        return self.tiling and (self.periods is None or isinstance(self.scan.placement, Dated | Closing))

    def halves(self) -> tuple[Job, Job] | None:
        """The same for the first and for the second half of the pieces, None where there is only one."""
        if len(self.pieces) < 2:
            return None
        middle = len(self.pieces) // 2
        low, high = (
            replace(self, pieces=self.pieces[part], periods=self.periods and self.periods[part])
            for part in (slice(middle), slice(middle, None))
        )
        return low, replace(high, first=self.first + middle)


def _one_by_one(asked: Collect, scan: Scan) -> bool:
    """Whether a row may be in several pieces, or add to one differently than to another."""
    match scan.placement:
        case Stock() | Closing():
            return True
        case Timeless():
            return bool(asked.pieces)
        case _:
            return not asked.tiling or any(map(per_period, cores_of(scan, asked.slots, asked.dimensions)))


def _periods(plan: Plan, schedule: Schedule, number: int) -> tuple[Period, ...]:
    """The pieces of a Collect as periods; those of one chain of frames are as long as its line says."""
    chains = [where.times for where, found in schedule.found.items() if found.collect == number]
    line = schedule.lines[chains[0] if len(chains) == 1 else ()]
    every = plan.question.every
    return tuple(Period(piece, plan.calendar, line.grain, line.length, every) for piece in schedule.collects[number].pieces)


def jobs_of(plan: Plan, schedule: Schedule, numbers: Sequence[int]) -> list[tuple[Job, list[int]]]:
    """The jobs for some Collects, and which each answers; a Collect of a scan in time without pieces needs none."""
    together: dict[object, list[int]] = {}
    for number in numbers:
        asked = schedule.collects[number]
        scan = plan.scans[asked.scan]
        if asked.pieces or isinstance(scan.placement, Timeless):
            alone = number if _one_by_one(asked, scan) else None
            bounds = tuple((piece.start, piece.end) for piece in asked.pieces)
            cluster = next((cluster_of(slot) for slot in asked.slots.values()), None)
            together.setdefault((asked.scan, asked.dimensions, bounds, alone, cluster), []).append(number)
    return [(_job(plan, schedule, members), members) for members in together.values()]


def _job(plan: Plan, schedule: Schedule, members: Sequence[int]) -> Job:
    asked = schedule.collects[members[0]]
    scan = plan.scans[asked.scan]
    slots = {name: slot for number in members for name, slot in schedule.collects[number].slots.items()}
    periods = _periods(plan, schedule, members[0]) if _one_by_one(asked, scan) else None
    return Job(scan, asked.dimensions, slots, asked.pieces, asked.tiling, periods)
