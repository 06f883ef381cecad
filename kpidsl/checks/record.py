"""What a check found, kept file by file between runs, to be read again while nothing changes on which it hangs.

A record is one JSON file for the paths that were checked. Its first line says by which state of this package it was made and
what its other line hashes to, so that one that is damaged, or from elsewhere, is as if it had never been. It is about checks
without errors: what is said of a mistake looks at every name there is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec import Struct

import kpidsl
from kpidsl.checks.cache import replace_file, tidy
from kpidsl.diagnostics import Diagnostic, Diagnostics
from kpidsl.shipped import folder as shipped_folder
from kpidsl.text import File


class Kept(Struct, frozen=True):
    """What is kept of a file: the hash of its text, the names that it defines, and the findings in it as they are written.

    One is `free` that defines values and what is said of values, and neither units nor rows, on which all depend. `prints` are
    the first halves of its KPIs' fingerprints.
    """

    digest: str
    names: tuple[str, ...]
    free: bool
    prints: tuple[int, ...]
    findings: tuple[Any, ...]


Record = Mapping[str, Kept]


def digest(text: str) -> str:
    """The hash of a text."""
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).hexdigest()


def place(folder: Path, paths: Iterable[Path | str], *, fast: bool) -> Path:
    """Where the record of some paths is kept, as they are seen from the current folder."""
    asked = json.dumps([os.getcwd(), fast, *(os.path.abspath(path) for path in paths)])
    return folder / f"record-{digest(asked)}.json"


def load(path: Path) -> Record | None:
    """The record at a place; None where there is none, or none that was made by this state of the package."""
    try:
        header, _, payload = path.read_text(encoding="utf-8").partition("\n")
        if header != _header(payload):
            return None
        return {name: _kept(*rest) for name, *rest in json.loads(payload)}
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def _kept(digest: str, names: list[str], free: bool, prints: list[int], findings: list[Any]) -> Kept:
    return Kept(digest, tuple(names), free, tuple(prints), tuple(findings))


def save(path: Path, record: Record) -> None:
    """Write a record; where that is not possible it is not kept."""
    rows = [[name, kept.digest, kept.names, kept.free, kept.prints, kept.findings] for name, kept in record.items()]
    payload = json.dumps(rows, separators=(",", ":"))
    try:
        replace_file(path, f"{_header(payload)}\n{payload}")
        tidy(path.parent)
    except OSError:
        return


def _header(payload: str) -> str:
    return f"kpidsl {digest(payload)} {_made_by()}"


@cache
def _made_by() -> str:
    """What findings depend on besides texts: all files of this package, by size and time of change."""
    homes = (Path(kpidsl.__file__).parent, shipped_folder("grammar"), shipped_folder("diagnostics"))
    return digest(json.dumps([kpidsl.__version__, *(state for home in homes for state in _states(home))]))


def _states(home: Path) -> Iterator[tuple[str, int, int]]:
    for here, folders, names in os.walk(home):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            status = os.stat(os.path.join(here, name))
            yield name, status.st_size, status.st_mtime_ns


def findings(record: Record, files: Mapping[str, File]) -> Diagnostics | None:
    """All findings of a record on files by name; None where they cannot be read."""
    try:
        return Diagnostics(Diagnostic.from_plain(data, files) for kept in record.values() for data in kept.findings)
    except (LookupError, ValueError, TypeError):
        return None
