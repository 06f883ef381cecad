"""A project of plain numbers, `a` to `f` counts and `p` and `q` parameters; formulas over them to core trees."""

from __future__ import annotations

from collections.abc import Iterable

import kpidsl
from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.catalog import Catalog

INPUTS = "abcdef"


def project(formulas: Iterable[str], inputs: Iterable[str] = INPUTS) -> Catalog:
    """A catalog whose KPIs k0, k1, … are the formulas."""
    measures = "\n".join(f"  {name}: {{formula: 'count(rows where kind = \"{name}\")', unit: number}}" for name in inputs)
    kpis = "\n".join(f"  k{index}: {{formula: '{formula}'}}" for index, formula in enumerate(formulas))
    text = f"""
units: {{entities: {{row: {{}}}}}}
sources:
  rows: {{row: row, time: day, columns: {{day: date, other_day: date, kind: text, size: number, flag: boolean, key: text}}}}
parameters: {{p: 10%, q: 2}}
measures:
{measures}
kpis:
{kpis}
"""
    catalog = kpidsl.load(texts={"numbers.yaml": text})
    assert not catalog.diagnostics.errors, [finding.headline for finding in catalog.diagnostics.errors]
    return catalog


def formulas(*texts: str) -> Formulas:
    return Formulas(project(texts))
