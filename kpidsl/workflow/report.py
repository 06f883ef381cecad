"""A catalog and data to what a report tells: each KPI over the whole time, by period, and by the values of dimensions.

The first question asks by period. What else is asked is asked of the time that it shows: over all of it, and by one dimension
at a time. A KPI is headed by one of these values:

- with `every` by that of its latest period that is over,
- without it by that of the whole time; where there is none, where its benchmark is for one period, or where its youngest
  cohorts are not mature and not projected, by that of the latest period that can be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog.catalog import Catalog
from kpidsl.diagnostics import Diagnostics
from kpidsl.errors import AskError
from kpidsl.periods.grain import Grain
from kpidsl.pipeline import Data, evaluate, planned
from kpidsl.plan.ask import Moment, Setting, midnight
from kpidsl.results.figures import Figure
from kpidsl.results.result import Result
from kpidsl.results.verdicts import Verdict
from kpidsl.workflow.report_cards import ReportCard, complete, make_cards, named

USUAL = Grain.MONTH
LENGTHS = {Grain.DAY: 28, Grain.WEEK: 13, Grain.MONTH: 12, Grain.QUARTER: 8, Grain.YEAR: 5}
_NOT_FINAL = frozenset({Verdict.PARTIAL, Verdict.IMMATURE})
_THERE = frozenset({"value", "projected"})


class Head(Struct, frozen=True):
    """The value that stands for a KPI: the cell with this number of the periods, or of the whole time."""

    whole: bool
    cell: int


class Breakdown(Struct, frozen=True, eq=False):
    """KPIs by the values of one dimension, over the whole time and by period; `left_out` are those that it does not reach."""

    dimension: str
    whole: Result
    periods: Result | None
    left_out: tuple[str, ...] = ()


class Report(Struct, frozen=True, eq=False):
    """What was asked and what came out. `periods` is None where nothing can be asked by period.

    `heads` has no name without cells. `every` is the grain that was asked for, `grain` that of the periods; `where` is the
    condition as it was written. `scorecards` are those whose KPIs are all told, by name.
    """

    catalog: Catalog
    whole: Result
    periods: Result | None
    breakdowns: tuple[Breakdown, ...]
    heads: Mapping[str, Head]
    grain: Grain
    every: Grain | None = None
    where: str = ""
    scorecards: Mapping[str, ReportCard] = field(default_factory=dict)

    @property
    def kpis(self) -> tuple[str, ...]:
        """The names asked for, in that order."""
        return self.whole.kpis

    @property
    def results(self) -> tuple[Result, ...]:
        """The answers to all questions of the report."""
        of = (result for each in self.breakdowns for result in (each.whole, each.periods))
        return tuple(result for result in (self.periods, self.whole, *of) if result is not None)

    @property
    def diagnostics(self) -> Diagnostics:
        """What was found on the way, each once."""
        return Diagnostics([found for result in self.results for found in result.diagnostics])

    @property
    def verdicts(self) -> dict[str, Verdict | None]:
        """The verdict that heads each KPI; None where nothing is judged."""
        return {name: self._figure(name).verdicts[head.cell] for name, head in self.heads.items()}

    @property
    def alarms(self) -> dict[str, Verdict | None]:
        """The same without those by a benchmark that is a warning, for which there is None."""
        return {name: self._figure(name).alarms[head.cell] for name, head in self.heads.items()}

    def _figure(self, name: str) -> Figure:
        return _of(self.heads[name], self.whole, self.periods).figures[name]


def report(
    catalog: Catalog,
    kpis: Sequence[str] | str = (),
    *,
    scorecards: Sequence[str] | str = (),
    data: Data | None = None,
    by: Sequence[str] | str = (),
    every: str | Grain | None = None,
    start: Moment = None,
    end: Moment = None,
    where: str | None = None,
    as_of: Moment = None,
    parameters: Mapping[str, Setting] | None = None,
    covers: Mapping[str, tuple[date | datetime, date | datetime]] | None = None,
    engine: str | None = None,
    memory_limit: str | int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Ask all that a report tells of KPIs and those of `scorecards`, of all KPIs if nothing is named, as `evaluate` does.

    Without `start` it is about the last 12 months that are over (28 days, 13 weeks, 8 quarters, 5 years), and shows the one
    that is not. Each dimension of `by` is one breakdown. Raises AskError and DataError as `evaluate` does.
    """
    names, groups, cards = ((each,) if isinstance(each, str) else tuple(each or ()) for each in (kpis, by, scorecards))
    words = {"start": start, "end": end, "where": where, "as_of": as_of, "parameters": parameters}
    steps = 2 + 2 * len(groups)
    asked = _Asked(catalog, words, {"data": data, "covers": covers, "engine": engine, "memory_limit": memory_limit}, steps)
    asked = replace(asked, progress=progress)
    names = tuple(dict.fromkeys([*names, *(name for card in named(catalog, cards) for name in card.weights)]))
    names = names or tuple(value.name for value in catalog.kpis())
    return _asked(asked, names, groups, every)


