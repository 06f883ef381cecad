"""A git revision and the folder of a project to the texts of its definitions then; git is asked, and nothing is checked out.

What reaches git as a word is checked first: a revision that begins with `-` would be an option. Files are read by their hashes,
so neither their names nor the attributes of the repository matter.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from kpidsl.cli.exits import Misuse
from kpidsl.documents.find import BINDINGS, MOST_FILES, PROJECT

_SECONDS = 120
_LARGEST = 50_000_000  # bytes of all files together
_REGULAR = (b"100644", b"100755")


def revision_texts(revision: str, place: Path) -> dict[str, str]:
    """The texts of the project at `place` as they were, named `REVISION:PATH`; none where there was no project yet."""
    folder = place if place.is_dir() else place.parent
    prefix = _prefix(folder, revision)
    commit = _commit(revision, folder)
    tree = f"{commit}:{prefix}" if prefix else commit
    listed = _git(folder, "ls-tree", "-r", "-z", "-l", "--full-tree", tree)
    blobs = dict(_blobs(listed.stdout)) if listed.returncode == 0 else {}
    names = definition_names(blobs)
    contents = _contents(folder, [blobs[name] for name in names])
    shown = PurePosixPath(prefix or ".")
    return {f"{revision}:{shown / name}": _text(content, name, revision) for name, content in zip(names, contents, strict=True)}


def _prefix(folder: Path, revision: str) -> str:
    """The path of a folder in its repository, empty for its top."""
    if not revision or revision.startswith("-") or "\0" in revision:
        raise Misuse(f"`{revision}` is no revision: their names neither are empty nor begin with `-`")
    done = _git(folder, "rev-parse", "--show-prefix")
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ").split("\n")[0]
        reason = "is in no git repository" if "not a git repository" in said else f"cannot be used: git says `{said}`"
        raise Misuse(f"`{revision}` is no path, and no revision either: the folder `{folder}` {reason}")
    return done.stdout.decode(errors="surrogateescape").rstrip("\n").rstrip("/")


def _commit(revision: str, folder: Path) -> str:
    done = _git(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    found = done.stdout.decode(errors="replace").strip()
    if done.returncode != 0 or not found:
        raise Misuse(f"`{revision}` is neither a path nor a git revision; `git log` and `git branch -a` list what there is")
    return found


def _git(folder: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """What git answers; it asks for nothing, fetches nothing and takes no lock."""
    quiet = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    command = ["git", "-C", str(folder.absolute()), *words]
    try:
        return subprocess.run(command, input=given, capture_output=True, env={**os.environ, **quiet}, timeout=_SECONDS)
    except FileNotFoundError:
        raise Misuse("git is needed to read a revision, and it is not installed or not in PATH") from None
    except subprocess.TimeoutExpired:
        raise Misuse(f"git did not answer within {_SECONDS} seconds") from None


def _blobs(listed: bytes) -> Iterator[tuple[str, tuple[str, int]]]:
    """The regular YAML files of a tree by path: hash and size."""
    for line in listed.split(b"\0"):
        if line:
            facts, _, path = line.partition(b"\t")
            mode, _, name, size = facts.split()
            if mode in _REGULAR and path.endswith((b".yaml", b".yml")):
                yield path.decode(errors="surrogateescape"), (name.decode(), int(size))


def definition_names(paths: Iterable[str]) -> list[str]:
    """The files of a project among paths in its folder, in the order in which a folder on disk is read."""
    parts = {path: PurePosixPath(path).parts for path in paths}
    marked = next((name for name in PROJECT if name in parts), None)
    inside = marked is not None and any(each[0] == "definitions" and len(each) > 1 for each in parts.values())
    foreign = {each[:-1] for each in parts.values() if each[-1] in PROJECT and len(each) > 1}
    found = [
        path
        for path, each in parts.items()
        if (each[0] == "definitions" or not inside)
        and path not in (*PROJECT, *BINDINGS)
        and not any(part.startswith(".") for part in each)
        and not any(each[:depth] in foreign for depth in range(2 if inside else 1, len(each)))
    ]
    return [*([marked] if marked else []), *sorted(found, key=_walking)]


def _walking(path: str) -> tuple[tuple[bool, str], ...]:
    """Files before the folders beside them, both by name."""
    *folders, name = PurePosixPath(path).parts
    return (*((True, folder) for folder in folders), (False, name))


def _contents(folder: Path, blobs: list[tuple[str, int]]) -> list[bytes]:
    """The contents of files, in their order."""
    if len(blobs) > MOST_FILES or sum(size for _, size in blobs) > _LARGEST:
        raise Misuse("there are more or larger definition files at that revision than any project has")
    done = _git(folder, "cat-file", "--batch", given="".join(f"{name}\n" for name, _ in blobs).encode())
    found, at = [], 0
    for _, size in blobs:
        start = done.stdout.find(b"\n", at) + 1
        found.append(done.stdout[start : start + size])
        at = start + size + 1
    if done.returncode != 0 or at != len(done.stdout):
        raise Misuse("git cannot read the definitions at that revision; `git fsck` says whether the repository is whole")
    return found


def _text(content: bytes, name: str, revision: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Misuse(f"`{name}` at revision `{revision}` is not UTF-8 text") from None
