"""Signs of quotients of polynomials whose generators are never negative, in the part of space where some facts hold.

A polynomial without negative coefficients is never negative, and one that also has a term of positive generators alone is
positive: that is the certificate. A fact narrows the space by a substitution that reaches all of what is left of it: where
c·g ≥ r, g is (r + s) / c; where c·g ≤ r, g is r / c · u / (u + v). The new generators s, u, v are never negative either. Facts
that allow no substitution are left out: then more is shown than was asked. (Pólya 1928 on positive coefficients.)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct, field

from kpidsl.algebra.rings import Polynomial, Ratio, Ratios

Signs = frozenset[int]

POSITIVE, NEGATIVE, ZERO = frozenset({1}), frozenset({-1}), frozenset({0})
NOT_NEGATIVE, NOT_POSITIVE, ANY = frozenset({0, 1}), frozenset({-1, 0}), frozenset({-1, 0, 1})
NOT_ZERO = frozenset({-1, 1})


class Fact(Struct, frozen=True):
    """The signs that an element can have."""

    element: Ratio
    signs: Signs


class Region(Struct):
    """The generators where the facts supposed so far hold. `positive` are those that are not zero there.

    `above_zero` and `not_zero` are polynomials of which that is known; `names` tells what new generators came in for.
    """

    ratios: Ratios
    positive: set[int] = field(default_factory=set)
    above_zero: list[Polynomial] = field(default_factory=list)
    not_zero: list[Polynomial] = field(default_factory=list)
    solved: list[tuple[int, Ratio]] = field(default_factory=list)
    slacks: int = 0

    def suppose(self, facts: Sequence[Fact]) -> bool:
        """Take facts in, one after the other; False where they contradict each other."""
        return all(self._suppose(fact) for fact in facts)

    def moved(self, element: Ratio | None) -> Ratio | None:
        """An element in the generators of the region; None where it has no value."""
        for generator, solution in self.solved:
            if element is None:
                return None
            element = self.ratios.replaced(element, generator, solution)
        return element

    def signs(self, element: Ratio) -> Signs:
        """The signs that an element of the region can have, where it has a value."""
        below = self.of(element.below)
        if below <= NOT_NEGATIVE:
            return self.of(element.above)
        if below <= NOT_POSITIVE:
            return _negated(self.of(element.above))
        return ANY

    def of(self, polynomial: Polynomial) -> Signs:
        """The signs that a polynomial can have by its coefficients."""
        if not polynomial:
            return ZERO
        coefficients = list(polynomial.values())
        if all(each > 0 for each in coefficients):
            return POSITIVE if self._has_positive_term(polynomial) else NOT_NEGATIVE
        if all(each < 0 for each in coefficients):
            return NEGATIVE if self._has_positive_term(-polynomial) else NOT_POSITIVE
        return ANY

    def has(self, need: Fact) -> bool:
        """Whether an element has a value, and one of these signs, all over the region."""
        element = self.moved(need.element)
        if element is None:
            return False
        return self.is_never_zero(element.above) if need.signs == NOT_ZERO else self.signs(element) <= need.signs

    def is_never_zero(self, polynomial: Polynomial) -> bool:
        if 0 not in self.of(polynomial):
            return True
        return bool(polynomial) and any(bool(polynomial * known.LC == known * polynomial.LC) for known in self.not_zero)

    def _has_positive_term(self, polynomial: Polynomial) -> bool:
        if any(self._used(exponents) <= self.positive for exponents in polynomial):
            return True
        return any(self._contains(polynomial, known) for known in self.above_zero)

    def _contains(self, polynomial: Polynomial, known: Polynomial) -> bool:
        """Whether something is left of a polynomial that is above zero after a part of the other's terms is taken off."""
        if not all(exponents in polynomial for exponents in known):
            return False
        share = min(polynomial[exponents] / coefficient for exponents, coefficient in known.items())
        return bool(share > 0) and all(each >= 0 for each in (polynomial - known * share).values())

    def _used(self, exponents: Sequence[int]) -> set[int]:
        return {index for index, exponent in enumerate(exponents) if exponent}

    # Facts

    def _suppose(self, fact: Fact) -> bool:
        element = self.moved(fact.element)
        if element is None:  # without a value it has no sign, and says nothing
            return True
        below = self.of(element.below)
        if not (below <= NOT_NEGATIVE or below <= NOT_POSITIVE):
            return True
        wanted = fact.signs if below <= NOT_NEGATIVE else _negated(fact.signs)
        above, possible = element.above, self.of(element.above)
        if not possible & wanted:
            return False
        signs = wanted & possible
        if not signs & POSITIVE:
            above, signs, possible = -above, _negated(signs), _negated(possible)
        self._narrow(above, signs, possible)
        return True

    def _narrow(self, polynomial: Polynomial, signs: Signs, possible: Signs) -> None:
        """With a polynomial that is positive, not negative, zero or not zero."""
        if signs == ZERO:
            self._vanish(polynomial, possible)
        elif signs == NOT_ZERO:
            self.not_zero.append(polynomial)
        elif signs == POSITIVE and possible == NOT_NEGATIVE:
            self._keep_positive(polynomial)
        elif signs != possible:
            self._bound(polynomial, strict=signs == POSITIVE)

    def _keep_positive(self, polynomial: Polynomial) -> None:
        common = set.intersection(*(self._used(exponents) for exponents in polynomial))
        self.positive |= common
        self.above_zero.append(polynomial)

    def _vanish(self, polynomial: Polynomial, possible: Signs) -> None:
        """Where it has coefficients of one sign, each of its terms is zero; else it is solved for a generator."""
        if possible != ANY:
            zero = self.ratios.constant(Fraction(0))
            for exponents in polynomial:
                used = self._used(exponents)
                if len(used) == 1:
                    self._solve(used.pop(), zero)
            return
        choices = [*self._linear(polynomial)]
        for generator, coefficient, rest in choices:
            if self.of(rest * coefficient) <= NOT_POSITIVE:
                self._solve(generator, self.ratios.polynomial(-rest * (1 / coefficient)))
                return
        if choices:
            generator, coefficient, rest = choices[0]
            self._solve(generator, self.ratios.polynomial(-rest * (1 / coefficient)))

    def _bound(self, polynomial: Polynomial, strict: bool) -> None:
        """That `coefficient · generator + rest` is not negative."""
        choices = [*self._linear(polynomial)]
        for generator, coefficient, rest in choices:
            if coefficient > 0 and self.of(rest) <= NOT_POSITIVE:
                self._raise(generator, coefficient, rest, strict)
                return
        for generator, coefficient, rest in choices:
            if coefficient < 0 and self.of(rest) <= NOT_NEGATIVE:
                self._lower(generator, coefficient, rest, strict)
                return
        for generator, coefficient, rest in choices:
            if coefficient > 0:
                self._raise(generator, coefficient, rest, strict)
                return

    def _raise(self, generator: int, coefficient: Any, rest: Polynomial, strict: bool) -> None:
        slack = self._fresh(strict)
        scale = self.ratios.constant(1 / self.ratios.fraction(coefficient))
        total = self.ratios.add([slack, self.ratios.negate(self.ratios.polynomial(rest))])
        self._solve(generator, self.ratios.multiply([scale, total]))

    def _lower(self, generator: int, coefficient: Any, rest: Polynomial, strict: bool) -> None:
        below, left = self._fresh(False), self._fresh(strict)
        share = self.ratios.divide(below, self.ratios.add([below, left]))
        assert share is not None
        scale = self.ratios.constant(-1 / self.ratios.fraction(coefficient))
        if strict:
            self._keep_positive(rest)
        self._solve(generator, self.ratios.multiply([scale, self.ratios.polynomial(rest), share]))

    def _linear(self, polynomial: Polynomial) -> Iterator[tuple[int, Any, Polynomial]]:
        """The generators that stand in it alone and in the first power, with the coefficient and the rest."""
        for exponents, coefficient in polynomial.terms():
            if sum(exponents) == 1:
                generator = exponents.index(1)
                parts = self.ratios.by_degree(polynomial, generator)
                if set(parts) <= {0, 1} and parts[1].is_ground:
                    yield generator, coefficient, parts.get(0, polynomial.ring.zero)

    def _solve(self, generator: int, solution: Ratio) -> None:
        self.solved.append((generator, solution))
        for known in (self.above_zero, self.not_zero):
            moved = [self.ratios.replaced(self.ratios.polynomial(each), generator, solution) for each in known]
            known[:] = [each.above for each in moved if each is not None and self.of(each.below) <= NOT_NEGATIVE]

    def _fresh(self, positive: bool) -> Ratio:
        self.slacks += 1
        slack = self.ratios.leaf(f"slack {self.slacks}")
        if positive:
            self.positive.update(self._used(next(iter(slack.above))))
        return slack


def _negated(signs: Signs) -> Signs:
    return frozenset(-sign for sign in signs)
