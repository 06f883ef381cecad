"""Which files belong to a project, and what is said of those that cannot be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpidsl.documents import find
from kpidsl.documents.find import read_file, read_project, read_texts


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"# {name}\n", encoding="utf-8")


def names(path: Path, monkeypatch: pytest.MonkeyPatch, beside: Path) -> list[str]:
    monkeypatch.chdir(beside)
    project, found = read_project(path)
    assert found == ()
    return [file.name for file in project.files]


def test_a_project_has_the_files_below_definitions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "kpidsl.yaml", "data.yaml", "definitions/b.yaml", "definitions/a.yml", "definitions/sub/c.yaml")
    write(tmp_path, "notes.yaml", "definitions/.hidden/d.yaml", "definitions/.e.yaml", "definitions/f.txt")
    expected = ["kpidsl.yaml", "definitions/a.yml", "definitions/b.yaml", "definitions/sub/c.yaml"]
    assert names(tmp_path, monkeypatch, tmp_path) == expected
    assert names(tmp_path / "definitions" / "sub", monkeypatch, tmp_path) == expected
    assert names(tmp_path / "definitions" / "b.yaml", monkeypatch, tmp_path) == expected
    project, _ = read_project(tmp_path)
    assert project.root == tmp_path
    assert project.data is not None and project.data.name == "data.yaml"


def test_without_a_definitions_folder_its_own_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "kpidsl.yaml", "data.yaml", "a.yaml", "sub/b.yaml", "other/kpidsl.yaml", "other/c.yaml")
    assert names(tmp_path, monkeypatch, tmp_path) == ["kpidsl.yaml", "a.yaml", "sub/b.yaml"]


def test_a_folder_without_a_project_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.yaml", "sub/b.yaml", "data.yaml")
    assert names(tmp_path, monkeypatch, tmp_path) == ["a.yaml", "sub/b.yaml"]


def test_a_file_without_a_project_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.yaml", "b.yaml")
    assert names(tmp_path / "a.yaml", monkeypatch, tmp_path) == ["a.yaml"]


def test_a_file_outside_the_definitions_is_added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "kpidsl.yaml", "definitions/a.yaml", "draft.yaml")
    assert names(tmp_path / "draft.yaml", monkeypatch, tmp_path) == ["kpidsl.yaml", "definitions/a.yaml", "draft.yaml"]


def test_names_outside_the_current_folder_are_as_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "here/x.txt", "there/a.yaml")
    assert names(tmp_path / "there", monkeypatch, tmp_path / "here") == [(tmp_path / "there" / "a.yaml").as_posix()]


def test_nothing_there(tmp_path: Path) -> None:
    (finding,) = read_project(tmp_path / "nowhere")[1]
    assert finding.code == "no-such-path"
    (finding,) = read_project(tmp_path)[1]
    assert finding.code == "no-definitions"


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"PK\x03\x04\x00\x00\x00binary", "not-text", "is not a text file"),
        ("a: \u00e9".encode("utf-16"), "not-text", "UTF-16"),
        (b"a: 1\nb: caf\xe9\n", "not-text", "Windows-1252"),
        (b"a" * 10_000_000, "yaml-too-large", "10,000,000 bytes"),
    ],
)
def test_what_cannot_be_read(content: bytes, code: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    (tmp_path / "b.yaml").write_text("# fine\n")
    project, found = read_project(tmp_path)
    (finding,) = found
    assert finding.code == code
    assert said in " ".join((finding.headline, *finding.help))
    assert [Path(file.name).name for file in project.files] == ["b.yaml"]


def test_the_byte_that_is_no_utf8_has_a_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("a: ü\nb: caf".encode() + b"\xe9\n")
    file, (finding,) = read_file(tmp_path / "a.yaml")
    assert file is None
    label = finding.labels[0]
    assert label.file.place(label.span.start) == (2, 7)


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    file, _ = read_file(tmp_path / "a.yaml")
    assert file is not None and file.text == "a: 1\n"
    assert read_texts({"b.yaml": "\ufeffa: 1\n"})[0].text == "a: 1\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    (tmp_path / "b.yaml").symlink_to("b.yaml")
    (tmp_path / "c.yaml").symlink_to("/dev/zero")
    write(tmp_path, "d.yaml")
    project, found = read_project(tmp_path)
    assert [Path(file.name).name for file in project.files] == ["d.yaml"]
    assert [finding.code for finding in found] == ["unreadable-file"] * 3
    assert ["is no regular file" in finding.headline for finding in found] == [True, False, True]


def test_a_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "gone/a.yaml", "b.yaml")
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone" / "a.yaml").unlink()
    (tmp_path / "gone").rmdir()
    assert [finding.code for finding in read_project(".")[1]] == ["no-definitions"]
    assert [file.name for file in read_project(tmp_path / "b.yaml")[0].files] == [(tmp_path / "b.yaml").as_posix()]


@pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_FOLDERS"])
def test_what_is_too_large_for_a_project_is_not_read(limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "a.yaml", "one/b.yaml", "two/c.yaml")
    monkeypatch.setattr(find, limit, 2)
    project, (finding,) = read_project(tmp_path)
    assert (project.files, finding.code) == ((), "too-many-files")
    monkeypatch.setattr(find, limit, 3)
    assert len(read_project(tmp_path)[0].files) == 3
