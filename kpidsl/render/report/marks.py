"""How verdicts are marked: a tone and a shape, so that neither stands alone, and the order in which they are told."""

from __future__ import annotations

from enum import Enum

from kpidsl.render.paint import Role
from kpidsl.render.report.elements import Markup, element, join
from kpidsl.render.results.view import role, word
from kpidsl.results.verdicts import Verdict

_FIRST = ("short", "outside", "error")
_OPEN = ("inconclusive", "insufficient", "undefined", "no_data", "stale", "immature", "partial", "not_applicable")
_LAST = ("level", "within", "beyond")
_ORDER = {name: place for place, name in enumerate((*_FIRST, *_OPEN, *_LAST))}
_SHAPES = {
    "short": '<path d="M5 .9 9.6 9H.4z"/>',
    "outside": '<path d="M5 .4 9.6 5 5 9.6.4 5z"/>',
    "within": '<circle cx="5" cy="5" r="4"/>',
    "beyond": '<circle cx="5" cy="5" r="2"/><circle cx="5" cy="5" r="4" fill="none" stroke="currentColor" stroke-width="1.3"/>',
    "level": '<rect x="1" y="3.6" width="8" height="2.8" rx="1"/>',
    "error": '<path d="M1.7 1.7 8.3 8.3M8.3 1.7 1.7 8.3" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/>',
    "open": '<circle cx="5" cy="5" r="3.6" fill="none" stroke="currentColor" stroke-width="1.4"/>',
}


class Tone(Enum):
    """What a verdict is to the eye; only `GOOD` and `BAD` have a colour."""

    GOOD = "good"
    BAD = "bad"
    OPEN = "open"
    NONE = "none"


def tone(verdict: Verdict | None) -> Tone:
    """Only a firm verdict is good or bad."""
    if verdict is None:
        return Tone.NONE
    if not verdict.firm:
        return Tone.OPEN
    return {Role.GOOD: Tone.GOOD, Role.BAD: Tone.BAD}.get(role(verdict), Tone.OPEN)


def shape(verdict: Verdict | None) -> str:
    """The name of the shape that stands for a verdict."""
    if verdict is None:
        return "none"
    return verdict.value if verdict.value in _SHAPES else "open"


def rank(verdict: Verdict | None) -> int:
    """Where a verdict stands among others: what is short first, what is not judged last."""
    return len(_ORDER) if verdict is None else _ORDER.get(verdict.value, _ORDER["inconclusive"])


def symbols() -> Markup:
    """The shapes, once in a page, for pictures to use."""
    drawn = (element("symbol", Markup(body), id=f"m-{name}", viewbox="0 0 10 10") for name, body in _SHAPES.items())
    return join(*drawn)


def mark(verdict: Verdict | None) -> Markup | None:
    """The shape of a verdict as a small picture beside its word; it says nothing of its own."""
    if verdict is None:
        return None
    return element("svg", element("use", href=f"#m-{shape(verdict)}"), class_="m", aria_hidden="true")


def badge(verdict: Verdict | None) -> Markup:
    """A verdict as it is read: shape and word."""
    if verdict is None:
        return element("span", "not judged", class_="v none")
    return element("span", mark(verdict), word(verdict), class_=f"v {tone(verdict).value}")
