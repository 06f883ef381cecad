"""The action for GitHub and the hooks for pre-commit: their scripts run as those programs run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
_INPUT = re.compile(r"\$\{\{ inputs\.([\w-]+) \}\}")
RIGHT = "kpis: {one: {formula: 1}}  # kpidsl: ignore[constant-formula] a first one\n"
ADVICE = "kpis: {one: {formula: 1}}\n"
WRONG = "kpis: {one: {formula: two}}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a project and, on the path of the action, the program of this checkout."""
    (tmp_path / "kpidsl.yaml").write_text("project: {language: 1}\n", encoding="utf-8")
    (tmp_path / "definitions").mkdir()
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "kpidsl"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m kpidsl "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return tmp_path


def define(project: Path, text: str) -> None:
    (project / "definitions" / "one.yaml").write_text(text, encoding="utf-8")


def act(project: Path, **given: str) -> subprocess.CompletedProcess[str]:
    """The last step, run as a runner does: inputs put into the environment, then bash."""
    step = STEPS[-1]
    inputs = {name: each["default"] for name, each in ACTION["inputs"].items()} | given
    named = {name: _INPUT.sub(lambda match: inputs[match[1]], text) for name, text in step["env"].items()}
    environment = {**outside(project), **named, "GITHUB_STEP_SUMMARY": str(project / "summary.md")}
    words = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    return subprocess.run(words, cwd=project, env=environment, capture_output=True, text=True, check=False)


def outside(project: Path) -> dict[str, str]:
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {
        "PATH": f"{project / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(paths),
        "HOME": str(project),
    }


def test_what_is_wrong_is_annotated_and_summed_up(project: Path) -> None:
    define(project, WRONG)
    done = act(project)
    assert done.returncode == 1
    place = "file=definitions/one.yaml,line=1,endLine=1,col=23,endColumn=26"
    assert done.stdout.startswith(f"::error {place},title=kpidsl unknown-name::")
    assert "`definitions/one.yaml:1:23`" in (project / "summary.md").read_text(encoding="utf-8")


def test_nothing_wrong(project: Path) -> None:
    define(project, RIGHT)
    done = act(project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (project / "summary.md").read_text(encoding="utf-8") == "### kpidsl check: no problems in 2 files\n"


def test_a_warning_fails_where_it_is_asked_to(project: Path) -> None:
    define(project, ADVICE)
    assert act(project).returncode == 0
    assert act(project, **{"fail-on": "warning", "fast": "true"}).returncode == 3


def test_sarif(project: Path) -> None:
    define(project, WRONG)
    assert act(project, path="definitions", sarif="out.sarif").returncode == 1
    assert '"ruleId": "unknown-name"' in (project / "out.sarif").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", ["$(touch hit)", "; touch hit", '"; touch hit; "', "--help", "* ?"])
def test_no_input_is_run(project: Path, path: str) -> None:
    define(project, RIGHT)
    done = act(project, path=path, sarif=f"{path.replace('/', '')}.sarif")
    assert done.returncode == 2
    assert "there is no file or folder" in done.stderr
    assert not (project / "hit").exists()


def test_no_script_holds_the_text_of_an_input() -> None:
    assert [step["run"] for step in STEPS if "${{" in step.get("run", "")] == []


def test_every_input_is_used() -> None:
    used = set(_INPUT.findall((ROOT / "action.yml").read_text(encoding="utf-8")))
    assert used == ACTION["inputs"].keys()


# pre-commit


def test_hooks_that_there_are() -> None:
    assert [hook["id"] for hook in HOOKS] == ["kpidsl-check", "kpidsl-fmt"]


@pytest.mark.parametrize(("text", "code"), [(RIGHT, 0), (WRONG, 1)])
def test_check_is_run_without_file_names(project: Path, text: str, code: int) -> None:
    define(project, text)
    (hook,) = [hook for hook in HOOKS if hook["id"] == "kpidsl-check"]
    assert hook["pass_filenames"] is False
    done = subprocess.run(hook["entry"].split(), cwd=project, env=outside(project), capture_output=True, text=True, check=False)
    assert done.returncode == code


@pytest.mark.parametrize(
    ("path", "hooks"),
    [
        ("definitions/sales/deals.yaml", {"kpidsl-check", "kpidsl-fmt"}),
        ("kpi/definitions/deals.yml", {"kpidsl-check", "kpidsl-fmt"}),
        ("kpidsl.yaml", {"kpidsl-check", "kpidsl-fmt"}),
        ("data.yaml", {"kpidsl-check"}),
        (".github/workflows/build.yml", {"kpidsl-check"}),
        ("definitions/demo/leads.csv", set()),
    ],
)
def test_which_files_matter(path: str, hooks: set[str]) -> None:
    assert {hook["id"] for hook in HOOKS if re.search(hook["files"], path)} == hooks
