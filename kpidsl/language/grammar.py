"""The grammar file in, a parser for its start rules out: built once in a process, and once on a machine.

Building the tables takes about 80 ms, loading them 5. They are kept in the user's cache folder under a name that holds
everything they depend on. Where that folder cannot be written, or what is in it is damaged, they are built again.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from kpidsl import shipped
from kpidsl.language.build import Builder

if TYPE_CHECKING:
    from lark import Lark

STARTS = ("expression", "unit", "range", "duration", "claim", "path")


@cache
def parser() -> Lark:
    """The parser of all start rules; two threads that ask at once may make it twice, which does no harm."""
    grammar = (shipped.folder("grammar") / "expression.lark").read_text(encoding="utf-8")
    place = _place(grammar)
    kept = _kept(place)
    if kept is not None:
        return _loaded(kept)
    built = _built(grammar)
    _keep(place, built)
    return built


def _built(grammar: str) -> Lark:
    from lark import Lark

    return Lark(grammar, parser="lalr", start=list(STARTS), maybe_placeholders=False, transformer=Builder())


def _place(grammar: str) -> Path:
    from hashlib import sha256

    import lark
    from platformdirs import user_cache_path

    versions = f"{sys.implementation.cache_tag}-lark-{lark.__version__}"
    name = f"expression-{versions}-{sha256(grammar.encode()).hexdigest()[:16]}.tables"
    return user_cache_path("kpidsl", appauthor=False) / name


def _kept(place: Path) -> bytes | None:
    """The tables that are kept at a place; None where there are none, or not all of them."""
    from hashlib import sha256

    try:
        content = place.read_bytes()
    except OSError:
        return None
    digest, tables = content[:32], content[32:]
    return tables if sha256(tables).digest() == digest else None


def _loaded(tables: bytes) -> Lark:
    import pickle

    from lark import Lark

    saved = pickle.loads(tables)
    # What a stand-alone parser that Lark generates calls; the public `load` takes no transformer.
    loaded: Lark = Lark._load_from_dict(saved["data"], saved["memo"], transformer=Builder())  # type: ignore[no-untyped-call]
    return loaded


def _keep(place: Path, built: Lark) -> None:
    """Written beside its place and moved there, so that another process never sees half of it."""
    import tempfile
    from hashlib import sha256
    from io import BytesIO

    tables = BytesIO()
    built.save(tables, exclude_options=("transformer",))
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as folder:
            written = Path(folder) / place.name
            written.write_bytes(sha256(tables.getvalue()).digest() + tables.getvalue())
            os.replace(written, place)
    except OSError:
        pass  # the next process builds them again
