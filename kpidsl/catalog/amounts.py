"""Plain amounts beside a definition (a benchmark's bounds, an example's numbers, a parameter's value) brought into its unit.

A bare number is in the unit of what it is held against, a quantity is converted, and a bare 20 where a percent is meant gets a
warning.
"""

from __future__ import annotations

from fractions import Fraction

from msgspec.structs import replace

from kpidsl.catalog import functions, messages, unit_messages, windows
from kpidsl.catalog.core import Constant, Core, Type
from kpidsl.catalog.expressions import read
from kpidsl.catalog.reading import Reading, constant_value, scaled
from kpidsl.catalog.world import World
from kpidsl.language import tree
from kpidsl.text import Excerpt
from kpidsl.units.unit import Unit

# What data are counted in, 64-bit floating point, ends not far beyond.
_MOST = Fraction(10**300)
_LEAST = 1 / _MOST


def read_constant(node: tree.Tree, excerpt: Excerpt, world: World) -> Core | None:
    """An amount in its own unit; None, reported, where it is not one number."""

    def refuse(part: tree.Name) -> None:
        world.found.append(messages.not_an_amount(reading.label(part.span), part.text))

    def call(part: tree.Call | tree.Neighbour) -> Core | None:
        if isinstance(part, tree.Neighbour) or functions.is_aggregate(part) or windows.is_window(part):
            world.found.append(messages.not_an_amount(reading.label(part.span), part.function))
            return None
        return functions.read_call(part, reading)

    reading = Reading(excerpt, world, refuse, call)
    core = read(node, reading)
    if core is None:
        return None
    value = constant_value(core)
    if value is None or core.type is not Type.NUMBER:
        world.found.append(messages.not_an_amount(reading.label(node.span), reading.words(node.span)))
        return None
    if value and not _LEAST < abs(value) < _MOST:
        world.found.append(messages.amount_beyond_use(reading.label(node.span)))
        return None
    return Constant(value, unit=core.unit, span=core.span)


def read_amount(node: tree.Tree, excerpt: Excerpt, world: World, unit: Unit, of: str, *, percent: bool = False) -> Core | None:
    """An amount in the unit of `of`; None, reported, where it is not one number or its unit is another.

    `percent` says that `of` is shown as percent though it has another unit, so that `3%` of that unit can be written.
    """
    core = read_constant(node, excerpt, world)
    if not isinstance(core, Constant) or not isinstance(core.value, Fraction):
        return None
    is_share = unit.percent or percent or world.units.proportion(unit) is not None
    reading = Reading(excerpt, world, lambda _: None, lambda _: None)
    if core.unit.is_number and not core.unit.percent:
        if is_share and abs(core.value) > 1:
            world.found.append(messages.bare_percent(reading.label(node.span), core.value))
        return replace(core, unit=unit)
    if core.unit.percent and percent:
        return replace(core, unit=unit)
    if world.undeclared.seeking and world.undeclared.note(unit, core.unit, reading.label(node.span)):
        return replace(core, unit=unit)
    fit = world.units.fits(unit, core.unit) or (world.units.fits(core.unit, unit) if is_share else None)
    if fit is None:
        world.found.append(unit_messages.amount_in_other_unit(reading.label(node.span), of, unit, core.unit))
        return None
    if fit.nominal:
        world.found.append(unit_messages.nominal_declared(reading.label(node.span), core.unit, unit))
    moved = scaled(core, fit.factor, unit)
    return Constant(constant_value(moved) or Fraction(0), unit=unit, span=core.span)
