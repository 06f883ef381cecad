"""The work that may go into the proofs of one project, counted in steps: what is left open never depends on the machine.

A single question has limits of its own. Without a limit for all of them a project of many hard formulas would take a minute for
a hundred; with it, what is asked once the work is used up is left open. An answer that is taken from the cache is paid for like
one that is found out, so that it makes no difference which of them were known.
"""

from __future__ import annotations

from enum import Enum

# The shipped library takes 330 for each KPI, formulas made to be hard some 100,000.
STEPS = 3_000_000
STEPS_PER_VALUE = 1_000


class Limit(Enum):
    """Why a question is left open."""

    WORK = "work"
    PROJECT = "project"
    INPUTS = "inputs"
    UNDEFINED = "undefined"
    CONTRADICTION = "contradiction"
    ASSUMPTION = "assumption"
    CASES = "cases"
    SIGNS = "signs"


class Undecided(Exception):
    """A question is left open."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit


class Work:
    """What may be done for a project of so many values. A step is a product of two terms, or as much of something else."""

    def __init__(self, values: int) -> None:
        self.done = 0
        self._most = STEPS + STEPS_PER_VALUE * values

    @property
    def is_used_up(self) -> bool:
        return self.done > self._most

    def affords(self, steps: int) -> bool:
        """Pay for what was done before, where there is enough left."""
        self.done += steps
        return not self.is_used_up

    def pay(self, steps: int) -> None:
        """Undecided, from then on for good, where there is not so much left."""
        if not self.affords(steps):
            raise Undecided(Limit.PROJECT)
