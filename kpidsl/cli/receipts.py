"""`--receipts`: the files that say of each value how it came about, all of them or none."""

from __future__ import annotations

import os
from pathlib import Path

from kpidsl.cli.exits import Misuse
from kpidsl.cli.output import say
from kpidsl.cli.writing import Begun, all_or_nothing
from kpidsl.results.result import Result

_BEGINNING = 100


def look_at(folder: Path | None) -> None:
    """Complain of a place that can be no folder, before anything takes long."""
    if folder is not None and os.path.lexists(folder) and not os.path.isdir(folder):
        raise Misuse(f"`{folder}` is a file, and receipts go to a folder")


def give_receipts(result: Result, folder: Path | None) -> None:
    """Write the receipts of a result, in place of earlier ones, and of nothing else."""
    from kpidsl.render.receipts import files
    from kpidsl.visible import visible

    if folder is None:
        return
    texts = {folder / name: text for name, text in files(result).items()}
    try:
        with all_or_nothing() as begun:
            begun.folder(folder)
            for path in texts:
                _may_be_replaced(path)
            _write(texts, begun)
    except OSError as error:
        raise Misuse(f"`{folder}` cannot be written to: {(error.strerror or 'unknown reason').lower()}") from error
    count = len(result.kpis)
    say(visible(f"receipts of {count} {'value' if count == 1 else 'values'} in {folder}"))


def _may_be_replaced(path: Path) -> None:
    from kpidsl.render.receipts import ours

    if not os.path.lexists(path):
        return
    beginning = ""
    if path.is_file():
        with open(path, encoding="utf-8", errors="replace", newline="") as file:
            beginning = file.read(_BEGINNING)
    if not ours(beginning):
        raise Misuse(f"`{path}` is there already and is no receipt; nothing was written")


def _write(texts: dict[Path, str], begun: Begun) -> None:
    """Write all texts beside their places, and move them there only when all are written."""
    beside = {path: path.with_name(f".{path.name}.{os.getpid()}") for path in texts}
    for path, text in texts.items():
        begun.file(beside[path], text.encode("utf-8"))
    for path, name in beside.items():
        os.replace(name, path)
