"""The intervals of all frames to what engines are asked for, and to where each frame finds its slots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from msgspec import Struct, field

from kpidsl.catalog.core import per_period
from kpidsl.plan.nodes import Moment, Plan, Slot, Timeless, Times, Use, adds_up, cluster_of
from kpidsl.plan.schedule import Collect, Found, Interval, Line, Where


class Collects(Struct):
    """Grows by one scan after the other; `presence` as in Schedule."""

    plan: Plan
    lines: Mapping[Times, Line]
    collects: list[Collect] = field(default_factory=list)
    found: dict[Where, Found] = field(default_factory=dict)
    presence: list[int] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Everything to collect of one scan."""
        scan, everything = self.plan.scans[number], tuple(range(len(self.plan.question.by)))
        uses = [use for use in self.plan.uses if use.scan == number]
        summed = {name: slot for name, slot in scan.slots.items() if adds_up(slot, scan)}
        if summed:
            self._add_summed(number, summed, uses, everything)
        anew: dict[Where, dict[str, Slot]] = {} if summed else {Where(number, (), everything, summed=False): {}}
        for use in uses:
            by = tuple(self.plan.question.by.index(name) for name in use.by)
            for name in use.slots:
                if name not in summed:
                    where = Where(number, use.times, by, summed=False, cluster=cluster_of(scan.slots[name]))
                    anew.setdefault(where, {})[name] = scan.slots[name]
        self.presence.append(len(self.collects) - 1 if summed else len(self.collects))
        for where, slots in anew.items():
            self._add_anew(where, slots)

    def _add_summed(self, number: int, slots: Mapping[str, Slot], uses: Iterable[Use], by: tuple[int, ...]) -> None:
        chains = dict.fromkeys([(), *(use.times for use in uses if not slots.keys().isdisjoint(use.slots))])
        timeless = isinstance(self.plan.scans[number].placement, Timeless)
        pieces = () if timeless else tuple(_pieces(interval for chain in chains for interval in self.lines[chain].intervals))
        place = {piece.start: index for index, piece in enumerate(pieces)}
        ends = {piece.end: index + 1 for index, piece in enumerate(pieces)}
        for chain in chains:
            self.found[Where(number, chain, by, summed=True)] = Found(
                len(self.collects),
                tuple(
                    (0, 1) if timeless else None if interval is None else (place[interval.start], ends[interval.end])
                    for interval in self.lines[chain].intervals
                ),
            )
        self.collects.append(Collect(number, slots, by, pieces, tiling=True))

    def _add_anew(self, where: Where, slots: Mapping[str, Slot]) -> None:
        intervals = self.lines[where.times].intervals
        timeless = isinstance(self.plan.scans[where.scan].placement, Timeless)
        different = {interval for interval in intervals if interval is not None}
        pieces = tuple(sorted(different, key=lambda each: (each.start, each.end)))
        # A timeless source has the same rows in every period, which may look at the period all the same.
        if timeless and not any(_looks_at_period(slot) for slot in slots.values()):
            pieces = ()
        place = {piece: index for index, piece in enumerate(pieces)}
        found = tuple(
            (0, 1) if not pieces and timeless else None if interval is None else (place[interval], place[interval] + 1)
            for interval in intervals
        )
        tiling = all(one.end <= other.start for one, other in pairwise(pieces))
        self.found[where] = Found(len(self.collects), found)
        self.collects.append(Collect(where.scan, slots, where.dimensions, pieces, tiling))


def _pieces(intervals: Iterable[Interval | None]) -> Iterator[Interval]:
    """The times between all bounds that are inside of an interval."""
    given = {interval for interval in intervals if interval is not None}
    change: dict[datetime, int] = {}
    for interval in given:
        change[interval.start] = change.get(interval.start, 0) + 1
        change[interval.end] = change.get(interval.end, 0) - 1
    open_ = 0
    bounds = sorted(change)
    for start, end in pairwise(bounds):
        open_ += change[start]
        if open_:
            yield Interval(start, end, start)


def _looks_at_period(slot: Slot) -> bool:
    match slot:
        case Moment():
            return False
        case _:
            return any(part is not None and per_period(part) for part in (slot.term.argument, slot.term.where))
