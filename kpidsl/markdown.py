"""Texts of any origin inside Markdown: neither markup, nor HTML, nor the end of a table's cell."""

from __future__ import annotations

import re

from kpidsl.visible import visible

# An underscore inside a word marks up nothing, so names stay as they are written.
_MARKUP = re.compile(r"[\\`*\[\]|~$]|(?<!\w)_|_(?!\w)|^[#+-]|(?<=^\d)[.)](?=\s|$)")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escape(text: str) -> str:
    """The text on one line, shown as it is wherever Markdown is rendered."""
    marked = _MARKUP.sub(lambda match: f"\\{match[0]}", visible(text))
    return re.sub("[&<>]", lambda match: _HTML[match[0]], marked)


def code(text: str) -> str:
    """The text as code within a line; a backtick in it asks for a longer fence."""
    shown = visible(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
