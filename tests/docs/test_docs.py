"""Every fenced block of the documentation runs or loads.

| block | what is done |
|---|---|
| `python` | run; the blocks of a page share their names and a folder in which the shipped definitions are |
| `yaml` | loaded without errors; the blocks of a page are one project, those of the README stand beside the shipped library |
| `yaml data` | read as a `data.yaml` |
| `yaml ci` | the hooks, inputs and commands of kpidsl in it are those that there are |
| `kpidsl` | each line is a formula; `kpidsl unit`, `kpidsl range` and `kpidsl claim` are units, ranges and claims |
| `sh` | is a script that the shell can read; the README's are run by `.ci/run` |
| `console` | lines that begin with `$ ` are run in the folder, and what they print is compared |
| `json FORMAT` | is a part of what `kpidsl check --format FORMAT` prints of the mistakes that the page shows |
| `text`, `csv`, `json` | shown only |

A block marked `no-check` shows a mistake; one that begins with `# NAME.yaml` is that file for the commands of its page. The
pages of `docs/diagnostics` have tests of their own in `tests/diagnostics`.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

import kpidsl
from kpidsl.cli.main import run
from kpidsl.documents.bindings import read_bindings
from kpidsl.language import parser
from kpidsl.text import Excerpt, File

ROOT = Path(__file__).parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
SHOWN = {"text", "csv", "json"}
PARSERS = {
    "": parser.parse_expression,
    "unit": parser.parse_unit,
    "range": parser.parse_range,
    "claim": parser.parse_claim,
}


@dataclass(frozen=True)
class Block:
    page: Path
    line: int
    language: str
    mark: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page."""
    text = page.read_text(encoding="utf-8")
    found = re.finditer(r"^```(\w*)[ ]?([\w-]*)\n(.*?)^```$", text, flags=re.M | re.S)
    return [Block(page, text.count("\n", 0, match.start()) + 1, match[1], match[2], match[3]) for match in found]


def each(language: str, *marks: str) -> Iterator[Any]:
    for page in PAGES:
        for block in blocks(page):
            if block.language == language and block.mark in marks:
                yield pytest.param(block, id=f"{page.relative_to(ROOT).as_posix()}:{block.line}")


