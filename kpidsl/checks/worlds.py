"""Small worlds of rows: aggregates in, for each turn the exact values that some rows would give them.

Inputs made up one by one could be such as no data have: more won deals than deals, an average that is not the sum by the count.
Here rows are made up instead, of a few kinds each, one aimed at each filter, and every aggregate is worked out from the same
rows. The first worlds are the simplest: every kind once, twice, …; in every other one the rows that lie in the asked period by
one of their dates are not those that do by another. Later ones have as many rows as it takes to come near the numbers that the
formulas compare with. Nothing is left to chance: a turn always gives the same world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import Any, TypeVar

from msgspec import Struct

from kpidsl.algebra.canonical import Keys
from kpidsl.algebra.exact import Inexact, Leaf, Scalar, evaluate, moment
from kpidsl.catalog.catalog import Catalog, Column, Value
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Gather, Nearby, Reference, Type, walk

_TIMES = (1, 2, 3, 5, 10)
_MORE_TIMES = (0, 1, 2, 3, 4, 5, 6, 8, 10, 20, 50, 100)
_NUMBERS = tuple(map(Fraction, (100, 200, 50, 10, 1000, 1, 20)))
_SHARES = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2))
_DAY = datetime(2026, 1, 5)
_DAYS = (0, 1, 7, 30, 60, 90)
_TRIES = 20
_COMPARING = frozenset({"greater", "at_least", "less", "at_most", "equal", "in", "least", "greatest"})
_MOST_THRESHOLDS = 12
_MOST_ROWS = 1_000_000_000
_COLLECTED = frozenset({"count", "sum", "avg", "min", "max"})

T = TypeVar("T")
Path = tuple[str, ...]
Row = Mapping[Path, Scalar]


class _Rows(Struct, frozen=True):
    """So many rows of one kind. `spread` is how many different ones an identifier tells apart among them.

    `placed` are the dates by which they lie in the asked period; the source's own time is the empty path.
    """

    row: Row
    times: int
    spread: int
    placed: frozenset[Path]


class Worlds:
    """The worlds in which the aggregates of a question have values."""

    def __init__(
        self, catalog: Catalog, aggregates: Iterable[Aggregate], keys: Keys, thresholds: Iterable[Fraction] = ()
    ) -> None:
        """`thresholds` are the numbers that values are compared with."""
        self._catalog = catalog
        self._numbers = near(thresholds)
        self._leaves = {keys.of(node): node for node in aggregates}
        self._sources = {node.source: _Source(catalog, node.source) for node in self._leaves.values()}
        for node in self._leaves.values():
            self._sources[node.source].add(node)

    def inputs(self, turn: int) -> dict[str, Scalar | None]:
        """The values of the aggregates by their keys; Inexact where rows cannot be worked out exactly."""
        chance = Random(f"world {turn}")
        shared, step = turn % 2 == 0, turn // 2
        times = _TIMES[step % len(_TIMES)] if step < len(_TIMES) or step % 2 else None
        numbers = self._numbers if step >= len(_TIMES) and step % 4 else ()
        worlds = {
            name: tuple(source.rows(chance, None if numbers else times, shared, numbers))
            for name, source in self._sources.items()
        }
        return {key: self._sources[node.source].value(node, worlds[node.source]) for key, node in self._leaves.items()}

    def fit(self, inputs: Mapping[str, Scalar | None]) -> bool:
        """Whether rows placed by the date of a row that they refer to find one there.

        Rows of each source are made up by themselves. Four deals by the date of their lead, and no lead on it, are such as no
        data have; whether one of the leads counted is theirs is not known, so none must be zero.
        """
        return not any(inputs[key] and inputs[other] == 0 for key, other in self._linked)

    @cached_property
    def _linked(self) -> tuple[tuple[str, str], ...]:
        """The aggregates placed by the date of another source, each with one over that source, by the same date."""
        placed: dict[tuple[str, str | None], list[str]] = {}
        for key, node in self._leaves.items():
            own = node.at.name if node.at is not None else self._catalog.sources[node.source].time
            if node.at is None or len(node.at.path) == 1:
                placed.setdefault((node.source, own), []).append(key)
        far = ((key, node) for key, node in self._leaves.items() if node.at is not None and len(node.at.path) > 1)
        ends = ((key, self._catalog.steps(node.source, node.at.path)) for key, node in far if node.at is not None)
        return tuple((key, other) for key, (*_, end) in ends for other in placed.get(end, ()))

    def empty(self) -> dict[str, Scalar | None]:
        """The values of the aggregates where there are no rows."""
        return {key: self._sources[node.source].value(node, ()) for key, node in self._leaves.items()}


def compared(nodes: Iterable[Core], values: Mapping[str, Value]) -> Iterator[Fraction]:
    """The numbers that formulas compare with, however they are worked out from constants and parameters."""

    def read(node: Reference | Aggregate) -> Scalar:
        core = values[node.name].core if isinstance(node, Reference) else None
        if isinstance(core, Constant):
            return core.value
        raise Inexact

    for node in nodes:
        for part in node.arguments if isinstance(node, Apply) and node.function in _COMPARING else ():
            try:
                number = evaluate(part, read)
            except Inexact:
                continue
            if isinstance(number, Fraction):
                yield number


def near(thresholds: Iterable[Fraction]) -> tuple[int, ...]:
    """Numbers of rows on either side of thresholds, and between two of them: a share of p of q is p rows and q - p others."""
    known = sorted(set(map(abs, thresholds)))[:_MOST_THRESHOLDS]
    between = [(one + other) / 2 for one, other in pairwise(known)]
    parts = [(each.numerator, each.denominator) for each in (*known, *between)]
    found = (number + step for p, q in parts for number in (p // q, p, q, q - p) for step in (0, 1, -1))
    numbers = sorted({number for number in found if 0 <= number <= _MOST_ROWS})
    return tuple(numbers) if any(number > 1 for number in numbers) else ()


class _Source:
    """The aggregates over one source and the rows made up for them."""

    def __init__(self, catalog: Catalog, name: str) -> None:
        self._catalog = catalog
        self._name = name
        self._filters: dict[Core | None, None] = {}
        self._columns: dict[Path, Reference] = {}
        self._compared: dict[Path, list[Scalar]] = {}
        self._placements: dict[Path, None] = {}

    def add(self, node: Aggregate) -> None:
        if node.alive is not None or node.closing or node.function not in _COLLECTED:
            raise Inexact
        self._filters[node.where] = None
        self._placements[node.at.path if node.at else ()] = None
        for part in (node.argument, node.where):
            for inner in walk(part) if part is not None else ():
                match inner:
                    case Reference(path=path):
                        self._columns[path] = inner
                    case Apply():
                        self._note(inner)
                    case Gather() | Nearby():  # rows of other sources are not made up
                        raise Inexact
                    case _:
                        pass

    def _note(self, node: Apply) -> None:
        """Keep the constants that a column is compared with: they are what its values should be near."""
        constants = [part.value for part in node.arguments if isinstance(part, Constant)]
        for part in node.arguments:
            if isinstance(part, Reference):
                self._compared.setdefault(part.path, []).extend(constants)

    def rows(self, chance: Random, times: int | None, shared: bool, numbers: Sequence[int]) -> Iterator[_Rows]:
        """So many `times` of each kind, or as many as chance picks; `numbers`, if any, are what to pick from."""
        dates = tuple(self._placements)
        for condition in self._filters:
            for placed in (dates,) if shared else [(one,) for one in dates]:
                row = self._aimed(condition, chance, numbers)
                number = times if times is not None else _pick(numbers or _MORE_TIMES, chance)
                spread = _pick((1, 2, number), chance)
                yield _Rows(row, number, min(spread, number), frozenset(placed))

    def _aimed(self, condition: Core | None, chance: Random, numbers: Sequence[int]) -> Row:
        """A row that passes a filter, if one is found soon."""
        for _ in range(_TRIES):
            row = {path: _pick(self._candidates(reference, numbers), chance) for path, reference in self._columns.items()}
            row.update(_demanded(condition))
            if _passes(condition, row):
                break
        return row

    def _candidates(self, reference: Reference, more: Sequence[int]) -> Sequence[Scalar]:
        compared = self._compared.get(reference.path, [])
        match reference.type:
            case Type.BOOLEAN:
                return True, False
            case Type.TEXT:
                return self._column(reference.path).values or (*(each for each in compared if isinstance(each, str)), "other")
            case Type.NUMBER:
                numbers = [each for each in compared if isinstance(each, Fraction)]
                plain = _SHARES if reference.unit.percent else _NUMBERS
                return *(each + step for each in numbers for step in (0, 1, -1)), *plain, *map(Fraction, more)
            case Type.DATE | Type.DATETIME:
                days = [_DAY + timedelta(days=days) for days in _DAYS]
                near = [each + timedelta(days=step) for each in compared if isinstance(each, date) for step in (0, 1, -1)]
                return *near, *(days if reference.type is Type.DATETIME else [day.date() for day in days])

    def _column(self, path: Path) -> Column:
        *_, (owner, name) = self._catalog.steps(self._name, path)
        return self._catalog.sources[owner].columns[name]

    def value(self, node: Aggregate, rows: Sequence[_Rows]) -> Scalar | None:
        """What an aggregate comes to over the rows."""
        placement = node.at.path if node.at else ()
        counted = [each for each in rows if each.times and placement in each.placed and _passes(node.where, each.row)]
        if node.argument is None:
            return Fraction(sum(each.times for each in counted))
        if node.distinct:
            return Fraction(self._different(node.argument, counted))
        values = [(evaluate(node.argument, _leaf(each.row)), each.times) for each in counted]
        return _collected(node.function, [(value, times) for value, times in values if value is not None])

    def _different(self, argument: Core, rows: Sequence[_Rows]) -> int:
        """How many different values there are; a column that nothing is compared with is an identifier."""
        if isinstance(argument, Reference) and argument.path not in self._compared:
            is_key = argument.path == self._catalog.sources[self._name].key
            return sum(each.times if is_key else each.spread for each in rows)
        return len({evaluate(argument, _leaf(each.row)) for each in rows} - {None})


def _collected(function: str, values: Sequence[tuple[Scalar, int]]) -> Scalar | None:
    count = Fraction(sum(times for _, times in values))
    if function == "count":
        return count
    numbers = [(value, times) for value, times in values if isinstance(value, Fraction)]
    total = sum((value * times for value, times in numbers), Fraction(0))
    match function:
        case "sum":
            return total
        case "avg":
            return total / count if count else None
        case "min" | "max":
            return _extreme(min if function == "min" else max, [value for value, _ in values])
        case _:
            raise Inexact


def _extreme(least: Callable[[Iterable[Any]], Any], values: Sequence[Scalar]) -> Scalar | None:
    """Of numbers or of dates; a date among moments is its midnight."""
    moments = [moment(value) if isinstance(value, date) else value for value in values]
    found: Scalar | None = least(moments) if moments else None
    return found


def _demanded(condition: Core | None) -> Iterator[tuple[Path, Scalar]]:
    """The values of columns that a condition asks for outright."""
    match condition:
        case Reference(path=path):
            yield path, True
        case Apply(function="not", arguments=(Reference(path=path),)):
            yield path, False
        case Apply(function="equal", arguments=(Reference(path=path), Constant(value=value))):
            yield path, value
        case Apply(function="equal", arguments=(Constant(value=value), Reference(path=path))):
            yield path, value
        case Apply(function="in", arguments=(Reference(path=path), Constant(value=value), *_)):
            yield path, value
        case Apply(function="and", arguments=arguments):
            for argument in arguments:
                yield from _demanded(argument)
        case _:
            return


def _passes(condition: Core | None, row: Row) -> bool:
    return condition is None or evaluate(condition, _leaf(row)) is True


def _leaf(row: Row) -> Leaf:
    """Columns of a row as the leaves of a formula; there are no aggregates in rows."""
    return lambda node: row[node.path] if isinstance(node, Reference) else None


def _pick(options: Sequence[T], chance: Random) -> T:
    return options[int(chance.random() * len(options))]
