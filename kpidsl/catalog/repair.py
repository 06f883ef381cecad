"""What would make a unit right: the same names joined otherwise, another name for one, a factor missing or too much.

A product or quotient of names is a monomial. For each of its names the unit that the others leave is divided out; what is left
of the unit that is wanted is looked up among the units of all names, so that the work hangs on how many units there are and not
on how many names. What needs no other name comes first, then names that are alike, what could be left out, missing factors, and
other names last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from enum import Enum
from fractions import Fraction
from itertools import islice

from msgspec import Struct

from kpidsl.catalog.catalog import Kind, Value, meaning
from kpidsl.catalog.core import WINDOW_FUNCTIONS, Aggregate, Apply, Constant, Core, Reference
from kpidsl.catalog.named import Names
from kpidsl.catalog.world import World
from kpidsl.units.unit import Unit, multiply, power

_MOST = 2
_MOST_LEAVES = 12
_MOST_UNITS = 200
_ALIKE = 0.6
_KEEPING = frozenset({"negate", "abs", "round", "floor", "ceil"}) | WINDOW_FUNCTIONS
_ONE = Fraction(1)
Leaf = Reference | Aggregate


class Way(Enum):
    """What is done, the likeliest first."""

    TURN = 1  # the quotient turned round
    FLIP = 2  # a factor as divisor, or a divisor as factor
    DECLARE = 3  # the unit of a measure that only counts a part
    ROW = 4  # what a row of a source counts as
    ALIKE = 5  # another name, much like it
    DROP = 6
    MULTIPLY = 7
    DIVIDE = 8
    REPLACE = 9


class Repair(Struct, frozen=True):
    """A way to `unit`: what is done to a `leaf`, or to the whole formula, by a `name`; `declared` is a unit to declare."""

    way: Way
    unit: Unit
    leaf: Core | None = None
    name: str = ""
    declared: Unit | None = None
    likeness: float = 0.0


def names_of_values(world: World) -> Names:
    """The measures, parameters and KPIs; asked for when all of them are known, they are kept."""
    if world.names is None:
        world.names = Names.of({name: meaning(value) for name, value in world.values.items()})
    return world.names


def repairs(core: Core, declared: Unit, world: World, names: Names) -> list[Repair]:
    """The likeliest ways to the declared unit for a formula that is in another."""
    return _best(_Search(core, declared, world, names).all())


def factors(left: Core, right: Core, names: Names) -> list[tuple[Core, Repair]]:
    """Names by which one of two operands is multiplied, or else divided, to be in the unit of the other."""
    for way in (Way.MULTIPLY, Way.DIVIDE):
        for operand, other in ((right, left), (left, right)):
            wanted = _quotient(other.unit, operand.unit) if way is Way.MULTIPLY else _quotient(operand.unit, other.unit)
            if wanted is not None and not wanted.is_number and (found := names.some(wanted)):
                return [(operand, Repair(way, other.unit, operand, name)) for name in found[:_MOST]]
    return []


def alike(left: Core, right: Core, names: Names) -> tuple[Core, Repair] | None:
    """A name much like one of two operands, in the unit of the other."""
    found = [
        (operand, Repair(Way.ALIKE, other.unit, operand, name, likeness=_likeness(operand.name, name)))
        for operand, other in ((right, left), (left, right))
        if isinstance(operand, Reference) and not other.unit.is_number
        for name in names.some(other.unit)
        if not (isinstance(other, Reference) and name == other.name)
    ]
    best = max(found, key=lambda each: (each[1].likeness, each[1].name), default=None)
    return best if best is not None and best[1].likeness >= _ALIKE else None


def _best(found: Iterator[Repair]) -> list[Repair]:
    return sorted(found, key=lambda each: (each.way.value, -each.likeness, each.name))[:_MOST]


class _Search(Struct, frozen=True):
    core: Core
    declared: Unit
    world: World
    names: Names

    def all(self) -> Iterator[Repair]:
        leaves = _monomial(self.core)
        if leaves is not None and 0 < len(leaves) <= _MOST_LEAVES and all(leaves.values()):
            yield from self._turned()
            for leaf, exponent in leaves.items():
                rest = _quotient(self.core.unit, power(leaf.unit, exponent))
                if rest is not None:
                    yield from self._otherwise(leaf, exponent, rest, len(leaves))
                    yield from self._replaced(leaf, exponent, rest, leaves)
        used = {leaf.name for leaf in leaves or () if isinstance(leaf, Reference)}
        yield from (each for each in self._factors() if each.name not in used)

    def _turned(self) -> Iterator[Repair]:
        unit = power(self.core.unit, Fraction(-1))
        if isinstance(self.core, Apply) and self.core.function == "divide" and self._suits(unit):
            yield Repair(Way.TURN, unit)

    def _otherwise(self, leaf: Leaf, exponent: Fraction, rest: Unit, leaves: int) -> Iterator[Repair]:
        """The same names, one of them on the other side of the line, declared, or left out."""
        flipped = _product(rest, power(leaf.unit, -exponent))
        if leaves > 1 and not leaf.unit.is_number and flipped is not None and self._suits(flipped):
            yield Repair(Way.FLIP, flipped, leaf, "/" if exponent > 0 else "*")
        if leaves > 2 and not leaf.unit.is_number and self._suits(rest):
            yield Repair(Way.DROP, rest, leaf)
        wanted = _root(_quotient(self.declared, rest), exponent)
        entity = self.world.units.entity(wanted) if wanted is not None else None
        if entity is not None and wanted is not None:
            yield from self._declared(leaf, entity, wanted)

    def _declared(self, leaf: Leaf, entity: str, wanted: Unit) -> Iterator[Repair]:
        """A count that could say that it counts the entity that is wanted."""
        value = self.world.values.get(leaf.name) if isinstance(leaf, Reference) else None
        count = value.core if value is not None else leaf
        if not isinstance(count, Aggregate) or count.function != "count" or count.distinct:
            return
        counted = self.world.units.entity(count.unit)
        if counted is None and count.unit.is_number and self.world.sources[count.source].row is None:
            yield Repair(Way.ROW, self.declared, leaf, count.source, wanted)
        elif _may_declare(value) and count.where is not None and counted and self.world.units.is_subset(entity, counted):
            yield Repair(Way.DECLARE, self.declared, leaf, declared=wanted)

    def _replaced(self, leaf: Leaf, exponent: Fraction, rest: Unit, leaves: Mapping[Leaf, Fraction]) -> Iterator[Repair]:
        """Another name in the place of a leaf, with the unit that the formula then has."""
        used = {each.name for each in leaves if isinstance(each, Reference)}
        for other, unit in self._fitting(rest, exponent) if isinstance(leaf, Reference) else ():
            if other not in used and isinstance(leaf, Reference):
                likeness = _likeness(leaf.name, other)
                way = Way.ALIKE if likeness >= _ALIKE else Way.REPLACE
                yield Repair(way, unit, leaf, other, likeness=likeness)

    def _fitting(self, rest: Unit, exponent: Fraction) -> Iterator[tuple[str, Unit]]:
        """The names that bring a rest to the declared unit: of one unit, or of all that make a proportion."""
        wanted = _root(_quotient(self.declared, rest), exponent)
        exact = () if self.declared.is_number or wanted is None else (wanted,)
        for unit in islice(self.names.by_unit, _MOST_UNITS) if self.declared.is_number else exact:
            combined = _product(rest, power(unit, exponent))
            if combined is not None and not unit.is_number and self._suits(combined):
                yield from ((name, combined) for name in self.names.some(unit))

    def _factors(self) -> Iterator[Repair]:
        if self.declared.is_number:
            fitting = self._fitting(self.core.unit, Fraction(-1))
            yield from (Repair(Way.DIVIDE, unit, name=name) for name, unit in fitting)
            return
        for way, wanted in (
            (Way.MULTIPLY, _quotient(self.declared, self.core.unit)),
            (Way.DIVIDE, _quotient(self.core.unit, self.declared)),
        ):
            if wanted is not None and not wanted.is_number:
                yield from (Repair(way, self.declared, name=name) for name in self.names.some(wanted))

    def _suits(self, unit: Unit) -> bool:
        if self.declared.is_number:
            return self.world.units.proportion(unit) is not None
        return unit == self.declared


def _may_declare(value: Value | None) -> bool:
    return value is not None and value.kind is Kind.MEASURE and value.definition.unit is None


def _likeness(name: str, other: str) -> float:
    return SequenceMatcher(None, name, other).ratio()


def _quotient(above: Unit, below: Unit) -> Unit | None:
    return _product(above, power(below, Fraction(-1)))


def _product(left: Unit, right: Unit) -> Unit | None:
    """The product where no factor comes in between and its exponents make sense."""
    try:
        combined = multiply(left, right)
    except ValueError:
        return None
    return combined.unit if combined.factor == 1 else None


def _root(unit: Unit | None, exponent: Fraction) -> Unit | None:
    return None if unit is None else power(unit, 1 / exponent)


def _monomial(core: Core) -> dict[Leaf, Fraction] | None:
    """The leaves of a product or quotient with their exponents; None where it is something else."""
    match core:
        case Reference(path=(_,)) | Aggregate():
            return {core: _ONE}
        case Constant() if core.unit.is_number:
            return {}
        case Apply(function="multiply", arguments=arguments):
            return _combined([(argument, 1) for argument in arguments])
        case Apply(function="divide", arguments=(above, below)):
            return _combined([(above, 1), (below, -1)])
        case Apply(function=function, arguments=(inner, *_)) if function in _KEEPING:
            return _monomial(inner)
        case _:
            return None


def _combined(parts: list[tuple[Core, int]]) -> dict[Leaf, Fraction] | None:
    exponents: dict[Leaf, Fraction] = {}
    for part, sign in parts:
        inner = _monomial(part)
        if inner is None:
            return None
        for leaf, exponent in inner.items():
            exponents[leaf] = exponents.get(leaf, Fraction(0)) + sign * exponent
    return exponents
