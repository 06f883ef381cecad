"""Normal forms of formulas: quotients of polynomials over the rationals, by the sparse polynomials of sympy and no more of it.

A leaf is a generator, and so is every opaque element; generators are called g0, g1, …, so no name of a project reaches sympy.
Fractions are never cancelled (that would need greatest common divisors): two are equal if they are when multiplied crosswise.
Every product pays for its work, the number of term products weighted by the size of the terms, out of a fixed budget.
So a formula gets the same answer on every machine, and none takes long.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import Any

from msgspec import Struct, field

from kpidsl.algebra.fingerprints import PRIME, mark
from kpidsl.algebra.work import Limit, Undecided, Work

BUDGET = 200_000  # term products
_BITS = 16  # coefficients of up to 2^8 bits count as small
_GENERATORS = 32  # so do monomials in fewer generators than these
_ROUND = 8  # rings have a multiple of so many generators, so that few are made
_MOST_RINGS = 64

Polynomial = Any  # sympy's PolyElement


class Ratio(Struct, frozen=True):
    """A quotient of polynomials and its value at a point of a finite field, by which unequal ones are told apart at once."""

    above: Polynomial
    below: Polynomial
    mark: int


class _Opaque(Struct):
    function: str
    parts: tuple[Ratio, ...]
    ratio: Ratio
    generator: int


class Ratios(Struct, dict=True):
    """The field of quotients of polynomials in at most `size` generators. `assumed` holds what leaves were solved for.

    What is done is taken from the `work` that is left for one question, and from that for all.
    """

    size: int
    all_work: Work
    work: int = BUDGET
    assumed: dict[str, Ratio] = field(default_factory=dict)
    leaves: dict[str, int] = field(default_factory=dict)
    marks: list[int] = field(default_factory=list)
    opaques: dict[tuple[str, tuple[int, ...]], list[_Opaque]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from sympy.polys.domains import QQ

        self._rationals = QQ
        self._ring = _ring(-(-max(self.size, 1) // _ROUND) * _ROUND)

    # The field

    def constant(self, number: Fraction) -> Ratio:
        return Ratio(self._ground(number), self._ring.one, _residue(number))

    def leaf(self, key: str) -> Ratio:
        if key in self.assumed:
            return self.assumed[key]
        if key not in self.leaves:
            self.leaves[key] = self._generator(mark(key)[0])
        return self._of_generator(self.leaves[key])

    def opaque(self, function: str, parts: Sequence[Ratio]) -> Ratio:
        name = function, tuple(part.mark for part in parts)
        alike = self.opaques.setdefault(name, [])
        for known in alike:
            if all(self.same(one, other) for one, other in zip(known.parts, parts, strict=True)):
                return known.ratio
        generator = self._generator(mark(*name, len(alike))[0])
        alike.append(_Opaque(function, tuple(parts), self._of_generator(generator), generator))
        return alike[-1].ratio

    def add(self, terms: Sequence[Ratio]) -> Ratio:
        total = terms[0]
        for term in terms[1:]:
            residue = (total.mark + term.mark) % PRIME
            if total.below == term.below:
                total = Ratio(self._sum(total.above, term.above), total.below, residue)
            else:
                crosswise = self._sum(self._times(total.above, term.below), self._times(term.above, total.below))
                total = Ratio(crosswise, self._times(total.below, term.below), residue)
        return total

    def negate(self, element: Ratio) -> Ratio:
        return Ratio(-element.above, element.below, -element.mark % PRIME)

    def multiply(self, factors: Sequence[Ratio]) -> Ratio:
        total = factors[0]
        for factor in factors[1:]:
            total = self._product(total, factor, total.mark * factor.mark % PRIME)
        return total

    def divide(self, above: Ratio, below: Ratio) -> Ratio | None:
        if not below.above:
            return None
        inverse = Ratio(below.below, below.above, _inverse(below.mark))
        return self._product(above, inverse, above.mark * inverse.mark % PRIME)

    def power(self, base: Ratio, exponent: int) -> Ratio | None:
        if exponent < 0:
            if not base.above:
                return None
            base, exponent = Ratio(base.below, base.above, _inverse(base.mark)), -exponent
        return Ratio(self._power(base.above, exponent), self._power(base.below, exponent), pow(base.mark, exponent, PRIME))

    def same(self, left: Ratio, right: Ratio) -> bool:
        if left.mark != right.mark:
            return False
        return not self._crosswise(left, right)

    def proportional(self, left: Ratio, right: Ratio) -> bool:
        """Whether the numerators, neither of which is zero, are the same but for a plain factor."""
        one, other = left.above, right.above
        return bool(one and other) and one * other.LC == other * one.LC

    def rank(self, element: Ratio) -> int:
        return element.mark

    def is_constant(self, element: Ratio) -> bool:
        """Whether it is the same number everywhere."""
        return not element.above or self._proportional(element.above, element.below)

    # Parts of a polynomial

    def polynomial(self, polynomial: Polynomial) -> Ratio:
        """A polynomial of this ring as an element."""
        return Ratio(polynomial, self._ring.one, self._mark(polynomial))

    def replaced(self, ratio: Ratio, generator: int, solution: Ratio) -> Ratio | None:
        """An element with a solution in the place of a generator; None where it divides by zero then."""
        self._pay(len(ratio.above) + len(ratio.below))
        if generator not in self._used(ratio):
            return ratio
        above, below = (self._substituted(side, generator, solution) for side in (ratio.above, ratio.below))
        return self.divide(above, below)

    def fraction(self, coefficient: Any) -> Fraction:
        """A coefficient of a polynomial as a number."""
        return Fraction(int(self._rationals.numer(coefficient)), int(self._rationals.denom(coefficient)))

    # Assumptions

    def assume(self, left: Ratio, right: Ratio) -> bool:
        """Solve `left = right` for a leaf and put the solution in its place from now on; False if no leaf allows it.

        A leaf is solved for where it stands in the first power, times a number or a denominator, which is not zero.
        """
        equation = self._crosswise(left, right)
        if not equation:
            return True
        if equation.is_ground:
            raise Undecided(Limit.CONTRADICTION)
        denominators = [left.below, right.below, self._times(left.below, right.below)]
        for key, generator in self.leaves.items():
            solution = self._solve(equation, generator, denominators)
            if solution is not None and not self._involved(generator, solution):
                self.assumed = {known: self._replaced(ratio, generator, solution) for known, ratio in self.assumed.items()}
                self.assumed[key] = solution
                return True
        return False

    def _solve(self, equation: Polynomial, generator: int, denominators: Sequence[Polynomial]) -> Ratio | None:
        parts = self.by_degree(equation, generator)
        if set(parts) - {0} != {1}:
            return None
        coefficient = parts[1]
        if not (coefficient.is_ground or any(self._proportional(coefficient, each) for each in denominators)):
            return None
        rest = -parts.get(0, self._ring.zero)
        return Ratio(rest, coefficient, self._mark(rest) * _inverse(self._mark(coefficient)) % PRIME)

    def by_degree(self, polynomial: Polynomial, generator: int) -> dict[int, Polynomial]:
        """The coefficients of the powers of a generator."""
        parts: dict[int, dict[tuple[int, ...], Any]] = {}
        for exponents, coefficient in polynomial.terms():
            rest = (*exponents[:generator], 0, *exponents[generator + 1 :])
            parts.setdefault(exponents[generator], {})[rest] = coefficient
        return {degree: self._ring.from_dict(terms) for degree, terms in parts.items()}

    def _proportional(self, left: Polynomial, right: Polynomial) -> bool:
        return bool(left * right.LC == right * left.LC)

    def _involved(self, generator: int, solution: Ratio) -> bool:
        """Whether a leaf to be replaced stands inside an opaque element, which would then have to be another one."""
        ratios = [solution, *self.assumed.values()]
        return any(generator in self._below(used) for ratio in ratios for used in self._used(ratio))

    def _below(self, generator: int) -> frozenset[int]:
        """The generators inside an opaque element; none for a leaf."""
        inside = (each for alike in self.opaques.values() for each in alike if each.generator == generator)
        found = next(inside, None)
        if found is None:
            return frozenset()
        direct = {used for part in found.parts for used in self._used(part)}
        return frozenset(direct).union(*(self._below(used) for used in direct))

    def _used(self, ratio: Ratio) -> set[int]:
        monomials = (exponents for side in (ratio.above, ratio.below) for exponents in side)
        return {index for exponents in monomials for index, exponent in enumerate(exponents) if exponent}

    def _replaced(self, ratio: Ratio, generator: int, solution: Ratio) -> Ratio:
        replaced = self.replaced(ratio, generator, solution)
        if replaced is None:
            raise Undecided(Limit.CONTRADICTION)
        return replaced

    def _substituted(self, polynomial: Polynomial, generator: int, solution: Ratio) -> Ratio:
        terms = []
        for degree, coefficient in self.by_degree(polynomial, generator).items():
            factor = self.power(solution, degree)
            assert factor is not None
            terms.append(self.multiply([self.polynomial(coefficient), factor]))
        return self.add(terms) if terms else self.constant(Fraction(0))

    # Polynomials, paid for

    def _crosswise(self, left: Ratio, right: Ratio) -> Polynomial:
        if left.below == right.below:
            return left.above - right.above
        return self._times(left.above, right.below) - self._times(right.above, left.below)

    def _product(self, left: Ratio, right: Ratio, residue: int) -> Ratio:
        """Without what cancels at sight."""
        if left.above == right.below:
            return Ratio(right.above, left.below, residue)
        if left.below == right.above:
            return Ratio(left.above, right.below, residue)
        return Ratio(self._times(left.above, right.above), self._times(left.below, right.below), residue)

    def _sum(self, left: Polynomial, right: Polynomial) -> Polynomial:
        self._pay(len(left) + len(right))
        return left + right

    def _times(self, left: Polynomial, right: Polynomial) -> Polynomial:
        if right == self._ring.one:
            return left
        if left == self._ring.one:
            return right
        self._pay(len(left) * len(right) * (1 + (self._bits(left) * self._bits(right) >> _BITS)))
        return left * right

    def _power(self, base: Polynomial, exponent: int) -> Polynomial:
        terms = len(base)
        if not terms or base == self._ring.one:
            return base**exponent if exponent else self._ring.one
        bits = self._bits(base) * exponent
        self._pay(comb(terms + exponent - 1, exponent) * (1 + (bits * bits >> _BITS)))
        return base**exponent

    def _pay(self, cost: int) -> None:
        steps = cost * (1 + self.size // _GENERATORS)
        if steps > self.work:  # which is then not done
            self.work = -1
            raise Undecided(Limit.WORK)
        self.work -= steps
        self.all_work.pay(steps)

    def _bits(self, polynomial: Polynomial) -> int:
        return max((self._size_of(coefficient) for coefficient in polynomial.values()), default=0)

    def _size_of(self, coefficient: Any) -> int:
        numerator, denominator = self._rationals.numer(coefficient), self._rationals.denom(coefficient)
        return int(numerator).bit_length() + int(denominator).bit_length()

    def _mark(self, polynomial: Polynomial) -> int:
        total = 0
        for exponents, coefficient in polynomial.terms():
            term = _residue(self.fraction(coefficient))
            for value, exponent in zip(self.marks, exponents, strict=False):
                term = term * pow(value, exponent, PRIME) % PRIME if exponent else term
            total += term
        return total % PRIME

    def _ground(self, number: Fraction) -> Polynomial:
        return self._ring.ground_new(self._rationals(number.numerator, number.denominator))

    def _generator(self, residue: int) -> int:
        if len(self.marks) == self.size:
            raise Undecided(Limit.INPUTS)
        self.marks.append(residue)
        return len(self.marks) - 1

    def _of_generator(self, generator: int) -> Ratio:
        return Ratio(self._ring.gens[generator], self._ring.one, self.marks[generator])


@lru_cache(maxsize=_MOST_RINGS)
def _ring(size: int) -> Any:
    """The polynomials in so many generators; to make a ring costs more than most questions asked in it."""
    from sympy.polys.domains import QQ
    from sympy.polys.orderings import lex
    from sympy.polys.rings import PolyRing

    return PolyRing([f"g{index}" for index in range(size)], QQ, lex)


def _residue(number: Fraction) -> int:
    return number.numerator * _inverse(number.denominator % PRIME) % PRIME


def _inverse(residue: int) -> int:
    if not residue:
        raise Undecided(Limit.WORK)  # the point is a zero of something that is none: one chance in 10^18
    return pow(residue, -1, PRIME)
