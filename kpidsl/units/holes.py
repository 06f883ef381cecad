"""Units that nobody declared: in go demands that two units be one, out come the holes that only one unit fits.

Every unknown unit is a hole, a symbol of its own in the units in which it stands. That two units be one says that a product of
powers is a plain number, which is linear in the exponents: A. Kennedy's unification of units (Programming Languages and
Dimensions, 1996), here over the rationals because of roots, so that it is Gaussian elimination with exact fractions. Demands
are taken in order; one that contradicts those before it is left out and told of.

All times are one symbol while that goes on. A hole that is a time, or has one in it, gets its symbol from the demands that
decide it; where they name several, nothing says which of them its figures are in, and it stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kpidsl.units.unit import TIMES, Unit, merge

_MARK = "?"
_TIME = "time"
_BUDGET = 200_000  # exponents looked at; far beyond it nobody reads a definition
Powers = dict[str, Fraction]


def hole(name: str) -> Unit:
    """The unit of something that declares none."""
    return Unit.of(_MARK + name)


def holes(unit: Unit) -> tuple[str, ...]:
    """The names whose units are not known in a unit."""
    return tuple(symbol[len(_MARK) :] for symbol, _ in unit.powers if _is_hole(symbol))


@dataclass(frozen=True, slots=True)
class Demand:
    """Two units that are to be one. A `loose` one leaves a choice, such as a subset of an entity, and settles nothing."""

    left: Unit
    right: Unit
    loose: bool = False

    @property
    def times(self) -> frozenset[str]:
        """The times in which the two are."""
        return frozenset(unit.time[0] for unit in (self.left, self.right) if unit.time is not None)


@dataclass(frozen=True, slots=True)
class Settled:
    """The one unit that fits, and the demands, by their places in the order, from which it follows."""

    unit: Unit
    because: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """Holes that more than one unit fits: what the first is if the others are plain numbers, and the times it may be in."""

    holes: tuple[str, ...]
    first: Unit
    because: tuple[int, ...]
    times: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Solution:
    """What is known of the holes; one in neither is a plain number. `against` says which demands contradict earlier ones."""

    settled: Mapping[str, Settled]
    open: tuple[Open, ...]
    against: Mapping[int, tuple[int, ...]]


def solve(demands: Sequence[Demand], may_be_plain: Callable[[Unit], bool]) -> Solution:
    """The units of all holes; `may_be_plain` says whether a unit without holes stands where a plain number may."""
    system = _System(demands)
    for index, demand in enumerate(demands):
        if not demand.loose:
            system.add(index)
    settled, found = system.settled(), [*system.open()]
    known = {*settled, *(name for each in found for name in each.holes)}
    for index, demand in enumerate(demands):
        if demand.loose and (left := system.left_open(index, known, may_be_plain)) is not None:
            found.append(left)
            known.update(left.holes)
    timeless = [each for each in (system.in_two_times(name, each) for name, each in settled.items()) if each is not None]
    vague = {name for each in timeless for name in each.holes}
    kept = {name: each for name, each in settled.items() if name not in vague and not each.unit.is_number}
    return Solution(kept, (*timeless, *found), system.against)


@dataclass(slots=True)
class _Row:
    """A hole as a product of powers of other holes and of what is known."""

    powers: Powers
    because: frozenset[int]


class _System:
    def __init__(self, demands: Sequence[Demand]) -> None:
        self._demands = demands
        self._rows: dict[str, _Row] = {}
        self._work = 0
        self._uses: dict[str, list[int]] = {}
        for index, demand in enumerate(demands):
            for name in {*holes(demand.left), *holes(demand.right)}:
                self._uses.setdefault(name, []).append(index)
        self.against: dict[int, tuple[int, ...]] = {}

    def add(self, index: int) -> None:
        """Take a demand in; past the budget, leave it out."""
        if self._work > _BUDGET:
            return
        reduced = self._reduced(_difference(self._demands[index]), frozenset({index}))
        unknown = [symbol for symbol in reduced.powers if _is_hole(symbol)]
        if not unknown:
            if reduced.powers:
                self.against[index] = tuple(sorted(reduced.because - {index}))
            return
        pivot = min(unknown, key=lambda symbol: "." not in symbol)  # a column: constants are the likelier plain numbers
        exponent = reduced.powers.pop(pivot)
        self._rows[pivot] = _Row({each: -own / exponent for each, own in reduced.powers.items()}, reduced.because)
        for name, row in self._rows.items():
            if pivot in row.powers:
                self._rows[name] = self._reduced(row.powers, row.because)

    def _reduced(self, powers: Powers, because: frozenset[int]) -> _Row:
        """The same without the holes that have a row."""
        result: Powers = {}
        for symbol, exponent in powers.items():
            row = self._rows.get(symbol)
            _add(result, {symbol: Fraction(1)} if row is None else row.powers, exponent)
            because = because if row is None else because | row.because
            self._work += 1 if row is None else len(row.powers) + 1
        return _Row(result, because)

    def settled(self) -> dict[str, Settled]:
        """The holes that hang on no other, in units of which the time is still to be looked at."""
        rows = {symbol: row for symbol, row in self._rows.items() if not any(map(_is_hole, row.powers))}
        return {
            _name(symbol): Settled(self._in_time(row), tuple(sorted(row.because)))
            for symbol, row in rows.items()
            if self._in_time(row).within_limits
        }

    def open(self) -> Iterable[Open]:
        """The holes that hang on others, where all of them being plain numbers will not do."""
        rows = {symbol: row for symbol, row in self._rows.items() if any(map(_is_hole, row.powers))}
        wrong = {symbol for row in rows.values() if not _is_plain(row) for symbol in row.powers if _is_hole(symbol)}
        for symbol, row in rows.items():
            others = tuple(each for each in row.powers if _is_hole(each))
            if not _is_plain(row) or wrong.intersection(others):
                yield Open(tuple(map(_name, (symbol, *others))), self._in_time(row), tuple(sorted(row.because)))

    def left_open(self, index: int, known: set[str], may_be_plain: Callable[[Unit], bool]) -> Open | None:
        """What a loose demand asks for, where plain numbers will not do and nothing else is known."""
        reduced = self._reduced(_difference(self._demands[index]), frozenset({index}))
        unknown = tuple(_name(symbol) for symbol in reduced.powers if _is_hole(symbol))
        if not unknown or known.intersection(unknown) or may_be_plain(self._in_time(reduced)):
            return None
        exponent = reduced.powers[_MARK + unknown[0]]
        first = _Row({symbol: -own / exponent for symbol, own in reduced.powers.items()}, reduced.because)
        return Open(unknown, self._in_time(first), tuple(sorted(reduced.because)))

    def in_two_times(self, name: str, settled: Settled) -> Open | None:
        """A hole with a time in it that its demands name in several ways."""
        if settled.unit.time is None:
            return None
        found = {*settled.because, *self._uses.get(name, ())}
        because = tuple(index for index in sorted(found) if self._demands[index].times)
        times = self._times(because)
        return Open((name,), settled.unit, because, times) if len(times) > 1 else None

    def _times(self, because: Iterable[int]) -> frozenset[str]:
        return frozenset().union(*(self._demands[index].times for index in because))

    def _in_time(self, row: _Row) -> Unit:
        """The part of a row that is known, as a unit."""
        time = min(self._times(row.because), default="day")
        parts = {time if symbol == _TIME else symbol: each for symbol, each in row.powers.items() if not _is_hole(symbol)}
        unit = Unit()
        for symbol, exponent in parts.items():
            unit = merge(unit, Unit.of(symbol, exponent))
        return unit


def _difference(demand: Demand) -> Powers:
    """The exponents of the one unit less those of the other."""
    result: Powers = {}
    for unit, sign in ((demand.left, 1), (demand.right, -1)):
        _add(result, {_TIME if symbol in TIMES else symbol: exponent for symbol, exponent in unit.powers}, Fraction(sign))
    return result


def _add(total: Powers, powers: Mapping[str, Fraction], times: Fraction) -> None:
    for symbol, exponent in powers.items():
        total[symbol] = total.get(symbol, Fraction(0)) + times * exponent
        if not total[symbol]:
            del total[symbol]


def _is_plain(row: _Row) -> bool:
    return all(map(_is_hole, row.powers))


def _is_hole(symbol: str) -> bool:
    return symbol.startswith(_MARK)


def _name(symbol: str) -> str:
    return symbol[len(_MARK) :]
