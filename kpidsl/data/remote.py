"""Tables of a database elsewhere to relations of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kpidsl.catalog.catalog import Catalog
from kpidsl.data.given import Given
from kpidsl.data.limits import Limits
from kpidsl.data.opened import Opened


def open_there(catalog: Catalog, needs: Mapping[str, Iterable[str]], given: Mapping[str, Given], limits: Limits) -> Opened:
    raise NotImplementedError
