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
from fractions import Fraction

from msgspec import Struct

from kpidsl.units.unit import TIMES, Unit, merge

_MARK = "?"
_TIME = "time"
_ONE = Fraction(1)
_BUDGET = 100_000  # exponents looked at; far beyond it nobody reads a definition
_MOST_SHOWN = 8
Powers = dict[str, Fraction]


def hole(name: str) -> Unit:
    """The unit of something that declares none."""
    return Unit.of(_MARK + name)


def holes(unit: Unit) -> tuple[str, ...]:
    """The names whose units are not known in a unit."""
    return tuple(symbol[len(_MARK) :] for symbol, _ in unit.powers if _is_hole(symbol))


class Demand(Struct, frozen=True):
    """Two units that are to be one. A `loose` one leaves a choice, such as a subset of an entity, and settles nothing."""

    left: Unit
    right: Unit
    loose: bool = False

    @property
    def times(self) -> frozenset[str]:
        """The times in which the two are."""
        return frozenset(unit.time[0] for unit in (self.left, self.right) if unit.time is not None)


class Settled(Struct, frozen=True):
    """The one unit that fits, and the demands, by their places in the order, from which it follows."""

    unit: Unit
    because: tuple[int, ...]


class Open(Struct, frozen=True):
    """Holes that more than one unit fits: what the first is if the others are plain numbers, and the times it may be in."""

    holes: tuple[str, ...]
    first: Unit
    because: tuple[int, ...]
    times: frozenset[str] = frozenset()


class Solution(Struct, frozen=True):
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


class _Row(Struct):
    """A hole as a product of powers of other holes and of what is known, with the first demands and all times behind it."""

    powers: Powers
    because: frozenset[int]
    times: frozenset[str]


class _System:
    def __init__(self, demands: Sequence[Demand]) -> None:
        self._demands = demands
        self._rows: dict[str, _Row] = {}
        self._hanging: dict[str, set[str]] = {}  # the rows that a hole stands in, and some in which it no longer does
        self._work = 0
        self._uses: dict[str, list[int]] = {}
        for index, demand in enumerate(demands):
            for name in {*holes(demand.left), *holes(demand.right)}:
                self._uses.setdefault(name, []).append(index)
        self.against: dict[int, tuple[int, ...]] = {}

    def add(self, index: int) -> None:
        """Take a demand in; one that is more work than is left of the budget is left out."""
        reduced = self._demanded(index)
        if reduced is None:
            return
        unknown = [symbol for symbol in reduced.powers if _is_hole(symbol)]
        if not unknown:
            if reduced.powers:
                self.against[index] = tuple(sorted(reduced.because - {index}))
            return
        # A column rather than a parameter, for constants are the likelier plain numbers; and what the fewest rows hang on.
        pivot = min(unknown, key=lambda symbol: ("." not in symbol, len(self._hanging.get(symbol, ()))))
        hanging = self._hanging.get(pivot, ())
        if not self._affords(len(reduced.powers) + sum(len(self._rows[name].powers) + len(reduced.powers) for name in hanging)):
            return
        exponent = reduced.powers.pop(pivot)
        powers = {each: -own / exponent for each, own in reduced.powers.items()}
        self._put(pivot, _Row(powers, reduced.because, reduced.times))
        for name in sorted(self._hanging.pop(pivot, ())):
            self._put(name, self._reduced(self._rows[name]))

    def _put(self, name: str, row: _Row) -> None:
        self._rows[name] = row
        for symbol in row.powers:
            if _is_hole(symbol):
                self._hanging.setdefault(symbol, set()).add(name)

    def _affords(self, work: int) -> bool:
        self._work += work
        return self._work <= _BUDGET

    def _demanded(self, index: int) -> _Row | None:
        demand = self._demands[index]
        powers = _difference(demand)
        if not self._affords(sum(len(self._rows[symbol].powers) + 1 for symbol in powers if symbol in self._rows)):
            return None
        return self._reduced(_Row(powers, frozenset({index}), demand.times))

    def _reduced(self, row: _Row) -> _Row:
        """The same without the holes that have a row."""
        powers: Powers = {}
        because, times = row.because, row.times
        for symbol, exponent in row.powers.items():
            known = self._rows.get(symbol)
            _add(powers, {symbol: _ONE} if known is None else known.powers, exponent)
            if known is not None:
                because, times = because | known.because, times | known.times
        return _Row(powers, frozenset(sorted(because)[:_MOST_SHOWN]), times)

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
        reduced = self._demanded(index)
        if reduced is None:
            return None
        unknown = tuple(_name(symbol) for symbol in reduced.powers if _is_hole(symbol))
        if not unknown or known.intersection(unknown) or may_be_plain(self._in_time(reduced)):
            return None
        exponent = reduced.powers[_MARK + unknown[0]]
        powers = {symbol: -own / exponent for symbol, own in reduced.powers.items()}
        first = _Row(powers, reduced.because, reduced.times)
        return Open(unknown, self._in_time(first), tuple(sorted(reduced.because)))

    def in_two_times(self, name: str, settled: Settled) -> Open | None:
        """A hole with a time in it that its demands name in several ways."""
        if settled.unit.time is None:
            return None
        found = {*settled.because, *self._uses.get(name, ())}
        because = tuple(index for index in sorted(found) if self._demands[index].times)
        times = frozenset().union(self._rows[_MARK + name].times, *(self._demands[index].times for index in because))
        return Open((name,), settled.unit, because, times) if len(times) > 1 else None

    @staticmethod
    def _in_time(row: _Row) -> Unit:
        """The part of a row that is known, as a unit."""
        time = min(row.times, default="day")
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
