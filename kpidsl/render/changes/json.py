"""Changes for programs: `diff` of grammar/result.schema.json."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from kpidsl.checks.versions.changes import Change, Detail, Meaning, Witness
from kpidsl.render.changes.view import Shown
from kpidsl.render.json_text import json_text
from kpidsl.render.paint import Paint, plain
from kpidsl.units.unit import show as show_unit

if TYPE_CHECKING:  # values are compared by what loads pandas
    from kpidsl.workflow.movements import Movement, Movements


def show(shown: Shown, paint: Paint = plain) -> str:
    """One JSON document; identical KPIs are counted only. Exact numbers are texts such as `1/3`."""
    changes = shown.diff.changes
    counts = Counter(change.meaning for change in changes.kpis)
    movements = shown.diff.movements
    document = {
        "kind": "diff",
        "version": 1,
        "old": shown.old,
        "new": shown.new,
        "breaking": bool(shown.diff.breaking),
        "counts": {meaning.value: counts[meaning] for meaning in Meaning},
        "calendar": [_detail(detail) for detail in changes.project],
        "changes": [_change(change) for change in (*changes.changed, *changes.others)],
        "values": None if movements is None else _movements(movements, shown.limit),
    }
    return json_text(document)


def _change(change: Change) -> dict[str, object]:
    return {
        "of": change.kind,
        "name": change.name,
        "old_name": change.old_name or None,
        "meaning": change.meaning.value,
        "words": list(change.words),
        "breaking": change.breaking,
        "old": change.old,
        "new": change.new,
        "why": change.why,
        "witness": None if change.witness is None else _witness(change.witness),
        "details": [_detail(detail) for detail in change.details],
        "through": list(change.through),
        "downstream": list(change.downstream),
    }


def _witness(witness: Witness) -> dict[str, object]:
    inputs = {name: _exact(number) for name, number in witness.inputs}
    return {"inputs": inputs, "old": _exact(witness.old), "new": _exact(witness.new), "rows": witness.rows}


def _exact(number: Fraction | None) -> str | None:
    return None if number is None else str(number)


def _detail(detail: Detail) -> dict[str, object]:
    return {
        "aspect": detail.aspect.value,
        "name": detail.name,
        "old": detail.old,
        "new": detail.new,
        "breaking": detail.breaking,
    }


def _movements(movements: Movements, limit: int) -> dict[str, object]:
    return {
        "compared": movements.compared,
        "moved": len(movements.cells),
        "cells": [_cell(cell) for cell in movements.cells[:limit]],
        "left_out": list(movements.left_out),
        "failed": dict(movements.failed),
    }


def _cell(cell: Movement) -> dict[str, object]:
    return {
        "kpi": cell.kpi,
        "period": cell.period,
        "group": dict(cell.group),
        "old": cell.old,
        "new": cell.new,
        "difference": cell.difference,
        "old_status": cell.old_status,
        "new_status": cell.new_status,
        "unit": show_unit(cell.unit),
    }
