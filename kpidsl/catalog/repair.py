"""What would make a formula's unit right: another measure in the place of one of its names, or a missing factor.

A product or quotient of names is a monomial. For each of its names the unit that the others leave is divided out, and the
values of the catalog are searched for one that gives the declared unit; names that are alike come first.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from fractions import Fraction

from kpidsl.catalog.core import Apply, Core, Reference
from kpidsl.catalog.values import meaning
from kpidsl.catalog.world import World
from kpidsl.units.unit import Unit, divide, multiply, power

_MOST = 2


def replacements(core: Core, declared: Unit, world: World) -> list[tuple[str, str, Unit]]:
    """Pairs of a name and the value to put there, with the unit that the formula then has; the likeliest first."""
    exponents = _monomial(core)
    if exponents is None or not all(exponent for exponent in exponents.values()):
        return []
    found: list[tuple[float, str, str, Unit]] = []
    for name, exponent in exponents.items():
        rest = divide(core.unit, power(meaning(world.values[name]), exponent)).unit
        for other, value in world.values.items():
            if other in exponents or meaning(value).is_number:
                continue
            combined = multiply(rest, power(meaning(value), exponent))
            if combined.factor == 1 and _suits(declared, combined.unit, world):
                likeness = SequenceMatcher(None, name, other).ratio()
                found.append((-likeness, name, other, combined.unit))
    return [(name, other, unit) for _, name, other, unit in sorted(found, key=lambda each: each[:3])[:_MOST]]


def _suits(declared: Unit, unit: Unit, world: World) -> bool:
    if declared.is_number:
        return world.units.proportion(unit) is not None
    return unit == declared


def _monomial(core: Core) -> dict[str, Fraction] | None:
    match core:
        case Reference(path=(name,)):
            return {name: Fraction(1)}
        case Apply(function="multiply", arguments=arguments):
            return _combined([(argument, 1) for argument in arguments])
        case Apply(function="divide", arguments=(above, below)):
            return _combined([(above, 1), (below, -1)])
        case _:
            return None


def _combined(parts: list[tuple[Core, int]]) -> dict[str, Fraction] | None:
    exponents: dict[str, Fraction] = {}
    for part, sign in parts:
        inner = _monomial(part)
        if inner is None:
            return None
        for name, exponent in inner.items():
            exponents[name] = exponents.get(name, Fraction(0)) + sign * exponent
    return exponents
