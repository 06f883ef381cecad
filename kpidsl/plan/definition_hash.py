"""A value of a catalog to a hash of what it means, with everything under it: the same hash, the same meaning and judgement.

What goes in, and nothing else:

- its formula and those of all values under it, in an order of operands that does not hang on how they were written; names of
  measures and KPIs do not matter, those of parameters do, because a question may set them;
- their units, how long their cohorts take to mature, and whether they are proportions;
- what their aggregates read: sources with row, key, time and grain, columns with their types, units and formulas, references;
- how the value is judged: direction, benchmarks, and whatever else a definition says that is no wording;
- the calendar.

Files, lines, comments and what is only said to people (titles, descriptions, owners, cites, examples) leave it as it is, and
so does what does not belong to the value: dimensions, identities, tests, other KPIs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from kpidsl.algebra.canonical import Keys, unit_content
from kpidsl.catalog.catalog import Benchmark, Catalog, Column, Kind, Source, Value
from kpidsl.catalog.core import (
    Aggregate,
    Constant,
    Core,
    Gather,
    Nearby,
    Node,
    Reference,
    Type,
    aggregates,
    replace_leaves,
    value_names,
    walk,
)
from kpidsl.documents import model
from kpidsl.units.unit import Unit
from kpidsl.values import content_fields

_FORM = "kpidsl definition 1"
# What of a definition is said to people only, or stands resolved in the catalog's value.
_NOT_JUDGING = frozenset(
    {"name", "formula", "title", "description", "area", "role", "unit", "display", "benchmarks", "examples"}
    | {"owner", "tags", "cite", "matures_after", "project"}
)


def definition_hash(name: str, catalog: Catalog, formulas: Mapping[str, Value] | None = None) -> str:
    """The hash of a value of a catalog, or of the `formulas` of a question: 32 hexadecimal digits."""
    return _Meanings(catalog, {**catalog.values, **(formulas or {})}).whole(name)


class _Meanings:
    """The hashes of the values of one catalog, each made once, and after those of what it uses."""

    def __init__(self, catalog: Catalog, values: Mapping[str, Value]) -> None:
        self._catalog = catalog
        self._values = values
        self._keys = Keys(catalog.sources)
        self._known: dict[str, str] = {}

    def whole(self, name: str) -> str:
        """The hash of a value with how it is judged."""
        value = self._values[name]
        definition = value.definition
        facts = () if isinstance(definition, model.Parameter) else definition.__struct_fields__
        judging = {each: getattr(definition, each) for each in facts if each not in _NOT_JUDGING}
        return _hashed(
            {
                "form": _FORM,
                "value": self._meaning(name),
                "judging": self._said(judging),
                "benchmarks": [self._plain(each) for each in sorted(value.benchmarks, key=_name_of)],
                "calendar": self._plain(self._catalog.calendar),
            }
        )

    def _meaning(self, name: str) -> str:
        """The hash of what a value is, judgement aside; chains of names may be of any length."""
        pending = [name]
        while pending:
            top = pending[-1]
            deeper = [each.name for each in value_names(self._values[top].core) if each.name not in self._known]
            if deeper and top not in self._known:
                pending.extend(deeper)
                continue
            pending.pop()
            if top not in self._known:
                self._known[top] = _hashed(self._record(self._values[top]))
        return self._known[name]

    def _record(self, value: Value) -> dict[str, object]:
        mature, event = value.matures_after, _event(value)
        return {
            "parameter": value.name if value.kind is Kind.PARAMETER else "",
            "formula": self._formula(value.core),
            "unit": unit_content(value.unit),
            "proportion": list(value.proportion or ()),
            "matures_after": "" if mature is None else f"{mature[0]} {mature[1].value}",
            "rows": sorted({each for core in (value.core, *event) for each in _rows(core, self._catalog, self._keys)}),
            **({"project": [self._formula(each) for each in event]} if event else {}),
        }

    def _formula(self, core: Core) -> str:
        """The formula in its one order, with the hash of each value in the place of its name."""

        def leaf(node: Core) -> Core | None:
            if isinstance(node, Reference):
                return Constant(self._meaning(node.name), type=Type.TEXT)
            return node if isinstance(node, Aggregate) else None

        return self._keys.text(replace_leaves(core, leaf)) + unit_content(core.unit)

    def _said(self, facts: Mapping[str, object]) -> dict[str, object]:
        """Facts as data for JSON; what is not there, or not so, is left out, so that a new kind of fact changes no old hash."""
        found = {name: self._plain(each) for name, each in facts.items()}
        return {name: each for name, each in found.items() if not (each is None or each is False or each in ("", [], {}))}

    def _plain(self, item: object) -> object:
        """Anything that a definition is made of as data for JSON."""
        match item:
            case None | str() | bool() | int():
                return item
            case Fraction() | date():
                return str(item)
            case Enum():
                return item.value
            case Unit():
                return unit_content(item)
            case Node():
                return self._formula(item)  # type: ignore[arg-type]
            case model.Written(value=value):
                return self._plain(value)
            case Mapping():
                return {str(key): self._plain(each) for key, each in item.items()}
            case tuple() | list():
                return [self._plain(each) for each in item]
            case Struct():
                compared = {each: getattr(item, each) for each in content_fields(type(item))}
                return {"": type(item).__name__, **self._said(compared)}
            case _:
                raise AssertionError(item)


def _name_of(benchmark: Benchmark) -> str:
    return benchmark.name


def _rows(core: Core, catalog: Catalog, keys: Keys) -> Iterator[str]:
    """What the aggregates of a formula read, a line for each source, column and reference."""
    pending: list[tuple[str, Core]] = [(node.source, node) for node in aggregates(core)]
    seen: set[tuple[str, str]] = set()
    while pending:
        home, tree = pending.pop()
        for source, name in _read(home, tree, catalog):
            if (source, name) in seen:
                continue
            seen.add((source, name))
            column = catalog.sources[source].columns.get(name)
            yield _line(catalog.sources[source], name, column, keys)
            if column is not None and column.formula is not None:
                pending.append((source, column.formula))


def _read(home: str, tree: Core, catalog: Catalog) -> Iterator[tuple[str, str]]:
    """The sources, columns and references that an expression on rows names, by source; a source alone has no name."""
    for node in walk(tree):
        match node:
            case Reference(path=path):
                yield from _steps(home, path, catalog)
            case Aggregate():
                yield from _of_source(node.source, catalog)
            case Gather(home=from_, aggregate=aggregate, key=key, prefix=prefix):
                yield from (*_steps(home, prefix, catalog), *_of_source(from_, catalog))
                yield from (*_steps(aggregate.source, key, catalog), *_read(aggregate.source, aggregate, catalog))
            case Nearby():
                yield from (*_steps(home, node.prefix, catalog), *_of_source(node.home, catalog))
                yield from _of_source(node.source, catalog)
                for own, there in node.keys:
                    yield from (*_steps(node.home, own.path, catalog), *_steps(node.source, there.path, catalog))
                for part in (node.argument, node.where):
                    yield from _read(node.source, part, catalog) if part is not None else ()
            case _:
                pass


def _of_source(name: str, catalog: Catalog) -> Iterator[tuple[str, str]]:
    source = catalog.sources[name]
    yield name, ""
    yield from ((name, column) for column in (*source.key, source.time) if column is not None)


def _steps(source: str, path: tuple[str, ...], catalog: Catalog) -> Iterator[tuple[str, str]]:
    for owner, name in catalog.steps(source, path):
        yield owner, name
        link = catalog.sources[owner].links.get(name)
        if link is not None:
            yield from ((owner, own) for own, _ in link.match)
            yield from ((link.target, there) for _, there in link.match)
            yield from ((link.target, column) for column in link.valid or ())
            yield from _of_source(link.target, catalog)


def _event(value: Value) -> tuple[Core, ...]:
    """The date by which a value is projected, as what is taken of its rows."""
    projection = value.projection
    return () if projection is None else (replace(projection.rows, argument=projection.event),)


_AGES = ("fresh_within", "late_by")


def _line(source: Source, name: str, column: Column | None, keys: Keys) -> str:
    if not name:
        grain = source.every.value if source.every else ""
        ages = [f"{key} {each[0]} {each[1].value}" for key in _AGES if (each := getattr(source, key)) is not None]
        return json.dumps([source.name, source.row or "", list(source.key), source.time or "", grain, *ages])
    link = source.links.get(name)
    found: list[object] = [source.name, name]
    if column is not None:
        formula = "" if column.formula is None else keys.text(column.formula)
        found += [column.type.value, unit_content(column.unit), column.data_name, formula]
    if link is not None:
        found += [link.target, sorted(map(list, link.match)), list(link.valid or ())]
    return json.dumps(found)


def _hashed(record: Mapping[str, object]) -> str:
    text = json.dumps(record, sort_keys=True, ensure_ascii=True)
    return blake2b(text.encode(), digest_size=16).hexdigest()
