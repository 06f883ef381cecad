"""Sources as written to resolved sources: keys, times, references; derived columns as formulas over their row."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from kpidsl.catalog import messages, row_messages, unit_messages
from kpidsl.catalog.catalog import Column, Link, Source
from kpidsl.catalog.core import Core, Gather, Type
from kpidsl.catalog.derived import in_order, is_too_large
from kpidsl.catalog.durations import read_duration
from kpidsl.catalog.expressions import read
from kpidsl.catalog.gather import read_gather
from kpidsl.catalog.links import build_links, check_links
from kpidsl.catalog.reading import DATE_TYPES, scaled
from kpidsl.catalog.rows import RowScope
from kpidsl.catalog.undeclared_messages import Defined
from kpidsl.catalog.unit_text import read_unit
from kpidsl.catalog.world import World
from kpidsl.documents import model
from kpidsl.language.tree import Quantity, UnitTree
from kpidsl.language.walk import measure
from kpidsl.periods.grain import Grain
from kpidsl.units.unit import NUMBER, Unit

_DEEPEST = 150  # levels of formulas that wait for each other, on a circle of many columns


class SourceBuilder:
    """Resolves all sources of a world; `column_of` then gives any column, a derived one when it is first asked for."""

    def __init__(self, definitions: tuple[model.Source, ...], world: World) -> None:
        self.world = world
        self.definitions: Mapping[str, model.Source] = {source.name.value: source for source in definitions}
        self.links: dict[str, Mapping[str, Link]] = {}
        self.derived: dict[tuple[str, str], model.Column] = {}
        self.underway: list[tuple[str, str]] = []

    def build(self) -> None:
        for name, source in self.definitions.items():
            columns = self.world.columns.setdefault(name, {})
            self.links[name] = build_links(source, self.definitions, self.world)
            for column in source.columns:
                self._declare(name, column, columns)
        for name, source in self.definitions.items():
            self.world.sources[name] = self._source(source, self.world.columns[name])
        formulas = {place: each.formula.tree for place, each in self.derived.items() if each.formula and each.formula.tree}
        for source_name, column_name in (*in_order(formulas, self.links), *self.derived):
            self.column_of(source_name, column_name)
        check_links(self.definitions, self.world, self.column_of)

    def _declare(self, source: str, column: model.Column, columns: dict[str, Column]) -> None:
        name = column.name.value
        if column.formula is not None:
            self.derived[source, name] = column
            return
        unit = self._unit(source, column)
        if unit is None:
            self.world.broken_columns.add((source, name))
            return
        columns[name] = Column(
            name,
            Type(column.type.value) if column.type else Type.TEXT,
            unit,
            self._references(source, name),
            _values(column),
            column.column or name,
            definition=column,
            unit_from=self.world.undeclared.place_of(f"{source}.{name}") if column.unit is None else None,
        )

    def _unit(self, source: str, column: model.Column) -> Unit | None:
        """The declared unit; that of a number without one is inferred, but for what tells rows apart."""
        name, definition = column.name, self.definitions[source]
        if column.unit is not None and column.unit.tree is not None:
            return read_unit(column.unit.tree, column.unit.excerpt, self.world)
        is_key = any(name.value == key.value for key in definition.key) or any(
            name.value == own for link in self.links[source].values() for own, _ in link.match
        )
        if column.unit is not None or is_key or column.type is None or column.type.value != Type.NUMBER.value:
            return NUMBER
        place = Defined(name.label(), column.type.label(), "type")
        return self.world.undeclared.unit_of(f"{source}.{name.value}", place)

    def _references(self, source: str, column: str) -> str | None:
        link = self.links[source].get(column)
        return link.target if link is not None else None

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
        return Source(
            name,
            row,
            keys,
            time,
            columns,
            self.links[name],
            self._every(source, time),
            fresh_within=self._length(source, "fresh_within", source.fresh_within),
            late_by=self._length(source, "late_by", source.late_by),
            definition=source,
        )

    def _length(self, source: model.Source, key: str, formula: model.Formula[Quantity] | None) -> tuple[int, Grain] | None:
        """How old its rows may be, or how late they come; `time` says from when."""
        if formula is None or formula.tree is None:
            return None
        length = read_duration(
            formula.tree, RowScope(source.name.value, formula.excerpt, self.world, self.column_of).reading, key
        )
        if source.time is None:
            self.world.found.append(row_messages.age_without_time(key, formula, source))
            return None
        return length

    def _every(self, source: model.Source, time: str | None) -> Grain | None:
        """The period for which a row stands as a whole; `time` says for which one."""
        every = next((grain for grain in Grain if source.every and grain.value == source.every.value), None)
        if source.every is not None and source.time is None:
            self.world.found.append(row_messages.every_without_time(source.every, source))
            return None
        return every if time is not None else None

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
        if sum(map(self._depth, self.underway)) > _DEEPEST:
            self.world.found.append(row_messages.columns_too_deep(self.derived[source, name].name.label(), source, name))
            self.world.broken_columns.add((source, name))
            return None
        self.underway.append((source, name))
        column = self._derive(source, self.derived[source, name])
        self.underway.pop()
        if column is None or (source, name) in self.world.broken_columns:
            self.world.broken_columns.add((source, name))
            return None
        columns[name] = column
        return column

    def _depth(self, place: tuple[str, str]) -> int:
        formula = self.derived[place].formula
        return 0 if formula is None or formula.tree is None else measure(formula.tree)[1] + 5

    def _derive(self, source: str, column: model.Column) -> Column | None:
        formula = column.formula
        if formula is None or formula.tree is None:
            return None
        name = column.name.value
        scope = RowScope(source, formula.excerpt, self.world, self.column_of, gather=read_gather)
        core = read(formula.tree, scope.reading)
        core = core if core is None or column.unit is None else self._in_declared_unit(core, column, column.unit)
        if core is None:
            return None
        if is_too_large(core):
            self.world.found.append(row_messages.column_too_large(formula.label(), source, name))
            return None
        references, values = self._references(source, name), _values(column)
        return Column(name, core.type, core.unit, references, values, name, core, column)

    def _in_declared_unit(self, core: Core, column: model.Column, unit: model.Formula[UnitTree]) -> Core | None:
        """The formula in its declared unit, as for a measure: a count may be a plain number or, filtered, a subset."""
        declared = read_unit(unit.tree, unit.excerpt, self.world) if unit.tree else None
        if declared is None or core.type is not Type.NUMBER:
            return None if declared is None else core
        if self.world.undeclared.note(declared, core.unit, unit.label()):
            return replace(core, unit=declared)
        count = core.aggregate if isinstance(core, Gather) and core.aggregate.function == "count" else None
        filtered = count is not None and count.where is not None
        fit = self.world.units.fits(declared, core.unit, count=count is not None, filtered=filtered)
        if fit is None:
            self.world.found.append(row_messages.column_unit_differs(unit.label(), column, declared, core.unit))
            return None
        if fit.nominal and column.formula is not None:
            self.world.found.append(unit_messages.nominal_declared(column.formula.label(), core.unit, declared))
        if self.world.units.proportion(core.unit) and declared.is_number:
            return core
        if isinstance(core, Gather) and count is not None:
            return replace(core, aggregate=replace(count, unit=declared), unit=declared)
        return scaled(core, fit.factor, declared) if fit.factor != 1 else replace(core, unit=declared)


def _values(column: model.Column) -> tuple[str, ...] | None:
    return tuple(value.value for value in column.values) if column.values is not None else None
