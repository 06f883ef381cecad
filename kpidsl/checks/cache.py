"""Answers kept between runs: a folder and the name of a project in, what was found out before by content hash out.

One JSON file for each project. It is written beside its place and then moved there, so that of two processes one wins and
neither reads half a file. What cannot be read or written is as if it had never been: a cache is never the cause of an error.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from platformdirs import user_cache_path

MOST_KEPT = 64  # files
_OURS = ("checks-", "record-", ".checks-")

CHECKER = "6"  # to be raised whenever the same question may get another answer
USER_FOLDER = user_cache_path("kpidsl")


def folder_of(cache: Path | bool | None) -> Path | None:
    """The folder of a cache that is given as one, or as whether the user's own is used."""
    return cache if isinstance(cache, Path) else USER_FOLDER if cache else None


def content_hash(*parts: str) -> str:
    """A hash of texts in their order."""
    digest = blake2b(digest_size=16)
    for part in (CHECKER, *parts):
        data = part.encode(errors="surrogatepass")
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


class Cache:
    """The answers of one project; without a folder nothing is kept."""

    def __init__(self, folder: Path | None, project: Sequence[str]) -> None:
        self._path = folder / f"checks-{content_hash(*project)}.json" if folder is not None else None
        self._old = _load(self._path)
        self._used: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        """The answer kept under a key, None if there is none."""
        if key in self._used:
            return self._used[key]
        if key not in self._old:
            return None
        self._used[key] = self._old[key]
        return self._old[key]

    def put(self, key: str, answer: Any) -> None:
        """Keep an answer, which is plain data and not None."""
        self._used[key] = answer

    def save(self, *, keep_old: bool = False) -> None:
        """Write the answers that were used or given, and with `keep_old` the others too, if that is not what is there."""
        answers = {**self._old, **self._used} if keep_old else self._used
        if self._path is None or answers == self._old:
            return
        try:
            replace_file(self._path, json.dumps(answers, separators=(",", ":")))
            tidy(self._path.parent)
        except OSError:
            return


def _load(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def replace_file(path: Path, text: str) -> None:
    """Write a file beside its place and move it there; OSError where that is not possible."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".checks-", delete=False) as file:
        file.write(text)
    try:
        os.replace(file.name, path)
    except OSError:
        Path(file.name).unlink(missing_ok=True)
        raise


def tidy(folder: Path) -> None:
    """Remove what was not written for longest, if it is more than so many projects keep, and what broken-off runs left."""
    kept = [entry for entry in os.scandir(folder) if entry.name.startswith(_OURS)]
    if len(kept) <= MOST_KEPT:
        return
    kept.sort(key=lambda entry: entry.stat().st_mtime_ns)
    for entry in kept[: len(kept) - MOST_KEPT]:
        Path(entry.path).unlink(missing_ok=True)
