"""Values to fingerprints: each formula evaluated at two points of the field of integers modulo 2^61 - 1, without sympy.

Two formulas that are the same rational function have the same fingerprint. Two that are not have the same one with a
probability of at most (degree / 2^61)^2 (Schwartz 1980, Zippel 1979). The points are fixed, so an answer never changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from hashlib import blake2b
from itertools import accumulate

from kpidsl.algebra.formulas import Formulas
from kpidsl.algebra.interpretation import Interpretation
from kpidsl.catalog.core import Core

PRIME = (1 << 61) - 1
_CERTAIN = 1 << 24  # below this degree, (degree / 2^61)^2 is less than 2^-70
_SMALL = 10**6

Print = tuple[int, int]


class Fingerprints:
    """The fingerprints of the values and formulas of a catalog; None for what always divides by zero."""

    def __init__(self, formulas: Formulas) -> None:
        self._points = Interpretation(formulas, _Points())
        self._degrees = Interpretation(formulas, _Degrees())

    def value(self, name: str) -> Print | None:
        return self._points.value(name)

    def tree(self, core: Core) -> Print | None:
        return self._points.tree(core)

    def certain(self, *cores: Core) -> bool:
        """Whether the formulas are of so low a degree that equal fingerprints leave no reasonable doubt."""
        return all((self._degrees.tree(core) or 0) < _CERTAIN for core in cores)


def constant_of(found: Print) -> Fraction | None:
    """The number that a fingerprint stands for if it is the same at both points and of few digits.

    Rational reconstruction by the Euclidean algorithm (Wang 1981).
    """
    if found[0] != found[1]:
        return None
    above, below = (PRIME, found[0]), (0, 1)
    while above[1] > _SMALL:
        quotient = above[0] // above[1]
        above = above[1], above[0] - quotient * above[1]
        below = below[1], below[0] - quotient * below[1]
    return Fraction(above[1], below[1]) if abs(below[1]) <= _SMALL else None


def relatives(half: int) -> tuple[int, ...]:
    """The first halves of the fingerprints of a formula, of 100 times it, of a hundredth of it, and of its reciprocal."""
    hundred = pow(100, -1, PRIME)
    return half, half * 100 % PRIME, half * hundred % PRIME, pow(half, -1, PRIME) if half else half


def inverses(elements: Sequence[int]) -> list[int]:
    """The inverse of each element, none of them zero, from that of their product: three products each (Montgomery 1987)."""
    before = list(accumulate(elements, lambda product, element: product * element % PRIME, initial=1))
    behind, found = pow(before.pop(), -1, PRIME), list[int]()
    for element, product in zip(reversed(elements), reversed(before), strict=True):
        found.append(behind * product % PRIME)
        behind = behind * element % PRIME
    return found[::-1]


def mark(*parts: object) -> Print:
    """Two field elements, never zero, that stand for a name."""
    digest = blake2b(repr(parts).encode(), digest_size=16).digest()
    return int.from_bytes(digest[:8], "big") % PRIME or 1, int.from_bytes(digest[8:], "big") % PRIME or 1


class _Points:
    """Pairs of integers modulo the prime."""

    def constant(self, number: Fraction) -> Print:
        residue = number.numerator % PRIME
        if number.denominator != 1:
            if not number.denominator % PRIME:
                return mark(number)
            residue = residue * pow(number.denominator, -1, PRIME) % PRIME
        return residue, residue

    def leaf(self, key: str) -> Print:
        return mark(key)

    def opaque(self, function: str, parts: Sequence[Print]) -> Print:
        return mark(function, *parts)

    def add(self, terms: Sequence[Print]) -> Print:
        return sum(term[0] for term in terms) % PRIME, sum(term[1] for term in terms) % PRIME

    def negate(self, element: Print) -> Print:
        return -element[0] % PRIME, -element[1] % PRIME

    def multiply(self, factors: Sequence[Print]) -> Print:
        one, other = factors[0]
        for factor in factors[1:]:
            one, other = one * factor[0] % PRIME, other * factor[1] % PRIME
        return one, other

    def divide(self, above: Print, below: Print) -> Print | None:
        one, other = below
        if not (one and other):
            return None
        inverse = pow(one * other % PRIME, -1, PRIME)  # of both at once: it is what takes longest
        return above[0] * inverse * other % PRIME, above[1] * inverse * one % PRIME

    def power(self, base: Print, exponent: int) -> Print | None:
        if exponent < 0 and not (base[0] and base[1]):
            return None
        return pow(base[0], exponent, PRIME), pow(base[1], exponent, PRIME)

    def same(self, left: Print, right: Print) -> bool:
        return left == right

    def rank(self, element: Print) -> int:
        return element[0]


class _Degrees:
    """Upper bounds of the degrees of numerator and denominator. Numbers of the size of the prime count as too much."""

    def constant(self, number: Fraction) -> int:
        return _CERTAIN if max(abs(number.numerator), number.denominator) >> 40 else 0

    def leaf(self, key: str) -> int:
        return 1

    def opaque(self, function: str, parts: Sequence[int]) -> int:
        return max(parts, default=1) or 1

    def add(self, terms: Sequence[int]) -> int:
        return sum(terms)

    def negate(self, element: int) -> int:
        return element

    def multiply(self, factors: Sequence[int]) -> int:
        return sum(factors)

    def divide(self, above: int, below: int) -> int:
        return above + below

    def power(self, base: int, exponent: int) -> int:
        return base * abs(exponent)

    def same(self, left: int, right: int) -> bool:
        return False

    def rank(self, element: int) -> int:
        return element
