"""Two texts of a file to the lines that differ, as `diff -u` shows them and `patch` reads them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from kpidsl.render.paint import Paint, Role, plain

_ROLES = {"+": Role.GOOD, "-": Role.BAD, "@": Role.FRAME}
_UNFINISHED = "\n\\ No newline at end of file\n"


def show(name: str, before: str, after: str, paint: Paint = plain) -> str:
    """The difference; nothing where there is none."""
    return "".join(_lines(name, before, after, paint))


def _lines(name: str, before: str, after: str, paint: Paint) -> Iterator[str]:
    for number, line in enumerate(unified_diff(_split(before), _split(after), name, name)):
        role = Role.TITLE if number < 2 else _ROLES.get(line[0])
        body = line.removesuffix("\n")
        yield (body if role is None else paint(role, body)) + (line[len(body) :] or _UNFINISHED)


def _split(text: str) -> list[str]:
    """The lines of a text, each with its end; only `\\n` ends one, so that every other character is shown as it is."""
    *whole, last = text.split("\n")
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]
