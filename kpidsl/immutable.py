"""The decorator of classes that have tens of thousands of objects: places in texts, the nodes of trees, what reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def immutable(*, order: bool = False) -> Callable[[type[T]], type[T]]:
    """A slotted dataclass that type checkers hold to be frozen.

    Nothing refuses an assignment at run time: with `frozen=True` each field of each object would be set by a call, and a check
    without a cache would take a tenth longer.
    """

    def made(kind: type[T]) -> type[T]:
        return dataclass(slots=True, order=order, unsafe_hash="__hash__" not in vars(kind))(kind)

    return made
