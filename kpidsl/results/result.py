"""What an evaluation gives back: figures over cells, as a tidy table, as plain data, and by KPI."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from kpidsl.diagnostics import Diagnostics
from kpidsl.results import table
from kpidsl.results.columns import Floats
from kpidsl.results.explain import explain
from kpidsl.results.figures import Axis, Figure
from kpidsl.results.verdicts import VERDICTS, Verdict
from kpidsl.suggest import nearest
from kpidsl.units import unit as units
from kpidsl.units.unit import Unit


@dataclass(frozen=True, eq=False)
class Result:
    """The figures asked for, by name, over the cells of `axis`; how they came about, and what there is to say about them.

    `engine` ran for `reason`, read `rows` rows and took `seconds`.
    """

    axis: Axis
    figures: Mapping[str, Figure]
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    engine: str = ""
    reason: str = ""
    rows: int = 0
    seconds: float = 0.0

    @property
    def kpis(self) -> tuple[str, ...]:
        """The names asked for, in that order."""
        return tuple(self.figures)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per KPI and cell: KPI by KPI as asked, each by period and then by its dimensions.

        Columns: kpi, period (its label), start, the dimensions, value, unit, status, verdict, benchmark, low, high,
        numerator, denominator, n, n_needed, process, reason. A dimension called like one of these has `by_` before its name.
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
    def low(self) -> Floats:
        """The lower bounds of the 90% intervals, NaN where there is none."""
        return self.figure.estimate.low

    @property
    def high(self) -> Floats:
        return self.figure.estimate.high

    @property
    def frame(self) -> pd.DataFrame:
        """The rows of the result's table that are about this KPI."""
        return table.frame(self._result.axis, {self.name: self.figure})

    def __len__(self) -> int:
        return len(self.figure)

    def __repr__(self) -> str:
        shown = np.array2string(self.values, threshold=6)
        return f"<{self.name} in {self.unit_text}: {shown}>"
