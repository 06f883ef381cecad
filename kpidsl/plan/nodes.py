"""What to compute: scans of sources with slots, and how the aggregates of the formulas are read off the slots. No word on how.

A scan places the rows of one source by one date; each different aggregate is one slot of it. A frame is what a window asks
of an aggregate instead of the cell's own period and dimensions. The schedule (schedule.py) lists the times of all frames; an
engine returns slots by piece of time, and arithmetic over them is the same for every engine and happens in `results`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

from msgspec import Struct, field

from kpidsl.catalog.catalog import Catalog, Value
from kpidsl.catalog.core import Aggregate, Core, Reference, per_period
from kpidsl.periods.calendar import Calendar
from kpidsl.periods.grain import Grain


# Frames: the period, or the part of the dimensions, for which an aggregate is taken instead of the cell's own.
class Shift(Struct, frozen=True):
    """So much earlier: `previous(x, 1 year)`; without an amount the period before."""

    amount: int | None = None
    unit: Grain | None = None


class Window(Struct, frozen=True):
    """The length that ends with the period: `rolling(x, 3 months)`."""

    amount: int
    unit: Grain


class ToDate(Struct, frozen=True):
    """From the beginning of the year, quarter, … that holds the period to its end; without one, from the first row."""

    unit: Grain | None = None


class Fold(Struct, frozen=True):
    """The mean over the smaller periods of the period: `average(x, month)`; over `whole` ones, those that end in it."""

    unit: Grain
    whole: bool = False


class Elapsed(Struct, frozen=True):
    """Of a period that is not over the same part of an earlier one, for benchmarks: what has passed at `as_of`, as a `Shift`
    says how much earlier. For a period that is over there is none.
    """

    amount: int | None = None
    unit: Grain | None = None


class Earlier(Struct, frozen=True):
    """The periods before one that is not over, at most so `many`, one by one; of each the same `part`, or the whole."""

    part: bool
    many: int = 12


class Seen(Struct, frozen=True):
    """All that is there at `as_of`, for a period whose end is less than so many `days` before it; for others nothing."""

    days: int


class Total(Struct, frozen=True):
    """Without these dimensions: `total(x, channel)`; none named means all."""

    without: tuple[str, ...] = ()


Time = Shift | Window | ToDate | Fold | Elapsed | Earlier | Seen
Frame = Time | Total
Times = tuple[Time, ...]  # from the outside in; none for the period asked for itself


# Placements: which rows belong to a period.
class Dated(Struct, frozen=True):
    """The rows whose date falls into the period; `date` leads from the source to it."""

    date: Reference


class Timeless(Struct, frozen=True):
    """All rows, in every period."""


class Stock(Struct, frozen=True):
    """The rows alive at the period's end: begun before it and not ended by then."""

    start: Reference
    end: Reference | None


class Closing(Struct, frozen=True):
    """The rows of the source's last date in the period."""

    date: Reference


Placement = Dated | Timeless | Stock | Closing


# Slots: what is collected for each cell.
class Term(Struct, frozen=True):
    """What a row adds: its argument (1 if there is none), where the condition is true and the argument is present."""

    argument: Core | None
    where: Core | None


class Count(Struct, frozen=True):
    """How many rows add something."""

    term: Term


class Sum(Struct, frozen=True):
    term: Term


class Extreme(Struct, frozen=True):
    """The least (`min`) or greatest (`max`) value."""

    function: str
    term: Term


class Distinct(Struct, frozen=True):
    """How many different values; never to be added up over cells."""

    term: Term


class Ordered(Struct, frozen=True):
    """What needs the rows in order: `percentile` (with its fraction), `first`, `last`."""

    function: str
    term: Term
    fraction: Fraction | None = None


class Moment(Struct, frozen=True):
    """The sum over the rows of the product of what they add to two slots (Count or Sum) of the same scan, by name.

    With `cluster` rows are added up first, to both slots, for each different value of it within the cell, and the sum is over
    the products of those; a row without a value is added up by itself.
    """

    left: str
    right: str
    cluster: Reference | None = None


class Rank(Struct, frozen=True):
    """The value of a row by its place in order: the lower or `upper` end of the interval of a percentile, see `ranks`."""

    term: Term
    fraction: Fraction
    upper: bool


