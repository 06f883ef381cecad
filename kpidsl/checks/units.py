"""Every unit that the catalog worked out, worked out again by sympy's unit system; a disagreement is an error of the checker."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kpidsl.algebra.canonical import content, unit_content
from kpidsl.algebra.dimensions import Dimensions
from kpidsl.catalog.core import Core
from kpidsl.checks import messages
from kpidsl.checks.cache import content_hash
from kpidsl.checks.derivation import Derivation, Disagreement
from kpidsl.checks.inspection import Inspection
from kpidsl.diagnostics import Diagnostic, Label
from kpidsl.documents.model import Formula, Parameter

Question = tuple[str, Callable[[Derivation], None], Callable[[Core], Label], str]


def units_agree(inspection: Inspection) -> Iterator[Diagnostic]:
    """`units-disagree`: what is known to agree from an earlier run is not derived again."""
    if inspection.fast:
        return
    derivation: Derivation | None = None
    for key, ask, place, name in _questions(inspection):
        if inspection.cache.get(key) is not True:
            derivation = derivation or Derivation(inspection.catalog, Dimensions(inspection.catalog.units))
            try:
                ask(derivation)
                inspection.cache.put(key, True)
            except Disagreement as found:
                yield messages.units_disagree(place(found.node), name, found.node.unit)


def _questions(inspection: Inspection) -> Iterator[Question]:
    """All formulas: the key of each, how it is checked, where its nodes stand and what it is called."""
    catalog = inspection.catalog
    for source in catalog.sources.values():
        for column in source.columns.values():
            if column.formula is not None:
                texts = (source.name, content(column.formula), unit_content(column.unit))
                formula = column.definition.formula if column.definition else None
                place = _whole(formula)
                yield (
                    content_hash("column", *texts),
                    lambda to, source=source, column=column: to.check_column(source, column),
                    place,
                    f"{source.name}.{column.name}",
                )
    for value in catalog.values.values():
        definition = value.definition
        formula = definition.value if isinstance(definition, Parameter) else definition.formula
        key = content_hash("value", inspection.hash_of_value(value.name))
        yield key, lambda to, value=value: to.check_value(value), _within(formula), value.name
