"""A text back into the file that it was read from: all of it or nothing, with the byte order mark and rights that it had."""

from __future__ import annotations

import os
import shutil
from codecs import BOM_UTF8
from contextlib import suppress
from pathlib import Path


def encoded(text: str, like: bytes) -> bytes:
    """The bytes of a text, with a byte order mark where those that it stands for begin with one."""
    return (BOM_UTF8 if like.startswith(BOM_UTF8) else b"") + text.encode("utf-8")


def replace_text(path: Path, text: str) -> None:
    """Puts a text in place of a file's; OSError where that cannot be done, and the file is as it was."""
    target = Path(os.path.realpath(path))  # a link stays a link
    with open(target, "rb") as file:
        content = encoded(text, file.read(len(BOM_UTF8)))
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_bytes(content)
        shutil.copymode(target, beside)
        os.replace(beside, target)
    except OSError:
        with suppress(OSError):
            beside.unlink()
        raise
