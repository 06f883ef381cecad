"""Measures, parameters and KPIs as written to resolved values: their formulas typed, their declared units held against them."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.catalog import functions, messages, unit_messages, window_messages, windows
from kpidsl.catalog.aggregates import read_aggregate
from kpidsl.catalog.amounts import read_amount, read_constant
from kpidsl.catalog.catalog import Kind, Value, meaning
from kpidsl.catalog.clusters import clusters_of
from kpidsl.catalog.core import WINDOW_FUNCTIONS, Aggregate, Apply, Core, Reference, Type
from kpidsl.catalog.durations import read_duration
from kpidsl.catalog.expressions import read
from kpidsl.catalog.links import ColumnOf
from kpidsl.catalog.period_names import PERIOD_NAMES, period_value
from kpidsl.catalog.projection import read_projection
from kpidsl.catalog.reading import Reading, scaled
from kpidsl.catalog.undeclared_messages import Defined
from kpidsl.catalog.unit_text import read_unit
from kpidsl.catalog.world import World
from kpidsl.diagnostics import Label
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.periods.grain import Grain
from kpidsl.text import Excerpt
from kpidsl.units.unit import PERCENT, Unit

_WITH_WORDS = WINDOW_FUNCTIONS | {"start_of"}
Definition = model.Measure | model.Parameter | model.Kpi


class Undeclared(Struct, frozen=True):
    """A formula whose unit is not the declared one; worded when all values are known, so that a repair can be looked for."""

    definition: model.Measure | model.Kpi
    declared: Unit
    core: Core


class ValueBuilder(Struct):
    """Resolves values one by one, in an order in which each comes after what it uses."""

    world: World
    column_of: ColumnOf
    names: frozenset[str]
    mismatches: list[Undeclared]

    def reading(self, excerpt: Excerpt, *, bare_amounts: bool = False) -> Reading:
        """What a formula at value level is read in."""

        def name(node: tree.Name) -> Core | None:
            return self._name(node, reading)

        def call(node: tree.Call | tree.Neighbour) -> Core | None:
            return self._call(node, reading)

        reading = Reading(excerpt, self.world, name, call, bare_amounts=bare_amounts)
        return reading

    def _name(self, node: tree.Name, reading: Reading) -> Core | None:
        name = node.parts[0]
        if len(node.parts) > 1:
            reading.say(messages.column_outside_aggregate(reading, node, name in self.world.sources))
            return None
        if name in self.world.values:
            value = self.world.values[name]
            return Reference((name,), unit=meaning(value), span=node.span)
        if name in PERIOD_NAMES and name not in self.names:
            return period_value(name, node.span)
        if name not in self.world.broken:
            reading.say(messages.unknown_name(reading, node, name, self.names))
        return None

    def _call(self, node: tree.Call | tree.Neighbour, reading: Reading) -> Core | None:
        if isinstance(node, tree.Neighbour):
            reading.say(window_messages.neighbour_between_values(reading, node))
            return None
        if functions.is_aggregate(node):
            return read_aggregate(node, reading, self.column_of)
        return windows.read_window(node, reading) if windows.is_window(node) else functions.read_call(node, reading)

    def add(self, definition: Definition) -> None:
        """Resolve a definition and add it to the world, or to what is broken in it."""
        name = definition.name.value
        value = self._parameter(definition) if isinstance(definition, model.Parameter) else self._formula(definition)
        if value is None:
            self.world.broken.add(name)
        else:
            self.world.values[name] = value

    def _parameter(self, definition: model.Parameter) -> Value | None:
        if definition.value.tree is None:
            return None
        if definition.unit is None:
            core = self._undeclared(definition, definition.value.tree)
        else:
            unit = self._declared(definition.unit)
            if unit is None:
                return None
            core = read_amount(definition.value.tree, definition.value.excerpt, self.world, unit, definition.name.value)
        if core is None:
            return None
        name = definition.name.value
        return Value(name, Kind.PARAMETER, core, core.unit, definition, unit_from=self.world.undeclared.place_of(name))

    def _undeclared(self, definition: model.Parameter, node: tree.Tree) -> Core | None:
        """The value of a parameter in its own unit; a bare number may be in one that its uses settle."""
        core, name = read_constant(node, definition.value.excerpt, self.world), definition.name
        if core is None or not core.unit.is_number or core.unit.percent:
            return core
        place = Defined(name.label(), definition.value.label(), "value")
        unit = self.world.undeclared.unit_of(name.value, place)
        return None if unit is None else replace(core, unit=unit)

    def _formula(self, definition: model.Measure | model.Kpi) -> Value | None:
        if definition.formula.tree is None:
            return None
        core = read(definition.formula.tree, self.reading(definition.formula.excerpt))
        declared = self._declared(definition.unit) if definition.unit is not None else None
        if core is None or (definition.unit is not None and declared is None):
            return None
        if not self._is_value(core, definition):
            return None
        inferred = core.unit
        if declared is not None:
            fitted = self._fit(definition, declared, core)
            if fitted is None:
                return None
            core = fitted
        return self._value(definition, core, declared or inferred, inferred)

    def _is_value(self, core: Core, definition: model.Measure | model.Kpi) -> bool:
        if core.type is not Type.NUMBER:
            self.world.found.append(messages.value_is_no_number(definition.formula.label(), definition.name.value, core.type))
            return False
        return no_text_between_values(core, definition.formula.excerpt, self.world)

    def asked(self, definition: model.Kpi) -> Value | None:
        """The value of a formula that a question holds."""
        value = self._formula(definition)
        return None if value is None else replace(value, kind=Kind.FORMULA)

    def _value(self, definition: model.Measure | model.Kpi, core: Core, unit: Unit, inferred: Unit) -> Value:
        name = definition.name.value
        proportion = self.world.units.proportion(inferred) or self.world.units.proportion(unit)
        clusters = clusters_of(definition, core, self.world, self.column_of)
        if isinstance(definition, model.Measure):
            return Value(name, Kind.MEASURE, core, unit, definition, proportion=proportion, clusters=clusters)
        if definition.display is not None and unit.is_number:
            unit = PERCENT
        mature = self._matures_after(definition)
        projection = read_projection(definition, core, mature, self.world, self.column_of)
        return Value(name, Kind.KPI, core, unit, definition, (), proportion, mature, projection, clusters=clusters)

    def _matures_after(self, definition: model.Kpi) -> tuple[int, Grain] | None:
        formula = definition.matures_after
        if formula is None or formula.tree is None:
            return None
        return read_duration(formula.tree, self.reading(formula.excerpt), "matures_after")

    def _declared(self, unit: model.Formula[tree.UnitTree]) -> Unit | None:
        return None if unit.tree is None else read_unit(unit.tree, unit.excerpt, self.world)

    def _fit(self, definition: model.Measure | model.Kpi, declared: Unit, core: Core) -> Core | None:
        """The formula in its declared unit. A share keeps its own unit in the tree, so that chains of shares can be checked."""
        count = isinstance(core, Aggregate) and core.function == "count"
        filtered = isinstance(core, Aggregate) and count and core.where is not None
        if self._has_hole(definition, declared, core):
            return replace(core, unit=declared)
        fit = self.world.units.fits(declared, core.unit, count=count, filtered=filtered)
        if fit is None:
            self.mismatches.append(Undeclared(definition, declared, core))
            return None
        if fit.nominal:
            self.world.found.append(unit_messages.nominal_declared(definition.formula.label(), core.unit, declared))
        if self.world.units.proportion(core.unit) and declared.is_number:
            return core
        if fit.factor != 1:
            return scaled(core, fit.factor, declared)
        is_same = core.unit == declared and core.unit.percent == declared.percent
        return core if is_same else replace(core, unit=declared)

    def _has_hole(self, definition: model.Measure | model.Kpi, declared: Unit, core: Core) -> bool:
        if not self.world.undeclared.seeking:
            return False
        place = (definition.unit or definition.formula).label()
        return self.world.undeclared.note(declared, core.unit, place, self.world.units if declared.is_number else None)


def no_text_between_values(core: Core, excerpt: Excerpt, world: World) -> bool:
    """Whether no text stands between values, where there is nothing to hold it against; if one does, that is said.

    The words for grains and dimensions, which are text in the core tree, don't count.
    """
    stack = [core]
    while stack:
        top = stack.pop()
        if top.type is Type.TEXT:
            world.found.append(messages.text_between_values(Label(excerpt.file, excerpt.span(top.span))))
            return False
        if isinstance(top, Apply):
            stack.extend(reversed(top.arguments[:1] if top.function in _WITH_WORDS else top.arguments))
    return True
