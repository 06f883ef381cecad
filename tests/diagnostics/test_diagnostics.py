"""The golden text of every diagnostic; and codes, cases and pages held against each other."""

from __future__ import annotations

import ast
import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import kpidsl
from kpidsl import pipeline
from kpidsl.cli.data import data_findings
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.format import format_file
from kpidsl.render.diagnostics.text import finding as shown
from kpidsl.text import File

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = ROOT / "docs" / "diagnostics"
HEADINGS = ("What it finds", "Why it matters", "Example", "Instead", "When to ignore")
CASES = sorted({path.parent for name in ("input.yaml", "run.yaml") for path in HERE.rglob(name)})
# No input that gives them is known: each says that the program itself is wrong.
WITHOUT_CASE = {"units-disagree"}
_MAKERS = {"Diagnostic", "error", "warning", "note", "_error", "_warning", "_note", "_about", "_refusal", "_data", "_run"}


# Golden texts


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.relative_to(HERE).as_posix())
def test_golden(folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    monkeypatch.chdir(folder)
    findings = findings_of(folder, monkeypatch)
    assert folder.relative_to(HERE).parts[0] in {each.code for each in findings}
    text = "\n\n".join(shown(each) for each in findings) + "\n"
    expected = folder / "expected.txt"
    if request.config.getoption("--update-golden"):
        expected.write_text(text, encoding="utf-8")
    assert text == (expected.read_text(encoding="utf-8") if expected.exists() else "")


def findings_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    """Everything that is said of a case; the current folder is the case's own."""
    place = folder / "run.yaml"
    run: dict[str, Any] = yaml.safe_load(place.read_text(encoding="utf-8")) if place.exists() else {}
    for limit, number in run.get("limits", {}).items():
        monkeypatch.setattr(limit, number)
    catalog = kpidsl.load(run.get("load", "input.yaml"))
    found = [*kpidsl.check(catalog, cache=False)]
    if "ask" in run:
        found += asked(catalog, run["ask"], monkeypatch)
    if "statement" in run:
        found += stated(catalog, run["statement"])
    if "calc" in run:
        found += calculated(catalog, run["calc"])
    if run.get("format"):
        found += formatted("input.yaml", Path("input.yaml").read_text(encoding="utf-8"))
    if run.get("check_data"):
        found += data_findings(catalog, Path("input.yaml"))
    return kpidsl.Diagnostics(found)


def asked(catalog: kpidsl.Catalog, words: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Sequence[Diagnostic]:
    if "without" in words:
        monkeypatch.setitem(__import__("sys").modules, words.pop("without"), None)
    words["start"], words["end"] = words.pop("from", None), words.pop("to", None)
    words["parameters"] = words.pop("set", None)
    if "tables" in words:
        connection: Any = words.pop("connection", None) or duckdb.connect()
        for each in words.pop("database", ()):
            connection.execute(each)
        words["data"] = {source: kpidsl.Table(connection, name) for source, name in words.pop("tables").items()}
    if "parquet" in words:
        with tempfile.TemporaryDirectory() as folder:
            for source, query in words["parquet"].items():
                duckdb.sql(f"copy ({query}) to '{folder}/{source}.parquet'")
            return answered(catalog, {name: word for name, word in words.items() if name != "parquet"} | {"data": folder})
    words.setdefault("data", "data.yaml" if Path("data.yaml").exists() else {})
    return answered(catalog, words)


def answered(catalog: kpidsl.Catalog, words: dict[str, Any]) -> Sequence[Diagnostic]:
    try:
        return kpidsl.evaluate(catalog, words.pop("kpis", ()), **words).diagnostics
    except kpidsl.KpidslError as error:
        return error.diagnostics


def stated(catalog: kpidsl.Catalog, words: dict[str, Any]) -> Sequence[Diagnostic]:
    try:
        pipeline.statement(*pipeline.planned(catalog, words["kpis"], every="month"), words["dialect"])
    except kpidsl.KpidslError as error:
        return error.diagnostics
    return ()


def formatted(name: str, text: str) -> Sequence[Diagnostic]:
    return format_file(File(name, text)).findings


def calculated(catalog: kpidsl.Catalog, words: dict[str, Any]) -> Sequence[Diagnostic]:
    try:
        return kpidsl.calc(catalog, words["kpi"], words["given"]).diagnostics
    except kpidsl.KpidslError as error:
        return error.diagnostics


# Codes, cases and pages


def codes() -> set[str]:
    """Every code that the package can give: the first argument of what makes a diagnostic in a `messages.py`."""
    return {
        node.args[0].value
        for path in (ROOT / "kpidsl").rglob("*messages.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _name(node.func) in _MAKERS and node.args
        if isinstance(node.args[0], ast.Constant) and _is_code(node.args[0].value)
    }


def _name(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


def _is_code(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z]+(-[a-z]+)*", value) is not None


def pages() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(PAGES.glob("*.md"))}


def test_every_code_has_a_case() -> None:
    cases = {folder.relative_to(HERE).parts[0] for folder in CASES}
    assert sorted(codes() - cases - WITHOUT_CASE) == []
    assert sorted((cases | WITHOUT_CASE) - codes()) == []


def test_every_code_has_a_page() -> None:
    assert sorted(codes() - pages().keys()) == []
    assert sorted(pages().keys() - codes()) == []


def test_diagnostics_are_made_in_messages_only() -> None:
    elsewhere = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "kpidsl").rglob("*.py")
        if not path.name.endswith("messages.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _name(node.func) == "Diagnostic"
    ]
    assert elsewhere == []


def test_no_finding_addresses_the_reader() -> None:
    words = [
        (folder.name, word)
        for folder in CASES
        for word in re.findall(r"\b(?:you|your|please)\b", (folder / "expected.txt").read_text(encoding="utf-8"), flags=re.I)
    ]
    assert words == []


@pytest.mark.parametrize(("code", "text"), pages().items())
def test_a_page_has_its_headings(code: str, text: str) -> None:
    assert text.startswith(f"# {code}\n\n## What it finds\n")
    assert tuple(re.findall(r"^## (.+)$", _without_blocks(text), flags=re.M)) == HEADINGS
    assert all(part.strip() for part in re.split(r"^## .+$", _without_blocks(text, "x"), flags=re.M)[1:])


def _without_blocks(text: str, instead: str = "") -> str:
    return re.sub(r"^```.*?^```", instead, text, flags=re.M | re.S)


# The examples of the pages: what they show gives the finding, and what they propose does not


def examples() -> Iterator[Any]:
    for code, text in pages().items():
        parts = dict(zip(HEADINGS, re.split(r"^## .+$", text, flags=re.M)[1:], strict=False))
        for heading in ("Example", "Instead"):
            blocks = re.findall(r"^```yaml(?: no-check)?\n(.*?)^```", parts.get(heading, ""), flags=re.M | re.S)
            yield from (pytest.param(code, heading, block, id=f"{code}: {heading}") for block in blocks)


@pytest.mark.parametrize(("code", "heading", "block"), list(examples()))
def test_an_example_is_right(code: str, heading: str, block: str) -> None:
    company = (HERE / "company.yaml").read_text(encoding="utf-8")
    catalog = kpidsl.load(texts={"company.yaml": company, "page.yaml": block})
    findings = kpidsl.check(catalog, cache=False)
    about = [each for each in findings if not each.labels or "page.yaml" in {label.file.name for label in each.labels}]
    found = [each.code for each in [*about, *formatted("page.yaml", block)]]
    if heading == "Example":
        assert code in found
    else:
        assert found == []
