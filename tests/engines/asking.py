"""Questions on small frames, answered down to the slots, for the tests of engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from kpidsl.catalog.build import build_catalog
from kpidsl.catalog.catalog import Catalog
from kpidsl.data.bind import bind
from kpidsl.data.given import Frame, Given
from kpidsl.documents.find import read_texts
from kpidsl.documents.read import read
from kpidsl.engines import pandas as engine
from kpidsl.engines.slots import Partial, Slots
from kpidsl.plan.ask import ask
from kpidsl.plan.build import make_plan
from kpidsl.plan.nodes import Plan


@dataclass(frozen=True)
class Answer:
    plan: Plan
    slots: Slots

    @property
    def notices(self) -> list[str]:
        return [notice.code for notice in self.slots.notices]

    def partial(self, value: str) -> Partial:
        return self.slots.partials[self.plan.readings[self.plan.catalog.values[value].core].scan]

    def cells(self, value: str) -> dict[object, Any]:
        """What is read off for a measure that is an aggregate, by cell: the period's first day and the keys, if there are any.

        A mean is its sum and count; None is where nothing was collected.
        """
        reading = self.plan.readings[self.plan.catalog.values[value].core]
        partial = self.partial(value)
        held = [[None if number != number else number for number in partial.slots[name].tolist()] for name in reading.slots]
        numbers = held[0] if len(held) == 1 else list(zip(*held, strict=True))
        return dict(zip(self._names(partial), numbers, strict=True))

    def _names(self, partial: Partial) -> list[object]:
        grained = self.plan.question.every is not None and not partial.timeless
        starts = [str(self.slots.periods[period]) for period in partial.period] if grained else None
        parts = [*([starts] if starts is not None else []), *(key.tolist() for key in partial.keys)]
        if not parts:
            return [()] * len(partial.period)
        return [names[0] if len(names) == 1 else names for names in zip(*parts, strict=True)]


def catalog_of(text: str) -> Catalog:
    definitions, found = read(read_texts({"definitions.yaml": text}))
    catalog = build_catalog(definitions, tuple(found))
    assert not catalog.diagnostics.errors, [error.headline for error in catalog.diagnostics.errors]
    return catalog


def planned(text: str, *values: str, **asked: Any) -> Plan:
    catalog = catalog_of(text)
    question, problems = ask(catalog, values or tuple(catalog.values), **{"as_of": "2027-01-01", **asked})
    assert question is not None, [problem.headline for problem in problems]
    plan, problems = make_plan(catalog, question)
    assert plan is not None, [problem.headline for problem in problems]
    return plan


def answered(text: str, data: Mapping[str, Any], *values: str, **asked: Any) -> Answer:
    """The slots of values on frames, all values if none is named."""
    plan = planned(text, *values, **asked)
    given = {name: rows if isinstance(rows, Given) else Given(Frame(pd.DataFrame(rows))) for name, rows in data.items()}
    bound = bind(plan.catalog, plan.needs, given)
    assert not bound.failed, [finding.headline for finding in bound.findings]
    assert not engine.lacks(plan)
    return Answer(plan, engine.run(plan, bound.tables))
