"""Values of which some fields say where they come from: they are compared, hashed and shown by the others.

A struct by itself counts every field. Nothing can refer to what it is itself a part of where all is frozen and made from the
leaves up, so the trees, of which most is made, are kept from the collector (`gc=False`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar

from msgspec import Struct


class ByContent(Struct, frozen=True):
    """Equal to another of its class whatever stands in the fields that `aside` names; not all may be named."""

    aside: ClassVar[tuple[str, ...]] = ()

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(self) is not type(other):
            return NotImplemented
        content = content_of(type(self))
        same: bool = content(self) == content(other)
        return same

    def __hash__(self) -> int:
        return hash(content_of(type(self))(self))

    def __repr__(self) -> str:
        return shown(self, type(self).aside)


@cache
def content_of(kind: type[ByContent]) -> Callable[[ByContent], Any]:
    """What takes from a value of a class the fields that count: a tuple, or the only one as it is."""
    return attrgetter(*content_fields(kind))


def content_fields(kind: type[Struct]) -> tuple[str, ...]:
    """The names of the fields that count."""
    aside = kind.aside if issubclass(kind, ByContent) else ()
    return tuple(name for name in kind.__struct_fields__ if name not in aside)


def shown(value: Struct, hidden: tuple[str, ...]) -> str:
    """A value as text, without its hidden fields."""
    names = (name for name in value.__struct_fields__ if name not in hidden)
    return f"{type(value).__qualname__}({', '.join(f'{name}={getattr(value, name)!r}' for name in names)})"
