"""The units of a project as sympy's unit system: dimensions of units, their products and powers, and how they meet in sums.

Every currency, every entity and time is a base dimension, named b0, b1, …, so no name of a project reaches sympy. It works out
products and decides what is equal. The liberties of subsets (proportions stand for numbers, parts of one parent add up to it)
are this language's own and are written here a second time, on sympy's exponents, apart from `units.system`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from kpidsl.units.system import UnitSystem
from kpidsl.units.unit import TIMES, Unit

Dimension = Any  # sympy's Dimension

_TIME = "time"


class Dimensions:
    """The dimensions of one project. Units are known by their symbols; the scale of a time plays no part."""

    def __init__(self, system: UnitSystem) -> None:
        from sympy import Rational, Symbol
        from sympy.physics.units.dimensions import Dimension as SympyDimension
        from sympy.physics.units.dimensions import DimensionSystem

        self._system = system
        self._rational = Rational
        names = [_TIME, *sorted(system.currencies), *sorted(system.parents)]
        self._bases = {name: SympyDimension(Symbol(f"b{index}")) for index, name in enumerate(names)}
        self._names = {base: name for name, base in self._bases.items()}
        self._sympy = DimensionSystem(tuple(self._bases.values()))
        self.number: Dimension = SympyDimension(1)
        self._of_units: dict[Unit, Dimension] = {}
        self._products: dict[tuple[Dimension, Dimension, bool], Dimension] = {}
        self._exponents: dict[Dimension, Mapping[str, Fraction]] = {}

    def of(self, unit: Unit) -> Dimension:
        """The dimension of a unit."""
        if unit not in self._of_units:
            dimension = self.number
            for symbol, exponent in unit.powers:
                base = self._bases[_TIME if symbol in TIMES else symbol]
                dimension = dimension * self.power(base, exponent)
            self._of_units[unit] = dimension
        return self._of_units[unit]

    def product(self, left: Dimension, right: Dimension) -> Dimension:
        return self._combined(left, right, False)

    def quotient(self, above: Dimension, below: Dimension) -> Dimension:
        return self._combined(above, below, True)

    def _combined(self, left: Dimension, right: Dimension, divided: bool) -> Dimension:
        key = left, right, divided
        if key not in self._products:
            self._products[key] = left / right if divided else left * right
        return self._products[key]

    def power(self, base: Dimension, exponent: Fraction) -> Dimension:
        return base ** self._rational(exponent.numerator, exponent.denominator)

    def same(self, left: Dimension, right: Dimension) -> bool:
        return left == right or self.exponents(left) == self.exponents(right)

    def exponents(self, dimension: Dimension) -> Mapping[str, Fraction]:
        """The exponents of currencies, entities and `time`, as sympy finds them."""
        if dimension not in self._exponents:
            found = self._sympy.get_dimensional_dependencies(dimension)
            powers = {self._names[base]: self._fraction(exponent) for base, exponent in found.items()}
            self._exponents[dimension] = {name: exponent for name, exponent in powers.items() if exponent}
        return self._exponents[dimension]

    def _fraction(self, exponent: Any) -> Fraction:
        exact = self._rational(exponent)
        return Fraction(int(exact.p), int(exact.q))

    def is_share(self, dimension: Dimension) -> bool:
        """Whether it is that of a plain number or of a proportion."""
        exponents = self.exponents(dimension)
        if not exponents:
            return True
        if sorted(exponents.values()) != [-1, 1]:
            return False
        parent, child = sorted(exponents, key=lambda name: exponents[name])
        return child in self._system.parents and self._system.is_subset(child, parent)

    def entity(self, dimension: Dimension) -> str | None:
        """The entity whose own dimension it is."""
        match list(self.exponents(dimension).items()):
            case [(name, Fraction(numerator=1, denominator=1))] if name in self._system.parents:
                return name
            case _:
                return None

    def is_narrower(self, declared: Dimension, found: Dimension) -> bool:
        """Whether both are entities and the declared one is a subset of the one found."""
        child, parent = self.entity(declared), self.entity(found)
        return child is not None and parent is not None and self._system.is_subset(child, parent)

    def join(self, left: Dimension, right: Dimension, *, comparing: bool = False) -> Dimension | None:
        """The dimension in which two terms meet, None if they do not."""
        if self.same(left, right):
            return left
        parent = self._parent(left, right)
        if parent is not None:
            return parent
        if not (self.is_share(left) and self.is_share(right)):
            return None
        plain = not self.exponents(left) or not self.exponents(right)
        return self.number if plain or comparing else None

    def _parent(self, left: Dimension, right: Dimension) -> Dimension | None:
        """Two things of one parent, in else equal dimensions, meet in the parent."""
        ours, theirs = self.exponents(left), self.exponents(right)
        one = {name for name, exponent in ours.items() if theirs.get(name) != exponent}
        other = {name for name, exponent in theirs.items() if ours.get(name) != exponent}
        if len(one) != 1 or len(other) != 1:
            return None
        child, sibling = one.pop(), other.pop()
        entities = self._system.parents
        if ours[child] != 1 or theirs[sibling] != 1 or child not in entities or sibling not in entities:
            return None
        parent = self._system.common_parent(child, sibling)
        if parent is None:
            return None
        return self.product(self.quotient(left, self._bases[child]), self._bases[parent])
