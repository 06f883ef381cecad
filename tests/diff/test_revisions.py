"""`kpidsl diff` over git revisions: what is read, and what is said where there is nothing to read."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from kpidsl.cli.main import run
from kpidsl.cli.revisions import definition_names

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

OLD = """
sources: {leads: {time: day, columns: {day: date, bought: boolean}}}
measures: {leads: count(leads), bought: count(leads where bought)}
kpis: {rate: {formula: bought / leads, better: higher}}
"""
NEW = OLD.replace("bought / leads", "1 - bought / leads")


def git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project below the top of a repository: `first` and `second` are tags, and the folder has a third state."""
    project = tmp_path / "deep er" / "proj"
    (project / "definitions").mkdir(parents=True)
    git(tmp_path, "init", "-q", "-b", "main")
    (project / "kpidsl.yaml").write_text("project: {language: 1}\n")
    (project / "definitions" / "a b.yaml").write_text(OLD)
    (project / "data.yaml").write_text("sources: {leads: {csv: leads.csv}}\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "tag", "first")
    (project / "definitions" / "a b.yaml").write_text(NEW)
    git(tmp_path, "commit", "-qam", "two")
    git(tmp_path, "tag", "second")
    (project / "definitions" / "a b.yaml").rename(project / "definitions" / "c.yaml")
    monkeypatch.chdir(project)
    return tmp_path


def test_two_revisions(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "first", "second"]) == 0
    assert "changed: rate, breaking" in capsys.readouterr().out
    assert run(["diff", "first", "second", "--breaking"]) == 1
    assert run(["diff", "first", "first", "--breaking"]) == 0


def test_a_revision_and_the_folder_as_it_is(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "HEAD", "--breaking"]) == 0
    assert "1 KPI: 1 identical" in capsys.readouterr().out
    assert run(["diff", "HEAD~1", ".", "--breaking"]) == 1
    assert run(["diff", ".", "HEAD~1", "--breaking"]) == 1
    assert run(["diff", "first", "--project", str(repository / "deep er" / "proj"), "--breaking"]) == 1


def test_files_are_those_of_the_revision(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "deep er" / "proj" / ".gitattributes").write_text("*.yaml export-ignore\n")
    (repository / "deep er" / "proj" / "definitions" / "link.yaml").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "three")
    assert run(["diff", "second", "HEAD"]) == 0
    assert "1 KPI: 1 identical" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing-like-it"], "neither a path nor a git revision"),
        (["HEAD~9"], "neither a path nor a git revision"),
        (["HEAD..main"], "neither a path nor a git revision"),
        (["HEAD:definitions"], "neither a path nor a git revision"),
        (["--", "--output=x"], "is no revision"),
        (["--", "-x", "HEAD"], "is no revision"),
        ([""], "is no revision"),
        (["HEAD", "--every", "month"], "need `--data`"),
        (["first", "second", "--data", "nowhere"], "no file or folder"),
    ],
)
def test_misuse(words: list[str], said: str, repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(repository.rglob("*"))
    assert run(["diff", *words]) == 2
    assert said in capsys.readouterr().err
    assert sorted(repository.rglob("*")) == before


def test_a_revision_without_definitions(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git(repository, "checkout", "-q", "--orphan", "other")
    git(repository, "rm", "-rfq", "--cached", ".")
    git(repository, "commit", "-qm", "empty", "--allow-empty")
    assert run(["diff", "other", "first", "--breaking"]) == 0
    shown = capsys.readouterr()
    assert "there are no definitions at revision other" in shown.err
    assert "added" in shown.out
    assert run(["diff", "first", "other", "--breaking"]) == 1
    assert run(["diff", "other", "other"]) == 2


def test_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kpidsl.yaml").write_text("project: {language: 1}\n" + OLD)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert run(["diff", "main"]) == 2
    assert "is in no git repository" in capsys.readouterr().err


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert run(["diff", "main"]) == 2
    assert "git is needed" in capsys.readouterr().err


def test_text_that_is_no_text(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "deep er" / "proj" / "definitions" / "c.yaml").write_bytes(b"\xff\xfea\0")
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "three")
    assert run(["diff", "first", "HEAD"]) == 2
    assert "is not UTF-8 text" in capsys.readouterr().err


def test_the_files_of_a_project(tmp_path: Path) -> None:
    """As a folder on disk is read."""
    from kpidsl.documents.find import read_project

    names = [
        "kpidsl.yaml",
        "data.yaml",
        "other.yaml",
        "definitions/z.yaml",
        "definitions/a/b.yaml",
        "definitions/data.yaml",
        "definitions/.hidden/x.yaml",
        "definitions/.x.yaml",
        "definitions/sub/kpidsl.yaml",
        "definitions/sub/x.yml",
    ]
    for chosen in (names, names[1:3], [names[0], *names[2:3]], [*names[1:3], "sub/kpidsl.yaml", "sub/x.yaml", "a.yml"]):
        folder = tmp_path / str(len(chosen))
        for name in chosen:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text("kpis: {}\n")
        read = [Path(file.name).relative_to(folder).as_posix() for file in read_project(folder)[0].files]
        assert definition_names(chosen) == read


def test_what_a_file_that_cannot_be_read_may_have_held_is_unknown(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repository / "deep er" / "proj" / "definitions" / "c.yaml").write_text("kpis:\n  other: {formula: 1\n")
    assert run(["diff", "second", "--breaking"]) == 1
    said = capsys.readouterr()
    assert "unknown: rate, breaking" in said.out and "`definitions/c.yaml` has errors" in said.out and "removed" not in said.out
    assert "1 error in the definitions of the project: definitions/c.yaml:2:10: error[yaml-syntax]" in said.err
    git(repository, "add", ".")
    git(repository, "commit", "-qm", "torn")
    assert run(["diff", "HEAD", "second", "--breaking"]) == 0
    said = capsys.readouterr()
    assert "unknown: rate\n" in said.out and "definitions/c.yaml` has errors" in said.out and "added" not in said.out
