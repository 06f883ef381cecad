"""Why a verdict is what it is: what decided it in, one sentence out: `90% interval 4.6% to 69.9% lies across 15%`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from kpidsl.catalog.catalog import BenchmarkKind
from kpidsl.periods.grain import Grain
from kpidsl.results.intervals import LEVEL
from kpidsl.results.numbers import Form
from kpidsl.results.verdicts import Position, Range, Verdict, same
from kpidsl.units.unit import PERCENT

_MORE = range(6)
_INTERVAL = f"{100 * LEVEL:.0f}% interval"


def missing() -> str:
    return "no data"


def unfinished(end: date | None, as_of: datetime | None) -> str:
    """`end` is the first day after the period."""
    last = "" if end is None else f"it ends on {(end - timedelta(days=1)).isoformat()}"
    known = "" if as_of is None else f"the data are as of {_moment(as_of)}"
    return "the period is not over: " + ", ".join(part for part in (last, known) if part)


def few_periods(count: int) -> str:
    """Why so few whole periods do not tell where a value will land."""
    have = {0: "none has", 1: "1 has"}.get(count, f"{count} have")
    return f"where it will land takes 4 earlier periods with data, and {have}"


def _moment(moment: datetime) -> str:
    return moment.date().isoformat() if moment.time() == time() else moment.isoformat(" ", "minutes")


def immature(mature_on: datetime, as_of: datetime | None) -> str:
    """`mature_on` is the moment from which the cohort is old enough."""
    known = "" if as_of is None else f", the data are as of {_moment(as_of)}"
    return f"the cohort is too young: it is mature on {_moment(mature_on)}{known}"


def stale(source: str, last: date | None, as_of: datetime, within: tuple[int, Grain]) -> str:
    """`last` is the day, or the moment, of the last row."""
    if last is None:
        return f"`{source}` has no row, the last should be at most {_length(within)} old"
    shown = _moment(last) if isinstance(last, datetime) else last.isoformat()
    wanted = f"it should be at most {_length(within)} old"
    return f"the last row of `{source}` is of {shown}, {wanted}: the data are as of {_moment(as_of)}"


def late(source: str, late_by: tuple[int, Grain], final_on: datetime) -> str:
    """`final_on` is the moment from which no more rows come."""
    return f"rows of `{source}` come up to {_length(late_by)} late: the period is final on {_moment(final_on)}"


def _length(length: tuple[int, Grain]) -> str:
    return f"{length[0]} {length[1].value}{'' if length[0] == 1 else 's'}"


def projected(value: str, so_far: str, told: str) -> str:
    """`told` is what the rule says of the interval of the projection."""
    return f"projected {value}, so far {so_far}: {told}"


def only_projected(value: str, so_far: str, low: str, high: str) -> str:
    return f"projected {value} ({_INTERVAL} {low} to {high}), so far {so_far}"


def insufficient(rows: float, needed: int, *, clustered: bool = False) -> str:
    """`clustered` where not rows are counted but what they belong to, such as customers."""
    have, what = int(rows), _COUNTED[clustered]
    return f"{have:,} {what if have == 1 else f'{what}s'}, {needed:,} {'is' if needed == 1 else 'are'} needed"


_COUNTED = {False: "row", True: "cluster"}


def unknown(*, alike: bool) -> str:
    """`alike` where the rows behind the value do not differ."""
    return "no interval can be worked out here" + (": its rows do not differ, and others may" if alike else "")


def other_period(grains: Sequence[Grain]) -> str:
    words = " or ".join(dict.fromkeys(f"one {grain.value}" for grain in grains))
    return f"its benchmark is for {words}"


def few_earlier(count: int, least: int) -> str:
    return f"{count} earlier {'value' if count == 1 else 'values'}, {least} are needed"


def earlier(count: int, median: str) -> str:
    return f"the median of {count} earlier values is {median}"


def budget(share: float, of: str, needed: float) -> str:
    """`of` is the word for the smaller periods."""
    return f"the range was met in {Form(PERCENT).number(share)} of {of}, {Form(PERCENT).exact(needed)} is needed"


def waiting(verdict: Verdict, periods: int, needed: int) -> str:
    """A verdict that has not stood long enough to turn what was before."""
    return f"{verdict.value} for {periods} of {needed} periods"


NO_PERIODS = "there are no periods to look back on"
FOR_THE_WHOLE = "its benchmark is for the whole, not for a part"
_NOTHING_THERE = {
    BenchmarkKind.PLAN: "nothing is planned here",
    BenchmarkKind.COMPARE: "there is no earlier value to compare with",
    BenchmarkKind.HISTORY: "there is no earlier value to compare with",
    BenchmarkKind.BUDGET: "no smaller period of it can be judged, or the first ones begin before the data",
    BenchmarkKind.TABLE: "its table of figures has no row for this",
    BenchmarkKind.PEERS: "the peers together have no value",
}


def no_reference(kind: BenchmarkKind) -> str:
    """What a benchmark holds values against is missing or undefined."""
    return _NOTHING_THERE.get(kind, "a bound of its benchmark has no value here")


def few_behind(kind: BenchmarkKind, rows: float, needed: int, *, clustered: bool = False) -> str:
    """What a benchmark holds values against is an estimate from too few rows."""
    what = "the earlier value" if kind is BenchmarkKind.COMPARE else "what its benchmark holds it against"
    return f"{what} has {insufficient(rows, needed, clustered=clustered)}"


PLANNED_IN_PART = "for a part of the period nothing is planned"


def not_begun(first: date) -> str:
    """`first` is the first day on which the path to a target says something."""
    return f"the path to its target begins on {first.isoformat()}"


def on_the_way(text: str, verdict: Verdict, reach: str, deadline: date, over: bool) -> str:
    """What the rule says of a value on the path to a target; `over` if the deadline has passed."""
    by = deadline.isoformat()
    match verdict:
        case Verdict.SHORT if over:
            return f"{text}: short of {reach}, due on {by}"
        case Verdict.SHORT:
            return f"{text}: behind the path to {reach} by {by}"
        case Verdict.WITHIN if over:
            return f"{text}: {reach}, due on {by}, is reached"
        case Verdict.WITHIN:
            return f"{text}: on track to {reach} by {by}"
        case _:
            return f"{text}; " + (f"{reach} was due on {by}" if over else f"that is where the path to {reach} by {by} is")


def for_segment(dimension: str, values: Sequence[object]) -> str:
    return f"its benchmark is for {dimension} {' or '.join(map(_member, values))}"


def _member(value: object) -> str:
    """A value of a dimension as definitions write it."""
    return "(missing)" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def ask_by(dimension: str) -> str:
    return f"its benchmark compares the members of {dimension} with each other"


def alone(dimension: str) -> str:
    return f"there is no other member of {dimension} to compare with"


def among(count: int) -> str:
    """What is added where a difference is firm by itself, but not among so many."""
    return f"not firm among {count}, of which some differ so much by chance"


def valid(bound: date, is_first: bool) -> str:
    """`bound` is the first day, or the one after the last."""
    if is_first:
        return f"its benchmark is valid from {bound.isoformat()} on"
    return f"its benchmark was valid until {(bound - timedelta(days=1)).isoformat()}"


def valid_in(first: date | None, until: date | None) -> str:
    """`first` is the first day on which a benchmark is valid, `until` the one after the last; empty where it always is."""
    if first is not None and until is not None:
        return f"its benchmark is for {first.isoformat()} to {(until - timedelta(days=1)).isoformat()}"
    bound = first or until
    return "" if bound is None else valid(bound, bound is first)


def not_given(kind: BenchmarkKind, names: Sequence[str]) -> str:
    """What a benchmark needs beside the numbers that are given."""
    if kind is BenchmarkKind.BUDGET:
        return "plain numbers have no smaller periods"
    if kind is BenchmarkKind.PEERS:
        return "plain numbers have no peers"
    if kind in (BenchmarkKind.COMPARE, BenchmarkKind.HISTORY):
        return "plain numbers have no earlier value to compare with"
    return f"its benchmark needs {', '.join(names)}"


def rows_would_tell(needed: float, *, clustered: bool = False) -> str:
    """How many rows a firm verdict takes, or how many clusters of them."""
    return f"{int(needed):,} {_COUNTED[clustered]}s would tell"


def point(value: float, position: Position, bounds: Bounds, note: str) -> str:
    """What the rule says of a value that is judged by its point."""
    text = f"{bounds.shown(value)} lies {bounds.phrase(position)}"
    return f"{text} ({note})" if note else text


def interval(low: float, high: float, position: Position, bounds: Bounds, doubt: str = "") -> str:
    """What the rule says of an interval; `doubt` says why one that lies beside a bound is not sure to."""
    text = f"{_INTERVAL} {bounds.shown(low)} to {bounds.shown(high)} lies {bounds.phrase(position)}"
    return f"{text}, {doubt}" if doubt else text


BY_CHANCE = "as may be by chance"
AN_ESTIMATE = "which is an estimate, too"
VARIES_ALONG = "but that varies along with it, and the difference is firm"


_OF_ONE = {
    Position.BELOW: "below {}",
    Position.ABOVE: "above {}",
    Position.INSIDE: "at {}",
    Position.ACROSS_LOW: "across {}",
    Position.ACROSS_HIGH: "across {}",
    Position.ACROSS_BOTH: "across {}",
    Position.UNKNOWN: "",
}


def heavy(so_far: str) -> str:
    """What is added of an interval that few rows make optimistic; `so_far` may have named it."""
    it = "it" if _INTERVAL in so_far else "the interval"
    return f"{it} is optimistic, as few rows carry much of a sum"


class Bounds:
    """A range in words; a number beside it gets as many digits as show on which side of a bound it is."""

    def __init__(self, range: Range, form: Form) -> None:
        self._range = range
        self._form = form
        self._bounds = [bound for bound in (range.low, range.high) if bound is not None]
        self._rounded: dict[int, list[str]] = {}
        self._phrases: dict[Position, str] = {}

    def phrase(self, position: Position) -> str:
        """Where something lies: `across 15%`, `at or above USD 2,000`."""
        found = self._phrases.get(position)
        if found is None:
            found = self._phrases[position] = self._phrase(position)
        return found

    def _with_digits(self, more: int) -> list[str]:
        """The bounds as numbers are shown, with so many digits beyond the usual."""
        if more not in self._rounded:
            self._rounded[more] = [self._form.number(bound, more) for bound in self._bounds]
        return self._rounded[more]

    def shown(self, number: float) -> str:
        text = self._form.number(number)
        for more in _MORE:
            if text not in self._with_digits(more) or any(same(number, bound) for bound in self._bounds):
                break
            text = self._form.number(number, more + 1)
        return text

    def _phrase(self, position: Position) -> str:
        low, high = self._exact(self._range.low), self._exact(self._range.high)
        if self._range.low is not None and self._range.low == self._range.high:
            return _OF_ONE[position].format(low)
        below, above = ("below", "at or below"), ("above", "at or above")
        match position:
            case Position.BELOW:
                return f"{below[self._range.low_open]} {low}"
            case Position.ABOVE:
                return f"{above[self._range.high_open]} {high}"
            case Position.ACROSS_LOW:
                return f"across {low}"
            case Position.ACROSS_HIGH:
                return f"across {high}"
            case Position.ACROSS_BOTH:
                return f"across {low} and {high}"
            case _ if self._range.high is None:
                return f"{above[not self._range.low_open]} {low}"
            case _:
                return f"{below[not self._range.high_open]} {high}" if self._range.low is None else f"within {low} to {high}"

    def _exact(self, bound: float | None) -> str:
        if bound is None:
            return ""
        return self._form.rounded(bound) if self._range.rounded else self._form.exact(bound)
