"""Two formulas to whether they are the same."""

from __future__ import annotations

import pytest
from numbers_project import INPUTS, formulas, project

from kpidsl.algebra.fingerprints import Fingerprints
from kpidsl.algebra.formulas import Formulas
from kpidsl.algebra.proofs import Comparison, compare, is_constant, is_never_defined
from kpidsl.algebra.work import Limit
from kpidsl.catalog.core import Apply

SAME = [
    ("a / b * b / c", "a / c"),
    ("(a - b) / a", "1 - b / a"),
    ("(a + b) ^ 2", "a ^ 2 + 2 * a * b + b ^ 2"),
    ("a / (b / c)", "a * c / b"),
    ("a ^ -2", "1 / (a * a)"),
    ("a * 25%", "a / 4"),
    ("1 / (1 / a + 1 / b)", "a * b / (a + b)"),
    ("greatest(a, b)", "-least(-a, -b)"),
    ("greatest(a, b, a)", "greatest(b, a)"),
    ("least(a, a)", "a"),
    ("abs(a - b)", "abs(b - a)"),
    ("sqrt(a + b)", "(b + a) ^ 0.5"),
    ("if a > b then c else d", "if b >= a then d else c"),
    ("if a = b then c else d", "if not (b != a) then c else d"),
    ("if a > 0 and b > 0 then c else d", "if not (a <= 0 or b <= 0) then c else d"),
    ("if a in (1, 2) then c else d", "if a = 2 or a = 1 then c else d"),
    ("if a > b then c else c", "c"),
    ("ln(a * b) + round(c)", "round(c) + ln(b * a)"),
    ("coalesce(a / b, 0)", "coalesce(a / b, 0) + 0"),
    ("avg(rows.size)", "sum(rows.size) / count(rows.size)"),
    ('count(rows where flag and kind = "x")', 'count(rows where kind = "x" and flag)'),
    ("count(rows at day)", "count(rows)"),
]
DIFFERENT = [
    ("a / b", "b / a"),
    ("a + b", "a - b"),
    ("p * a", "10% * a"),
    ("abs(a)", "a"),
    ("greatest(a, b)", "least(a, b)"),
    ("round(a)", "floor(a)"),
    ("count(rows at other_day)", "count(rows)"),
    ("count(rows where flag)", "count(rows)"),
    ("sum(rows.size where size > 1)", "sum(rows.size where size > 2)"),
    # Equal wherever both sides have a value, but not where it is asked whether they have one.
    ("coalesce(a / a, 5)", "coalesce(1, 5)"),
    ("if a / a is missing then 1 else 2", "if 1 is missing then 1 else 2"),
]


def same(left: str, right: str) -> Comparison:
    known = formulas(left, right)
    return compare(known.values["k0"].core, known.values["k1"].core, known)


@pytest.mark.parametrize(("left", "right"), SAME)
def test_the_same_by_other_words(left: str, right: str) -> None:
    assert same(left, right) == Comparison(True)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_not_the_same(left: str, right: str) -> None:
    assert same(left, right) == Comparison(False)


@pytest.mark.parametrize(("left", "right"), SAME + DIFFERENT)
def test_fingerprints_agree_with_normal_forms(left: str, right: str) -> None:
    prints = Fingerprints(formulas(left, right))
    assert (prints.value("k0") == prints.value("k1")) == ((left, right) in SAME)


@pytest.mark.parametrize(
    ("claim", "given", "answer"),
    [
        (("a", "b"), [("a", "b")], Comparison(True)),
        (("a / b", "c / d"), [("a", "c"), ("b", "d")], Comparison(True)),
        (("a / b", "c / d"), [("a", "c")], Comparison(False)),
        (("a / b", "0.5"), [("a * 2", "b")], Comparison(True)),
        (("a / b", "0.5"), [("a / b", "1 / 2")], Comparison(True)),
        (("a * d", "b * c"), [("a / b", "c / d")], Comparison(True)),
        (("a", "4 * c"), [("a", "2 * b"), ("b", "2 * c")], Comparison(True)),
        (("a", "4 * c"), [("b", "2 * c"), ("a", "2 * b")], Comparison(True)),
        (("greatest(a, c)", "greatest(b, c)"), [("a", "b")], Comparison(True)),
        (("a", "greatest(b, c) + 1"), [("a", "1 + greatest(c, b)")], Comparison(True)),
        # A product of inputs may be zero: nothing follows for the other factor.
        (("b", "c"), [("a * b", "a * c")], Comparison(None, Limit.ASSUMPTION, (0,))),
        (("a", "b"), [("a * a", "b * b")], Comparison(None, Limit.ASSUMPTION, (0,))),
        (("a", "b"), [("a", "greatest(a, b)")], Comparison(None, Limit.ASSUMPTION, (0,))),
        # What was solved for inside a choice makes it another choice.
        (("a", "1"), [("a", "greatest(b, c)"), ("b", "2 * c")], Comparison(None, Limit.ASSUMPTION, (1,))),
        (("a", "b"), [("a", "a + 1")], Comparison(None, Limit.CONTRADICTION)),
        (("a", "b"), [("a", "b"), ("a - b", "1")], Comparison(None, Limit.CONTRADICTION)),
        (("a / (b - b)", "c"), [], Comparison(None, Limit.UNDEFINED)),
    ],
)
def test_under_assumptions(claim: tuple[str, str], given: list[tuple[str, str]], answer: Comparison) -> None:
    texts = [*claim, *(side for pair in given for side in pair)]
    known = formulas(*texts)
    left, right, *rest = (known.values[f"k{index}"].core for index in range(len(texts)))
    assert compare(left, right, known, list(zip(rest[::2], rest[1::2], strict=True))) == answer


