"""What holds for every pair of versions: reprints and moved files are identical, what is proved or refuted is so over rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from versions import catalog

import kpidsl
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.versions.changes import Meaning
from kpidsl.language.parser import parse_expression
from kpidsl.language.printer import print_tree
from kpidsl.plan.build import values_under
from kpidsl.text import Excerpt, File

LIBRARY = Path(__file__).parents[2] / "definitions"
LEAVES = ["n", "k", "m", "margin", "2", "0.5"]


def formulas() -> st.SearchStrategy[str]:
    """Formulas of plain numbers over the measures of the company."""

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        two = st.tuples(inner, inner)
        shapes = ["({} + {})", "({} - {})", "{} * {}", "({} / {})", "least({}, {})", "greatest({}, {})"]
        return st.one_of(
            st.tuples(st.sampled_from(shapes), two).map(lambda each: each[0].format(*each[1])),
            inner.map(lambda each: f"(if {each} > 1 then {each} else 2)"),
        )

    return st.recursive(st.sampled_from(LEAVES), larger, max_leaves=5)


def reprinted(text: str) -> str:
    tree, _ = parse_expression(Excerpt(File("a", text), text))
    assert tree is not None
    return print_tree(tree)


@settings(max_examples=40)
@given(formulas())
def test_a_canonical_reprint_is_identical(formula: str) -> None:
    one = {"formula": f"{formula} + 0", "unit": "number"}
    found = kpidsl.diff(
        catalog({"a": one}, errors=True), catalog({"a": {**one, "formula": reprinted(one["formula"])}}, errors=True)
    )
    assert found.changes.changed == () and found.changes.others == ()


def test_a_file_with_another_name_is_identical() -> None:
    texts = {path.name: path.read_text() for path in sorted(LIBRARY.rglob("*.yaml")) if path.name != "data.yaml"}
    old, new = kpidsl.load(texts=texts), kpidsl.load(texts={f"z{99 - n}.yaml": text for n, text in enumerate(texts.values())})
    assert not old.diagnostics.errors and not new.diagnostics.errors
    found = kpidsl.diff(old, new)
    assert found.changes.changed == () and found.changes.others == () and found.breaking == ()
    assert all(change.meaning is Meaning.IDENTICAL for change in found.kpis) and len(found.kpis) > 5


@settings(max_examples=40)
@given(formulas(), formulas())
def test_a_proof_is_never_contradicted_and_a_refutation_always_shown(one: str, other: str) -> None:
    old, new = catalog({"a": one}), catalog({"a": other})
    there, back = kpidsl.diff(old, new).kpis[0], kpidsl.diff(new, old).kpis[0]
    assert there.meaning is back.meaning
    if there.meaning is Meaning.CHANGED:
        assert there.witness is not None and there.witness.old != there.witness.new
    if there.meaning in (Meaning.REFACTORED, Meaning.IDENTICAL):
        for inputs in ((3, 2, 7), (1, 0, 10), (5, 5, 5)):
            left, right = (value(made, inputs) for made in (old, new))
            assert left is None or right is None or left == pytest.approx(right)


def value(made: Catalog, inputs: tuple[int, ...]) -> float | None:
    """The value of the one KPI for plain numbers."""
    used = frozenset(values_under("a", made.values))
    given = {name: number for name, number in zip("nkm", inputs, strict=True) if name in used}
    found = kpidsl.calc(made, "a", given)["a"]
    return float(found.value) if found.status == "value" else None


@pytest.mark.parametrize("swap", [{}, {"  won:": "  wins:"}, {"margin: 30%": "margin: 31%"}])
def test_kpis_of_no_change_are_not_mentioned(swap: dict[str, str]) -> None:
    kpis = {"a": "deals / leads", "b": "a * 2"}
    assert kpidsl.diff(catalog(kpis), catalog(kpis, swap)).changes.changed == ()
