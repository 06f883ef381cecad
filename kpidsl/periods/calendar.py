"""How days fall into weeks, months, quarters and years."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week_starts` and `year_starts` count from 1 (Monday, January); `timezone` is an IANA name."""

    week_starts: int = 1
    year_starts: int = 1
    timezone: str = "UTC"