@pytest.mark.parametrize(
    ("formula", "constant", "never"),
    [
        ("a - a", True, False),
        ("a / a", True, False),
        ("(a + b) / (2 * a + 2 * b)", True, False),
        ("greatest(a, b) - greatest(b, a)", True, False),
        ("3 * 4", True, False),
        ("a", False, False),
        ("p", False, False),
        ("a - b", False, False),
        ("1 / (a - a)", False, True),
        ("(a - a) ^ -1", False, True),
        ("if a > 0 then b / 0 else c", False, False),
        ("if a > 0 then b / 0 else c / (d - d)", False, True),
        ("coalesce(1 / 0, a)", False, False),
        ("ln(1 / 0) + a", False, True),
    ],
)
def test_constant_and_never_defined(formula: str, constant: bool, never: bool) -> None:
    known = formulas(formula)
    core = known.values["k0"].core
    assert is_constant(core, known) is constant
    assert is_never_defined(core, known) is never
    found = Fingerprints(known).value("k0")
    assert (found is None) is never
    assert never or (found is not None and (found[0] == found[1]) is constant)


def test_a_formula_and_what_it_refers_to_are_one() -> None:
    known = formulas("a / b", "k0 * c", "a * c / b")
    assert compare(known.values["k1"].core, known.values["k2"].core, known) == Comparison(True)


# What takes too much work is left open, by counting: these end, and always with the same answer.

_NAMES = [f"n{index}" for index in range(64)]


def _nested(depth: int) -> str:
    formula = "n0"
    for name in _NAMES[1:depth]:
        formula = f"1 + {name} / ({formula})"
    return formula


HOSTILE = {
    "towers": ["((9 ^ 9) ^ 9) ^ 9", "((n0 ^ 64) ^ 64) ^ 64"],
    "large numbers": ["((9 ^ 64) ^ 64) ^ 64", "n0 ^ n1 ^ n2"],
    "sum of fractions": [" + ".join(f"1 / ({name} + n{index + 1} / 7)" for index, name in enumerate(_NAMES[:20])), "n0"],
    "nested fractions": [_nested(12), _nested(30)],
    "product of sums": [" * ".join(f"({name} + n{index + 1})" for index, name in enumerate(_NAMES[:40])), "n0"],
    "power of a sum": [f"({' + '.join(_NAMES[:8])}) ^ 60", "n0"],
    "many choices": [f"greatest({', '.join(_NAMES[:60])})", f"greatest({', '.join(reversed(_NAMES[:60]))})"],
    "deep choices": ["if n0 > n1 then " * 60 + "n0" + " else n1" * 60, "n0"],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_formulas_end(name: str) -> None:
    known = Formulas(project(HOSTILE[name], _NAMES))
    left, right = known.values["k0"].core, known.values["k1"].core
    assert compare(Apply("add", (left, right)), Apply("add", (right, left)), known).same in (True, None)


def test_more_inputs_than_can_be_compared() -> None:
    names = [f"n{index}" for index in range(70)]
    known = Formulas(project([" + ".join(names), " + ".join(reversed(names))], names))
    answer = compare(known.values["k0"].core, known.values["k1"].core, known)
    assert answer == Comparison(None, Limit.INPUTS)
    assert Fingerprints(known).value("k0") == Fingerprints(known).value("k1")


def test_chains_of_any_length() -> None:
    count = 1_000
    known = Formulas(project(["a + b", *(f"k{index} * k{index}" for index in range(count))]))
    last = known.values[f"k{count}"].core
    prints = Fingerprints(known)
    assert prints.value(f"k{count}") is not None
    assert not prints.certain(last)  # of degree 2^1000
    assert compare(last, last, known) == Comparison(None, Limit.WORK)


def test_inputs_are_what_the_tests_think() -> None:
    assert set(INPUTS) <= set(formulas("a").values)
