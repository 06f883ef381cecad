"""The times of a plan: its periods, those of every frame, and what to collect for them.

Frames act from the outside in: each maps the intervals of the one before it. `previous` and windows put one interval in the
place of another, `average` several that have it as parent. An interval that does not exist, such as February 30, is None.

What adds up is collected once for each scan, by the pieces between all bounds of all its intervals, with all dimensions; the
value of an interval is then the sum over its pieces. What does not is collected anew for each frame.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct, field

from kpidsl.catalog.core import Reference
from kpidsl.periods.grain import Grain
from kpidsl.plan.nodes import Closing, Dated, Placement, Plan, Slot, Stock, Timeless, Times
from kpidsl.values import ByContent


class Span(ByContent, frozen=True):
    """The first and the last moment of rows, or for which data are complete.

    `days` are those that have rows, in days since 1970 and in order, where they are known.
    """

    aside = ("days",)

    first: datetime
    last: datetime
    days: Sequence[int] = ()


class Interval(Struct, frozen=True):
    """A half-open time; `before` is the start of the one before it (`previous_period_start`)."""

    start: datetime
    end: datetime
    before: datetime


class Line(Struct, frozen=True):
    """The intervals of one chain of frames, as many as it has; `parents` are places in the chain without its last frame.

    `grain` and `length` say how long they are: a period of the calendar, or an amount of a unit; neither for any other range.
    """

    intervals: tuple[Interval | None, ...]
    parents: tuple[int, ...]
    grain: Grain | None = None
    length: tuple[int, Grain] | None = None


class Collect(Struct, frozen=True):
    """What an engine is asked for: slots of one scan in each piece of time, by the dimensions with these numbers.

    The pieces are in order; with `tiling` none overlaps the next. A timeless scan has no pieces, all its rows are in piece 0
    (unless its slots look at the period: then all rows are in every piece). Rows of a piece are, for each placement: those
    whose date is in it (Dated, Closing), those that started before its end (Stock), before `as_of` all of them. What adds to
    the slots are of those the rows on the last day that any row of the source has in the piece (Closing), or that have not
    ended before its end or `as_of` (Stock).
    """

    scan: int
    slots: Mapping[str, Slot]
    dimensions: tuple[int, ...]
    pieces: tuple[Interval, ...]
    tiling: bool


class Where(Struct, frozen=True):
    """Which slots of a scan are meant: at these times, by these dimensions (by number), `summed` those that add up.

    What is added up for each value of a `cluster` first stands apart.
    """

    scan: int
    times: Times
    dimensions: tuple[int, ...]
    summed: bool
    cluster: Reference | None = None


Pieces = tuple[int, int]  # from the one piece up to the other, without it


class Found(Struct, frozen=True):
    """Where slots of a frame are: a Collect and, for each interval, its pieces; None where there is no interval."""

    collect: int
    pieces: tuple[Pieces | None, ...]


class Schedule(Struct, frozen=True, eq=False):
    """`periods` holds the first day of each period and, last, the end of the last; none where no row is dated, no range asked.

    `lines` has the intervals of every chain of frames. `found` leads from slots to their Collect. `observed` says by scan and
    times in which intervals its source is observed. `presence` has for each scan the Collect, by all dimensions, whose rows
    make the cells: at times () by its pieces. `in_time` says by scan and times in which intervals no window begins before its
    source does. `first` is the day of the first row of all sources, where there is one. `snapshots` says of scans of closing
    rows in which intervals there are any to close with. The first `lead` periods are before the time asked for and
    not shown.
    """

    periods: tuple[date, ...]
    lines: Mapping[Times, Line]
    collects: tuple[Collect, ...]
    found: Mapping[Where, Found]
    observed: Mapping[tuple[int, Times], tuple[bool, ...]]
    presence: tuple[int, ...]
    in_time: Mapping[tuple[int, Times], tuple[bool, ...]] = field(default_factory=dict)
    first: datetime | None = None
    snapshots: Mapping[tuple[int, Times], tuple[bool, ...]] = field(default_factory=dict)
    lead: int = 0

    @property
    def count(self) -> int:
        """How many periods there are; one without bounds where none is known."""
        return max(1, len(self.periods) - 1)


def dates_to_survey(plan: Plan, scans: Sequence[int], here: Container[str]) -> tuple[tuple[str, Reference], ...]:
    """The sources and dates of some scans, and those that are watched of the sources that are `here`."""
    placed = [(plan.scans[number].source, date_of(plan.scans[number].placement)) for number in scans]
    dated = [(source, date) for source, date in placed if date is not None]
    return tuple(dict.fromkeys([*dated, *(each for each in plan.watched if each[0] in here)]))


def date_of(placement: Placement) -> Reference | None:
    """The date by which a source is observed; None for a timeless one."""
    match placement:
        case Dated(date=date) | Closing(date=date) | Stock(start=date):
            return date
        case Timeless():
            return None
