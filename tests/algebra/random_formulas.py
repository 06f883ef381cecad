"""Random formulas over `a`, `b`, `c` and `p`, and other spellings of them, of which some mean something else."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Node = Any  # a text, or a function with its arguments

NAMES = st.sampled_from(["a", "b", "c", "0", "1", "2", "p"])
TESTS = {"above": "({}) > ({})", "least": "({}) <= ({})", "same": "({}) = ({})", "absent": "({}) is missing or ({}) > 1"}
SHAPES = {
    "add": "({}) + ({})",
    "subtract": "({}) - ({})",
    "multiply": "({}) * ({})",
    "divide": "({}) / ({})",
    "square": "({}) ^ 2",
    "abs": "abs({})",
    "greatest": "greatest({}, {})",
    "coalesce": "coalesce({}, {})",
    **{name: f"if {test} then {{}} else {{}}" for name, test in TESTS.items()},
}
# Other spellings, of which some are right only where something has a value, and some are wrong.
RESPELLED = [
    "({}) * a / a",
    "({}) / b * b",
    "({}) + 0",
    "-(-({}))",
    "({}) + b - b",
    "coalesce({}, 0)",
    "coalesce({0}, {0})",
    "abs({})",
    "if a > b then {0} else {0}",
    "if a / b is missing then {} else 1",
    "least({0}, ({0}) * 1)",
    "({}) + p - 10%",
]


def nodes() -> st.SearchStrategy[Node]:
    def larger(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        one = st.tuples(st.sampled_from(["square", "abs"]), inner)
        two = st.tuples(
            st.sampled_from(["add", "subtract", "multiply", "divide", "greatest", "coalesce", "coalesce"]), inner, inner
        )
        return one | two | st.tuples(st.sampled_from(list(TESTS)), inner, inner, inner, inner)

    return st.recursive(NAMES, larger, max_leaves=4)


def spell(node: Node) -> str:
    return node if isinstance(node, str) else SHAPES[node[0]].format(*map(spell, node[1:]))


@st.composite
def respelled(draw: st.DrawFn, node: Node) -> str:
    if isinstance(node, str):
        text = node
    else:
        function, *parts = node
        if function in ("add", "multiply", "greatest") and draw(st.booleans()):
            parts.reverse()
        text = SHAPES[function].format(*(draw(respelled(part)) for part in parts))
    return draw(st.sampled_from(RESPELLED)).format(text) if draw(st.booleans()) else text


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    node = draw(nodes())
    return spell(node), draw(respelled(node))
