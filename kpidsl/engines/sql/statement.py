"""What the parts of one statement share: relations and how they are read, new names, selects that stand at its head."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import count

from kpidsl.catalog.catalog import Catalog
from kpidsl.data.relations import Physical, Relation
from kpidsl.engines.dialects.dialect import Dialect
from kpidsl.engines.sql.relations import Bounds, subquery
from kpidsl.engines.sql.sql import Setting
from kpidsl.engines.sql.windows import Windows


class Statement:
    """`observed` tells of a source whether anything is known of it, for sums and counts of no rows."""

    def __init__(
        self,
        catalog: Catalog,
        relations: Mapping[str, Relation],
        dialect: Dialect,
        as_of: datetime,
        observed: Callable[[str], bool] = lambda source: True,
    ) -> None:
        self.catalog = catalog
        self.relations = relations
        self.dialect = dialect
        self.as_of = as_of
        self.observed = observed
        self.setting = Setting(dialect, catalog.calendar)
        self._numbers = count()
        self._named: dict[str, str] = {}

    @property
    def as_of_text(self) -> str:
        return self.dialect.moment_literal(self.as_of)

    def alias(self, letter: str) -> str:
        """A name that the statement has not used."""
        return f"{letter}{next(self._numbers)}"

    def named(self, select: str) -> str:
        """The name of a select that stands at the statement's head, once."""
        if select not in self._named:
            taken = {relation.table[-1].lower() for relation in self.relations.values()}
            self._named[select] = next(name for name in iter(lambda: self.alias("part_"), "") if name not in taken)
        return self._named[select]

    def listed(self, windows: Windows) -> str:
        """The name of a list of pieces of time."""
        return self.named(windows.listed(self.as_of, self.dialect))

    def headed(self, body: str) -> str:
        """The whole statement."""
        named = ",\n".join(f"{name} as (\n{select}\n)" for select, name in self._named.items())
        return f"with {named}\n{body}" if named else body

    def rows(self, source: str, columns: Iterable[str], bounds: Bounds | None = None, stored: Iterable[str] = ()) -> str:
        """A select of columns of a source; those named in `stored` also as they are stored."""
        types = [(name, self.catalog.sources[source].columns[name].type) for name in columns]
        return subquery(self.relations[source], types, self.catalog.calendar.timezone, self.dialect, bounds, stored)

    def physical(self, source: str, column: str) -> Physical:
        """How numbers of a column are held once they are read."""
        stored = self.relations[source].columns[column].physical
        return stored if stored in (Physical.INTEGER, Physical.DECIMAL) else Physical.FLOAT

    def time(self, source: str) -> str | None:
        """The column that places the rows of a source, if it has one and it is bound."""
        time = self.catalog.sources[source].time
        return time if time is not None and time in self.relations[source].columns else None

    def key(self, source: str) -> list[str]:
        """The columns of a source's key that are bound."""
        return [name for name in self.catalog.sources[source].key if name in self.relations[source].columns]
