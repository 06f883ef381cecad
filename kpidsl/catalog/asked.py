"""Formulas and conditions of a question: their text and a finished catalog in, values and core trees out."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kpidsl.catalog import asked_messages, messages
from kpidsl.catalog.catalog import Catalog, Column, Kind, Value
from kpidsl.catalog.core import Type
from kpidsl.catalog.expressions import read
from kpidsl.catalog.values import ValueBuilder, no_text_between_values
from kpidsl.catalog.world import World
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents import model
from kpidsl.language.parser import parse_expression
from kpidsl.text import Excerpt, File, Span

_NAMED = re.compile(r"(?P<formula>.*\S)\s+as\s+(?P<name>\S+)\s*", re.DOTALL)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NONE: Mapping[str, Value] = {}
_RESERVED = frozenset({"if", "not", "true", "false"})

Findings = tuple[Diagnostic, ...]


def read_value(text: str, catalog: Catalog) -> tuple[Value | None, Findings]:
    """What a question calls for by a text: a value of the catalog by its name, or a formula, called by its text.

    `… as name` calls it otherwise. None, with the reasons, where the text is no formula, or one with a mistake.
    """
    bare = " ".join(text.split())
    if bare in catalog.values:
        return catalog.values[bare], ()
    file = File("the question", text)
    named = _NAMED.fullmatch(text)
    formula, name = (named["formula"], named["name"]) if named else (text.rstrip(), bare)
    if named:
        span = Span(*named.span("name"))
        if not _NAME.fullmatch(name) or name in _RESERVED:
            return None, (asked_messages.no_name(file, span, name),)
        if name in catalog.values or name in catalog.broken or name in catalog.dimensions:
            return None, (asked_messages.name_taken(file, span, name),)
    return _formula(Excerpt(file, formula), model.Written(name, file, Span(0, len(formula))), catalog)


def _formula(excerpt: Excerpt, name: model.Written[str], catalog: Catalog) -> tuple[Value | None, Findings]:
    tree, found = parse_expression(excerpt)
    if tree is None:
        return None, found
    builder = _builder(catalog, _NONE)
    value = builder.asked(model.Kpi(name, model.Formula(excerpt, tree)))
    return value, _findings(value, excerpt, builder)


def read_condition(text: str, catalog: Catalog, asked: Mapping[str, Value] = _NONE) -> tuple[Value | None, Findings]:
    """A condition on values of the catalog and on those `asked` for; None, with the reasons, where the text is none.

    It is called by its text. A bare number in it is in the unit of what it is compared with, as everywhere where a value is
    given an amount.
    """
    excerpt = Excerpt(File("having", text), text)
    tree, found = parse_expression(excerpt)
    if tree is None:
        return None, found
    builder = _builder(catalog, asked)
    reading = builder.reading(excerpt, bare_amounts=True)
    core = read(tree, reading)
    if core is not None and core.type is not Type.BOOLEAN:
        reading.say(messages.needs_condition(reading, "having", core))
        core = None
    if core is not None and not no_text_between_values(core, excerpt, builder.world):
        core = None
    if core is None:
        return None, _findings(core, excerpt, builder)
    name = model.Written(" ".join(text.split()), excerpt.file, Span(0, len(text)))
    value = Value(name.value, Kind.FORMULA, core, core.unit, model.Kpi(name, model.Formula(excerpt, tree)))
    return value, _findings(value, excerpt, builder)


def _findings(read: Value | None, excerpt: Excerpt, builder: ValueBuilder) -> Findings:
    """What was found; a text without a mistake of its own that could not be read uses a definition that has one."""
    found = tuple(builder.world.found)
    return found if found or read is not None else (asked_messages.uses_errors(excerpt),)


def _builder(catalog: Catalog, asked: Mapping[str, Value]) -> ValueBuilder:
    """What formulas over a finished catalog are resolved with; each time a new one, so that a catalog stays as it is."""
    world = _world(catalog, asked)

    def column_of(source: str, name: str) -> Column | None:
        return world.column_names(source).get(name)

    return ValueBuilder(world, column_of, frozenset(world.values), [])


def _world(catalog: Catalog, asked: Mapping[str, Value]) -> World:
    definitions = catalog.definitions
    sources, columns = catalog.sources, {name: dict(source.columns) for name, source in catalog.sources.items()}
    defined = [(source.name.value, column.name.value) for source in definitions.sources for column in source.columns]
    links = [(source.name.value, each.name.value) for source in definitions.sources for each in source.references]
    return World(
        units=catalog.units,
        sources=dict(sources),
        dimensions=dict(catalog.dimensions),
        values={**catalog.values, **asked},
        broken=set(catalog.broken),
        broken_sources={source.name.value for source in definitions.sources} - set(sources),
        broken_columns={(source, name) for source, name in defined if name not in columns.get(source, {})},
        broken_dimensions={each.name.value for each in definitions.dimensions} - set(catalog.dimensions),
        broken_links={(source, name) for source, name in links if source in sources and name not in sources[source].links},
        columns=columns,
    )
