"""Small turns of phrase that all formats share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`, `1,200 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    *rest, final = words or [""]
    return f"{', '.join(rest)} {last} {final}" if rest else final


def per(grain: str) -> str:
    """What a range for one period says after its bounds: ` a month`; nothing for a range for any period."""
    return f" a {grain}" if grain else ""


def moment(at: datetime) -> str:
    """A day, with the time of day unless it is midnight: `2026-05-05`, `2026-05-05 13:00`."""
    return at.date().isoformat() if at.time() == time() else at.isoformat(" ", "minutes")
