"""KPIs that are the same under two names, or but for 100 times or a reciprocal: by fingerprint, then by normal form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpidsl.algebra.fingerprints import PRIME, Print, inverses
from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Apply, Constant, Core, Reference
from kpidsl.checks import messages
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.diagnostics import Diagnostic, Label

_HUNDRED = 100
_HUNDREDTH = pow(_HUNDRED, -1, PRIME)


def same_meanings(inspection: Inspection) -> Iterator[Diagnostic]:
    """`same-meaning`, `same-but-for-a-factor` and `reciprocal-meaning`, of each KPI and an earlier one.

    A KPI that is nothing but the name of another value, or has a name and a factor, says so itself and is left out; so is one
    that is constant.
    """
    earlier: dict[Print, list[Value]] = {}
    reciprocals = _reciprocals(inspection)
    for kpi in inspection.catalog.kpis():
        found = inspection.prints.value(kpi.name)
        if found is None or found[0] == found[1] or isinstance(kpi.core, Reference):
            continue
        first = _first(kpi.core, earlier.get(found, ()), inspection)
        if first is not None:
            yield messages.same_meaning(*_places(kpi, first), kpi.name, first.name)
            continue
        yield from () if _is_said(kpi.core) else _related(kpi, found, earlier, reciprocals)
        earlier.setdefault(found, []).append(kpi)


def _first(core: Core, alike: list[Value] | tuple[()], inspection: Inspection) -> Value | None:
    return next((other for other in alike if inspection.same(other.core, core)), None)


def _places(kpi: Value, first: Value) -> tuple[Label, Label]:
    return formula_of(kpi).label(), formula_of(first).label(text=f"`{first.name}`")


def _is_said(core: Core) -> bool:
    """Whether a formula names one value only and does no more than to scale or to invert it."""
    match core:
        case Apply(function="multiply" | "divide", arguments=(left, right)):
            return {type(left), type(right)} == {Reference, Constant}
        case _:
            return False


def _reciprocals(inspection: Inspection) -> Mapping[Print, Print]:
    """The fingerprints of all KPIs that are nowhere zero, with those of their reciprocals."""
    prints = (inspection.prints.value(kpi.name) for kpi in inspection.catalog.kpis())
    known = [found for found in prints if found is not None and found[0] and found[1]]
    both = zip(inverses([one for one, _ in known]), inverses([other for _, other in known]), strict=True)
    return dict(zip(known, both, strict=True))


def _related(
    kpi: Value, found: Print, earlier: Mapping[Print, list[Value]], reciprocals: Mapping[Print, Print]
) -> Iterator[Diagnostic]:
    for factor, other in ((_HUNDREDTH, True), (_HUNDRED, False)):
        print_ = found[0] * factor % PRIME, found[1] * factor % PRIME
        for first in earlier.get(print_, ())[:1]:
            yield messages.same_but_for_a_factor(*_places(kpi, first), kpi.name, first.name, other)
    reciprocal = reciprocals.get(found)
    for first in earlier.get(reciprocal, ())[:1] if reciprocal is not None else ():
        yield messages.reciprocal_meaning(*_places(kpi, first), kpi.name, first.name)
