"""Repairs of units in words, and as edits where a machine can make them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kpidsl.catalog.core import Apply, Core
from kpidsl.catalog.repair import Repair, Way
from kpidsl.diagnostics import Edit, Label
from kpidsl.text import Excerpt, Span
from kpidsl.units.system import UnitSystem
from kpidsl.units.unit import Unit, show, spell

_SIGNS = {"multiply": "*", "divide": "/"}


def words(excerpt: Excerpt, core: Core) -> str:
    """The text of a node, on one line."""
    return " ".join(excerpt.text[core.span.start : core.span.end].split())


def in_words(repair: Repair, core: Core, excerpt: Excerpt, system: UnitSystem) -> str:
    """What a repair of a whole formula does, and the unit that it then has."""
    return _WORDS[repair.way](repair, core, excerpt) + show(repair.unit) + _proportion(repair.unit, system)


def _proportion(unit: Unit, system: UnitSystem) -> str:
    return ", a proportion" if system.proportion(unit) else ""


def _leaf(repair: Repair, excerpt: Excerpt) -> str:
    return words(excerpt, repair.leaf) if repair.leaf is not None else ""


def _turned(repair: Repair, core: Core, excerpt: Excerpt) -> str:
    return f"turned round, `{turned(core, excerpt)}` is in "


def _flipped(repair: Repair, core: Core, excerpt: Excerpt) -> str:
    leaf, other = _leaf(repair, excerpt), "*" if repair.name == "/" else "/"
    return f"`{repair.name} {leaf}` in place of `{other} {leaf}` gives "


def _declared(repair: Repair, core: Core, excerpt: Excerpt) -> str:
    return f"`unit: {spell(repair.declared or Unit())}` on `{_leaf(repair, excerpt)}` gives "


def _row(repair: Repair, core: Core, excerpt: Excerpt) -> str:
    return f"`row: {spell(repair.declared or Unit())}` on the source `{repair.name}` gives "


def _replaced(repair: Repair, core: Core, excerpt: Excerpt) -> str:
    return f"`{repair.name}` in place of `{_leaf(repair, excerpt)}` gives "


def _multiplied(repair: Repair, core: Core, excerpt: Excerpt) -> str:
    return f"multiplied by `{repair.name}`, the formula is in "


def _divided(repair: Repair, core: Core, excerpt: Excerpt) -> str:
    return f"divided by `{repair.name}`, the formula is in "


def _dropped(repair: Repair, core: Core, excerpt: Excerpt) -> str:
    return f"without `{_leaf(repair, excerpt)}` the formula is in "


_WORDS: dict[Way, Callable[[Repair, Core, Excerpt], str]] = {
    Way.TURN: _turned,
    Way.FLIP: _flipped,
    Way.DECLARE: _declared,
    Way.ROW: _row,
    Way.ALIKE: _replaced,
    Way.REPLACE: _replaced,
    Way.MULTIPLY: _multiplied,
    Way.DIVIDE: _divided,
    Way.DROP: _dropped,
}


def turned(core: Core, excerpt: Excerpt) -> str:
    """A quotient the other way round."""
    assert isinstance(core, Apply)
    above, below = core.arguments
    return f"{_factor(below, excerpt)} / {_factor(above, excerpt)}"


def operand(excerpt: Excerpt, core: Core) -> str:
    """The text of a node as a factor of a product."""
    text = words(excerpt, core)
    is_sum = isinstance(core, Apply) and core.function in ("add", "if", "negate")
    return f"({text})" if is_sum and not text.startswith("(") else text


def _factor(core: Core, excerpt: Excerpt) -> str:
    text = words(excerpt, core)
    return text if not isinstance(core, Apply) or core.function not in _SIGNS or text.startswith("(") else f"({text})"


def edit_of(found: Sequence[Repair], core: Core, excerpt: Excerpt) -> Edit | None:
    """The likeliest repair as an edit, where there is no other of its kind and the text says where it is made."""
    if not found or (len(found) > 1 and found[1].way is found[0].way and found[0].unit == found[1].unit):
        return None
    repair, place = found[0], Label(excerpt.file, excerpt.span(core.span))
    match repair.way:
        case Way.TURN:
            return Edit(place.file, place.span, turned(core, excerpt))
        case Way.FLIP if (sign := _sign_before(repair, excerpt)) is not None:
            return Edit(place.file, excerpt.span(sign), repair.name)
        case Way.ALIKE | Way.REPLACE if repair.leaf is not None:
            return Edit(place.file, excerpt.span(repair.leaf.span), repair.name)
        case _:
            return None


def _sign_before(repair: Repair, excerpt: Excerpt) -> Span | None:
    """The sign right before a leaf, if it is the other one."""
    if repair.leaf is None:
        return None
    before = excerpt.text[: repair.leaf.span.start].rstrip()
    sign = "*" if repair.name == "/" else "/"
    return Span(len(before) - 1, len(before)) if before.endswith(sign) else None