def pages_with(language: str) -> list[Any]:
    pages = (page for page in PAGES if page.parent.name != "diagnostics")
    having = (page for page in pages if any(block.language == language and not block.mark for block in blocks(page)))
    return [pytest.param(page, id=page.relative_to(ROOT).as_posix()) for page in having]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the shipped definitions in it, which is the current one."""
    (tmp_path / "definitions").symlink_to(ROOT / "definitions")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_block_is_of_a_kind_that_is_looked_at() -> None:
    known = {"python", "yaml", "kpidsl", "sh", "console", *SHOWN}
    odd = [
        (block.page.name, block.line, block.language) for page in PAGES for block in blocks(page) if block.language not in known
    ]
    assert odd == []


def test_every_fence_is_closed() -> None:
    for page in PAGES:
        fences = re.findall(r"^```", page.read_text(encoding="utf-8"), flags=re.M)
        assert len(fences) == 2 * len(blocks(page)), page.name


@pytest.mark.parametrize("page", pages_with("python"))
def test_python(page: Path, folder: Path) -> None:
    names: dict[str, Any] = {"__name__": page.stem}
    for block in blocks(page):
        if block.language == "python" and not block.mark:
            code = compile("\n" * block.line + block.text, str(page), "exec")
            with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                exec(code, names)


@pytest.mark.parametrize("page", pages_with("yaml"))
def test_yaml(page: Path) -> None:
    own = {f"{page.name}:{block.line}": block.text for block in blocks(page) if block.language == "yaml" and not block.mark}
    library = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "definitions").glob("*.yaml"))}
    library.pop("data.yaml")
    catalog = kpidsl.load(texts={**own, **library} if page.name == "README.md" else own)
    # What the README shows of the library stands in the library, too.
    errors = [finding for finding in catalog.diagnostics.errors if page.name != "README.md" or finding.code != "name-twice"]
    assert [finding.headline for finding in errors] == []


@pytest.mark.parametrize("block", list(each("yaml", "data")))
def test_bindings(block: Block) -> None:
    bindings, found = read_bindings(File("data.yaml", block.text), ROOT)
    assert bindings is not None
    assert [finding.headline for finding in found] == []


@pytest.mark.parametrize("block", list(each("yaml", "ci")))
def test_ci(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = yaml.safe_load(block.text)
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"].keys()
    assert {part["id"] for part in mappings(document) if "id" in part} <= hooks
    assert {
        name for part in mappings(document) if "/kpidsl@" in part.get("uses", "") for name in part.get("with", ())
    } <= inputs
    monkeypatch.chdir(tmp_path)
    printed("kpidsl new shop")
    monkeypatch.chdir("shop")
    if any(line.startswith("kpidsl diff") for line in commands(document)):
        commit(monkeypatch)
    for line in commands(document):
        with redirect_stdout(io.StringIO()):
            assert run(shlex.split(os.path.expandvars(re.split(r" [>|]", line)[0]))[1:]) == 0


def commit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the current folder as the revision `before`, as a script of a page calls it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run(["git", *identity, *words], check=True)
    monkeypatch.setenv("before", "HEAD")


def mappings(document: Any) -> Iterator[dict[str, Any]]:
    """All mappings in a document."""
    if isinstance(document, dict):
        yield document
    for part in document.values() if isinstance(document, dict) else document if isinstance(document, list) else ():
        yield from mappings(part)


def commands(document: Any) -> list[str]:
    """The commands of kpidsl in the scripts of a document."""
    scripts = [part[key] for part in mappings(document) for key in ("run", "script") if key in part]
    lines = [line for script in scripts for line in (script if isinstance(script, list) else script.splitlines())]
    return [line.strip() for line in lines if line.lstrip().startswith("kpidsl ")]


@pytest.mark.parametrize("block", list(each("kpidsl", *PARSERS)))
def test_expressions(block: Block) -> None:
    for line in block.text.splitlines():
        if line.strip():
            tree, found = PARSERS[block.mark](Excerpt(File(block.page.name, line), line))
            assert tree is not None, [finding.headline for finding in found]


@pytest.mark.parametrize("block", list(each("sh", "")))
def test_scripts(block: Block) -> None:
    said = subprocess.run(["bash", "-n", "-c", block.text], capture_output=True, text=True, check=False)
    assert said.stderr == ""


@pytest.mark.parametrize("block", list(each("console", "")))
def test_console(block: Block, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "KPIDSL_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    mistakes(block.page, folder)
    for command, expected in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n?)*)", block.text, flags=re.M):
        assert printed(command).rstrip() == expected.rstrip()


def mistakes(page: Path, folder: Path) -> list[str]:
    """The names of the files with mistakes that a page shows, written into a folder."""
    shown = ((re.match(r"# ([\w-]+\.yaml)\n", block.text), block.text) for block in blocks(page) if block.mark == "no-check")
    files = {match[1]: text for match, text in shown if match}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return list(files)


@pytest.mark.parametrize("block", list(each("json", "json", "sarif")))
def test_parts_of_reports(block: Block, folder: Path) -> None:
    whole = json.loads(printed(shlex.join(["kpidsl", "check", *mistakes(block.page, folder), "--format", block.mark])))
    assert lacking(json.loads(block.text), whole) == []


def lacking(part: Any, whole: Any) -> list[Any]:
    """What is in a part of a document and not in the whole."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return [each for name in part for each in ([name] if name not in whole else lacking(part[name], whole[name]))]
    if isinstance(part, list) and isinstance(whole, list) and len(part) == len(whole):
        return [each for one, other in zip(part, whole, strict=True) for each in lacking(one, other)]
    return [] if part == whole else [part]


def printed(command: str) -> str:
    """The result of a command; what it says besides where it has none."""
    words = shlex.split(command)
    assert words[0] == "kpidsl"
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        run(words[1:])
    return out.getvalue() or err.getvalue()


def test_links_lead_somewhere() -> None:
    lost = []
    for page in PAGES:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            place, _, anchor = link.partition("#")
            target = (page.parent / place) if place else page
            if not link.startswith("http") and not (target.exists() and (not anchor or anchor in anchors(target))):
                lost.append((page.name, link))
    assert lost == []


def anchors(page: Path) -> set[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
