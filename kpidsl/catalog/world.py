"""What the names of a project mean while its catalog is being built: units, sources, columns, values as they are resolved."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from kpidsl.catalog.catalog import Column, Dimension, Source, Value
from kpidsl.catalog.named import Names
from kpidsl.catalog.undeclared import Undeclared
from kpidsl.diagnostics import Diagnostic
from kpidsl.language.tree import UnitTree
from kpidsl.units.system import UnitSystem
from kpidsl.units.unit import Unit


class World(Struct):
    """Grows floor by floor: units, sources, dimensions, values. `broken` names are defined but could not be resolved."""

    units: UnitSystem
    sources: dict[str, Source] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    broken_sources: set[str] = field(default_factory=set)
    broken_columns: set[tuple[str, str]] = field(default_factory=set)
    broken_dimensions: set[str] = field(default_factory=set)
    broken_links: set[tuple[str, str]] = field(default_factory=set)
    columns: dict[str, dict[str, Column]] = field(default_factory=dict)
    read_units: dict[UnitTree | str, Unit] = field(default_factory=dict)
    undeclared: Undeclared = field(default_factory=Undeclared)
    names: Names | None = None
    found: list[Diagnostic] = field(default_factory=list)
    later: list[Callable[[], Diagnostic]] | None = None

    def say_later(self, word: Callable[[], Diagnostic]) -> None:
        """Report what is worded when all names are known: at once, but while the catalog is being built."""
        if self.later is None:
            self.found.append(word())
        else:
            self.later.append(word)

    def column_names(self, source: str) -> Mapping[str, Column]:
        return self.columns.get(source, {})
