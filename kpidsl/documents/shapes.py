"""The words in which a table of keys is written: what may stand where in a file."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

NAME = r"^(?!(?:if|not|true|false)$)[a-z][a-z0-9_]*$"
CURRENCY = r"^[A-Z][A-Z0-9]*$"
_SPELLINGS = {
    "kpis": "KPIs",
    "min_n": "Fewest rows",
    "csv": "CSV file",
    "parquet": "Parquet file",
    "json": "JSON file",
    "xlsx": "Excel file",
    "duckdb": "DuckDB file",
    "postgres": "PostgreSQL table",
    "spark": "Spark table",
    "snowflake": "Snowflake table",
    "bigquery": "BigQuery table",
    "trino": "Trino table",
    "databricks": "Databricks table",
}
TITLE = r"^\S(?:.*\S)?$"


class Leaf(Struct, frozen=True):
    """One scalar: `what` it holds in the reader's words, and which values are allowed where not all are."""

    what: str = "text"
    words: Mapping[str, str] = field(default_factory=dict)
    pattern: str = ""
    least: int | None = None
    empty: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is a whole number, of at least `least`."""
        return self.least is not None


class Shape(Struct, frozen=True):
    """What may stand as a value: any of a scalar, a list of items, a mapping with fixed keys, a mapping from names to entries.

    `noun` is what one such thing is called. `names` is the pattern of the names. Of the keys in `one_of` exactly one is given,
    of those in `some_of` at least one. `empty` lets the value be left out, as in `lead:`.
    """

    noun: str
    leaf: Leaf | None = None
    items: Shape | None = None
    keys: tuple[Key, ...] = ()
    entries: Shape | None = None
    names: str = TITLE
    one_of: tuple[str, ...] = ()
    some_of: tuple[str, ...] = ()
    empty: bool = False

    @property
    def is_mapping(self) -> bool:
        return bool(self.keys) or self.entries is not None

    def key(self, name: str) -> Key | None:
        """The key of that name."""
        return next((key for key in self.keys if key.name == name), None)


class Key(Struct, frozen=True):
    """A key with what is said of it: a sentence, and one line that shows it; `snippet` is what an editor puts in."""

    name: str
    description: str
    example: str
    shape: Shape
    required: bool = False
    snippet: object = None

    @property
    def title(self) -> str:
        return _SPELLINGS.get(self.name) or self.name.replace("_", " ").capitalize()


def leaf(what: str, **options: object) -> Shape:
    """The shape of a single scalar."""
    return Shape(what, leaf=Leaf(what, **options))  # type: ignore[arg-type]


def words(noun: str, meanings: Mapping[str, str]) -> Shape:
    """The shape of a scalar that is one of some words."""
    return Shape(noun, leaf=Leaf(noun, words=meanings))


def many(noun: str, item: Shape, single: bool = False) -> Shape:
    """The shape of a list; `single` lets one item stand without its list."""
    return Shape(noun, leaf=item.leaf if single else None, items=item)


def named(noun: str, entry: Shape, names: str = TITLE, empty: bool = False) -> Shape:
    """The shape of a mapping from names to entries."""
    return Shape(noun, entries=entry, names=names, empty=empty)
