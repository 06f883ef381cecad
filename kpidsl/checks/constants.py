"""Formulas that say nothing: KPIs whose value no data can change, and values that are undefined whatever the data are."""

from __future__ import annotations

from collections.abc import Container, Iterator
from fractions import Fraction

from kpidsl.algebra import exact
from kpidsl.algebra.fingerprints import Fingerprints, constant_of
from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import PERIOD_FUNCTIONS, Aggregate, Apply, Core, Reference, Type, aggregates, walk
from kpidsl.checks import messages
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.diagnostics import Diagnostic


def constant_formulas(inspection: Inspection) -> Iterator[Diagnostic]:
    """`constant-formula`, for each KPI that is constant by its own formula and not only by the KPIs that it is made of.

    A parameter is no data: a KPI made of parameters alone is constant too. One that never has a value is not: see below.
    """
    data = _data_users(inspection.formulas)
    declared = exact.Sheet(inspection.formulas, _no_rows, exact.defaults(inspection.catalog.values))
    found = {kpi.name: kpi for kpi in inspection.catalog.kpis() if _is_constant(kpi, data, inspection)}
    for name, kpi in found.items():
        if not _made_of(kpi, found, inspection.formulas) and exact.impossible(kpi.core) is None:
            number = _number(inspection, name) if name in data else _declared_number(declared, kpi.core)
            yield messages.constant_formula(formula_of(kpi).label(), name, number)


def always_undefined(inspection: Inspection) -> Iterator[Diagnostic]:
    """`always-undefined`, where the zero or impossible number is; what refers to such a value is not reported again."""
    for value in inspection.catalog.values.values():
        if (part := exact.impossible(value.core)) is not None:
            yield messages.impossible_number(formula_of(value), value.name, part)
        elif inspection.prints.value(value.name) is None:
            zero = _zero(value.core, inspection.prints)
            if zero is not None and inspection.is_never_defined(value.core):
                formula = formula_of(value)
                yield messages.always_undefined(formula.label(zero.span, "always 0"), value.name, formula, zero)


def _data_users(formulas: Formulas) -> frozenset[str]:
    """The values below which there is an aggregate, or a name of the period."""
    known: dict[str, bool] = {}
    for name in formulas.values:
        for each in formulas.unsettled(name, known) if name not in known else ():
            known[each] = any(known[used] for used in formulas.uses(each)) or _has_data(formulas.values[each].core)
    return frozenset(name for name, uses in known.items() if uses)


def _has_data(core: Core) -> bool:
    return any(
        isinstance(part, Aggregate) or (isinstance(part, Apply) and part.function in PERIOD_FUNCTIONS) for part in walk(core)
    )


def _has_aggregate(core: Core) -> bool:
    return next(aggregates(core), None) is not None


def _is_constant(kpi: Value, data: Container[str], inspection: Inspection) -> bool:
    found = inspection.prints.value(kpi.name)
    if found is None:
        return False
    return kpi.name not in data or (found[0] == found[1] and inspection.is_constant(kpi.core))


def _made_of(kpi: Value, constant: dict[str, Value], formulas: Formulas) -> bool:
    names = formulas.uses(kpi.name)
    return bool(names) and all(name in constant for name in names) and not _has_aggregate(kpi.core)


def _number(inspection: Inspection, name: str) -> Fraction | None:
    found = inspection.prints.value(name)
    return None if found is None else constant_of(found)


def _declared_number(declared: exact.Sheet, core: Core) -> Fraction | None:
    """What a formula without data comes to with the parameters as they are declared."""
    try:
        return declared.number(core)
    except exact.Inexact:
        return None


def _no_rows(aggregate: Aggregate) -> None:
    raise AssertionError(aggregate)


def _zero(core: Core, prints: Fingerprints) -> Core | None:
    """The divisor that is always zero; None where it lies in another value."""
    while not isinstance(core, Reference):
        parts = core.arguments if isinstance(core, Apply) else ()
        hole = next((part for part in parts if part.type is Type.NUMBER and prints.tree(part) is None), None)
        if hole is None:
            return _divisor(core)
        core = hole
    return None


def _divisor(core: Core) -> Core | None:
    match core:
        case Apply(function="divide", arguments=(_, below)):
            return below
        case Apply(function="power", arguments=(base, _)):
            return base
        case _:
            return None
