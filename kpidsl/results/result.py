"""What an evaluation gives back: figures over cells, as a tidy table, as plain data, and by KPI."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pandas as pd
from msgspec import Struct, field

from kpidsl.diagnostics import Diagnostics
from kpidsl.results import table
from kpidsl.results.columns import Floats
from kpidsl.results.explain import explain
from kpidsl.results.figures import Axis, Figure
from kpidsl.results.receipts.evidence import Evidence
from kpidsl.results.receipts.make import Receipts
from kpidsl.results.receipts.receipt import Receipt
from kpidsl.results.scorecards import Scored
from kpidsl.results.verdicts import VERDICTS, Verdict
from kpidsl.suggest import nearest
from kpidsl.units import unit as units
from kpidsl.units.unit import Unit
from kpidsl.values import shown


class Result(Struct, frozen=True, eq=False, dict=True):
    """The figures asked for, by name, over the cells of `axis`; how they came about, and what there is to say about them.

    `engine` ran for `reason`, read `rows` rows and took `seconds`. Receipts are worked out from the `evidence`; `scorecards`
    are those asked for, by name.
    """

    axis: Axis
    figures: Mapping[str, Figure]
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    engine: str = ""
    reason: str = ""
    rows: int = 0
    seconds: float = 0.0
    evidence: Evidence | None = None
    scorecards: Mapping[str, Scored] = field(default_factory=dict)

    def __repr__(self) -> str:
        return shown(self, ("evidence",))

    @property
    def kpis(self) -> tuple[str, ...]:
        """The names asked for, in that order."""
        return tuple(self.figures)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per KPI and cell: KPI by KPI as asked, each by period and then by its dimensions.

        Columns: kpi, period (its label), start, the dimensions, value, unit, status, verdict, benchmark, low, high,
        numerator, denominator, n, n_needed, score, process, reason. A dimension called like one of these has `by_` before its
        name.
        """
        return table.frame(self.axis, self.figures)

    def __getitem__(self, name: str) -> View:
        figure = self.figures.get(name)
        if figure is None:
            perhaps = nearest(name, self.figures)
            raise KeyError(f"`{name}` was not asked for" + (f"; perhaps `{perhaps}`?" if perhaps else ""))
        return View(self, figure)

    def __contains__(self, name: object) -> bool:
        return name in self.figures

    def __len__(self) -> int:
        return len(self.figures)

    def to_dict(self) -> dict[str, object]:
        """The result as data for JSON: numbers as numbers, what is not there as None beside its status, dates as ISO text."""
        return {
            "as_of": None if self.axis.as_of is None else self.axis.as_of.isoformat(),
            "kpis": [table.heading(figure) for figure in self.figures.values()],
            "rows": table.records(self.axis, self.figures),
            "scorecards": [card.to_dict() for card in self.scorecards.values()],
            "diagnostics": [
                {
                    "code": finding.code,
                    "severity": finding.severity.value,
                    "headline": finding.headline,
                    "help": list(finding.help),
                }
                for finding in self.diagnostics
            ],
            "run": {"engine": self.engine, "reason": self.reason, "rows": self.rows, "seconds": self.seconds},
        }


