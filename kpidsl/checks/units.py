"""Every unit that the catalog worked out, worked out again by sympy's unit system; they must agree.

Formulas of one shape are derived once: such as differ only in constants, or in names of values that are in the same units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial

from kpidsl.algebra.canonical import content, unit_content
from kpidsl.algebra.dimensions import Dimensions
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Core
from kpidsl.checks import messages
from kpidsl.checks.cache import content_hash
from kpidsl.checks.derivation import Derivation, Disagreement
from kpidsl.checks.inspection import Inspection, formula_of
from kpidsl.checks.shapes import Shapes
from kpidsl.diagnostics import Diagnostic


def units_agree(inspection: Inspection) -> Iterator[Diagnostic]:
    """`units-disagree`, in derived columns, values and identities."""
    if not inspection.fast:
        second = _Second(inspection)
        yield from _columns(inspection, second)
        yield from _values(inspection, second)
        yield from _claims(inspection, second)


class _Second:
    """The second derivation. What is known to agree, from an earlier run or of the same shape, is not derived again."""

    def __init__(self, inspection: Inspection) -> None:
        self.shapes = Shapes(inspection.catalog)
        self._inspection = inspection
        self._ground = content_hash(inspection.world, *_columns_read(inspection.catalog))

    @cached_property
    def _derivation(self) -> Derivation:
        catalog = self._inspection.catalog
        return Derivation(catalog, Dimensions(catalog.units))

    def disagreement(self, shape: str, check: Callable[[Derivation], None]) -> Core | None:
        """The node over which the two derivations disagree."""
        cache, key = self._inspection.cache, content_hash("units", self._ground, shape)
        if cache.get(key) is True:
            return None
        try:
            check(self._derivation)
        except Disagreement as found:
            return found.node
        cache.put(key, True)
        return None


def _columns_read(catalog: Catalog) -> Iterator[str]:
    """What is read of columns besides the nodes that refer to them."""
    for source in catalog.sources.values():
        for column in source.columns.values():
            yield f"{source.name}.{column.name}{unit_content(column.unit)}{column.references}"


def _columns(inspection: Inspection, second: _Second) -> Iterator[Diagnostic]:
    for source in inspection.catalog.sources.values():
        for column in source.columns.values():
            if column.formula is None:
                continue
            shape = f"column {source.name};{content(column.formula)}{unit_content(column.unit)}"
            node = second.disagreement(shape, partial(Derivation.check_column, source=source, column=column))
            if node is not None and column.definition is not None and column.definition.formula is not None:
                yield messages.units_disagree(column.definition.formula.label(), f"{source.name}.{column.name}", node.unit)


def _values(inspection: Inspection, second: _Second) -> Iterator[Diagnostic]:
    for value in inspection.catalog.values.values():
        shape = f"value {second.shapes.of(value.core)}{unit_content(value.unit)}"
        node = second.disagreement(shape, partial(Derivation.check_value, value=value))
        if node is not None:
            yield messages.units_disagree(formula_of(value).label(node.span), value.name, node.unit)


def _claims(inspection: Inspection, second: _Second) -> Iterator[Diagnostic]:
    for identity in inspection.catalog.identities:
        definition = identity.definition
        pairs = ((identity.left, identity.right), *identity.given)
        for (left, right), formula in zip(pairs, (definition.claim, *definition.given), strict=True):
            shape = f"claim {second.shapes.of(left)}={second.shapes.of(right)}"
            node = second.disagreement(shape, partial(Derivation.check_claim, left=left, right=right))
            if node is not None:
                yield messages.units_disagree(formula.label(node.span), identity.name, node.unit)
