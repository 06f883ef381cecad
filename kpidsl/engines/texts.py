"""What functions on text do to rows: the work is done once for each different word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from kpidsl.catalog.core import Apply
from kpidsl.engines.operators import Operator
from kpidsl.engines.vectors import Vector, strict
from kpidsl.periods.calendar import Calendar


def _spelled(body: Callable[[str], str]) -> Operator:
    """Several words may become the same."""

    def operator(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
        (text,) = arguments
        assert text.words is not None
        places, words = pd.factorize(np.array([body(word) for word in text.words], object))
        return strict(np.append(places, -1)[text.values], arguments, words)

    return operator


def _test(body: Callable[[str, str], bool]) -> Operator:
    def operator(node: Apply, arguments: Sequence[Vector], calendar: Calendar) -> Vector:
        text, part = arguments
        assert text.words is not None and part.words is not None
        if not len(text.words) or not len(part.words):
            return strict(np.zeros(np.broadcast_shapes(text.values.shape, part.values.shape), np.bool_), arguments)
        pairs = np.maximum(text.values, 0) * len(part.words) + np.maximum(part.values, 0)
        places, different = pd.factorize(pairs)
        told = [body(text.words[pair // len(part.words)], part.words[pair % len(part.words)]) for pair in different]
        return strict(np.array(told, np.bool_)[places], arguments)

    return operator


TEXTS: dict[str, Operator] = {
    "lower": _spelled(str.lower),
    "upper": _spelled(str.upper),
    "contains": _test(lambda text, part: part in text),
    "starts_with": _test(str.startswith),
    "ends_with": _test(str.endswith),
}
