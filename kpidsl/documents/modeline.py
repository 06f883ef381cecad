"""The comment that tells an editor with the YAML language server which schema a file follows."""

from __future__ import annotations

import re

_HEADER = re.compile(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\n|\r))*")
_SCHEMA = re.compile(r"^#[ \t]+(?:yaml-language-server[ \t]*:[^\r\n]*?)?\$schema(?:=|:[ \t]*)(\S+)", re.MULTILINE)
_BREAK = re.compile(r"\r\n|\n|\r")


def with_modeline(text: str, schema: str) -> str:
    """The text with the comment for a schema at a path: on its first line, unless it has one before its content.

    One that names a schema of the same file name elsewhere is changed, one that names another schema stays.
    """
    header = _HEADER.match(text)
    there = _SCHEMA.search(text, 0, header.end() if header else 0)
    if there is None:
        line_break = _BREAK.search(text)
        return f"# yaml-language-server: $schema={schema}{line_break[0] if line_break else chr(10)}{text}"
    if there[1].rsplit("/", 1)[-1] != schema.rsplit("/", 1)[-1]:
        return text
    return text[: there.start(1)] + schema + text[there.end(1) :]
