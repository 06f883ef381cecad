"""Several engines as one: each answers the scans whose sources it holds, and the small answers meet in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing

from msgspec import Struct

from kpidsl.data.given import Given
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines.engine import Data, Engine
from kpidsl.engines.slots import Collected, Survey
from kpidsl.plan.nodes import Plan
from kpidsl.plan.schedule import Schedule


class Part(Struct, frozen=True, eq=False):
    """The sources that an engine has."""

    engine: Engine
    sources: frozenset[str]


class Several:
    """No scan may need sources of two parts."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = tuple(parts)

    @property
    def name(self) -> str:
        return ", ".join(dict.fromkeys(part.engine.name for part in self._parts))

    def lacks(self, plan: Plan) -> tuple[Diagnostic, ...]:
        return tuple(dict.fromkeys(finding for part in self._parts for finding in part.engine.lacks(plan)))

    def bind(self, plan: Plan, given: Mapping[str, Given]) -> Joined:
        """The data of all parts; where one cannot be opened at all the others are closed."""
        opened: list[tuple[Data, frozenset[str]]] = []
        with ExitStack() as stack:
            for part in self._parts:
                own = {name: each for name, each in given.items() if name in part.sources}
                opened.append((stack.enter_context(closing(part.engine.bind(plan, own))), part.sources))
            return Joined(opened, stack.pop_all())


class Joined:
    """The data of several engines, closed together."""

    def __init__(self, parts: Sequence[tuple[Data, frozenset[str]]], stack: ExitStack) -> None:
        self._parts = tuple(parts)
        self._stack = stack

    @property
    def failed(self) -> frozenset[str]:
        return frozenset().union(*(data.failed for data, _ in self._parts))

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        return tuple(finding for data, _ in self._parts for finding in data.findings)

    @property
    def notices(self) -> tuple[Diagnostic, ...]:
        return tuple(finding for data, _ in self._parts for finding in data.notices)

    def survey(self, plan: Plan, scans: Sequence[int]) -> Survey:
        owners = [plan.scans[number].source for number in scans]
        surveys = [data.survey(plan, own) for data, own in self._shares(scans, owners)]
        timelines = {key: line for survey in surveys for key, line in survey.timelines.items()}
        return Survey(timelines, {name: span for survey in surveys for name, span in survey.covers.items()})

    def collect(self, plan: Plan, schedule: Schedule, numbers: Sequence[int]) -> list[Collected]:
        owners = [plan.scans[schedule.collects[number].scan].source for number in numbers]
        answers: dict[int, Collected] = {}
        for data, own in self._shares(numbers, owners):
            answers.update(zip(own, data.collect(plan, schedule, own), strict=True))
        return [answers[number] for number in numbers]

    def close(self) -> None:
        self._stack.close()

    def _shares(self, numbers: Sequence[int], owners: Sequence[str]) -> list[tuple[Data, list[int]]]:
        """The numbers that belong to each part, without parts that have none."""
        shares = [
            (data, [number for number, owner in zip(numbers, owners, strict=True) if owner in sources])
            for data, sources in self._parts
        ]
        return [(data, own) for data, own in shares if own]
