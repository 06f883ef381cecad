"""The cases of this folder, each run; and the specification and its cases held against each other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import kpidsl
from kpidsl.documents.compose import compose
from kpidsl.language.functions import SIGNATURES
from kpidsl.text import File
from kpidsl.workflow.test import run_tests

HERE = Path(__file__).parent
SPECIFICATION = HERE.parents[1] / "docs" / "language.md"
DEFINITIONS = sorted(HERE.glob("*.yaml"))
REFUSED = sorted((HERE / "refused").glob("*.yaml"))
BOUND = sorted(path for path in (HERE / "bound").iterdir() if path.is_dir())


@cache
def catalog(path: Path) -> kpidsl.Catalog:
    return kpidsl.load(path)


@cache
def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# Definition files with tests and examples


def row_tests() -> Iterator[Any]:
    for path in DEFINITIONS:
        for test in catalog(path).tests:
            marks = [pytest.mark.xfail(strict=True)] if path.stem == "not-yet" else []
            yield pytest.param(path, test.name.value, id=f"{path.stem}: {test.name.value}", marks=marks)


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_a_file_of_cases_has_no_mistakes(path: Path) -> None:
    assert [finding.headline for finding in catalog(path).diagnostics.errors] == []


@pytest.mark.parametrize(("path", "name"), list(row_tests()))
def test_rows(path: Path, name: str) -> None:
    (outcome,) = (each for each in run_tests(catalog(path), name).outcomes if each.name == name)
    assert outcome.differences == ()


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda path: path.stem)
def test_examples(path: Path) -> None:
    report = run_tests(catalog(path), ", example ")
    assert [(outcome.name, outcome.differences) for outcome in report.failures] == []


# Definitions with a mistake


def refused() -> Iterator[Any]:
    for path in REFUSED:
        for name, case in read(path)["cases"].items():
            yield pytest.param(read(path)["base"], case, id=f"{path.stem}: {name}")


@pytest.mark.parametrize(("base", "case"), list(refused()))
def test_definitions(base: str, case: dict[str, Any]) -> None:
    texts = {"base.yaml": base, "case.yaml": case["definitions"], "more.yaml": case.get("more", "")}
    found = kpidsl.check(kpidsl.load(texts=texts), cache=False)
    assert sorted(finding.code for finding in found) == sorted(case["expect"]), [finding.headline for finding in found]


# Definitions over bound files


def bound() -> Iterator[Any]:
    for folder in BOUND:
        for name, case in read(folder / "cases.yaml").items():
            yield pytest.param(folder, case, id=f"{folder.name}: {name}")


@pytest.mark.parametrize(("folder", "case"), list(bound()))
def test_bound(folder: Path, case: dict[str, Any]) -> None:
    words = dict(case["ask"])
    words["start"], words["end"] = words.pop("from", None), words.pop("to", None)
    result = kpidsl.evaluate(catalog(folder / "definitions.yaml"), data=folder / "data.yaml", **words)
    left = cells(result)
    for expected in case["expect"]:
        cell = next((each for each in left if all(same(value, each[name]) for name, value in expected.items())), None)
        assert cell is not None, (expected, left)
        left.remove(cell)
    assert left == []
    if "findings" in case:
        assert [finding.code for finding in result.diagnostics] == case["findings"]


def cells(result: kpidsl.Result) -> list[dict[str, Any]]:
    """A mapping for each cell: period, dimensions, and each value by its name with its parts."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    places = ["period", *result.axis.dimensions]
    for row in result.frame.to_dict("records"):
        cell = found.setdefault(tuple(str(row[name]) for name in places), {name: row[name] for name in places})
        parts = {f"{row['kpi']}.{part}": row[part] for part in ("verdict", "status", "reason", "n", "low", "high")}
        cell |= parts | {row["kpi"]: row["value"] if row["status"] == "value" else row["status"]}
    return list(found.values())


def same(expected: object, actual: object) -> bool:
    match expected:
        case "missing":
            return actual in (None, "missing")
        case bool():
            return expected is actual
        case int() | float():
            return isinstance(actual, int | float) and math.isclose(expected, actual, rel_tol=1e-9, abs_tol=1e-12)
        case date() | datetime():
            return expected == actual or expected.isoformat() == actual
        case _:
            return expected == actual


# The specification and its cases


def cited() -> Iterator[tuple[str, str]]:
    """Each case with the rule that it cites."""
    for path in DEFINITIONS:
        for test in catalog(path).tests:
            yield f"{path.name}: {test.name.value}", test.cite
        for example in catalog(path).examples:
            yield f"{path.name}: an example of {example.kpi}", example.definition.cite
    for path in REFUSED:
        yield from ((f"{path.name}: {name}", case.get("cite", "")) for name, case in read(path)["cases"].items())
    for folder in BOUND:
        yield from ((f"{folder.name}: {name}", case.get("cite", "")) for name, case in read(folder / "cases.yaml").items())


def anchor(heading: str) -> str:
    """The anchor that a heading of a Markdown page gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def headings(level: int) -> list[str]:
    text = re.sub(r"^```.*?^```", "", SPECIFICATION.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [anchor(heading) for heading in re.findall(rf"^#{{{level}}} (.+)$", text, flags=re.M)]


def test_every_case_cites_a_rule_that_is_there() -> None:
    known = {f"language.md#{name}" for name in [*headings(2), *headings(3)]}
    assert [(case, cite) for case, cite in cited() if cite not in known] == []


def test_every_rule_has_a_case() -> None:
    shown = {cite.removeprefix("language.md#") for _, cite in cited()}
    assert [rule for rule in headings(3) if rule not in shown] == []


def test_no_two_rules_have_one_name() -> None:
    everything = [*headings(2), *headings(3)]
    assert len(everything) == len(set(everything))


def test_no_two_cases_of_a_file_have_one_name() -> None:
    for path in [*REFUSED, *(folder / "cases.yaml" for folder in BOUND)]:
        assert compose(File(path.name, path.read_text(encoding="utf-8")))[1] == ()


def test_every_function_and_operator_is_explained() -> None:
    text = SPECIFICATION.read_text(encoding="utf-8")
    words = set(re.findall(r"[a-z_]+", text))
    names = {word for signature in SIGNATURES for word in re.findall(r"[a-z_]+", signature.name)}
    assert names <= words
