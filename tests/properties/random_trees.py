"""Random surface trees, units, ranges and claims."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from hypothesis import strategies as st

from kpidsl.language import tree
from kpidsl.text import Span

HERE = Span(0, 0)

PLAIN = ["leads", "a", "b_2", "_x", "deal", "cost"]
CONTEXTUAL = ["and", "or", "in", "is", "between", "missing", "then", "else", "where", "at", "via", "alive", "from"]
CONTEXTUAL += ["to", "closing", "per", "distinct", "above", "below", "least", "up", "sum", "percent"]
RESERVED = ["if", "not", "true", "false"]


def _name(parts: list[str]) -> tree.Name:
    return tree.Name(tuple(parts), span=HERE, spans=(HERE,) * len(parts))


def _names(first: list[str]) -> st.SearchStrategy[tree.Name]:
    later = st.lists(st.sampled_from(PLAIN + CONTEXTUAL + RESERVED), max_size=2)
    return st.builds(lambda first, others: _name([first, *others]), st.sampled_from(first), later)


names = _names(PLAIN + CONTEXTUAL)
amounts = st.builds(lambda digits, places: Fraction(digits, 10**places), st.integers(0, 10**12), st.integers(0, 6))
texts = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=8).filter(
    lambda text: not ('"' in text and "'" in text)
)


def _quantity(value: Fraction, words: list[str]) -> tree.Quantity:
    factors = [tree.Factor(word, Fraction(1 if index == 0 else -1), span=HERE) for index, word in enumerate(words)]
    return tree.Quantity(value, tree.UnitTree(tuple(factors), span=HERE), span=HERE)


leaves = st.one_of(
    names,
    st.builds(tree.Number, amounts, span=st.just(HERE)),
    st.builds(lambda value: tree.Share(value / 100, span=HERE), amounts),
    st.builds(lambda value: tree.Share(value / 10_000, "bps", span=HERE), amounts),
    st.builds(_quantity, amounts, st.lists(st.sampled_from(["USD", "hour", "customer"]), min_size=1, max_size=3)),
    st.builds(tree.Text, texts, span=st.just(HERE)),
    st.builds(tree.Day, st.dates(date(1000, 1, 1)), span=st.just(HERE)),
    st.builds(tree.Truth, st.booleans(), span=st.just(HERE)),
)


@st.composite
def _chains(draw: st.DrawFn, part: st.SearchStrategy[tree.Tree]) -> tree.Chain:
    operands = draw(st.lists(part, min_size=2, max_size=4))
    level = draw(st.sampled_from(["+-", "*/", ["and"], ["or"]]))
    operators = draw(st.lists(st.sampled_from(level), min_size=len(operands) - 1, max_size=len(operands) - 1))
    return tree.Chain(tuple(operators), tuple(operands), span=HERE)


def _modifiers(part: st.SearchStrategy[tree.Tree]) -> st.SearchStrategy[tree.Modifiers]:
    alive = st.builds(tree.Alive, names, st.none() | names, span=st.just(HERE))
    placed = st.one_of(
        st.just({}),
        st.fixed_dictionaries({"at": names}),
        st.fixed_dictionaries({"alive": alive}),
        st.just({"closing": True}),
    )
    made = st.builds(
        lambda via, placed, where: tree.Modifiers(via=via, where=where, span=HERE, **placed),
        st.none() | names,
        placed,
        st.none() | part,
    )
    return made.filter(lambda modifiers: modifiers != tree.Modifiers(span=HERE))


@st.composite
def _calls(draw: st.DrawFn, part: st.SearchStrategy[tree.Tree]) -> tree.Call:
    distinct = draw(st.booleans())
    # After `distinct` a word that could go on as a modifier or an operator is one, so a source is not called so there.
    first = draw(_names(PLAIN) if distinct else part)
    others = draw(st.lists(part, max_size=2))
    function = draw(st.sampled_from(["sum", "count", "f", "at", "distinct"]))
    modifiers = draw(st.none() | _modifiers(part))
    return tree.Call(function, (first, *others), distinct, modifiers, span=HERE, name_span=HERE)


def _larger(part: st.SearchStrategy[tree.Tree]) -> st.SearchStrategy[tree.Tree]:
    here = {"span": st.just(HERE)}
    return st.one_of(
        _chains(part),
        _calls(part),
        st.builds(tree.Negate, part, **here),
        st.builds(tree.Not, part, **here),
        st.builds(tree.Power, part, part, **here),
        st.builds(tree.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), part, part, **here),
        st.builds(tree.Among, part, st.lists(part, min_size=1, max_size=3).map(tuple), st.booleans(), **here),
        st.builds(tree.Between, part, part, part, **here),
        st.builds(tree.IsMissing, part, st.booleans(), **here),
        st.builds(tree.Choice, part, part, part, **here),
        st.builds(tree.Neighbour, st.sampled_from(["prior", "next"]), part, st.none() | part, names, **here),
    )


trees = st.recursive(leaves, _larger, max_leaves=15)
exponents = st.integers(-9, 9).map(Fraction) | st.fractions(-2, 2, max_denominator=7)
factors = st.builds(tree.Factor, st.sampled_from(PLAIN + CONTEXTUAL), exponents, span=st.just(HERE))
units = st.builds(lambda parts: tree.UnitTree(tuple(parts), span=HERE), st.lists(factors, min_size=1, max_size=4))
ranges = st.one_of(
    st.builds(lambda low, is_open: tree.Range(low, None, low_open=is_open, span=HERE), trees, st.booleans()),
    st.builds(lambda high, is_open: tree.Range(None, high, high_open=is_open, span=HERE), trees, st.booleans()),
    st.builds(lambda low, high: tree.Range(low, high, span=HERE), trees, trees),
)
claims = st.builds(tree.Claim, trees, trees, span=st.just(HERE))
