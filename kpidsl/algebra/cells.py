"""What aggregates say about each other without data: each as a sum of quantities that are never negative.

Rows that pass some of the filters of one source, and not the others, make a cell; so `count(deals)` and `count(deals where
c)` are a + b and a, and what follows from one filter implying another, or excluding it, is in which cells there are at all.
It holds only for rows of one placement: the counts of won deals by the day of the decision and of deals by the day they were
opened have nothing to do with each other. A sum is treated alike where what is added up is never negative, which is assumed
of its columns; so is a count of different values, though a value may stand on either side of filters that exclude each other.
Rows of a source that are a subset of those of another one, at most one for each, and are placed by its date count as a filter
on them. A column of clicks is assumed to be no more than one of impressions beside it, where each click is an impression.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import product

from msgspec import Struct, field
from msgspec.structs import replace

from kpidsl.algebra.canonical import Keys
from kpidsl.catalog.catalog import Catalog
from kpidsl.catalog.core import Aggregate, Apply, Constant, Core, Gather, Reference, Type
from kpidsl.catalog.filters import covered, exclusive, implies

_MOST_FILTERS = 6
_DEEPEST = 8
_COUNTS = "count"
_NEVER_NEGATIVE = frozenset({"abs", "exp", "sqrt", "year", "quarter", "month", "weekday"})
_BY_ALL = frozenset({"add", "multiply", "divide", "least", "coalesce", "round", "floor", "ceil"})


class NotNegative(Struct, frozen=True, order=True):
    """That no row of a source has less than 0 in a column."""

    source: str
    column: str


class NotMore(Struct, frozen=True, order=True):
    """That no row has more in a column than in another one."""

    source: str
    column: str
    than: str


class OneEach(Struct, frozen=True, order=True):
    """That a reference leads no two rows to the same one."""

    source: str
    reference: str


Assumption = NotNegative | NotMore | OneEach
Assumptions = frozenset[Assumption]


class Member(Struct, frozen=True):
    """An aggregate of one group with the filter that its rows pass.

    With `through` they are rows of another source; a `column` is one that is added up and counts an `entity`.
    """

    key: str
    source: str
    where: Core | None
    through: str = ""
    column: str = ""
    entity: str = ""


class Leaf(Struct, frozen=True):
    """What is known of an aggregate: the cells that it is the sum of, none where it may be any number, and what is assumed."""

    cells: tuple[str, ...] = ()
    assumptions: Assumptions = frozenset()


class Groups(Struct):
    """Aggregates that collect the same from the rows of one placement, by the key of what they would be without a filter."""

    catalog: Catalog
    keys: Keys
    assumed: Assumptions | None = None  # what may be assumed; None: all that is asked for
    members: dict[str, list[Member]] = field(default_factory=dict)
    distinct: set[str] = field(default_factory=set)
    known: dict[str, Leaf] = field(default_factory=dict)

    def add(self, node: Aggregate) -> None:
        """Take in an aggregate; `avg` stands for its sum and its count."""
        if node.function == "avg":
            self.add(replace(node, function="sum"))
            self.add(replace(node, function=_COUNTS))
            return
        key = self.keys.of(node)
        if key in self.known:
            return
        columns = self._columns(node)
        if columns is None or not self._may_assume(columns):
            self.known[key] = Leaf()
        elif node.function in ("count", "sum"):
            self._join(key, node, columns)
        else:
            self.known[key] = Leaf((key,), columns)

    def _may_assume(self, assumptions: Assumptions) -> bool:
        return self.assumed is None or assumptions <= self.assumed

    def _columns(self, node: Aggregate) -> Assumptions | None:
        """What must hold of columns for the aggregate never to be negative; None: it may be all the same."""
        if node.function in ("count", "stddev"):
            return frozenset()
        if node.argument is None or node.argument.type is not Type.NUMBER:
            return None
        return never_negative(node.argument, node.source, self.catalog)

    def _join(self, key: str, node: Aggregate, assumptions: Assumptions) -> None:
        plain = _of_rows(node)
        parent = self._parent(plain)
        if parent is not None and self._may_assume(frozenset({parent[1]})):
            group, one_each = parent
            member = Member(key, node.source, plain.where, one_each.reference)
            assumptions |= {one_each}
        else:
            column, entity = self._counted(node)
            group = self.keys.of(replace(plain, where=None, argument=None if column else plain.argument))
            member = Member(key, node.source, plain.where, "", column, entity)
        if node.distinct:
            self.distinct.add(group)
        self.members.setdefault(group, []).append(member)
        self.known[key] = Leaf((key,), assumptions)

    def _counted(self, node: Aggregate) -> tuple[str, str]:
        """The column that a sum adds up and the entity that the column counts; empty for any other aggregate."""
        match node:
            case Aggregate(function="sum", argument=Reference(path=(column,), unit=unit)):
                entity = self.catalog.units.entity(unit)
                return (column, entity) if entity is not None else ("", "")
            case _:
                return "", ""

    def _parent(self, node: Aggregate) -> tuple[str, OneEach] | None:
        """The group of the source whose rows those of a subset are, and that each is at most one of them."""
        if node.function != _COUNTS or node.argument is not None or node.at is None or len(node.at.path) != 2:
            return None
        name, time = node.at.path
        source = self.catalog.sources[node.source]
        link = source.links.get(name)
        target = self.catalog.sources.get(link.target) if link is not None and link.valid is None else None
        if target is None or target.time != time or source.row is None or target.row is None or source.row == target.row:
            return None
        if not self.catalog.units.is_subset(source.row, target.row) or not self._grouped_alike(source.name, name, target.name):
            return None
        return self.keys.of(Aggregate(_COUNTS, target.name)), OneEach(source.name, name)

    def _grouped_alike(self, source: str, reference: str, target: str) -> bool:
        """Whether each dimension of both sources says of a row what it says of the row that it refers to."""
        paths = [each.paths for each in self.catalog.dimensions.values() if {source, target} <= each.paths.keys()]
        return all(each[source].path == (reference, *each[target].path) for each in paths)

    def leaves(self) -> Mapping[str, Leaf]:
        """All aggregates by their keys."""
        for group, members in self.members.items():
            if 1 < len(members) <= _MOST_FILTERS:
                self._split(members, group in self.distinct)
        return self.known

    def _split(self, members: list[Member], distinct: bool) -> None:
        cells = [inside for inside in product((True, False), repeat=len(members)) if any(inside)]
        implied = [(i, j) for i, j in _pairs(members) if self._implies(members[i], members[j])]
        apart = [] if distinct else [(i, j) for i, j in _pairs(members) if _excludes(members[i], members[j])]
        cells = [inside for inside in cells if not any(inside[i] and not inside[j] for i, j in implied)]
        cells = [inside for inside in cells if not any(inside[i] and inside[j] for i, j in apart)]
        cells = [inside for inside in cells if not _misses(members, inside)]
        for index, member in enumerate(members):
            own = tuple(_name(members, inside) for inside in cells if inside[index])
            more = {each for i, j in implied if i == index and (each := _not_more(member, members[j])) is not None}
            self.known[member.key] = Leaf(own, self.known[member.key].assumptions | more)

    def _implies(self, one: Member, other: Member) -> bool:
        if one.source != other.source:
            return not other.through and other.where is None
        if one.through != other.through or not implies(one.where, other.where):
            return False
        bound = _not_more(one, other)
        if bound is None:
            return True
        return one.entity != other.entity and self._is_part(one, other) and self._may_assume(frozenset({bound}))

    def _is_part(self, one: Member, other: Member) -> bool:
        return self.catalog.units.is_subset(one.entity, other.entity)


def _of_rows(node: Aggregate) -> Aggregate:
    """A count of the values of a column as a count of the rows that have one."""
    if node.function != _COUNTS or node.argument is None or node.distinct:
        return node
    present = Apply("not", (Apply("is_missing", (node.argument,), type=Type.BOOLEAN),), type=Type.BOOLEAN)
    where = present if node.where is None else Apply("and", (node.where, present), type=Type.BOOLEAN)
    return replace(node, where=where, argument=None)


def _not_more(one: Member, other: Member) -> NotMore | None:
    """What two sums over different columns need to be one within the other."""
    return NotMore(one.source, one.column, other.column) if one.column != other.column else None


def _pairs(members: list[Member]) -> Iterator[tuple[int, int]]:
    return ((i, j) for i in range(len(members)) for j in range(len(members)) if i != j)


def _excludes(one: Member, other: Member) -> bool:
    return (one.source, one.through) == (other.source, other.through) and exclusive(one.where, other.where)


def _misses(members: list[Member], inside: tuple[bool, ...]) -> bool:
    """Whether a cell holds no rows, as some that are in a member of it are surely in one of those that it leaves out."""
    for member, is_in in zip(members, inside, strict=True):
        alike = [other for other, there in zip(members, inside, strict=True) if not there and _is_alike(member, other)]
        if is_in and len(alike) > 1 and covered(member.where, [other.where for other in alike]):
            return True
    return False


def _is_alike(one: Member, other: Member) -> bool:
    return (one.source, one.through, one.column) == (other.source, other.through, other.column)


def _name(members: list[Member], inside: tuple[bool, ...]) -> str:
    return " & ".join(f"{'' if is_in else 'not '}{member.key}" for member, is_in in zip(members, inside, strict=True))


def never_negative(core: Core, source: str, catalog: Catalog, depth: int = 0) -> Assumptions | None:
    """What must hold of columns for an expression over rows never to be negative; None: it may be all the same."""
    if depth > _DEEPEST:
        return None
    match core:
        case Constant(value=Fraction() as number):
            return frozenset() if number >= 0 else None
        case Reference(path=path):
            *_, (owner, name) = catalog.steps(source, path)
            column = catalog.sources[owner].columns[name]
            if column.formula is None:
                return frozenset({NotNegative(owner, name)})
            return never_negative(column.formula, owner, catalog, depth + 1)
        case Apply(function=function) if function in _NEVER_NEGATIVE:
            return frozenset()
        case Apply(function="if", arguments=(_, *choices)):
            return _all(choices, source, catalog, depth)
        case Apply(function=function, arguments=arguments) if function in _BY_ALL:
            return _all(arguments, source, catalog, depth)
        case Gather(aggregate=Aggregate(function="count")):
            return frozenset()
        case _:
            return None


def _all(parts: Iterable[Core], source: str, catalog: Catalog, depth: int) -> Assumptions | None:
    found: set[Assumption] = set()
    for part in parts:
        columns = never_negative(part, source, catalog, depth + 1)
        if columns is None:
            return None
        found |= columns
    return frozenset(found)
