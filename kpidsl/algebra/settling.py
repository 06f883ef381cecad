"""Values in the order in which they can be worked out."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from kpidsl.catalog.catalog import Value
from kpidsl.catalog.core import value_names


def unsettled(name: str, values: Mapping[str, Value], known: Container[str]) -> Iterator[str]:
    """The value and those below it that are not known yet, each after what it refers to.

    Whoever asks makes each known before asking for the next. There is no recursion, so chains may be of any length.
    """
    pending = [name]
    while pending:
        top = pending[-1]
        missing = [] if top in known else [used.name for used in value_names(values[top].core) if used.name not in known]
        if missing:
            pending.extend(missing)
            continue
        pending.pop()
        if top not in known:
            yield top
