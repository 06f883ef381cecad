"""Levels of a KPI, the words for its values 1, 2, 3, …: whether it can have them, and which number one stands for."""

from __future__ import annotations

from fractions import Fraction

from kpidsl.catalog import level_messages as messages
from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import Constant
from kpidsl.catalog.world import World
from kpidsl.documents import model
from kpidsl.language import tree
from kpidsl.units.unit import Unit


def read_level(node: tree.Tree, kpi: model.Kpi, unit: Unit) -> Constant | None:
    """The place in the order of the level that an amount names; None where it names none."""
    names = [level.value for level in kpi.levels]
    if not isinstance(node, tree.Name) or node.text not in names:
        return None
    return Constant(Fraction(names.index(node.text) + 1), unit=unit, span=node.span)


def check_levels(value: Value, world: World) -> None:
    """Report levels that are none: of a value that is an amount or a share, fewer than two, or one that stands twice."""
    definition = value.definition
    if not isinstance(definition, model.Kpi) or not definition.levels:
        return
    levels = definition.levels
    first = {level.value: level for level in reversed(levels)}
    again = next((level for level in levels if first[level.value] is not level), None)
    if again is not None:
        world.found.append(messages.level_twice(again, first[again.value]))
    elif len(levels) < 2:
        world.found.append(messages.one_level(levels[0]))
    if not value.unit.is_number or value.unit.percent or value.proportion is not None:
        world.found.append(messages.levels_of_amount(value.name, levels[0], definition.formula, value))
