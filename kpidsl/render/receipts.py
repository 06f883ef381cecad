"""A result to the files of its receipts: one as JSON and one as Markdown for each value, one as Markdown for each scorecard.

`ours` tells by its beginning whether a text is such a file, so that nothing else is ever written over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b

from kpidsl.markdown import escape
from kpidsl.render import scorecard_receipts
from kpidsl.render.json_text import json_text
from kpidsl.results.receipts import markdown
from kpidsl.results.receipts.make import Receipts
from kpidsl.results.receipts.receipt import plain
from kpidsl.results.result import Result

VERSION = 1
_MARK = "<!-- receipts of kpidsl -->\n"
_JSON = '{\n  "kind": "receipts",\n'
_SAFE = re.compile(r"[a-z][a-z0-9_]{0,99}")
# Names that some file systems keep to themselves.
_RESERVED = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


def files(result: Result) -> dict[str, str]:
    """The texts of all files, by name; a result without evidence has none."""
    found: dict[str, str] = {}
    if result.evidence is None:
        return found
    for name in result.kpis:
        receipts = Receipts.of(result.axis, result[name].figure, result.evidence, result.engine)
        stem = file_stem(name)
        found[f"{stem}.json"] = _json(receipts)
        found[f"{stem}.md"] = _MARK + "\n" + "\n".join(_markdown(receipts))
    for card in result.scorecards.values():
        found[f"scorecard-{file_stem(card.name)}.md"] = _MARK + "\n" + scorecard_receipts.show(card)
    return found


def ours(beginning: str) -> bool:
    """Whether a text that begins so was written here."""
    return beginning.startswith((_MARK, _JSON))


def file_stem(name: str) -> str:
    """A file name, without its ending, that every system takes: the name itself where it is one, else with a hash behind it."""
    if _SAFE.fullmatch(name) and not _RESERVED.fullmatch(name):
        return name
    words = re.sub("[^a-z0-9]+", "_", name.lower()).strip("_")[:40]
    return f"{words or 'formula'}-{blake2b(name.encode(errors='surrogatepass'), digest_size=4).hexdigest()}"


def _json(receipts: Receipts) -> str:
    """What all cells share, then the cells."""
    shared = plain(receipts.about)
    assert isinstance(shared, dict)
    cells = [each.cell() for each in receipts.all()]
    return json_text({"kind": "receipts", "version": VERSION, **shared, "cells": cells})


def _markdown(receipts: Receipts) -> Iterator[str]:
    about = receipts.about
    yield f"## Receipts of {escape(about.title or about.kpi)}\n"
    if about.failure:
        yield f"{escape(about.failure)}\n"
    yield from (markdown.cell(each) for each in receipts.all())
    yield f"### All of them\n\n{markdown.shared(about)}"
