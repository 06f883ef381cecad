"""KPIs that are the same under two names: found by fingerprint, confirmed by normal form."""

from __future__ import annotations

from collections.abc import Iterator

from kpidsl.algebra.fingerprints import Print
from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Reference
from kpidsl.checks import messages
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.diagnostics import Diagnostic


def same_meanings(inspection: Inspection) -> Iterator[Diagnostic]:
    """`same-meaning`, for each KPI that is an earlier one by another formula or the same one written again.

    A KPI that is nothing but the name of another value says so itself and is left out; so is one that is constant.
    """
    earlier: dict[Print, list[Value]] = {}
    for kpi in inspection.catalog.kpis():
        found = inspection.prints.value(kpi.name)
        if found is None or found[0] == found[1] or isinstance(kpi.core, Reference):
            continue
        alike = earlier.setdefault(found, [])
        first = next((other for other in alike if inspection.same(other.core, kpi.core)), None)
        if first is None:
            alike.append(kpi)
        else:
            here, there = formula_of(kpi).label(), formula_of(first).label(text=f"`{first.name}`")
            yield messages.same_meaning(here, there, kpi.name, first.name)
