"""Results for programs: `result` of grammar/result.schema.json, numbers unrounded and in their units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan

from kpidsl.render.diagnostics.json import VERSION, findings
from kpidsl.render.json_text import json_text
from kpidsl.render.results.view import Shown, shown
from kpidsl.results.figures import Figure
from kpidsl.results.process import Process
from kpidsl.results.result import Result


def show(result: Result, color: bool = False, width: int | None = None) -> str:
    """One JSON document."""
    data = result.to_dict()
    rows, run = data["rows"], data["run"]
    assert isinstance(rows, list)
    assert isinstance(run, dict)
    document = {
        "kind": "result",
        "version": VERSION,
        "as_of": data["as_of"],
        "dimensions": list(result.axis.dimensions),
        "kpis": data["kpis"],
        "rows": [
            _row(*each)
            for each in zip(rows, _benchmarks(shown(result)), _limits(result), _to_come(result, len(rows)), strict=True)
        ],
        "scorecards": data["scorecards"],
        "diagnostics": findings(result.diagnostics),
        # How long it took is left out: the same question over the same rows is the same document.
        "run": {name: fact for name, fact in run.items() if name != "seconds"},
    }
    return json_text(document)


def _row(
    row: Mapping[str, object],
    judged: Sequence[object],
    limits: Mapping[str, object] | None,
    to_come: Mapping[str, object],
) -> dict[str, object]:
    """A row with its benchmarks, the limits of its process and what is to come; a dimension called like these has `by_` before
    its name, as by other columns.
    """
    added = {"benchmarks": judged, "limits": limits, **to_come}
    return {**{_free(name, row) if name in _ADDED else name: cell for name, cell in row.items()}, **added}


_ADDED = ("benchmarks", "limits", "pace", "projection")


def _free(name: str, row: Mapping[str, object]) -> str:
    while name in row:
        name = f"by_{name}"
    return name


def _limits(result: Result) -> list[dict[str, object] | None]:
    """The limits of the process in each row; null where there are none."""
    return [_of_process(figure.process, cell) for figure in result.figures.values() for cell in range(_rows(figure, result))]


def _rows(figure: Figure, result: Result) -> int:
    return len(result.axis) or (1 if figure.failure else 0)


def _of_process(process: Process | None, cell: int) -> dict[str, object] | None:
    if process is None or isnan(process.centre[cell]):
        return None
    low, centre, high = (float(numbers[cell]) for numbers in (process.lower, process.centre, process.upper))
    return {"method": process.method, "low": low, "centre": centre, "high": high, "points": int(process.points[cell])}


def _to_come(result: Result, rows: int) -> list[dict[str, object]]:
    """The pace of values of periods that are not over, and the projection of young cohorts; nothing for others."""
    found: list[dict[str, object]] = []
    for view in map(result.__getitem__, result.kpis):
        for pace, projection in zip(view.paces, view.projections, strict=True):
            both: dict[str, object] = {"pace": pace, "projection": projection}
            found.append({name: each for name, each in both.items() if each is not None})
    return [*found, *({} for _ in range(rows - len(found)))]  # a value that failed has a row also where there are no cells


def _benchmarks(figures: list[Shown]) -> list[list[dict[str, object]]]:
    """What each benchmark says of each row, the deciding one first; an open bound is null."""
    return [
        [
            {
                "name": each.name,
                "severity": each.severity,
                "verdict": each.verdict.value,
                "low": each.low,
                "high": each.high,
                "cite": each.cite,
            }
            for each in cell.judged
        ]
        for figure in figures
        for cell in figure.cells
    ]
