"""Our units are sympy's: products and powers of units, and whole formulas, with joins and proportions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

import kpidsl
from kpidsl.algebra.dimensions import Dimensions
from kpidsl.catalog.catalog import Catalog, Value
from kpidsl.checks.check import check
from kpidsl.units.system import Joined, UnitSystem
from kpidsl.units.unit import Unit, multiply, power

SYSTEM = UnitSystem(frozenset({"USD", "EUR"}), {"deal": None, "won": "deal", "lost": "deal", "big": "won", "person": None})
SYMBOLS = ["USD", "EUR", "deal", "won", "lost", "big", "person", "day", "hour", "month"]
DEFINITIONS = """
units:
  currencies: [USD, EUR]
  entities: {deal: {}, won: {subset_of: deal}, big: {subset_of: won}, lost: {subset_of: deal}, person: {}}
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
      score: {type: number, unit: percent}
      free: number
      took: {formula: end - day}
      pace: {formula: amount / (minutes + 2 hours)}
      before: {formula: amount - prior(amount) per owner}
  people:
    row: person
    key: id
    columns: {id: text, pay: {type: number, unit: EUR / month}, wins: {formula: count(deals where kind = "won"), unit: won}}
dimensions: {kind: [deals.kind]}
parameters: {share: 10%, rate: {value: 2, unit: USD / EUR}, hour_rate: {value: 3, unit: USD / hour}, extra: 4}
measures:
  deals: count(deals)
  won: {formula: 'count(deals where kind = "won")', unit: won}
  big: {formula: 'count(deals where kind = "won" and amount > 900 USD)', unit: big}
  lost: {formula: 'count(deals where kind = "lost")', unit: lost}
  plain: {formula: count(deals), unit: number}
  people: count(distinct deals.owner)
  money: sum(deals.amount where amount > 5 USD)
  pay: sum(deals.owner.pay)
  time: sum(deals.minutes)
  days: avg(deals.took)
  pace: avg(deals.pace)
  free: sum(deals.free)
kpis:
  close_rate: {formula: won / deals, unit: percent}
  big_rate: {formula: big / won}
"""
NAMES = [
    *["deals", "won", "big", "lost", "plain", "people", "money", "pay", "time", "days", "pace", "free"],
    *["close_rate", "big_rate", "share", "rate", "hour_rate", "extra"],
]
AGGREGATES = [
    *['share(deals where kind = "won")', "avg(deals.score)", "percentile(deals.amount / minutes, 90%)", "stddev(deals.amount)"],
    *["sum(deals.owner.pay * took)", "sum(deals.owner.wins)", "sum(deals.amount * score)", "first(deals.before)"],
    *["sum(coalesce(deals.amount, 0))", "sum(if deals.amount > 1000 USD then amount else amount * 50%)"],
    *["sum(deals.amount ^ 2)", "count(distinct deals.kind)", "max(deals.end) - min(deals.day)", "sum(deals.amount * free)"],
    *["sum(deals.amount alive from day to end)", "count(deals at end)", "period_length"],
]
UNITS = ["percent", "number", "USD", "won", "day", "USD / hour", "won / deal", "USD / deal", "1 / month"]


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


ON_ONE = ["abs({0})", "round({0})", "ceil({0})", "sqrt({0})", "-({0})", "ln({0} / ({0}))", "exp({0})", "coalesce({0}, 0)"]
OVER_TIME = [
    *["previous({0})", "previous({0}, 1 year)", "rolling({0}, 3 months)", "to_date({0}, year)", "average({0}, month)"],
    *["total({0})", "total({0}, kind)", "change({0})", "growth({0}, 1 year)", "{0} / total({0})"],
]
ON_TWO = ["greatest({0}, {1})", "least({0}, {1})", "coalesce({0}, {1})", "if {0} > {1} then {0} else {1}", "{0} + ({0}) * 10%"]
POWERS = ["2", "-1", "0.5", "(1 / 3)", "-2", "0", "close_rate"]


def formulas() -> st.SearchStrategy[str]:
    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = st.tuples(inner, st.sampled_from("+-**//"), inner).map(lambda parts: f"({' '.join(parts)})")
        power_of = st.tuples(inner, st.sampled_from(POWERS)).map(lambda parts: f"({parts[0]}) ^ {parts[1]}")
        call = st.tuples(st.sampled_from([*ON_ONE, *OVER_TIME, *ON_TWO]), inner, inner)
        choice = st.tuples(inner, inner, inner).map(lambda parts: "(if {0} > {1} then {0} else {2})".format(*parts))
        return two | two | power_of | call.map(lambda parts: f"({parts[0].format(*parts[1:])})") | choice

    leaves = st.sampled_from([*NAMES, *NAMES, *AGGREGATES, "0", "1", "25%", "3 days", "2 USD", "1 - close_rate", "won + lost"])
    return st.recursive(leaves, larger, max_leaves=5)


def declared() -> st.SearchStrategy[str]:
    """A formula with a unit or none, as it stands in a mapping."""
    unit = st.none() | st.sampled_from(UNITS)
    return st.tuples(formulas(), unit).map(lambda parts: f"'{parts[0]}'" + (f", unit: {parts[1]}" if parts[1] else ""))


def catalog(*texts: str) -> Catalog:
    kpis = "\n".join(f"  k{index}: {{formula: {text}}}" for index, text in enumerate(texts))
    return kpidsl.load(texts={"units.yaml": f"{DEFINITIONS}\n{kpis}\n"})


def codes(known: Catalog) -> list[str]:
    return [finding.code for finding in check(known, cache=False)]


@settings(max_examples=60)
@given(st.lists(declared(), min_size=10, max_size=10))
def test_formulas(texts: list[str]) -> None:
    """A formula that has a unit by our rules has the same one by sympy's; wrong formulas have none by ours and are left out."""
    assert "units-disagree" not in codes(catalog(*texts))


@pytest.mark.parametrize("aggregate", AGGREGATES)
def test_aggregates(aggregate: str) -> None:
    """Each way to an aggregate that the random formulas use has a unit, and the same one by sympy's."""
    known = catalog(f"'{aggregate}'")
    assert "k0" in known.values and "units-disagree" not in codes(known)


@pytest.mark.parametrize("project", ["definitions", "examples/olist"])
def test_shipped_definitions(project: str) -> None:
    known = kpidsl.load(Path(__file__).parents[2] / project)
    assert known.values and "units-disagree" not in codes(known)


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
        ("rolling(money, 3 months) / total(won, kind)", wrong),
        ("coalesce(pay, 0) * rate", wrong),
        ("sum(deals.owner.wins)", wrong),
        ("money / won", lambda value: replace(value, unit=Unit.of("USD"))),
        ("time", lambda value: replace(value, unit=Unit.of("hour"))),
        (
            "sum(deals.minutes)",
            lambda value: replace(value, core=replace(value.core, unit=Unit.of("hour")), unit=Unit.of("hour")),
        ),
    ],
)
def test_a_wrong_unit_is_noticed(formula: str, spoil: Callable[[Value], Value]) -> None:
    known = catalog(f"'{formula}'")
    spoiled = replace(known, values={**known.values, "k0": spoil(known.values["k0"])})
    assert codes(known) == [] and codes(spoiled) == ["units-disagree"]
