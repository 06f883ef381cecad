"""Our units are sympy's: products and powers of units, and whole formulas, with joins and proportions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kpidsl
from kpidsl.algebra.dimensions import Dimensions
from kpidsl.catalog.catalog import Catalog, Value
from kpidsl.checks.check import check
from kpidsl.units.system import Joined, UnitSystem
from kpidsl.units.unit import Unit, multiply, power

SYSTEM = UnitSystem(frozenset({"USD", "EUR"}), {"deal": None, "won": "deal", "lost": "deal", "big": "won", "person": None})
SYMBOLS = ["USD", "EUR", "deal", "won", "lost", "big", "person", "day", "hour", "month"]
DEFINITIONS = """
units: {currencies: [USD, EUR], entities: {deal: {}, won: {subset_of: deal}, lost: {subset_of: deal}, person: {}}}
sources:
  deals:
    row: deal
    key: id
    time: day
    columns:
      id: text
      day: date
      end: date
      kind: text
      owner: {type: text, references: people}
      amount: {type: number, unit: USD}
      minutes: {type: number, unit: minute}
      took: {formula: end - day}
      pace: {formula: amount / (minutes + 2 hours)}
  people: {row: person, key: id, columns: {id: text, pay: {type: number, unit: EUR / month}}}
parameters: {share: 10%, rate: {value: 2, unit: USD / EUR}, hour_rate: {value: 3, unit: USD / hour}}
measures:
  deals: count(deals)
  won: {formula: 'count(deals where kind = "won")', unit: won}
  lost: {formula: 'count(deals where kind = "lost")', unit: lost}
  plain: {formula: count(deals), unit: number}
  people: count(distinct deals.owner)
  money: sum(deals.amount where amount > 5 USD)
  pay: sum(deals.owner.pay)
  time: sum(deals.minutes)
  days: avg(deals.took)
  pace: avg(deals.pace)
kpis:
  close_rate: {formula: won / deals, unit: percent}
"""
NAMES = ["deals", "won", "lost", "plain", "people", "money", "pay", "time", "days", "pace", "close_rate", "share", "rate"]


@st.composite
def units(draw: st.DrawFn) -> Unit:
    unit = Unit()
    for symbol in draw(st.lists(st.sampled_from(SYMBOLS), max_size=3)):
        unit = multiply(unit, Unit.of(symbol, draw(st.sampled_from([1, 1, -1, 2, Fraction(1, 2)])))).unit
    return unit


@settings(max_examples=100)
@given(units(), units(), st.sampled_from([2, -1, 3, Fraction(1, 2), Fraction(-2, 3)]))
def test_products_and_powers(left: Unit, right: Unit, exponent: int | Fraction) -> None:
    known = Dimensions(SYSTEM)
    one, other = known.of(left), known.of(right)
    assert known.same(known.of(multiply(left, right).unit), known.product(one, other))
    assert known.same(known.of(multiply(left, power(right, Fraction(-1))).unit), known.quotient(one, other))
    assert known.same(known.of(power(left, Fraction(exponent))), known.power(one, Fraction(exponent)))
    assert known.is_share(one) == (left.is_number or SYSTEM.proportion(left) is not None)


@settings(max_examples=100)
@given(units(), st.sampled_from(["deal", "won", "lost", "big", "person"]), st.sampled_from(["deal", "won", "lost", "big"]))
def test_what_meets(rest: Unit, one: str, other: str) -> None:
    known = Dimensions(SYSTEM)
    pairs = [(Unit.of(one), Unit.of(other)), (multiply(rest, Unit.of(one)).unit, multiply(rest, Unit.of(other)).unit)]
    shares = [multiply(Unit.of(each), Unit.of("deal", -1)).unit for each in (one, other)]
    for left, right in [*pairs, (shares[0], shares[1]), (shares[0], Unit()), (rest, shares[1])]:
        for operation in ("+", "-", "compare", "choose"):
            ours = SYSTEM.join(left, right, operation)  # type: ignore[arg-type]
            theirs = known.join(known.of(left), known.of(right), comparing=operation == "compare")
            assert isinstance(ours, Joined) == (theirs is not None)
            if isinstance(ours, Joined) and operation != "compare":
                assert known.same(known.of(ours.unit), theirs)


def formulas() -> st.SearchStrategy[str]:
    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = st.tuples(inner, st.sampled_from("+-**//"), inner).map(lambda parts: f"({' '.join(parts)})")
        power_of = st.tuples(inner, st.sampled_from(["2", "-1", "0.5"])).map(lambda parts: f"({parts[0]}) ^ {parts[1]}")
        call = st.tuples(
            st.sampled_from(["abs({0})", "sqrt({0})", "-({0})", "greatest({0}, {1})", "coalesce({0}, 0)"]), inner, inner
        )
        choice = st.tuples(inner, inner, inner).map(lambda parts: "if {0} > {1} then {0} else {2}".format(*parts))
        return two | two | power_of | call.map(lambda parts: parts[0].format(*parts[1:])) | choice

    leaves = st.sampled_from([*NAMES, "0", "1", "25%", "3 days", "2 USD", "1 - close_rate", "won + lost"])
    return st.recursive(leaves, larger, max_leaves=5)


def catalog(*texts: str) -> Catalog:
    kpis = "\n".join(f"  k{index}: {{formula: '{text}'}}" for index, text in enumerate(texts))
    return kpidsl.load(texts={"units.yaml": f"{DEFINITIONS}\n{kpis}\n"})


def codes(known: Catalog) -> list[str]:
    return [finding.code for finding in check(known, cache=False)]


@settings(max_examples=60)
@given(st.lists(formulas(), min_size=10, max_size=10))
def test_formulas(texts: list[str]) -> None:
    """A formula that has a unit by our rules has the same one by sympy's; wrong formulas have none by ours and are left out."""
    assert "units-disagree" not in codes(catalog(*texts))


def wrong(value: Value) -> Value:
    """A value whose unit is not what its formula has."""
    unit = multiply(value.core.unit, Unit.of("person")).unit
    return replace(value, core=replace(value.core, unit=unit), unit=unit)


@pytest.mark.parametrize(
    ("formula", "spoil"),
    [
        ("money / won", wrong),
        ("won + lost", wrong),
        ("1 - close_rate", wrong),
        ("money", wrong),
        ("count(deals)", wrong),
        ("avg(deals.pace)", wrong),
        ("if won > 0 then time else 0", wrong),
        ("(money / won) ^ 2", wrong),
        ("money / won", lambda value: replace(value, unit=Unit.of("USD"))),
        ("time", lambda value: replace(value, unit=Unit.of("hour"))),
        (
            "sum(deals.minutes)",
            lambda value: replace(value, core=replace(value.core, unit=Unit.of("hour")), unit=Unit.of("hour")),
        ),
    ],
)
def test_a_wrong_unit_is_noticed(formula: str, spoil: Callable[[Value], Value]) -> None:
    known = catalog(formula)
    spoiled = replace(known, values={**known.values, "k0": spoil(known.values["k0"])})
    assert codes(known) == [] and codes(spoiled) == ["units-disagree"]
