"""What a question may take of the machine, and who is told how far it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from msgspec import Struct

from kpidsl.data import messages
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.bindings_keys import BYTES

Progress = Callable[[float], None]


class Limits(Struct, frozen=True, eq=False):
    """`memory` in bytes; `progress` is told now and then, while a question takes long, which part of it is done (0 to 1)."""

    memory: int | None = None
    progress: Progress | None = None


def read_memory(said: str | int | None) -> tuple[int | None, tuple[Diagnostic, ...]]:
    """The bytes that are meant by a number of them or a text such as `2 GB`; None where nothing is said, or is wrong."""
    if said is None:
        return None, ()
    match = (
        re.fullmatch(rf"\s*([0-9]{{1,18}}(?:\.[0-9]{{1,3}})?)\s*({'|'.join(BYTES)})\s*", said)
        if isinstance(said, str)
        else None
    )
    count = int(Fraction(match[1]) * BYTES[match[2]]) if match else said
    if isinstance(count, bool) or not isinstance(count, int) or count <= 0:
        return None, (messages.not_memory(said),)
    return count, ()
