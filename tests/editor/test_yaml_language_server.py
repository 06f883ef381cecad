"""What an editor shows in a project whose schema `kpidsl schema --write` has put in place, asked of the real server.

`§` marks the place in a file that is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from language_server import Client, server

from kpidsl.cli.main import run

COMMAND, MISSING = server()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project with a folder below its definitions."""
    folder = tmp_path_factory.mktemp("editor") / "a project"
    assert run(["new", str(folder)]) == 0
    (folder / "definitions" / "deep").mkdir()
    return folder


@pytest.fixture(scope="module")
def client(project: Path) -> Iterator[Client]:
    with Client(COMMAND, project) as started:
        yield started


class Opened:
    """A file that is open in the editor, with the place of its `§`."""

    def __init__(self, client: Client, project: Path, place: str, text: str) -> None:
        self.client = client
        self.path = project / place
        before, _, after = text.partition("§")
        self.path.write_text(before + after, encoding="utf-8")
        assert run(["schema", "--write", "--project", str(project)]) == 0
        assert self.path.read_text(encoding="utf-8").splitlines()[0].startswith("# yaml-language-server: $schema=")
        self.place = before.count("\n") + 1, len(before.rsplit("\n", 1)[-1])
        self.findings = [finding["message"] for finding in client.open(self.path)]

    def completions(self) -> dict[str, dict[str, Any]]:
        """The suggestions by what they are called."""
        return {item["label"]: item for item in self.client.at("completion", self.path, *self.place)["items"]}

    def hover(self) -> str:
        text: str = self.client.at("hover", self.path, *self.place)["contents"]["value"]
        return text


@pytest.fixture
def opened(client: Client, project: Path, request: pytest.FixtureRequest) -> Any:
    def open_(text: str, folder: str = "definitions") -> Opened:
        name = re.sub(r"\W", "-", request.node.name)
        return Opened(client, project, f"{folder}/{name}.yaml", text)

    return open_


def test_a_new_project_has_no_findings(client: Client, project: Path) -> None:
    assert run(["schema", "--write", "--project", str(project)]) == 0
    for place in ("kpidsl.yaml", "data.yaml", "definitions/marketing.yaml", "definitions/sources.yaml"):
        assert client.open(project / place) == [], place


def test_the_schema_is_found_from_a_folder_below(opened: Any) -> None:
    file = opened("kpis:\n  cac:\n    formula: a / b\n    bettr: lower\n", "definitions/deep")
    assert file.findings == ["Property bettr is not allowed."]


def test_keys_are_completed_with_what_they_mean(opened: Any) -> None:
    found = opened("kpis:\n  cac:\n    §\n").completions()
    assert {"title", "unit", "better", "formula", "benchmarks", "examples"} <= found.keys()
    assert found["better"]["documentation"]["value"] == "Which way is good.\n\n```yaml\nbetter: lower\n```"


def test_words_are_completed_with_what_they_mean(opened: Any) -> None:
    found = opened("kpis:\n  cac:\n    formula: a\n    better: §\n").completions()
    assert list(found) == ["higher", "lower", "inside", "none"]
    assert found["lower"]["documentation"] == "Less is better."


def test_types_of_columns_are_completed_in_their_short_form(opened: Any) -> None:
    found = opened("sources:\n  leads:\n    columns:\n      lead_id: §\n").completions()
    assert list(found) == ["text", "number", "boolean", "date", "datetime"]
    assert found["date"]["documentation"] == "A day, never shifted."


@pytest.mark.parametrize(
    ("text", "label", "snippet"),
    [
        ("§\n", "kpis", "kpis:\n  ${1:name}:\n    title: ${2:title}\n    better: ${3:higher}\n    formula: ${4:a / b}"),
        ("kpis:\n  cac:\n    §\n", "formula", "formula: ${1:spend / new_customers}"),
        ("kpis:\n  cac:\n    §\n", "benchmarks", "benchmarks:\n  ${1:name}:\n    range: $2"),
        ("kpis:\n  cac:\n    formula: a\n    benchmarks:\n      target:\n        §\n", "range", "range: at least ${1:15%}"),
        ("kpis:\n  cac:\n    formula: §\n", "spend / new_customers", "${1:spend / new_customers}"),
        ("project:\n  §\n", "language", "language: 1"),
    ],
)
def test_snippets(opened: Any, text: str, label: str, snippet: str) -> None:
    found = opened(text).completions()[label]
    assert found["insertTextFormat"] == 2
    assert found["insertText"].rstrip() == snippet


@pytest.mark.parametrize(
    ("text", "title", "says"),
    [
        ("kp§is:\n  cac:\n    formula: a / b\n", "KPIs", "Key performance indicators, by name."),
        ("kpis:\n  cac:\n    form§ula: a / b\n", "Formula", "```yaml\nformula: spend / new_customers\n```"),
        ("kpis:\n  cac:\n    formula: a\n    better: low§er\n", "Better", "`lower`: Less is better."),
        ("measures:\n  lea§ds: count(leads)\n", "Measure", ""),
    ],
)
def test_hover_texts(opened: Any, text: str, title: str, says: str) -> None:
    file = opened(text)
    assert file.findings == []
    hover = file.hover()
    assert hover.startswith(f"#### {title}\n")
    assert says in hover


def test_bindings_have_a_schema_of_their_own(client: Client, project: Path) -> None:
    path = project / "data.yaml"
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    line = next(number for number, each in enumerate(lines) if each.startswith("sources:"))
    client.open(path)
    assert client.at("hover", path, line, 2)["contents"]["value"].startswith("#### Sources\n")
