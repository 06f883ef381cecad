"""Which engine answers a question, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kpidsl.data.table import Table
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines import messages, pandas
from kpidsl.engines.slots import Slots
from kpidsl.plan.nodes import Plan


class Engine(Protocol):
    """A module that runs plans of which `lacks` has nothing to say."""

    NAME: str

    def lacks(self, plan: Plan) -> tuple[Diagnostic, ...]: ...

    def run(self, plan: Plan, tables: Mapping[str, Table]) -> Slots: ...


ENGINES = ("auto", "pandas")


def choose(name: str = "auto") -> tuple[Engine | None, str, tuple[Diagnostic, ...]]:
    """The engine of a name and the reason for it in words; None and a finding where there is none."""
    match name:
        case "auto":
            return pandas, "the only engine so far", ()
        case "pandas":
            return pandas, "asked for", ()
        case _:
            return None, "", (messages.unknown_engine(str(name), ENGINES),)
