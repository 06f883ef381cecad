"""Where a path of names ends, `deal.lead.channel`: a column, a reference, or a column that references."""

from __future__ import annotations

from typing import NamedTuple

from kpidsl.catalog.catalog import Column, Link
from kpidsl.catalog.core import Reference
from kpidsl.text import Span


class Spot(NamedTuple):
    """The last name of a path, in the source `owner` to which the references in `prefix` lead."""

    prefix: tuple[str, ...]
    owner: str
    name: str
    column: Column | None
    link: Link | None

    def reference(self, span: Span) -> Reference:
        """The path to the column, which may be a derived one."""
        assert self.column is not None
        return Reference((*self.prefix, self.name), unit=self.column.unit, type=self.column.type, span=span)
