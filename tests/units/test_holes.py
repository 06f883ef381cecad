"""Units that nobody declared: what demands settle, what they leave open, and what contradicts them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kpidsl.units.holes import Demand, Solution, hole, holes, solve
from kpidsl.units.unit import NUMBER, Unit, divide, merge, power

USD, EUR, DEAL, HOUR, MINUTE = (Unit.of(symbol) for symbol in ("USD", "EUR", "deal", "hour", "minute"))


def solution(*demands: tuple[Unit, Unit]) -> Solution:
    return solve([Demand(left, right) for left, right in demands], lambda unit: unit.is_number)


def settled(*demands: tuple[Unit, Unit]) -> dict[str, Unit]:
    return {name: each.unit for name, each in solution(*demands).settled.items()}


def test_one_demand_settles_one_hole() -> None:
    assert settled((divide(hole("a"), DEAL).unit, divide(USD, DEAL).unit)) == {"a": USD}
    assert settled((power(hole("a"), Fraction(2)), USD)) == {"a": power(USD, Fraction(1, 2))}


def test_demands_settle_each_other_in_any_order() -> None:
    product, both = merge(hole("a"), hole("b")), {"a": DEAL, "b": divide(USD, DEAL).unit}
    assert settled((product, USD), (hole("a"), DEAL)) == both
    assert settled((hole("a"), DEAL), (product, USD)) == both


def test_two_holes_in_one_demand_stay_open() -> None:
    found = solution((merge(hole("t.a"), hole("b")), USD))
    assert found.settled == {} and [(each.holes, each.first) for each in found.open] == [(("t.a", "b"), USD)]


def test_plain_numbers_that_fit_are_left_alone() -> None:
    found = solution((merge(hole("a"), hole("b")), NUMBER), (hole("c"), NUMBER))
    assert found.settled == {} and found.open == ()


def test_a_contradiction_names_what_was_said_before() -> None:
    found = solution((hole("a"), USD), (hole("b"), DEAL), (hole("a"), EUR))
    assert found.against == {2: (0,)} and {name: each.unit for name, each in found.settled.items()} == {"a": USD, "b": DEAL}


def test_two_times_leave_the_time_open() -> None:
    assert settled((hole("a"), MINUTE), (hole("a"), MINUTE)) == {"a": MINUTE}
    assert [each.times for each in solution((hole("a"), MINUTE), (hole("a"), HOUR)).open] == [frozenset({"minute", "hour"})]


def test_a_loose_demand_settles_nothing_but_asks() -> None:
    loose = [Demand(hole("a"), DEAL, loose=True)]
    assert [each.holes for each in solve(loose, lambda unit: unit.is_number).open] == [("a",)]
    assert solve(loose, lambda unit: True).open == ()
    assert solve([*loose, Demand(hole("a"), USD)], lambda unit: unit.is_number).open == ()


NAMES = ["t.a", "t.b", "c", "d"]
KNOWN = [NUMBER, USD, EUR, DEAL, HOUR, divide(USD, HOUR).unit, divide(USD, DEAL).unit]


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Unit], list[Demand]]:
    """Units, and demands that they meet."""
    hidden = {name: draw(st.sampled_from(KNOWN)) for name in NAMES}
    demands = []
    for _ in range(draw(st.integers(1, 6))):
        left, right = Unit(), Unit()
        for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)):
            exponent = draw(st.sampled_from([Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2)]))
            left, right = merge(left, power(hole(name), exponent)), merge(right, power(hidden[name], exponent))
        if holes(left):
            demands.append(Demand(left, right))
    return hidden, demands


@settings(max_examples=200)
@given(cases())
def test_what_is_settled_is_what_was_hidden(case: tuple[dict[str, Unit], list[Demand]]) -> None:
    hidden, demands = case
    found = solve(demands, lambda unit: unit.is_number)
    assert found.against == {}
    assert all(each.unit == hidden[name] for name, each in found.settled.items())
    unsaid = {name for name in NAMES if name not in found.settled and not any(name in each.holes for each in found.open)}
    known = {name: found.settled[name].unit if name in found.settled else NUMBER for name in NAMES}
    for demand in demands:
        if unsaid.union(found.settled).issuperset(holes(demand.left)):
            assert meant(demand.left, known) == demand.right


def meant(unit: Unit, known: dict[str, Unit]) -> Unit:
    result = Unit()
    for name, exponent in ((symbol.removeprefix("?"), exponent) for symbol, exponent in unit.powers):
        result = merge(result, power(known[name], exponent))
    return result