Slot = Count | Sum | Extreme | Distinct | Ordered | Moment | Rank


class Scan(Struct, frozen=True):
    """One source by one date. `dimensions` leads to each dimension asked for, in order; `condition` is the ask's `where`.

    `slots` holds what is collected, by name; names are unique in the plan.
    """

    source: str
    placement: Placement
    dimensions: tuple[Reference, ...]
    condition: Core | None
    slots: Mapping[str, Slot]


def adds_up(slot: Slot, scan: Scan) -> bool:
    """Whether a slot of a longer time, or without a dimension, is the sum (the least, the greatest) of those of its parts."""
    match slot:
        case Moment(left=left, right=right, cluster=None):
            return adds_up(scan.slots[left], scan) and adds_up(scan.slots[right], scan)
        case Count(term) | Sum(term) | Extreme(term=term):
            parts = (term.argument, term.where)
            return isinstance(scan.placement, Dated | Timeless) and not any(part and per_period(part) for part in parts)
        case _:
            return False


def cluster_of(slot: Slot) -> Reference | None:
    """By what rows are added up before a slot is collected."""
    return slot.cluster if isinstance(slot, Moment) else None


class Use(Struct, frozen=True):
    """That slots of a scan are needed at these times, by these of the question's dimensions."""

    scan: int
    times: Times
    by: tuple[str, ...]
    slots: tuple[str, ...]


class Reading(Struct, frozen=True):
    """How an aggregate is read off the slots of a scan: `avg` off a sum and a count, every other function off one slot.

    `rows` names the slot that says how many rows (of a distinct count: how many values) stand behind the value.
    """

    function: str
    scan: int
    slots: tuple[str, ...]
    rows: str


class Question(Struct, frozen=True):
    """What is asked. `start` and `end` are half-open; rows placed at or after `as_of` are not read.

    `formulas` are those of the `values` that no definition has. `having` drops finished rows; `all_cells` asks for every
    combination of dimension values in every period. The KPIs of `scorecards` are among the values.
    """

    values: tuple[str, ...]
    by: tuple[str, ...] = ()
    every: Grain | None = None
    start: date | datetime | None = None
    end: date | datetime | None = None
    where: Core | None = None
    as_of: datetime | None = None
    parameters: Mapping[str, Fraction] | None = None
    formulas: Mapping[str, Value] = field(default_factory=dict)
    having: Core | None = None
    all_cells: bool = False
    scorecards: tuple[str, ...] = ()


class Lead(Struct, frozen=True):
    """How far back before the time asked for values are worked out, too, because verdicts look at them: for lengths of time, or
    from the first row on.
    """

    lengths: tuple[tuple[int, Grain], ...] = ()
    everything: bool = False


Pair = tuple[str, str, Reference | None]


class Plan(Struct, frozen=True, eq=False):
    """Everything an engine and the arithmetic need to answer a question.

    `readings` tells how each aggregate under the values asked for is read. `moments` gives the slot that holds the sum of the
    products of two additive slots of one scan, by their names and the cluster; a pair without one has no covariance. `ranks`
    leads from the slot of a percentile to those between which it lies.
    `uses` says at which times and by which dimensions. `needs` lists the columns to bind, by source, those on the way of
    references included. `values` are those of the catalog, the formulas asked, and what benchmarks hold them against: those are
    `estimated`, with the KPI that each belongs to, or facts; `unreached` says of a KPI and its benchmark why that cannot be
    asked here. The first `own` scans are those of what is asked. `lead` says from when on periods are worked out that are not
    shown. `watched` are sources whose last row must not be old, with their dates. `paced` are the KPIs of which `Earlier`
    periods are looked at.
    """

    catalog: Catalog
    question: Question
    as_of: datetime
    calendar: Calendar
    values: Mapping[str, Value]
    scans: tuple[Scan, ...]
    uses: tuple[Use, ...]
    readings: Mapping[Aggregate, Reading]
    moments: Mapping[Pair, str]
    needs: Mapping[str, frozenset[str]]
    own: int
    estimated: Mapping[str, str] = field(default_factory=dict)
    unreached: Mapping[tuple[str, str], str] = field(default_factory=dict)
    lead: Lead = Lead()
    ranks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    watched: tuple[tuple[str, Reference], ...] = ()
    paced: frozenset[str] = frozenset()
