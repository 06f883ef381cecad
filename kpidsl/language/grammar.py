"""The grammar file in, a parser for its start rules out: built once in a process, and once on a machine.

Building the tables takes about 80 ms, loading them 5. They are kept in the user's cache folder under a name that holds
everything they depend on. Where that folder cannot be written, or what is in it cannot be read, they are built again.
"""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpidsl import shipped
from kpidsl.language.build import Builder

if TYPE_CHECKING:
    from lark import Lark

STARTS = ("expression", "unit", "range", "duration", "claim", "path")


@cache
def parser() -> Lark:
    """The parser of all start rules; two threads that ask at once may build it twice, which does no harm."""
    grammar = (shipped.folder("grammar") / "expression.lark").read_text(encoding="utf-8")
    try:
        return _cached(grammar, _place(grammar))
    except OSError:
        return _built(grammar)


def _built(grammar: str, **options: Any) -> Lark:
    from lark import Lark

    return Lark(grammar, parser="lalr", start=list(STARTS), maybe_placeholders=False, transformer=Builder(), **options)


def _place(grammar: str) -> Path:
    import lark
    from platformdirs import user_cache_path

    versions = f"{sys.implementation.cache_tag}-lark-{lark.__version__}"
    name = f"expression-{versions}-{sha256(grammar.encode()).hexdigest()[:16]}.tables"
    return user_cache_path("kpidsl", appauthor=False, ensure_exists=True) / name


def _cached(grammar: str, place: Path) -> Lark:
    if place.is_file():
        return _built(grammar, cache=str(place))
    # A second process must never see half a file, so it is written beside its place and moved.
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        written = Path(folder) / place.name
        built = _built(grammar, cache=str(written))
        if written.is_file():
            os.replace(written, place)
        return built
