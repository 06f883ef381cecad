"""Lengths of time in whole periods, such as `1 year` or `90 days`: a quantity in, its amount and grain out."""

from __future__ import annotations

from fractions import Fraction

from kpidsl.catalog import window_messages
from kpidsl.catalog.core import Constant, Type
from kpidsl.catalog.reading import Reading
from kpidsl.language import tree
from kpidsl.periods.grain import Grain
from kpidsl.units.unit import time_symbol

GRAINS = {grain.value: grain for grain in Grain}
_LONGEST = 1_000  # years; beyond them a calendar ends
_IN_A_YEAR = {Grain.DAY: 365, Grain.WEEK: 52, Grain.MONTH: 12, Grain.QUARTER: 4, Grain.YEAR: 1}


def read_duration(node: tree.Tree, reading: Reading, of: str) -> tuple[int, Grain] | None:
    """The amount and grain of a length of time that `of` takes; None, reported, where it is none in whole periods."""
    grain = _grain(node)
    if not isinstance(node, tree.Quantity) or grain is None:
        reading.say(window_messages.not_a_length(reading, node, of))
        return None
    if node.value.denominator != 1 or node.value < 1:
        reading.say(window_messages.not_a_whole_length(reading, node, of, grain.value))
        return None
    if node.value > _LONGEST * _IN_A_YEAR[grain]:
        reading.say(window_messages.length_beyond_use(reading, node, _LONGEST))
        return None
    return node.value.numerator, grain


def duration_constants(node: tree.Tree, reading: Reading, of: str) -> tuple[Constant, Constant] | None:
    """The same as the two arguments that a core node takes: the amount, and the word of the grain."""
    found = read_duration(node, reading, of)
    if found is None:
        return None
    return Constant(Fraction(found[0]), span=node.span), grain_constant(found[1].value, node)


def grain_constant(word: str, node: tree.Node) -> Constant:
    """The word of a grain as an argument."""
    return Constant(word, type=Type.TEXT, span=node.span)


def _grain(node: tree.Tree) -> Grain | None:
    if not isinstance(node, tree.Quantity) or len(node.unit.factors) != 1 or node.unit.factors[0].exponent != 1:
        return None
    return GRAINS.get(time_symbol(node.unit.factors[0].name) or "")
