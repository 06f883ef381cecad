"""A formula to its shape: a text that is the same for formulas whose units are derived in the same way, step by step."""

from __future__ import annotations

from kpidsl.algebra.canonical import content, unit_content
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Reference, Type
from kpidsl.checks.derivation import is_zero, meaning


class Shapes:
    """The shapes of formulas of one catalog. They hold all that a derivation reads, but for what is declared of columns."""

    def __init__(self, catalog: Catalog) -> None:
        self._values = {name: unit_content(meaning(value)) for name, value in catalog.values.items()}

    def of(self, core: Core) -> str:
        """The shape of a formula of values."""
        match core:
            case Reference():
                return f"@{self._values[core.name]}{unit_content(core.unit)}"
            case Apply(function="power", arguments=(base, exponent)):
                return f"{self.of(base)}^{content(exponent)}{_kind(core)}"
            case Apply(function=function, arguments=arguments):
                return f"{function}({','.join(map(self.of, arguments))}){_kind(core)}"
            case _:
                return _on_rows(core)


def _on_rows(core: Core) -> str:
    """The shape of an aggregate, of what stands in one, and of a constant; columns keep their names."""
    match core:
        case Constant():
            return f"{'0' if is_zero(core) else '#'}{_kind(core)}"
        case Apply(function="power", arguments=(base, exponent)):
            return f"{_on_rows(base)}^{content(exponent)}{_kind(core)}"
        case Apply(function=function, arguments=arguments):
            return f"{function}({','.join(map(_on_rows, arguments))}){_kind(core)}"
        case Aggregate(function=function, source=source, distinct=distinct):
            parts = ";".join("" if part is None else _on_rows(part) for part in (core.argument, core.where))
            return f"{function}[{source};{parts};{distinct:d}]{_kind(core)}"
        case _:
            return content(core)


def _kind(core: Core) -> str:
    return f"{unit_content(core.unit)}{'' if core.type is Type.NUMBER else core.type.value}"
