"""Moments of clusters in a statement: rows are added up by cluster first, and the products of those sums by cell.

A row without a cluster is one by itself: the products of such rows are added up beside, where their cluster is null.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from kpidsl.catalog.core import Reference
from kpidsl.data.relations import Physical
from kpidsl.engines.sql.adding import Adder, double
from kpidsl.engines.sql.grouped import Grouped, aggregated, plain_number
from kpidsl.engines.sql.jobs import Job
from kpidsl.engines.sql.placing import Placed
from kpidsl.engines.sql.sql import finite, number
from kpidsl.plan.nodes import Count, Moment, Sum


class Clustered(Struct, frozen=True, eq=False):
    """The columns of a select over clusters, and what makes it of them; see `asking.Columns`."""

    piece: str
    rows: str
    dimensions: Sequence[str]
    numbers: Sequence[str]
    finish: Callable[[Sequence[tuple[str, str]]], str]


def by_cluster(job: Job, cluster: Reference, rows: Placed, dimensions: Sequence[str], conditions: Sequence[str]) -> Clustered:
    """The moments of a job, all of one cluster; `dimensions` and `conditions` are texts on the rows."""
    grouped = Grouped(rows.select)
    adder = Adder(job.slots, job.scan.slots, rows, grouped)
    key = grouped.column(finite(rows.select.value(cluster), rows.select.dialect).text)
    keys = [grouped.column(text) for text in (rows.piece, *dimensions)]
    moments = [slot for slot in job.slots.values() if isinstance(slot, Moment)]
    sums = {name: _sum(adder, name) for name in dict.fromkeys(name for slot in moments for name in (slot.left, slot.right))}
    products = [plain_number(adder.product(slot.left, slot.right), rows.select.statement) for slot in moments]
    names = ["p", *(f"d{place}" for place, _ in enumerate(dimensions))]
    inner = [*zip(keys, names, strict=True), (key, "c"), ("count(*)", "n")]
    inner += [(text, f"a{name}") for name, text in sums.items()]
    inner += [(text, f"b{place}") for place, text in enumerate(products)]
    groups = grouped.text(inner, [*keys, key], [*rows.conditions, *conditions])
    dialect = rows.select.dialect
    numbers = []
    for place, slot in enumerate(moments):
        one = f"case when y.c is null then y.b{place} else y.a{slot.left} * y.a{slot.right} end"
        numbers.append(plain_number(number(dialect.total(one, Physical.FLOAT), loose=True), rows.select.statement))
    own = [f"y.{name}" for name in names]

    def finish(outputs: Sequence[tuple[str, str]]) -> str:
        selected = ", ".join(f"{text} as {name}" for text, name in outputs)
        return f"select {selected}\nfrom (\n{groups}\n) y\ngroup by {', '.join(own)}"

    return Clustered(own[0], double("sum(y.n)", rows.select), own[1:], numbers, finish)


def _sum(adder: Adder, name: str) -> str:
    """What the rows of a cluster add up to, null where none adds."""
    slot = adder.all_slots[name]
    assert isinstance(slot, Count | Sum)
    added = aggregated("count" if isinstance(slot, Count) else "sum", adder.adds(slot), adder.grouped)
    text = plain_number(added, adder.select.statement)
    return f"nullif({text}, 0)" if isinstance(slot, Count) else text
