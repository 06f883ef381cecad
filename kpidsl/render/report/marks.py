"""How verdicts are marked: a tone and a shape, so that neither stands alone, and the order in which they are told."""

from __future__ import annotations

from enum import Enum

from kpidsl.render.paint import Role
from kpidsl.render.report.elements import Markup, element
from kpidsl.render.results.view import role, word
from kpidsl.results.verdicts import Verdict

_FIRST = ("short", "outside", "error")
_OPEN = ("inconclusive", "insufficient", "undefined", "no_data", "stale", "immature", "partial", "not_applicable")
_LAST = ("level", "within", "beyond")
_ORDER = {name: place for place, name in enumerate((*_FIRST, *_OPEN, *_LAST))}
_SHAPES = frozenset({"short", "outside", "within", "beyond", "level", "error"})


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


def classes(verdict: Verdict | None) -> str:
    """The classes of what holds a verdict's word: the style sheet draws its shape before it, in its tone."""
    return f"v {shape(verdict)}"


def badge(verdict: Verdict | None) -> Markup:
    """A verdict as it is read: shape and word."""
    return element("span", word(verdict) or "not judged", class_=classes(verdict))
