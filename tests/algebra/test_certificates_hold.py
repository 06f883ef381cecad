"""Random formulas, rational and piecewise: no certificate is contradicted by exact sampling of inputs that rows can give.

KPIDSL_FUZZ=10000 tries so many formulas.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random

import pytest
from msgspec.structs import replace

import kpidsl
from kpidsl.algebra import certificates
from kpidsl.algebra.exact import Inexact, Sheet
from kpidsl.algebra.formulas import Formulas
from kpidsl.catalog.core import Apply, Constant, Core, Reference

FORMULAS = int(os.environ.get("KPIDSL_FUZZ", "100"))
AT_ONCE = 100
POINTS = 60
PROJECT = """
units: {entities: {row: {}}}
sources:
  rows: {row: row, time: day, columns: {day: date, kind: text, size: number, key: text}}
parameters: {p: 10%}
measures:
  all: {formula: count(rows), unit: number}
  a: {formula: 'count(rows where kind = "a")', unit: number}
  b: {formula: 'count(rows where kind = "b")', unit: number}
  ab: {formula: 'count(rows where kind in ("a", "b"))', unit: number}
  big: {formula: 'count(rows where kind = "a" and size > 5)', unit: number}
  keys: {formula: 'count(distinct rows.key where kind = "a")', unit: number}
  size: {formula: sum(rows.size), unit: number}
  size_a: {formula: 'sum(rows.size where kind = "a")', unit: number}
  change: {formula: sum(rows.size - 1), unit: number}
kpis:
"""
LEAVES = ["all", "a", "b", "ab", "big", "keys", "size", "size_a", "change", "p", "1", "2", "0", "0.5"]
RATIONAL = ["({}) + ({})", "({}) - ({})", "({}) * ({})", "({}) / ({})", "({}) / ({})", "({}) ^ 2"]
PIECEWISE = [
    *RATIONAL,
    "least({}, {})",
    "greatest({}, {})",
    "abs({})",
    "if ({}) > ({}) then {} else {}",
    "if ({}) >= 0 and ({}) > 0 then {} else {}",
    "if ({}) = ({}) or not ({}) < 2 then {} else {}",
    "coalesce({}, {})",
    "if ({}) is missing then {} else {}",
    "if 1 / ({0}) is missing then {1} else {2} / ({0})",
    "if 2 / ({0}) is not missing and ({1}) > 1 then ({1}) / -({0}) else {2}",
    "sqrt({})",
]


def formula(chance: Random, shapes: list[str], size: int) -> str:
    if size <= 0 or chance.random() < 0.15:
        return chance.choice(LEAVES)
    shape = chance.choice(shapes)
    parts = shape.count("{}") or 3
    return shape.format(*(formula(chance, shapes, (size - 1) // parts) for _ in range(parts)))


def points(chance: Random) -> Iterator[Mapping[str, Fraction]]:
    """What some rows give: parts of parts are no more than the whole."""
    for turn in range(POINTS):
        most = 3 if turn < POINTS // 2 else 1000
        big, plain, b, other = (chance.randint(0, most) for _ in range(4))
        a, size_a = big + plain, Fraction(chance.randint(0, 3 * most), 2)
        size = size_a + chance.randint(0, most)
        whole = {"big": big, "a": a, "b": b, "ab": a + b, "all": a + b + other, "keys": min(a, chance.randint(0, most))}
        yield {name: Fraction(number) for name, number in whole.items()} | {
            "size_a": size_a,
            "size": size,
            "change": size - a - b - other,
            "p": Fraction(1, 10),
        }


def value(core: Core, known: Formulas, point: Mapping[str, Fraction]) -> Fraction | None:
    """None where there is none; Inexact where it is no fraction."""
    return Sheet(known, lambda node: None, point).number(core)


def moved(core: Core, name: str, step: Fraction) -> Core:
    match core:
        case Reference() if core.name == name:
            return Apply("add", (core, Constant(step)))
        case Apply(arguments=arguments):
            return replace(core, arguments=tuple(moved(each, name, step) for each in arguments))
        case _:
            return core


@pytest.mark.parametrize("batch", range(-(-FORMULAS // AT_ONCE)))
def test_no_certificate_is_contradicted(batch: int) -> None:
    chance = Random(f"certificates {batch}")
    texts = [formula(chance, RATIONAL if index % 2 else PIECEWISE, chance.randint(2, 9)) for index in range(AT_ONCE)]
    kpis = "".join(f"  k{index}: {{formula: '{text}'}}\n" for index, text in enumerate(texts))
    catalog = kpidsl.load(texts={"numbers.yaml": PROJECT + kpis})
    known = Formulas(catalog)
    proved = sum(check(f"k{index}", text, catalog, known, chance) for index, text in enumerate(texts))
    assert proved > AT_ONCE / 2  # the test says something


def check(name: str, text: str, catalog: kpidsl.Catalog, known: Formulas, chance: Random) -> int:
    if name not in catalog.values:  # divides by what is always zero, or the like
        return 0
    core = catalog.values[name].core
    ground = certificates.ground([core], catalog, known, {"p": Fraction(1, 10)})
    asked = "all" if chance.random() < 0.5 else "a"
    low = certificates.at_least(core, Fraction(0), ground).certificate
    high = certificates.at_most(core, Fraction(1), ground).certificate
    whole = certificates.always_defined(core, ground).certificate
    rises = certificates.never_falls(core, asked, ground, positive=True).certificate
    falls = certificates.never_falls(core, asked, ground, turned=True).certificate
    for point in points(chance):
        try:
            found = value(core, known, point)
            assert found is None or low is None or found >= 0, (text, point)
            assert found is None or high is None or found <= 1, (text, point)
            assert found is not None or whole is None or "sqrt" in text, (text, point)
            step = Fraction(chance.randint(0, 5), 2)
            later = value(moved(core, asked, step), known, point)
        except Inexact:
            continue
        if found is not None and later is not None:
            assert rises is None or later >= found, (text, point, asked, step)
            assert falls is None or later <= found, (text, point, asked, step)
    return sum(each is not None for each in (low, high, whole, rises, falls))
