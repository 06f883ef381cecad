"""Formulas as LaTeX: nothing worked out, every name escaped."""

from __future__ import annotations

import re

import pytest
from numbers_project import formulas

from kpidsl.algebra.printing import latex
from kpidsl.catalog.core import Apply, Reference


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("a / a", r"\frac{\text{a}}{\text{a}}"),
        ("a - (b - a)", r"\text{a} - \left(\text{b} - \text{a}\right)"),
        ("2 * 3", r"2 \cdot 3"),
        ("(a + b) * 25% / c", r"\frac{\left(\text{a} + \text{b}\right) \frac{1}{4}}{\text{c}}"),
        ("a / 0", r"\frac{\text{a}}{0}"),
        ("sqrt(a ^ 2)", r"\sqrt{\text{a}^{2}}"),
        ("least(b, a)", r"\operatorname{least}{\left(\text{b},\text{a} \right)}"),
        (
            "if a > 0 then b / a else 0",
            r"\begin{cases} \frac{\text{b}}{\text{a}} & \text{for}\: \text{a} > 0 \\0 & \text{otherwise} \end{cases}",
        ),
        (
            "if a is missing then 1 else 2",
            r"\begin{cases} 1 & \text{for}\: \text{is missing} \\2 & \text{otherwise} \end{cases}",
        ),
        ("count(rows)", r"\text{count(rows)}"),
    ],
)
def test_printed(formula: str, shown: str) -> None:
    assert latex(formulas(formula).values["k0"].core) == shown


def test_the_caller_says_what_a_part_is_called() -> None:
    core = formulas("count(rows) / a").values["k0"].core
    assert latex(core, lambda part: "signed_rows") == r"\frac{\text{signed\_rows}}{\text{signed\_rows}}"


@pytest.mark.parametrize("name", [r"\input{/etc/passwd}", "a}b{c", "$x$", "100%", "__import__('os').getpid()", "a_b^c~d&e#f"])
def test_names_are_only_text(name: str) -> None:
    shown = latex(Apply("divide", (Reference((name,)), Reference(("plain",)))))
    inside = shown.removeprefix(r"\frac{\text{").removesuffix(r"}}{\text{plain}}")
    unescaped = re.sub(r"\\(textbackslash|textasciicircum|textasciitilde)\{\}|\\[{}$&%#_]", "", inside)
    assert not set(unescaped) & set("\\{}$&%#_^~")
