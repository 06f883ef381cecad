"""What an engine is: it takes the data of sources, says what it sees of their dates, and collects the slots of a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kpidsl.data.given import Given
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines.slots import Collected, Survey
from kpidsl.plan.nodes import Plan
from kpidsl.plan.schedule import Schedule


class Data(Protocol):
    """The sources that an engine has opened for a plan. `failed` could not be used, and `findings` say why."""

    @property
    def failed(self) -> frozenset[str]: ...

    @property
    def findings(self) -> tuple[Diagnostic, ...]: ...

    @property
    def notices(self) -> tuple[Diagnostic, ...]:
        """What was noticed about rows while collecting."""
        ...

    def survey(self, plan: Plan, scans: Sequence[int]) -> Survey:
        """The dates of these scans of the plan, whose sources all are here, and of the watched sources that are."""
        ...

    def collect(self, plan: Plan, schedule: Schedule, numbers: Sequence[int]) -> list[Collected]:
        """The answers to the Collects with these numbers, in their order."""
        ...

    def close(self) -> None:
        """Let go of everything; nothing is left behind."""
        ...


class Engine(Protocol):
    """Runs plans of which `lacks` has nothing to say."""

    @property
    def name(self) -> str: ...

    def lacks(self, plan: Plan) -> tuple[Diagnostic, ...]:
        """What of a plan this engine cannot do, function by function."""
        ...

    def bind(self, plan: Plan, given: Mapping[str, Given]) -> Data:
        """Open the sources that a plan needs, those among `given`; one that fails stops no other."""
        ...
