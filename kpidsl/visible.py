"""Text of any origin to text that a terminal shows and nothing more: what it would act on is spelled out.

Names, data and files are other people's. An escape sequence in them could repaint the screen, and an override of the writing
direction could show a formula that reads otherwise than it is evaluated.
"""

from __future__ import annotations

import re

# Control characters, line and paragraph separators, the marks that turn the writing direction, invisible spaces, halves of
# characters, and what is no character at all.
ACTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """The text on one line, every active character as its escape: `\\n`, `\\x1b`, `\\u202e`."""
    return ACTIVE.sub(_escape, text)


def visible_lines(text: str) -> list[str]:
    """The lines of a text, each made visible."""
    return [visible(line) for line in text.splitlines()] or [""]


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