def _asked(asked: _Asked, names: tuple[str, ...], groups: tuple[str, ...], every: str | Grain | None) -> Report:
    periods = asked.of(names, 0, every=every) if every else asked.of_some(names, 0, every=USUAL)
    grain = Grain(every) if every else USUAL
    if periods is not None:
        periods = _recent(periods, LENGTHS[grain], asked.words["start"] is not None)
        asked = asked.within(periods)
    whole = (asked.of_some(names, 1) if every else None) or asked.of(names, 1)
    asked = asked.at(whole)
    found = tuple(_breakdown(asked, names, dimension, grain, 2 + 2 * place) for place, dimension in enumerate(groups))
    heads = dict(_heads(whole, periods, bool(every)))
    where = asked.words["where"] or ""
    places = {name: (_of(head, whole, periods), head.cell) for name, head in heads.items()}
    cards = make_cards(complete(asked.catalog, whole.kpis), whole, periods, places)
    return Report(asked.catalog, whole, periods, found, heads, grain, grain if every else None, str(where), cards)


class _Asked(Struct, frozen=True):
    """What all questions of a report share; `words` say what is asked, `data` over what, and of how many steps it is made."""

    catalog: Catalog
    words: Mapping[str, Any]
    data: Mapping[str, Any]
    steps: int
    progress: Callable[[float], None] | None = None

    def of(self, names: Sequence[str], step: int, **more: Any) -> Result:
        """The answer for all names; AskError where one of them cannot be asked so."""
        tell = self.progress
        part = (lambda done: tell((step + done) / self.steps)) if tell else None
        return evaluate(self.catalog, names, **self.words, **self.data, **more, progress=part)

    def of_some(self, names: Sequence[str], step: int, **more: Any) -> Result | None:
        """The answer for those names that can be asked so; None where none can."""
        try:
            return self.of(names, step, **more)
        except AskError:
            able = self.able(names, **more)
            return self.of(able, step, **more) if able else None

    def able(self, names: Sequence[str], **more: Any) -> tuple[str, ...]:
        """The names that can be asked so."""
        return tuple(name for name in names if self._is_able(name, **more))

    def _is_able(self, name: str, **more: Any) -> bool:
        try:
            planned(self.catalog, name, **self.words, **more)
        except AskError:
            return False
        return True

    def within(self, periods: Result) -> _Asked:
        """The questions about the periods that are shown and over, at the same moment."""
        asked = self.at(periods)
        axis = periods.axis
        over = [end for end in axis.ends if _is_over(end, axis.as_of)]
        starts = [start for start in axis.starts if start is not None]
        start = self.words["start"] if self.words["start"] is not None or not starts else min(starts)
        end = self.words["end"] if self.words["end"] is not None or not over else max(over)
        return replace(asked, words={**asked.words, "start": start, "end": end})

    def at(self, result: Result) -> _Asked:
        """The questions at the moment of a result, which may have been now."""
        return replace(self, words={**self.words, "as_of": result.axis.as_of or self.words["as_of"]})


def _breakdown(asked: _Asked, names: tuple[str, ...], dimension: str, grain: Grain, step: int) -> Breakdown:
    try:
        whole = asked.of(names, step, by=(dimension,))
    except AskError:
        names, everything = asked.able(names, by=(dimension,)), names
        if not names:
            raise
        whole = asked.of(names, step, by=(dimension,))
        left_out = tuple(name for name in everything if name not in names)
    else:
        left_out = ()
    return Breakdown(dimension, whole, asked.of_some(names, step + 1, by=(dimension,), every=grain), left_out)


def _recent(periods: Result, count: int, begins: bool) -> Result:
    """The last periods that are over, so many unless the question says where they begin, and what is not over."""
    axis = periods.axis
    over = sorted({start for start, end in zip(axis.starts, axis.ends, strict=True) if _is_over(end, axis.as_of)})
    if begins or len(over) <= count:
        return periods
    first = over[-count]
    kept = np.flatnonzero([start >= first for start in axis.starts])
    figures = {name: figure.at(kept) for name, figure in periods.figures.items()}
    return replace(periods, axis=axis.at(kept), figures=figures)


def _is_over(end: date | None, as_of: datetime | None) -> bool:
    return end is not None and (as_of is None or midnight(end) <= as_of)


def _heads(whole: Result, periods: Result | None, by_period: bool) -> Iterator[tuple[str, Head]]:
    for name in whole.kpis:
        candidates = [] if by_period or not len(whole.figures[name]) else [Head(True, 0)]
        if periods is not None and name in periods:
            candidates.extend(Head(False, cell) for cell in reversed(range(len(periods.figures[name]))))
        if not candidates and len(whole.figures[name]):
            candidates = [Head(True, 0)]
        final = [each for each in candidates if _is_final(name, each, whole, periods)]
        judged = (each for each in final if not _of(each, whole, periods).figures[name].meant_for)
        if candidates:
            yield name, next(judged, (final or candidates)[0])


def _is_final(name: str, head: Head, whole: Result, periods: Result | None) -> bool:
    """Whether time will not change a value; over the whole time there must be one."""
    result = _of(head, whole, periods)
    figure = result.figures[name]
    there = figure.statuses[head.cell] in _THERE if head.whole else _is_over(result.axis.ends[head.cell], result.axis.as_of)
    return there and figure.verdicts[head.cell] not in _NOT_FINAL


def _of(head: Head, whole: Result, periods: Result | None) -> Result:
    return whole if head.whole or periods is None else periods
