"""Every unit that the catalog worked out, worked out again by sympy's unit system; they must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial

from kpidsl.algebra.canonical import content, unit_content
from kpidsl.algebra.dimensions import Dimensions
from kpidsl.catalog.core import Core
from kpidsl.checks import messages
from kpidsl.checks.cache import content_hash
from kpidsl.checks.derivation import Derivation, Disagreement
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.diagnostics import Diagnostic


def units_agree(inspection: Inspection) -> Iterator[Diagnostic]:
    """`units-disagree`, in derived columns, values and identities."""
    if not inspection.fast:
        second = _Second(inspection)
        yield from _columns(inspection, second)
        yield from _values(inspection, second)
        yield from _claims(inspection, second)


class _Second:
    """The second derivation. What is known to agree from an earlier run is not derived again."""

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection

    @cached_property
    def _derivation(self) -> Derivation:
        catalog = self._inspection.catalog
        return Derivation(catalog, Dimensions(catalog.units))

    def disagreement(self, key: str, check: Callable[[Derivation], None]) -> Core | None:
        """The node over which the two derivations disagree."""
        cache = self._inspection.cache
        if cache.get(key) is True:
            return None
        try:
            check(self._derivation)
        except Disagreement as found:
            return found.node
        cache.put(key, True)
        return None


def _columns(inspection: Inspection, second: _Second) -> Iterator[Diagnostic]:
    for source in inspection.catalog.sources.values():
        for column in source.columns.values():
            if column.formula is None:
                continue
            key = content_hash("column", inspection.world, source.name, content(column.formula), unit_content(column.unit))
            node = second.disagreement(key, partial(Derivation.check_column, source=source, column=column))
            if node is not None and column.definition is not None and column.definition.formula is not None:
                yield messages.units_disagree(column.definition.formula.label(), f"{source.name}.{column.name}", node.unit)


def _values(inspection: Inspection, second: _Second) -> Iterator[Diagnostic]:
    for value in inspection.catalog.values.values():
        key = f"value {inspection.hash_of_value(value.name)}"
        node = second.disagreement(key, partial(Derivation.check_value, value=value))
        if node is not None:
            yield messages.units_disagree(formula_of(value).label(node.span), value.name, node.unit)


def _claims(inspection: Inspection, second: _Second) -> Iterator[Diagnostic]:
    for identity in inspection.catalog.identities:
        definition = identity.definition
        pairs = ((identity.left, identity.right), *identity.given)
        for (left, right), formula in zip(pairs, (definition.claim, *definition.given), strict=True):
            key = content_hash("claim", inspection.hash_of(left), inspection.hash_of(right))
            node = second.disagreement(key, partial(Derivation.check_claim, left=left, right=right))
            if node is not None:
                yield messages.units_disagree(formula.label(node.span), identity.name, node.unit)
