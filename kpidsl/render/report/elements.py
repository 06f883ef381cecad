"""Elements of HTML and SVG to text: every text in them is escaped, so that whatever a name or a value says is only shown.

What a reader would act on without seeing it (control characters, marks that turn the writing direction) is spelled out as in
the terminal. Tags and names of attributes are written by this program alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from kpidsl.visible import visible

_VOID = frozenset({"meta", "link", "br", "hr", "img", "col"})
_ENDLESS = frozenset({"td", "th", "tr", "li", "dt", "dd"})  # what HTML ends by itself, which saves a tenth of a page
_EMPTY = frozenset({"path", "rect", "line", "circle", "use", "stop", "polyline", "polygon"})
_BARE = re.compile(r"[A-Za-z0-9#.-]+")  # what needs no quotes
_TAG = re.compile(r"<[^<>]*>")  # neither stands within a tag, as texts are escaped
_UNQUOTED = re.compile(r"""( [\w-]+=)([A-Za-z0-9#.-]+)(?=[ />])""")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


class Markup(Struct, frozen=True):
    """Text that is markup already."""

    text: str

    def __str__(self) -> str:
        return self.text


Child = Markup | str | int | None | Iterable["Child"]
Attribute = str | float | bool | None


def element(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """An element; an attribute that is None or False is left out, `_` in its name stands for `-`, `class_` for `class`."""
    head = tag + "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{head}>")
    inner = "".join(_texts(children))
    if tag in _ENDLESS:
        return Markup(f"<{head}>{inner}")
    if tag in _EMPTY and not inner:
        return Markup(f"<{head}/>" if head.endswith('"') else f"<{head} />")
    return Markup(f"<{head}>{inner}</{tag}>")


def join(*children: Child) -> Markup:
    """Children one after the other, with nothing around them."""
    return Markup("".join(_texts(children)))


def as_xml(picture: Markup) -> str:
    """A picture as XML, which wants each attribute in quotes."""
    return _TAG.sub(lambda tag: _UNQUOTED.sub(r'\1"\2"', tag[0]), picture.text)


def escape(text: str) -> str:
    """A text as it stands between tags and in attributes, on one line."""
    return visible(text).translate(_ESCAPES)


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _texts(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        match child:
            case None:
                continue
            case Markup(text=text):
                yield text
            case str():
                yield escape(child)
            case int():
                yield str(child)
            case _:
                yield from _texts(child)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    name = "viewBox" if name == "viewbox" else name
    if value is True:
        return f" {name}"
    text = escape(value) if isinstance(value, str) else number(value)
    return f" {name}={text}" if _BARE.fullmatch(text) else f' {name}="{text}"'
