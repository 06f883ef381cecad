"""All problems of all files in one go; one for each broken thing; the rest is defined nevertheless."""

from __future__ import annotations

import pytest

from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.model import Definitions
from kpidsl.documents.read import read
from kpidsl.text import File


def read_all(*texts: str) -> tuple[Definitions, list[tuple[str, str, tuple[int, int]]], tuple[Diagnostic, ...]]:
    definitions, found = read([File(f"{number}.yaml", text) for number, text in enumerate(texts)])
    places = [(finding.code, finding.labels[0].file.name, place(finding)) for finding in found]
    return definitions, sorted(places, key=lambda place: place[1:]), found


def place(finding: Diagnostic) -> tuple[int, int]:
    label = finding.labels[0]
    return label.file.place(label.span.start)


def test_all_problems_of_all_files_at_once() -> None:
    definitions, places, _ = read_all(
        "measures:\n  a: count(leads)\n  b: 'x' y\nkpis:\n  c: {formula: a}\n",
        "measures:\n  d: (a\n  e: f(a, \n    b)\n"
        "kpis:\n  g: {formula: a, beter: lower, better: up}\n  h: {formula: {x: y}}\n  a: {formula: d}\n",
        "kpis: {i: {formula: max(a, d)}, j: {title: k}}\nunits: *u\n",
    )
    assert places == [
        ("yaml-syntax", "0.yaml", (3, 6)),
        ("unbalanced-parentheses", "1.yaml", (2, 6)),
        ("unknown-key", "1.yaml", (6, 19)),
        ("unknown-word", "1.yaml", (6, 41)),
        ("wrong-shape", "1.yaml", (7, 7)),
        ("name-twice", "1.yaml", (8, 3)),
        ("comma-in-braces", "2.yaml", (1, 21)),
        ("missing-key", "2.yaml", (1, 33)),
        ("yaml-alias", "2.yaml", (2, 8)),
    ]
    assert [measure.name.value for measure in definitions.measures] == ["a", "b", "d", "e"]
    assert [kpi.name.value for kpi in definitions.kpis] == ["g", "h", "i", "j"]
    assert len(definitions.files) == 3


def test_a_cut_formula_is_read_whole() -> None:
    definitions, places, _ = read_all("measures: {a: {formula: f(b, c), unit: USD}}\n")
    assert [code for code, *_ in places] == ["comma-in-braces"]
    assert definitions.measures[0].formula.text == "f(b, c)"
    assert definitions.measures[0].formula.tree is not None


def test_what_is_missing_or_wrong_is_a_hole() -> None:
    definitions, places, _ = read_all("kpis:\n  a: {}\n  b: [x]\n  c: {formula: *d}\n")
    assert [code for code, *_ in places] == ["missing-key", "wrong-shape", "yaml-alias"]
    assert [(kpi.name.value, kpi.formula.tree, kpi.formula.text) for kpi in definitions.kpis] == [
        ("a", None, ""),
        ("b", None, ""),
        ("c", None, ""),
    ]
    first = definitions.kpis[0]
    assert first.formula.label().span.start == first.name.span.start


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("measures: {a: b}", "measures: {a: c}", "the measure `a` is defined twice"),
        ("parameters: {a: 1}", "kpis: {a: {formula: b}}", "`a` is the name of a parameter and of a KPI"),
        ("measures: {a: b}", "kpis: {a: {formula: b}}", "`a` is the name of a measure and of a KPI"),
        ("sources: {a: {}}", "sources: {a: {}}", "the source `a` is defined twice"),
        ("dimensions: {a: [b.c]}", "dimensions: {a: [b.d]}", "the dimension `a` is defined twice"),
        ("units: {entities: {a: {}}}", "units: {entities: {a: {}}}", "the entity `a` is defined twice"),
        ("project: {name: a}", "project: {name: b}", "`project` stands in two files"),
    ],
)
def test_names_are_unique_across_files(first: str, second: str, said: str) -> None:
    _, places, found = read_all(first, second)
    assert [(code, file) for code, file, _ in places] == [("name-twice", "1.yaml")]
    assert found[0].headline == said
    assert [label.file.name for label in found[0].labels] == ["1.yaml", "0.yaml"]


def test_namespaces_are_apart() -> None:
    text = "sources: {a: {}}\nmeasures: {a: count(a)}\ndimensions: {a: [a.b]}\nunits: {currencies: [USD], entities: {a: {}}}\n"
    assert read_all(text, "units: {currencies: [USD, EUR]}")[1] == []


def test_the_first_of_two_definitions_is_kept() -> None:
    definitions, _, _ = read_all("measures: {a: b}", "measures: {a: c}")
    assert [measure.formula.text for measure in definitions.measures] == ["b"]


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("project: {language: 2}", "unknown-language", "install a newer kpidsl"),
        ("project: {calendar: {timezone: europe/berlin}}", "unknown-timezone", "`Europe/Berlin` is probably meant"),
        ("project: {calendar: {timezone: Nowhere}}", "unknown-timezone", "`Europe/Berlin` or `UTC`"),
    ],
)
def test_project(text: str, code: str, said: str) -> None:
    _, places, found = read_all(text)
    assert [place[0] for place in places] == [code]
    assert said in found[0].help[0]


def test_sections_may_be_empty() -> None:
    assert read_all("kpis:\nmeasures:\nproject:\nunits:\n", "", "# nothing")[1] == []
