"""Where `kpidsl report` writes: a file as a whole or not at all, called as it is asked, in the format that its name ends in."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpidsl.cli.main import run
from kpidsl.cli.writing import write_whole


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run(["new", "."]) == 0
    return tmp_path


@pytest.mark.parametrize(
    ("words", "name", "beginning"),
    [
        ([], "report.html", b"<!doctype html>"),
        (["--format", "markdown"], "report.md", b"## "),
        (["-o", "page.htm"], "page.htm", b"<!doctype html>"),
        (["-o", "table.md"], "table.md", b"## "),
        (["-o", "plain.txt"], "plain.txt", b""),
        (["-o", "odd.md", "--format", "html"], "odd.md", b"<!doctype html>"),
        (["-o", "deep/er/page.html"], "deep/er/page.html", b"<!doctype html>"),
    ],
)
def test_the_file_is_as_asked(project: Path, words: list[str], name: str, beginning: bytes) -> None:
    assert run(["report", *words]) == 0
    assert (project / name).read_bytes().startswith(beginning)


def test_the_same_words_write_the_same_bytes(project: Path) -> None:
    pages = []
    for _ in range(2):
        assert run(["report", "--by", "channel"]) == 0
        pages.append((project / "report.html").read_bytes())
    assert pages[0] == pages[1]


def test_a_link_stays_one_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "page.html", tmp_path / "page.html"
    target.write_bytes(b"before")
    target.chmod(0o640)
    link.symlink_to(target)
    write_whole(link, b"after")
    assert link.is_symlink()
    assert target.read_bytes() == b"after"
    assert target.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in target.parent.iterdir()] == ["page.html"]
