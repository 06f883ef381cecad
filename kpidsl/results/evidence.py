"""What the rows of an answer say of how sure its values are: rows behind them, how they vary, where few of them carry a sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce

import numpy as np
from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.catalog.catalog import Clusters, Value
from kpidsl.catalog.core import Aggregate, Core, Reference
from kpidsl.diagnostics import Diagnostic
from kpidsl.results import messages
from kpidsl.results.arithmetic import Sheet
from kpidsl.results.columns import Bools, Floats
from kpidsl.results.covariance import Variation
from kpidsl.results.estimates import Estimate, Support, may_be_heavy
from kpidsl.results.figures import Figure
from kpidsl.results.frames import Path
from kpidsl.results.intervals import Bounds
from kpidsl.results.linear import Tangent
from kpidsl.results.readings import Rows, filled
from kpidsl.results.spelling import spell
from kpidsl.results.uses import Uses

_NO_INTERVAL = frozenset({"min", "max", "median", "percentile", "stddev", "first", "last"})
_PERCENTILES = frozenset({"median", "percentile"})


def without_interval(under: Uses, clusters: Clusters | None, *, is_percentile: bool) -> str:
    """Why a formula has no interval; empty where it has one. That of a percentile is for rows that are no clusters."""
    if clusters is not None and clusters.clash:
        return f"no interval: rows belong together by {' and by '.join(clusters.paths)}"
    free = is_percentile and not any(clusters and clusters.key(node.source) for node, _ in under.aggregates)
    lacking = _NO_INTERVAL - _PERCENTILES if free else _NO_INTERVAL
    taken: list[Core] = [node for node, _ in under.aggregates if node.function in lacking]
    without = [spell(node) for node in (*taken, *under.averages)]
    return f"no interval: {', '.join(dict.fromkeys(without))}" if without else ""


def as_census(found: Estimate, *, is_proportion: bool) -> Estimate:
    """The estimate of a census: behind a proportion stand the rows below its line, as they do behind a sample."""
    if not is_proportion or found.denominator is None:
        return found
    return replace(found, rows=np.floor(found.denominator.values))


def heavy_tails(figures: Mapping[str, Figure]) -> Iterator[Diagnostic]:
    """What is said of values with an interval that few rows make optimistic."""
    for name, figure in figures.items():
        if figure.estimate.heavy is not None:
            yield messages.heavy_tail(name, int(np.count_nonzero(figure.estimate.heavy)), len(figure))


class Witness(Struct, frozen=True, eq=False):
    """The rows of one answer; what varies together is worked out once for all values with the same clusters."""

    rows: Rows
    sheet: Sheet
    _tangents: dict[Clusters | None, Tangent] = field(default_factory=dict)

    def support(self, value: Value, under: Uses) -> Support:
        """What is known of a value, in every cell of the question."""
        clusters = value.clusters
        clustered = any(self._moment(node, clusters) is not None for node, _ in under.aggregates) if clusters else False
        return Support(
            self.tangent(clusters), self.fewest(under, clusters), clustered, self._ends(under), self._heavy(under, clusters)
        )

    def tangent(self, clusters: Clusters | None) -> Tangent:
        """The variances of formulas, where rows belong together by some clusters."""
        if clusters not in self._tangents:
            self._tangents[clusters] = Tangent(self.sheet, Variation(self.rows, clusters))
        return self._tangents[clusters]

    def fewest(self, under: Uses, clusters: Clusters | None = None) -> Floats:
        """The fewest rows behind any aggregate in any of its frames; an average has those of all its parts."""
        places = self.rows.places
        counts = [places.carried(self._worth(node, path, clusters), path, np.add, 0.0) for node, path in under.aggregates]
        fewest = reduce(np.minimum, counts, np.full(1, np.inf))
        return np.where(np.isinf(fewest), np.nan, fewest)

    def _worth(self, node: Aggregate, path: Path, clusters: Clusters | None) -> Floats:
        """How many rows are behind an aggregate; of rows in clusters, how many clusters of one size tell as much."""
        rows, moment = self.rows.count(node, path), self._moment(node, clusters)
        if moment is None:
            return rows
        place, scan = self.rows.places.at(path), self.rows.plan.readings[node].scan
        if not self.rows.shelf.has(place, scan, moment):
            return rows  # the moments of another value, which is taken at other times; this one has no interval
        squares = filled(self.rows.shelf.slot(place, scan, moment))
        return np.where(squares > 0, rows**2 / np.where(squares > 0, squares, 1.0), rows)

    def _moment(self, node: Aggregate, clusters: Clusters | None) -> str | None:
        """The slot with Σ n_c² of the clusters behind an aggregate."""
        cluster = self._cluster(node, clusters)
        rows = self.rows.plan.readings[node].rows
        return self.rows.plan.moments.get((rows, rows, cluster)) if cluster is not None else None

    def _cluster(self, node: Aggregate, clusters: Clusters | None) -> Reference | None:
        return clusters.key(node.source) if clusters is not None else None

    def _ends(self, under: Uses) -> Bounds | None:
        """Between which values a percentile lies, if the formula has one."""
        for node, path in under.aggregates:
            reading = self.rows.plan.readings[node]
            names = self.rows.plan.ranks.get(reading.slots[0])
            if names is None or len(under.aggregates) != 1:
                continue
            place, shelf = self.rows.places.at(path), self.rows.shelf
            if not all(shelf.has(place, reading.scan, name) for name in names):
                return None  # those of another value, which is taken at other times; this one is more than a percentile
            low, high = (self.rows.places.carried(shelf.slot(place, reading.scan, name), path, np.add, 0.0) for name in names)
            return low, high
        return None

    def _heavy(self, under: Uses, clusters: Clusters | None) -> Bools | None:
        """Where few rows, or clusters, may carry a sum in any of its frames."""
        found: list[Floats] = []
        for node, path in under.aggregates:
            reading = self.rows.plan.readings[node]
            name = reading.slots[0]
            moment = self.rows.plan.moments.get((name, name, self._cluster(node, clusters)))
            if node.function not in ("sum", "avg") or moment is None:
                continue
            place, shelf = self.rows.places.at(path), self.rows.shelf
            if not shelf.has(place, reading.scan, moment):
                continue
            total, squares = (filled(shelf.slot(place, reading.scan, each)) for each in (name, moment))
            heavy = may_be_heavy(self._worth(node, path, clusters), total, squares)
            found.append(self.rows.places.carried(heavy.astype(np.float64), path, np.maximum, 0.0))
        return reduce(np.maximum, found) > 0 if found else None
