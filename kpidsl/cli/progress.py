"""How far a long question is, on the last line of a terminal; nothing where stderr is no terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic

_CLEAR = "\r\x1b[K"


@contextmanager
def progress() -> Iterator[Callable[[float], None] | None]:
    """What to tell which part of a question is done (0 to 1); the line is gone at the end, however that comes."""
    stream = sys.stderr
    if stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield None
        return
    began, shown = monotonic(), False

    def tell(part: float) -> None:
        nonlocal shown
        shown = True
        with suppress(OSError):
            stream.write(f"{_CLEAR}{part:.0%} after {monotonic() - began:.0f} s")
            stream.flush()

    try:
        yield tell
    finally:
        if shown:
            with suppress(OSError):
                stream.write(_CLEAR)
                stream.flush()
