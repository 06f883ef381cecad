"""The values that head KPIs to the scorecards of a report: each as it stands now, and in every period.

What stands now is the mean of the scores of the values that head the KPIs, as those are what a report shows, also where one of
them is of a month and another of a year.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from msgspec import Struct

from kpidsl.catalog.catalog import Catalog, Scorecard
from kpidsl.errors import AskError
from kpidsl.plan.ask import Asker
from kpidsl.results.figures import Axis, Figure
from kpidsl.results.result import Result
from kpidsl.results.scorecards import Scored, score_cards

Place = tuple[Result, int]


class ReportCard(Struct, frozen=True, eq=False):
    """A scorecard of one cell as it stands `now`, and over the periods where all of its KPIs have those."""

    now: Scored
    periods: Scored | None


def named(catalog: Catalog, names: Sequence[str]) -> tuple[Scorecard, ...]:
    """Scorecards by their names; AskError where there is none of a name."""
    asker = Asker(catalog)
    known = asker.scorecards(names, all_=False)
    if asker.found:
        raise AskError(asker.found)
    return tuple(catalog.scorecards[name] for name in known)


def complete(catalog: Catalog, kpis: Iterable[str]) -> tuple[Scorecard, ...]:
    """The scorecards whose KPIs are all among these."""
    told = set(kpis)
    return tuple(card for card in catalog.scorecards.values() if told.issuperset(card.weights))


def make_cards(
    cards: Iterable[Scorecard], whole: Result, periods: Result | None, heads: Mapping[str, Place]
) -> dict[str, ReportCard]:
    """The scorecards by name; `heads` has the result and the cell of the value that heads a KPI, if there is one."""
    return {card.name: _card(card, whole, periods, heads) for card in cards}


def _card(card: Scorecard, whole: Result, periods: Result | None, heads: Mapping[str, Place]) -> ReportCard:
    figures = {name: _figure(whole.figures[name], heads.get(name)) for name in card.weights}
    places = [heads.get(name) for name in card.weights]
    now = score_cards([card], _axis(places, whole), figures)[card.name]
    if periods is None or not all(name in periods for name in card.weights):
        return ReportCard(now, None)
    return ReportCard(now, score_cards([card], periods.axis, periods.figures)[card.name])


def _figure(figure: Figure, place: Place | None) -> Figure:
    """The one cell that heads a KPI; of a KPI without any cell none."""
    if place is None:
        return figure.at(np.zeros(0, dtype=np.intp))
    result, cell = place
    return result.figures[figure.value.name].at(np.array([cell]))


def _axis(places: Sequence[Place | None], whole: Result) -> Axis:
    """The time of all KPIs where that is one and the same, else a cell without a period."""
    first = places[0] if places else None
    if first is not None and all(each is not None and each[0] is first[0] and each[1] == first[1] for each in places):
        return first[0].axis.at(np.array([first[1]]))
    nothing = np.array([None], dtype=object)
    return Axis(np.array([""], dtype=object), nothing, nothing, {}, whole.axis.as_of)
