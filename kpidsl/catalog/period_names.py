"""The names that every period gives a value to, `period_start` and its like, as core trees of no arguments."""

from __future__ import annotations

from kpidsl.catalog.core import Apply, Type
from kpidsl.language.operators import PERIODS
from kpidsl.text import Span
from kpidsl.units.unit import Unit

PERIOD_NAMES = frozenset(signature.name for signature in PERIODS)


def period_value(name: str, span: Span) -> Apply:
    """What a name of the period stands for, on rows and on values: a date, or the period's length in days."""
    if name == "period_length":
        return Apply(name, (), unit=Unit.of("day"), span=span)
    return Apply(name, (), type=Type.DATE, span=span)
