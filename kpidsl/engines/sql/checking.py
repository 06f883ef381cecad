"""What data must keep to beyond types, asked of a database: keys, references, listed values, finite numbers.

A repeated key on the one side of a reference that is used, or times of one key that overlap, would multiply rows: the source
fails. All else is noticed. Each question is one select of an answer: how many, of how many, an example, as many again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct
from numpy.typing import NDArray

from kpidsl.catalog.catalog import Catalog, Column, Link
from kpidsl.catalog.core import Type
from kpidsl.data import messages
from kpidsl.data.relations import Kind, Physical
from kpidsl.diagnostics import Diagnostic
from kpidsl.engines.sql.grouped import sortable
from kpidsl.engines.sql.select import Derive, Select
from kpidsl.engines.sql.sql import Sql, finite
from kpidsl.engines.sql.statement import Statement
from kpidsl.engines.uses import Use, sources_under

KINDS: Sequence[Kind] = ("number", "number", "number", "text", "text", "text")
_EXAMPLES = 3


class Found(Struct, frozen=True):
    """An answer: counts and examples, as the select of the check means them."""

    count: int
    of: int
    texts: tuple[str, ...]


class Check(Struct, frozen=True, eq=False):
    """`select` asks; `tell` says what is found, and `fails` names the source that cannot be used then.

    Nothing is told where the source that rows refer `to` cannot be used.
    """

    select: str
    tell: Callable[[Found], Diagnostic]
    fails: str = ""
    to: str = ""


def checks_text(checks: Sequence[Check], statement: Statement) -> str:
    """One statement for all checks."""
    double = statement.dialect.double
    selects = [
        f"select {statement.dialect.cast(str(number), double)} as k, x.* from (\n{check.select}\n) x"
        for number, check in enumerate(checks)
    ]
    return statement.headed("\nunion all\n".join(selects))


def read_checks(checks: Sequence[Check], columns: Sequence[NDArray[Any]]) -> Iterator[tuple[Check, Found]]:
    """The checks that found something."""
    for number, count, of, *texts in zip(*columns, strict=True):
        if count > 0:
            examples = tuple("" if text is None else str(text) for text in texts)
            yield checks[int(number)], Found(int(count), 0 if of != of else int(of), examples)


def checks_of(
    catalog: Catalog, needs: Iterable[tuple[str, Iterable[str]]], links: Iterable[Use], statement: Statement, derive: Derive
) -> list[Check]:
    """What is checked of the columns that are needed and the references that are used, but for infinite numbers."""
    writer = _Writer(catalog, statement, derive)
    found: dict[str, Check] = {}
    for source, names in needs:
        for name in sorted(names):
            column = catalog.sources[source].columns[name]
            if column.type is Type.TEXT and column.values is not None:
                check = writer.unlisted(source, column, column.values)
                found[check.select] = check
    for source, name in links:
        for check in writer.link(source, catalog.sources[source].links[name]):
            found.setdefault(check.select, check)
    return list(found.values())


def number_checks(catalog: Catalog, columns: Iterable[tuple[str, str]], statement: Statement, derive: Derive) -> list[Check]:
    """How many infinite numbers there are in each of these columns."""
    writer = _Writer(catalog, statement, derive)
    return [writer.infinite(source, name) for source, name in columns]


class _Writer(Struct):
    catalog: Catalog
    statement: Statement
    derive: Derive

    def infinite(self, source: str, name: str) -> Check:
        rows = Select(self.statement, source, self.derive)
        infinite = self.statement.dialect.infinite(rows.stored(name))
        select = f"select {self._answer('count(*)')} {rows.text()} where {infinite}"
        return Check(select, lambda found: messages.infinite_number(source, name, "", found.count))

    def unlisted(self, source: str, column: Column, listed: tuple[str, ...]) -> Check:
        name, dialect = column.name, self.statement.dialect
        word = dialect.identifier(name)
        known = ", ".join(dialect.literal(value) for value in listed) or "''"
        where = f"{word} is not null and {word} not in ({known})"
        words = (
            f"select {word} as v, count(*) as n from ({self.statement.rows(source, [name])}) r where {where} group by {word}"
        )
        order = f"n desc, {dialect.sorted_text('v')}"
        ranked = f"select v, n, row_number() over (order by {order}) as place from (\n{words}\n) x"
        examples = [f"max(case when place = {place} then v end)" for place in range(1, _EXAMPLES + 1)]
        select = f"select {self._answer('sum(n)', 'count(*)', examples)} from (\n{ranked}\n) y"

        def tell(found: Found) -> Diagnostic:
            shown = found.texts[: min(found.of, _EXAMPLES)]
            return messages.unknown_value(source, name, found.count, shown, found.of, listed)

        return Check(select, tell)

    def link(self, source: str, link: Link) -> Iterator[Check]:
        """What would multiply rows, and rows that lead nowhere."""
        names = [there for _, there in link.match]
        if link.valid is None:
            yield self._repeated(link.target, names)
        else:
            yield self._overlapping(link.target, names, link.valid)
        under = {each for own, _ in link.match for each in sources_under(source, own, self.catalog)}
        if not under <= self.statement.relations.keys():
            return  # what it is derived from cannot be used
        yield self._unmatched(source, link)
        if link.valid is None and self._is_subset(source, link.target):
            yield self._crowded(source, link)

    def _repeated(self, target: str, names: Sequence[str]) -> Check:
        rows, values = self._rows(target, names)
        repeated = f"select {self._shown(values)} as v {rows.text()} where {_present(values)} group by {_texts(values)}"
        select = f"select {self._answer('count(*)', examples=['min(v)'])} from (\n{repeated} having count(*) > 1\n) y"

        def tell(found: Found) -> Diagnostic:
            return messages.key_repeated(target, names, found.texts[0], found.count, "one row", "another")

        return Check(select, tell, target)

    def _overlapping(self, target: str, names: Sequence[str], valid: tuple[str, str]) -> Check:
        """A row and the next of its key, in the order of their beginnings, that begins before the one ends."""
        rows, values = self._rows(target, names)
        start, end = (rows.column(rows.root, name).text for name in valid)
        order = ", ".join(sortable(value, self.statement) for value in values)
        following = f"lead({{}}) over (partition by {order} order by {start}, {end} nulls last)"
        columns = (
            f"{self._shown(values)} as v, {start} as s, {end} as e, "
            f"{following.format(start)} as s2, {following.format(end)} as e2"
        )
        real = f"{_present(values)} and {start} is not null and ({end} is null or {start} < {end})"
        times = f"select {columns} {rows.text()} where {real}"
        overlap = "s2 < e or s2 is not null and e is null"
        first = f"select x.*, row_number() over (order by v, s) as place from (\n{times}\n) x where {overlap}"
        shown = [f"{self._day('s')}", f"{self._day('e')}", f"{self._day('s2')}", f"{self._day('e2')}"]
        both = self._joined([f"coalesce({text}, '')" for text in shown])
        one = [f"max(case when place = 1 then {text} end)" for text in ("v", both)]
        select = f"select {self._answer('count(*)', examples=one)} from (\n{first}\n) y"

        def tell(found: Found) -> Diagnostic:
            begins, ends, begins_next, ends_next = found.texts[1].split("|")
            times = ("one", begins, ends or None), ("another", begins_next, ends_next or None)
            return messages.validity_overlaps(target, names, found.texts[0], *times)

        return Check(select, tell, target)

    def _day(self, moment: str) -> str:
        return self.statement.dialect.cast(
            self.statement.dialect.cast(moment, self.statement.dialect.date), self.statement.dialect.text
        )

    def _unmatched(self, source: str, link: Link) -> Check:
        """Whatever the time for which rows of the target are valid."""
        select, values = self._rows(source, [own for own, _ in link.match])
        there = self.statement.rows(link.target, [name for _, name in link.match])
        keys = [self.statement.dialect.identifier(name) for _, name in link.match]
        distinct = f"select distinct {', '.join(keys)} from ({there}) t"
        pairs = " and ".join(f"m.{key} = {value.text}" for key, value in zip(keys, values, strict=True))
        select.join(f"left join ({distinct}) m on {pairs}")
        lost = f"m.{keys[0]} is null"
        count, example = f"count(case when {lost} then 1 end)", f"min(case when {lost} then {self._shown(values)} end)"
        text = f"select {self._answer(count, 'count(*)', [example])} {select.text()} where {_present(values)}"
        names = [own for own, _ in link.match]

        def tell(found: Found) -> Diagnostic:
            return messages.reference_unmatched(source, names, link.target, found.count, found.of, found.texts[0], "")

        return Check(text, tell, to=link.target)

    def _crowded(self, source: str, link: Link) -> Check:
        select, values = self._rows(source, [own for own, _ in link.match])
        several = f"select {self._shown(values)} as v {select.text()} where {_present(values)} group by {_texts(values)}"
        text = f"select {self._answer('count(*)', examples=['min(v)'])} from (\n{several} having count(*) > 1\n) y"

        def tell(found: Found) -> Diagnostic:
            return messages.subset_repeated(source, link.target, found.count, found.texts[0], "one row", "another")

        return Check(text, tell, to=link.target)

    def _is_subset(self, source: str, target: str) -> bool:
        """Whether the rows of one source are declared a subset of another's, so that at most one may refer to each."""
        child, parent = self.catalog.sources[source].row, self.catalog.sources[target].row
        return child is not None and parent is not None and child != parent and self.catalog.units.is_subset(child, parent)

    def _rows(self, source: str, names: Sequence[str]) -> tuple[Select, list[Sql]]:
        select = Select(self.statement, source, self.derive)
        return select, [finite(select.column(select.root, name), self.statement.dialect) for name in names]

    def _shown(self, values: Sequence[Sql]) -> str:
        """The values of a row as one text, as people write them."""
        return self._joined([self._written(value) for value in values], "', '")

    def _written(self, value: Sql) -> str:
        """Dates by their days, whole numbers without a point."""
        dialect = self.statement.dialect
        if value.type in (Type.DATE, Type.DATETIME):
            return self._day(value.text)
        text = dialect.cast(value.text, dialect.text)
        if value.type is not Type.NUMBER or value.physical is Physical.INTEGER:
            return text
        whole = dialect.cast(dialect.cast(value.text, dialect.whole), dialect.text)
        return f"case when abs({value.text}) < 1e15 and {value.text} = floor({value.text}) then {whole} else {text} end"

    def _joined(self, texts: Sequence[str], between: str = "'|'") -> str:
        return f"concat({f', {between}, '.join(texts)})" if len(texts) > 1 else texts[0]

    def _answer(self, count: str, of: str = "null", examples: Sequence[str] = ()) -> str:
        """The columns of every answer."""
        dialect = self.statement.dialect
        texts = [*examples, *["null"] * (_EXAMPLES - len(examples))]
        numbers = [f"{dialect.cast(text, dialect.double)} as n{place}" for place, text in enumerate((count, of))]
        return ", ".join([*numbers, *(f"{dialect.cast(text, dialect.text)} as v{place}" for place, text in enumerate(texts))])


def _present(values: Sequence[Sql]) -> str:
    return " and ".join(f"{value.text} is not null" for value in values)


def _texts(values: Sequence[Sql]) -> str:
    return ", ".join(value.text for value in values)
