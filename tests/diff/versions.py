"""Two versions of the small company to catalogs, and changes to short words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

import kpidsl
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.versions.changes import Change

COMPANY = (Path(__file__).parent / "company.yaml").read_text()


def catalog(kpis: dict[str, Any], swap: dict[str, str] | None = None, more: str = "", *, errors: bool = False) -> Catalog:
    """The company with these KPIs, each a formula or a whole definition."""
    text = COMPANY
    for before, now in (swap or {}).items():
        assert before in text, before
        text = text.replace(before, now)
    whole = {name: each if isinstance(each, dict) else {"formula": each} for name, each in kpis.items()}
    made = kpidsl.load(
        texts={"company.yaml": text, "kpis.yaml": yaml.safe_dump({"kpis": whole}, sort_keys=False), "more.yaml": more}
    )
    found = [finding.headline for finding in made.diagnostics.errors]
    assert errors or not found or found == ["the file is empty"], found
    return made


def short(change: Change) -> str:
    return ", ".join(change.words) + ("!" if change.breaking else "")


def called(change: Change) -> str:
    return change.name if change.kind == "KPI" else f"{change.kind} {change.name}"
