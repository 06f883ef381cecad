"""Sources as written to resolved sources: keys, times, references; derived columns as formulas over their row."""

from __future__ import annotations

from collections.abc import Mapping

from kpidsl.catalog import functions, messages
from kpidsl.catalog.catalog import Column, Source
from kpidsl.catalog.core import Type
from kpidsl.catalog.expressions import read
from kpidsl.catalog.reading import DATE_TYPES
from kpidsl.catalog.rows import RowScope
from kpidsl.catalog.unit_text import read_unit
from kpidsl.catalog.world import World
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.language.walk import walk
from kpidsl.suggest import nearest
from kpidsl.units.unit import NUMBER


class SourceBuilder:
    """Resolves all sources of a world; `column_of` then gives any column, a derived one when it is first asked for."""

    def __init__(self, definitions: tuple[model.Source, ...], world: World) -> None:
        self.world = world
        self.definitions: Mapping[str, model.Source] = {source.name.value: source for source in definitions}
        self.derived: dict[tuple[str, str], model.Column] = {}
        self.underway: list[tuple[str, str]] = []

    def build(self) -> None:
        for name, source in self.definitions.items():
            columns = self.world.columns.setdefault(name, {})
            for column in source.columns:
                self._declare(name, column, columns)
        for name, source in self.definitions.items():
            self.world.sources[name] = self._source(source, self.world.columns[name])
        for source_name, column_name in tuple(self.derived):
            self.column_of(source_name, column_name)

    def _declare(self, source: str, column: model.Column, columns: dict[str, Column]) -> None:
        name = column.name.value
        if column.formula is not None:
            self.derived[source, name] = column
            return
        unit = read_unit(column.unit.tree, column.unit.excerpt, self.world) if column.unit and column.unit.tree else NUMBER
        if unit is None:
            self.world.broken_columns.add((source, name))
            return
        columns[name] = Column(
            name,
            Type(column.type.value) if column.type else Type.TEXT,
            unit,
            self._references(column),
            tuple(value.value for value in column.values) if column.values is not None else None,
            column.column or name,
            definition=column,
        )

    def _references(self, column: model.Column) -> str | None:
        if column.references is None:
            return None
        name = column.references.value
        if name not in self.definitions:
            suggestion = nearest(name, self.definitions)
            self.world.found.append(messages.unknown_referenced_source(column.references.label(), name, suggestion))
            return None
        if len(self.definitions[name].key) != 1:
            self.world.found.append(messages.referenced_source_needs_key(column.references.label(), self.definitions[name]))
            return None
        return name

    def _source(self, source: model.Source, columns: Mapping[str, Column]) -> Source:
        name = source.name.value
        for key in source.key:
            if (name, key.value) in self.derived:
                self.world.found.append(messages.derived_key(key.label(), key.value))
            elif key.value not in columns:
                self._unknown(key, name, columns)
        time = self._time(source, columns)
        row = source.row.value if source.row else None
        if source.row and self.world.units.kind(source.row.value) != "entity":
            self.world.found.append(
                messages.row_is_no_entity(source.row.label(), source.row.value, tuple(self.world.units.parents))
            )
            row = None
        keys = tuple(key.value for key in source.key)
        return Source(name, row, keys, time, columns, source)

    def _time(self, source: model.Source, columns: Mapping[str, Column]) -> str | None:
        if source.time is None:
            return None
        name = source.time.value
        column = columns.get(name)
        if column is None:
            if (source.name.value, name) in self.derived:
                self.world.found.append(messages.derived_time(source.time.label(), name))
            else:
                self._unknown(source.time, source.name.value, columns)
        elif column.type not in DATE_TYPES:
            self.world.found.append(messages.time_is_no_date(source.time.label(), name, column.type.value))
        else:
            return name
        self.world.broken_sources.add(source.name.value)
        return None

    def _unknown(self, written: model.Written[str], source: str, columns: Mapping[str, Column]) -> None:
        if (source, written.value) not in self.world.broken_columns:
            self.world.found.append(messages.unknown_key_column(written.label(), written.value, source, tuple(columns)))

    def column_of(self, source: str, name: str) -> Column | None:
        """A column of a source, or None: unknown, or broken and reported."""
        columns = self.world.columns.get(source, {})
        if name in columns or (source, name) not in self.derived:
            return columns.get(name)
        if (source, name) in self.world.broken_columns:
            return None
        if (source, name) in self.underway:
            circle = [*self.underway[self.underway.index((source, name)) :], (source, name)]
            self.world.found.append(messages.column_circle(self.derived[source, name].name.label(), circle))
            self.world.broken_columns.update(circle)
            return None
        self.underway.append((source, name))
        column = self._derive(source, self.derived[source, name])
        self.underway.pop()
        if column is None or (source, name) in self.world.broken_columns:
            self.world.broken_columns.add((source, name))
            return None
        columns[name] = column
        return column

    def _derive(self, source: str, column: model.Column) -> Column | None:
        formula = column.formula
        if formula is None or formula.tree is None:
            return None
        calls = (part for part in walk(formula.tree) if isinstance(part, tree.Call))
        aggregate = next((call for call in calls if functions.is_aggregate(call)), None)
        if aggregate is not None:
            place = formula.label(aggregate.span)
            self.world.found.append(messages.not_evaluated_yet(place, aggregate.function, "in a derived column"))
            return None
        scope = RowScope(source, formula.excerpt, self.world, self.column_of)
        core = read(formula.tree, scope.reading)
        if core is None:
            return None
        return Column(column.name.value, core.type, core.unit, formula=core, data_name=column.name.value, definition=column)
