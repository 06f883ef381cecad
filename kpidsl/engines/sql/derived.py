"""What rows get from other rows, in a statement: by a reference to them, or as the row before or after."""

from __future__ import annotations

from kpidsl.catalog.core import Gather, Nearby
from kpidsl.engines.sql import gathering, neighbours
from kpidsl.engines.sql.select import Joined, Select, Spot
from kpidsl.engines.sql.sql import Sql
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.sql.windows import Windows


class Derived:
    """See `select.Derive`."""

    def gathered(self, node: Gather, select: Select, spot: Spot, windows: Windows | None) -> Sql:
        return gathering.gathered(node, select, spot, windows, self)

    def nearby(self, node: Nearby, select: Select, spot: Spot) -> Sql:
        return neighbours.nearby(node, select, spot, self)

    def extended(self, joined: Joined, statement: Statement) -> str:
        return neighbours.extended(joined, statement, self)