class View:
    """One KPI of a result, cell by cell; `value`, `verdict` and `reason` are single where there is one cell."""

    def __init__(self, result: Result, figure: Figure) -> None:
        self._result = result
        self.figure = figure

    @property
    def name(self) -> str:
        return self.figure.value.name

    @property
    def unit(self) -> Unit:
        return self.figure.value.unit

    @property
    def unit_text(self) -> str:
        return units.show(self.unit)

    @property
    def values(self) -> Floats:
        """The values in the KPI's unit, a percent as a fraction; NaN where there is none."""
        return self.figure.column.values

    @property
    def value(self) -> float | Floats:
        """The value of the one cell; all values if there are several cells."""
        return float(self.values[0]) if len(self.figure) == 1 else self.values

    @property
    def statuses(self) -> list[str]:
        return list(self.figure.statuses)

    @property
    def status(self) -> str | list[str]:
        return self.statuses[0] if len(self.figure) == 1 else self.statuses

    @property
    def verdicts(self) -> list[Verdict | None]:
        """The worst verdict of the benchmarks in every cell; None where there is nothing to judge."""
        return list(self.figure.verdicts)

    @property
    def verdict(self) -> Verdict | list[Verdict | None] | None:
        return self.verdicts[0] if len(self.figure) == 1 else self.verdicts

    @property
    def scores(self) -> Floats:
        """The scores from 0 to 100 by the benchmark that decides, NaN where there is none."""
        return np.full(len(self), np.nan) if self.figure.failure else self.figure.scores

    @property
    def score(self) -> float | Floats:
        """The score of the one cell; all scores if there are several cells."""
        return float(self.scores[0]) if len(self.figure) == 1 else self.scores

    @property
    def by_benchmark(self) -> dict[str, list[Verdict]]:
        """The verdicts of each benchmark by its name."""
        return {each.name: [VERDICTS[code] for code in each.codes] for each in self.figure.judgements}

    @property
    def processes(self) -> list[str | None]:
        """The state of the KPI's process in every cell: `steady`, `signal`, … ; None where it has no limits."""
        return list(self.figure.states)

    @property
    def process(self) -> str | list[str | None] | None:
        return self.processes[0] if len(self.figure) == 1 else self.processes

    @property
    def reasons(self) -> list[str]:
        return list(explain(self.figure, self._result.axis))

    @property
    def reason(self) -> str | list[str]:
        return self.reasons[0] if len(self.figure) == 1 else self.reasons

    @property
    def paces(self) -> list[dict[str, object] | None]:
        """How the value of a period that is not over stands: `to_date`, what the benchmark has at this point, where it will
        land with its 90% interval, and the verdict of that; None of a period that is over."""
        pace = self.figure.pace
        return [None if pace is None else pace.record(cell) for cell in range(len(self))]

    @property
    def pace(self) -> dict[str, object] | list[dict[str, object] | None] | None:
        return self.paces[0] if len(self.figure) == 1 else self.paces

    @property
    def projections(self) -> list[dict[str, float] | None]:
        """What cohorts that are too young will come to, `value`, `low` and `high`; None of others."""
        projected = self.figure.projected
        return [None if projected is None else projected.record(cell) for cell in range(len(self))]

    @property
    def low(self) -> Floats:
        """The lower bounds of the 90% intervals, NaN where there is none."""
        return self.figure.estimate.low

    @property
    def high(self) -> Floats:
        return self.figure.estimate.high

    @property
    def receipt(self) -> Receipt:
        """How the value of the one cell came about; ValueError where there are several, or none."""
        if len(self) != 1:
            asked = "`receipts` has them all, `receipt_at` one" if len(self) else "there is nothing to show"
            raise ValueError(f"`{self.name}` has {len(self)} cells: {asked}")
        return self.receipts[0]

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """How the value of every cell came about, in the order of the cells."""
        return tuple(self._receipts().all())

    def receipt_at(self, period: str | None = None, **dimensions: object) -> Receipt:
        """How the value of one cell came about: that of a period, by its label, and of dimension values; None is missing.

        KeyError where there is no such cell, or where there are several.
        """
        axis = self._result.axis
        if unknown := [name for name in dimensions if name not in axis.dimensions]:
            raise KeyError(f"the result is not grouped by `{unknown[0]}`")
        fits = np.full(len(self), True) if period is None else axis.labels == period
        for name, value in dimensions.items():
            fits = fits & np.array(
                [each is None if value is None else each == value for each in axis.dimensions[name]], dtype=bool
            )
        cells = np.flatnonzero(fits)
        if len(cells) != 1:
            raise KeyError(f"`{self.name}` has {len(cells) or 'no'} such cell{'s' if len(cells) > 1 else ''}")
        (receipt,) = self._receipts().at(cells.tolist())
        return receipt

    def _receipts(self) -> Receipts:
        if self._result.evidence is None:
            raise ValueError("this result was not made by an evaluation, so it has no receipts")
        return Receipts.of(self._result.axis, self.figure, self._result.evidence, self._result.engine)

    @property
    def frame(self) -> pd.DataFrame:
        """The rows of the result's table that are about this KPI."""
        return table.frame(self._result.axis, {self.name: self.figure})

    def __len__(self) -> int:
        return len(self.figure)

    def __repr__(self) -> str:
        shown = np.array2string(self.values, threshold=6)
        return f"<{self.name} in {self.unit_text}: {shown}>"
