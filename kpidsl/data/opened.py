"""What was found of the sources of one database when they were opened."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from kpidsl.data.relations import Relation, Store
from kpidsl.diagnostics import Diagnostic


class Opened(Struct, frozen=True, eq=False):
    """The relations of the sources that can be used; `failed` are the others, and `findings` say why."""

    relations: Mapping[str, Relation]
    failed: frozenset[str]
    findings: tuple[Diagnostic, ...]
    store: Store
