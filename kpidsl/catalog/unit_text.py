"""The text of a unit to a unit: its names looked up among the project's currencies and entities and the times."""

from __future__ import annotations

from kpidsl.catalog import messages, unit_messages
from kpidsl.catalog.world import World
from kpidsl.diagnostics import Label
from kpidsl.language.tree import Factor, UnitTree
from kpidsl.text import Excerpt
from kpidsl.units.unit import NUMBER, PERCENT, Unit, multiply, power, time_symbol


def read_unit(node: UnitTree, excerpt: Excerpt, world: World) -> Unit | None:
    """The unit that a unit's text stands for; None, reported, where a name is no unit or the times in it do not go together."""
    first = node.factors[0] if len(node.factors) == 1 else None
    key = first.name if first is not None and first.exponent == 1 else node  # most units are one name
    unit = world.read_units.get(key)
    if unit is None:
        unit = _read(node, excerpt, world)
        if unit is not None:
            world.read_units[key] = unit
    return unit


def _read(node: UnitTree, excerpt: Excerpt, world: World) -> Unit | None:
    unit = NUMBER
    for factor in node.factors:
        one = _factor(factor, node, excerpt, world)
        if one is None:
            return None
        try:
            combined = multiply(unit, one)
        except ValueError:
            world.found.append(unit_messages.unit_too_large(_label(excerpt, factor)))
            return None
        if combined.factor != 1:
            world.found.append(unit_messages.two_times_in_unit(_label(excerpt, factor), factor.name))
            return None
        unit = combined.unit
    return PERCENT if [factor.name for factor in node.factors] == ["percent"] else unit


def _factor(factor: Factor, node: UnitTree, excerpt: Excerpt, world: World) -> Unit | None:
    name = factor.name
    if name in ("percent", "number", "1"):
        if name == "percent" and len(node.factors) > 1:
            world.found.append(unit_messages.percent_in_product(_label(excerpt, factor)))
            return None
        return NUMBER
    match world.units.kind(name):
        case "time":
            return power(Unit.of(time_symbol(name) or name), factor.exponent)
        case None:
            known = (
                *world.units.currencies,
                *world.units.parents,
                "percent",
                "number",
                "day",
                "week",
                "month",
                "quarter",
                "year",
            )
            world.found.append(messages.unknown_unit(_label(excerpt, factor), name, known))
            return None
        case _:
            return power(Unit.of(name), factor.exponent)


def _label(excerpt: Excerpt, factor: Factor) -> Label:
    return Label(excerpt.file, excerpt.span(factor.span))
