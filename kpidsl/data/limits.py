"""What a question may take of the machine, and who is told how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """`memory` in bytes; `progress` is told now and then, while a question takes long, which part of it is done (0 to 1)."""

    memory: int | None = None
    progress: Progress | None = None
