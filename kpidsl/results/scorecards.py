"""The figures of some KPIs to a scorecard: the weighted mean of their scores in every cell, and how much of it is firm.

A KPI without a score has no part in the mean and stays on the card: the mean is that of the weights that have a score, and
`coverage`, the share of the weight whose verdict is firm, says how far to trust it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from msgspec import Struct

from kpidsl.catalog.catalog import Scorecard
from kpidsl.results import table
from kpidsl.results.columns import Bools, Floats
from kpidsl.results.figures import Axis, Figure
from kpidsl.results.verdicts import Verdict


class Line(Struct, frozen=True, eq=False):
    """One KPI of a scorecard in every cell; `scores` are NaN, and `firm` is false, where it has none."""

    figure: Figure
    weight: float
    scores: Floats
    firm: Bools

    @property
    def name(self) -> str:
        return self.figure.value.name

    @property
    def verdicts(self) -> Sequence[Verdict | None]:
        """The verdict in every cell; None where nothing was judged, and of a KPI without any cell."""
        return list(self.figure.verdicts) if len(self.figure) else [None] * len(self.scores)


class Scored(Struct, frozen=True, eq=False):
    """A scorecard over the cells of an answer."""

    card: Scorecard
    axis: Axis
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        return self.card.name

    @property
    def title(self) -> str:
        return self.card.definition.title

    @property
    def values(self) -> Floats:
        """The scores from 0 to 100; NaN where no KPI has one."""
        with np.errstate(invalid="ignore"):
            weighed = sum((line.weight * np.nan_to_num(line.scores) for line in self.lines), np.zeros(len(self.axis)))
            found: Floats = weighed / self.scored
        return np.where(self.scored > 0, found, np.nan)

    @property
    def scored(self) -> Floats:
        """The share of the weight that has a score."""
        return self._share(~np.isnan(line.scores) for line in self.lines)

    @property
    def coverage(self) -> Floats:
        """The share of the weight whose verdict is firm."""
        return self._share(line.firm for line in self.lines)

    @property
    def value(self) -> float | Floats:
        """The score of the one cell; all scores if there are several cells."""
        return float(self.values[0]) if len(self.axis) == 1 else self.values

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each cell: scorecard, period, start, the dimensions, score, coverage."""
        return pd.DataFrame({"scorecard": self.name, **self._places(), "score": self.values, "coverage": self.coverage})

    @property
    def parts(self) -> pd.DataFrame:
        """One row for each KPI and cell: scorecard, kpi, weight, period, start, the dimensions, score, verdict."""
        rows = [
            {"scorecard": self.name, "kpi": line.name, "weight": line.weight, **self._places(), "score": line.scores}
            | {"verdict": [None if each is None else each.value for each in line.verdicts]}
            for line in self.lines
        ]
        return pd.concat([pd.DataFrame(each) for each in rows], ignore_index=True)

    def to_dict(self) -> dict[str, object]:
        """The scorecard as data for JSON: its KPIs with their weights, then the cells."""
        return {
            "name": self.name,
            "title": self.title,
            "kpis": [{"kpi": line.name, "weight": line.weight} for line in self.lines],
            "rows": list(self._rows()),
        }

    def _rows(self) -> Iterator[dict[str, object]]:
        columns = self._places()
        for cell, (score, coverage) in enumerate(zip(self.values, self.coverage, strict=True)):
            verdicts = (line.verdicts[cell] for line in self.lines)
            yield {
                **{name: table.plain(column[cell]) for name, column in columns.items()},
                "score": table.plain(float(score)),
                "coverage": table.plain(float(coverage)),
                "kpis": [
                    {"kpi": line.name, "score": table.plain(float(line.scores[cell])), "verdict": verdict and verdict.value}
                    for line, verdict in zip(self.lines, verdicts, strict=True)
                ],
            }

    def _places(self) -> Mapping[str, np.ndarray]:
        axis = self.axis
        names = table.column_names(axis)[3 : 3 + len(axis.dimensions)]
        taken = {name if name not in _OWN else f"by_{name}": name for name in names}
        dimensions = dict(zip(taken, axis.dimensions.values(), strict=True))
        return {"period": axis.labels, "start": axis.starts, **dimensions}

    def _share(self, parts: Iterable[Bools]) -> Floats:
        found = np.zeros(len(self.axis))
        for line, part in zip(self.lines, parts, strict=True):
            found = found + line.weight * part
        return np.round(found, 12)


_OWN = frozenset({"scorecard", "weight", "coverage", "kpis"})


def score_cards(cards: Iterable[Scorecard], axis: Axis, figures: Mapping[str, Figure]) -> dict[str, Scored]:
    """Scorecards by name, of KPIs that were all asked for."""
    return {
        card.name: Scored(card, axis, tuple(_line(figures[name], float(weight), axis) for name, weight in card.weights.items()))
        for card in cards
    }


def _line(figure: Figure, weight: float, axis: Axis) -> Line:
    if figure.failure or not len(figure):
        return Line(figure, weight, np.full(len(axis), np.nan), np.zeros(len(axis), dtype=np.bool_))
    firm = np.array([verdict is not None and verdict.firm for verdict in figure.verdicts], dtype=np.bool_)
    return Line(figure, weight, figure.scores, firm)
