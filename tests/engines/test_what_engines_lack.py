"""The engine for rows in memory lacks nothing of the language, and says of its data only what is wrong with those given."""

from __future__ import annotations

import pandas as pd
from asking import planned

from kpidsl.data.given import Frame, Given
from kpidsl.engines.pandas import Pandas

TEXT = """
sources:
  rows: {time: day, columns: {day: date, amount: number, owner: {type: text, references: owners}}}
  owners: {key: id, columns: {id: text, name: text}}
dimensions: {name: [owners.name]}
measures: {rows: count(rows)}
"""


def test_nothing_is_lacking() -> None:
    assert Pandas().lacks(planned(TEXT, every="month")) == ()


def test_only_sources_that_are_given_are_bound() -> None:
    plan = planned(TEXT, every="month", by=["name"])
    rows = Given(Frame(pd.DataFrame({"day": ["2026-01-01"], "owner": ["o"]})))
    memory = Pandas().bind(plan, {"rows": rows})
    assert (memory.failed, memory.findings) == (frozenset(), ())
    owners = Given(Frame(pd.DataFrame({"id": ["o", "o"], "name": ["x", "y"]})))
    memory = Pandas().bind(plan, {"rows": rows, "owners": owners})
    assert memory.failed == {"owners"}
    assert [finding.code for finding in memory.findings] == ["key-repeated"]
