"""What has the wrong shape is said at its place in our own words; the quick check and the JSON Schema agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from kpidsl.documents.bindings_keys import BINDINGS
from kpidsl.documents.compose import compose
from kpidsl.documents.keys import DEFINITION
from kpidsl.documents.nodes import Mapping, Node, Scalar, Sequence
from kpidsl.documents.quick import compiled
from kpidsl.documents.schema import schema_of
from kpidsl.documents.shape import check_definition, data
from kpidsl.documents.shapes import Shape
from kpidsl.text import File

# text, code, line and column, a part of what is said, what the edit puts in
WRONG = [
    ("kpi:\n  a: b\n", "unknown-key", (1, 1), "`kpis` is probably meant", "kpis"),
    ("kpis:\n  cac: {formula: a, directoin: x}\n", "unknown-key", (2, 21), "a KPI has the keys `title`", None),
    ("kpis:\n  cac: {formula: a, beter: lower}\n", "unknown-key", (2, 21), "`better` is probably meant", "better"),
    ("kpis: {cac: {formula:a}}\n", "yaml-syntax", (1, 14), "write `formula: a`", "formula: a"),
    ("kpis:\n  cac: {title: x}\n", "missing-key", (2, 3), "the KPI `cac` has no `formula`", None),
    ("kpis:\n  cac: a / b\n", "wrong-shape", (2, 8), "the KPI `cac` is `a / b`; it should be a mapping", None),
    ("kpis:\n  cac:\n", "wrong-shape", (2, 3), "is empty", None),
    (
        "kpis:\n  cac: {formula: [a]}\n",
        "wrong-shape",
        (2, 9),
        "`formula` of the KPI `cac` is a list; it should be a formula",
        None,
    ),
    ("kpis:\n  cac: {formula: a, better: highr}\n", "unknown-word", (2, 29), "`higher` is probably meant", "higher"),
    ("kpis:\n  cac: {formula: a, better: true}\n", "unknown-word", (2, 29), "it is one of `higher`", None),
    ("kpis:\n  cac: {formula: a, better: }\n", "wrong-shape", (2, 21), "`better` of the KPI `cac` is empty", None),
    ("kpis:\n  cac: {formula: a, better: [x]}\n", "wrong-shape", (2, 21), "is a list; it should be a direction", None),
    ("kpis:\n  cac: {formula: a, min_n: 0}\n", "wrong-shape", (2, 28), "at least 1", None),
    ("kpis:\n  cac: {formula: a, min_n: 1_000}\n", "wrong-shape", (2, 28), "no underscores", None),
    ("kpis:\n  cac:\n    formula: #x\n", "wrong-shape", (3, 5), "` #` begins a comment", None),
    ("kpis:\n  cac: {formula: a, examples: [{given: {}}]}\n", "missing-key", (2, 32), "has no `expect` or `verdict`", None),
    (
        "kpis:\n  cac: {formula: a, benchmarks: {goal: {cite: x}}}\n",
        "missing-key",
        (2, 34),
        "benchmark `goal` of the KPI `cac`",
        None,
    ),
    ("kpis:\n  Closing-Rate: {formula: a}\n", "name-spelling", (2, 3), "`closing_rate`", "closing_rate"),
    ("measures:\n  newCustomers: a\n", "name-spelling", (2, 3), "`new_customers`", "new_customers"),
    ("measures:\n  if: a\n", "name-spelling", (2, 3), "words of the language", None),
    ("units: {currencies: [usd]}\n", "name-spelling", (1, 22), "in capitals", "USD"),
    ("sources:\n  leads:\n    columns: {lead_id: txt}\n", "unknown-word", (3, 24), "`text` is probably meant", "text"),
    ("sources:\n  leads:\n    columns: {lead_id:text}\n", "yaml-syntax", (3, 15), "write `lead_id: text`", "lead_id: text"),
    ("sources:\n  leads:\n    columns: {a: {unit: USD}}\n", "missing-key", (3, 15), "has no `type` or `formula`", None),
    ("sources:\n  leads:\n    columns: {a: {type: text, formula: b}}\n", "wrong-shape", (3, 15), "`type` and `formula`", None),
    (
        "sources:\n  a: {references: {b: {source: c, match: [d, e]}}}\n",
        "wrong-shape",
        (2, 35),
        "a column, or a mapping from own columns to columns there",
        None,
    ),
    ("sources:\n  a: {references: {b: {source: c, mach: d}}}\n", "unknown-key", (2, 35), "`match` is probably meant", "match"),
    ("tests:\n  a: {given: {}, ask: {kpis: [b], cells: every}, expect: []}\n", "unknown-word", (2, 42), "one of `all`", None),
    ("tests:\n  a: {given: {}, ask: {kpis: [b]}, expect: wrong}\n", "wrong-shape", (2, 44), "`error` and a code", None),
    ("dimensions: {a: b.c}\n", "wrong-shape", (1, 17), "write `[b.c]`", "[b.c]"),
    ("- a\n", "wrong-shape", (1, 1), "a definition file is a list", None),
    ("formula:a\n", "wrong-shape", (1, 1), "a space is missing after the colon", None),
]


@pytest.mark.parametrize(("text", "code", "place", "said", "edit"), WRONG, ids=[wrong[0] for wrong in WRONG])
def test_wrong_shape(text: str, code: str, place: tuple[int, int], said: str, edit: str | None) -> None:
    file = File("f.yaml", text)
    root, found = compose(file)
    assert root is not None
    assert found == ()
    (finding,) = check_definition(file, root)
    assert finding.code == code
    assert file.place(finding.labels[0].span.start) == place
    assert said in " ".join((finding.headline, *finding.help))
    assert (finding.edit.replacement if finding.edit else None) == edit


def test_all_problems_are_told_at_once() -> None:
    text = "kpis:\n  a: {formla: x}\n  B: {formula: x, better: up, min_n: few, tags: {}}\nkpi: {}\n"
    file = File("f.yaml", text)
    root, _ = compose(file)
    assert root is not None
    codes = sorted(finding.code for finding in check_definition(file, root))
    assert codes == ["name-spelling", "unknown-key", "unknown-key", "unknown-word", "wrong-shape", "wrong-shape"]


def test_a_hole_is_not_complained_about() -> None:
    file = File("f.yaml", "kpis:\n  a: {formula: *x, better: *x, examples: *x}\n  b: *x\nunits: *x\n")
    root, _ = compose(file)
    assert root is not None
    assert check_definition(file, root) == ()


def test_what_a_file_that_breaks_off_lacks_is_not_complained_about() -> None:
    file = File("f.yaml", "kpis:\n  a:\n    title: x\n    unit: 'y' z\n")
    root, found = compose(file)
    assert root is not None
    assert [finding.code for finding in found] == ["yaml-syntax"]
    assert check_definition(file, root) == ()


TEXTS = [
    "",
    "~",
    "a",
    "A-b",
    "text",
    "true",
    "12",
    "0",
    "1.5",
    "30.0",
    "none",
    "higher",
    "monday",
    "if",
    "USD",
    "error a-b",
    "a.csv",
    "auto",
    "2 GB",
    ",",
]
SCALARS = st.builds(Scalar, st.sampled_from(TEXTS), st.sampled_from(["", "", "'"]), st.just(0), st.just(1))


def mapping(pairs: list[tuple[str, Node]]) -> Node:
    return Mapping(0, 1, False, {name: (Scalar(name, "", 0, 1), value) for name, value in pairs})


@st.composite
def nodes(draw: st.DrawFn, shape: Shape, depth: int = 0) -> Node:
    """A node that mostly has the shape."""
    forms = [SCALARS]
    if shape.items is not None and depth < 8:
        forms += [st.lists(nodes(shape.items, depth + 1), max_size=2).map(lambda items: Sequence(0, 1, False, items))] * 3
    if shape.entries is not None and depth < 8:
        names = st.sampled_from(["a", "b_c", "D", "true"])
        entry = st.tuples(names, nodes(shape.entries, depth + 1))
        forms += [st.lists(entry, max_size=2, unique_by=lambda pair: pair[0]).map(mapping)] * 4
    if shape.keys and depth < 8:
        wanted = [key for key in shape.keys if key.required or draw(st.integers(0, 3)) == 0]
        forms += [
            st.tuples(*(st.tuples(st.just(key.name), nodes(key.shape, depth + 1)) for key in wanted)).map(list).map(mapping)
        ] * 5
        forms += [st.just(mapping([("unknown", Scalar("a", "", 0, 1))]))]
    return draw(draw(st.sampled_from(forms)))


SHAPES = {key.name: key.shape for key in (*DEFINITION.keys, *BINDINGS.keys)}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_the_quick_check_and_the_schema_agree(shape: Shape) -> None:
    quick, schema = compiled(shape), Draft202012Validator(schema_of(shape))
    answers = set()

    @settings(max_examples=60)
    @given(nodes(shape))
    def agree(node: Node) -> None:
        answers.add(quick(node))
        assert quick(node) == schema.is_valid(data(node))

    agree()
    assert answers == {True, False}
