"""Claims about the values of a formula to certificates: that it is never negative, always has a value, never falls.

A certificate says how the leaves are written by quantities that are never negative, and for each case what the formula comes
to then: a quotient without a negative coefficient. It can be read and checked by hand. What is shown holds for all inputs for
which the formula has a value. That something never falls with an input x is shown of f(x + s) − f(x), without a derivative,
so it holds for steps, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from msgspec import Struct

from kpidsl.algebra.cases import Ground, Walk, cases
from kpidsl.algebra.cells import Assumptions, Groups
from kpidsl.algebra.formulas import Formulas
from kpidsl.algebra.proofs import MOST_INPUTS
from kpidsl.algebra.regions import NOT_NEGATIVE, NOT_POSITIVE, ZERO, Region, Signs
from kpidsl.algebra.rings import Polynomial, Ratio, Ratios
from kpidsl.algebra.work import Limit, Undecided
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Apply, Core, Reference

_MOST_GENERATORS = 160
_SLACKS = 24
_STEP = "the step"
_PLAIN = frozenset({"add", "negate", "multiply", "divide", "if", "least", "greatest", "abs", "coalesce"})
_SIGNS = {frozenset({1}): "> 0", frozenset({-1}): "< 0", NOT_NEGATIVE: "≥ 0", NOT_POSITIVE: "≤ 0", ZERO: "= 0"}


class Case(Struct, frozen=True):
    """What is not negative where some comparisons turn out so, once letters are `put` in for others."""

    where: tuple[str, ...]
    put: tuple[str, ...]
    shown: tuple[str, ...]


class Certificate(Struct, frozen=True):
    """`written` has each leaf, by its key or name, in the letters of the cases."""

    written: tuple[tuple[str, str], ...]
    cases: tuple[Case, ...]


class Attempt(Struct, frozen=True):
    """A certificate, or the limit that was met. `parameters` are those whose fixed value was used."""

    certificate: Certificate | None
    limit: Limit | None = None
    parameters: frozenset[str] = frozenset()


def ground(
    cores: Iterable[Core],
    catalog: Catalog,
    formulas: Formulas,
    fixed: Mapping[str, Fraction],
    assumed: Assumptions | None = None,
) -> Ground:
    """What is known of the leaves of formulas where something is `assumed` of rows (None: all that helps)."""
    groups = Groups(catalog, formulas.keys, assumed)
    for node in formulas.reachable(cores):
        if isinstance(node, Aggregate):
            groups.add(node)
    return Ground(formulas, groups.leaves(), fixed)


def at_least(core: Core, bound: Fraction, known: Ground) -> Attempt:
    """That a formula is nowhere below a bound."""
    return _shown([core], known, lambda walk: _less(walk, walk.value(core), walk.ratios.constant(bound)))


def at_most(core: Core, bound: Fraction, known: Ground) -> Attempt:
    """That a formula is nowhere above a bound."""
    return _shown([core], known, lambda walk: _less(walk, walk.ratios.constant(bound), walk.value(core)))


def same(left: Core, right: Core, known: Ground) -> Attempt:
    """That two formulas are the same wherever both have a value."""
    return _shown([left, right], known, lambda walk: _less(walk, walk.value(left), walk.value(right)), ZERO)


def never_falls(core: Core, name: str, known: Ground, *, turned: bool = False, positive: bool = False) -> Attempt:
    """That a formula never falls when a value that it names grows and all else stays; `turned`: never rises.

    The value itself is any number, with `positive` one that is not negative.
    """

    def difference(walk: Walk) -> Ratio | None:
        here = walk.ratios.leaf(name)
        if not positive:
            here = walk.ratios.add([here, walk.ratios.negate(walk.ratios.leaf(f"{name} -"))])
        there = walk.ratios.add([here, walk.ratios.leaf(_STEP)])
        before = _with_cut(walk, name, here).value(core)
        after = _with_cut(walk, name, there).value(core)
        return _less(walk, before, after) if turned else _less(walk, after, before)

    return _shown([core], known, difference, more=(name, _STEP))


def _with_cut(walk: Walk, name: str, element: Ratio) -> Walk:
    return Walk(walk.ratios, walk.ground, walk.answers, {name: element}, walk.needs, walk.settled, walk.used, walk.steps)


def always_defined(core: Core, known: Ground) -> Attempt:
    """That no division in a formula is by zero and no `ln` or root of what has none, but where that is provided for."""
    try:
        ratios = _ring([core], known, ())
        found, used = [], set()
        for walk, _ in cases(ratios, known, lambda walk: walk.value(core)):
            region = Region(ratios)
            used |= walk.used
            if region.suppose(walk.answers.signs):
                needs = [need for need in walk.needs if not walk.has_settled(need)]
                if not all(map(region.has, needs)):
                    return Attempt(None, Limit.SIGNS)
                found.append(_case(walk, region, [region.moved(need.element) for need in needs]))
        return Attempt(_certificate(known, ratios, found), None, frozenset(used))
    except Undecided as excess:
        return Attempt(None, excess.limit)


def _less(walk: Walk, left: Ratio | None, right: Ratio | None) -> Ratio | None:
    return None if left is None or right is None else walk.ratios.add([left, walk.ratios.negate(right)])


def _shown(
    cores: Iterable[Core],
    known: Ground,
    ask: Callable[[Walk], Ratio | None],
    signs: Signs = NOT_NEGATIVE,
    more: tuple[str, ...] = (),
) -> Attempt:
    """That an element has, in every case, no other signs than these."""
    try:
        ratios = _ring(cores, known, more)
        found, used = [], set()
        for walk, element in cases(ratios, known, ask):
            region = Region(ratios)
            used |= walk.used
            if element is None or not region.suppose(walk.answers.signs):
                continue
            moved = region.moved(element)
            if moved is None:
                continue
            if not region.signs(moved) <= signs:
                return Attempt(None, Limit.SIGNS)
            found.append(_case(walk, region, [moved]))
        return Attempt(_certificate(known, ratios, found, more), None, frozenset(used))
    except Undecided as excess:
        return Attempt(None, excess.limit)


def _ring(cores: Iterable[Core], known: Ground, more: tuple[str, ...]) -> Ratios:
    """A ring with room for all generators that a walk may need."""
    leaves: set[str] = set()
    others, keys = 0, known.formulas.keys
    for node in known.formulas.reachable(cores):
        match node:
            case Aggregate():
                leaves.update(keys.mean(node) if node.function == "avg" else (keys.of(node),))
            case Apply() | Reference():
                others += 1
            case _:
                pass
        if len(leaves) > MOST_INPUTS or others > 10 * _MOST_GENERATORS:
            raise Undecided(Limit.INPUTS)
    cells = {cell for key in leaves for cell in known.leaves[key].cells or (f"{key} +", f"{key} -")}
    size = len(cells) + 2 * len(more) + min(_opaque(cores, known.formulas), _MOST_GENERATORS) + _SLACKS
    return Ratios(size, known.formulas.work)


def _opaque(cores: Iterable[Core], formulas: Formulas) -> int:
    """How many generators there may be beside those of leaves."""
    return 2 * sum(1 for node in formulas.reachable(cores) if _is_opaque(node, formulas))


def _is_opaque(node: Core, formulas: Formulas) -> bool:
    match node:
        case Apply(function=function):
            return function not in _PLAIN
        case Reference():
            return formulas.is_parameter(node.name)
        case _:
            return False


# Certificates as text


def _case(walk: Walk, region: Region, elements: Iterable[Ratio | None]) -> Case:
    ratios = region.ratios
    facts = [f"{_quotient(ratios, fact.element)} {_SIGNS[fact.signs]}" for fact in walk.answers.signs if fact.signs in _SIGNS]
    solved = [f"{_letter(generator)} = {_quotient(ratios, solution)}" for generator, solution in region.solved]
    shown = [_quotient(ratios, each) for each in elements if each is not None]
    return Case(tuple(facts), tuple(solved), tuple(dict.fromkeys(shown)))


def _certificate(known: Ground, ratios: Ratios, found: list[Case], more: tuple[str, ...] = ()) -> Certificate:
    written = []
    for key, leaf in known.leaves.items():
        names = leaf.cells or (f"{key} +", f"{key} -")
        letters = [_letter(ratios.leaves[cell]) for cell in names if cell in ratios.leaves]
        if letters:
            written.append((key, (" + " if leaf.cells else " − ").join(letters)))
    for name in more:
        letters = [_letter(ratios.leaves[each]) for each in (name, f"{name} -") if each in ratios.leaves]
        written.append((name, " − ".join(letters)))
    return Certificate(tuple(written), tuple(dict.fromkeys(found)))


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _letter(generator: int) -> str:
    turn, place = divmod(generator, len(_LETTERS))
    return _LETTERS[place] + ("" if not turn else "₀₁₂₃₄₅₆₇₈₉"[turn] if turn < 10 else str(turn))


def _quotient(ratios: Ratios, element: Ratio) -> str:
    above, below = _polynomial(ratios, element.above), _polynomial(ratios, element.below)
    if below == "1":
        return above
    return f"{_bracketed(above)} / {_bracketed(below)}"


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text or "·" in text else text


def _polynomial(ratios: Ratios, polynomial: Polynomial) -> str:
    text = ""
    for exponents, coefficient in polynomial.terms():
        number = ratios.fraction(coefficient)
        sign = "−" if number < 0 else "+"
        term = _term(exponents, abs(number))
        text += f" {sign} {term}" if text else f"−{term}" if number < 0 else term
    return text or "0"


def _term(exponents: Iterable[int], number: Fraction) -> str:
    powers = [_letter(index) + _raised(exponent) for index, exponent in enumerate(exponents) if exponent]
    return "·".join(powers if powers and number == 1 else [str(number), *powers])


def _raised(exponent: int) -> str:
    return "" if exponent == 1 else "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(digit)] for digit in str(exponent))
