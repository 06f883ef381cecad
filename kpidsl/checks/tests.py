"""Tests that name what is not there (values, dimensions, parameters, sources, columns) or ask for formulas with a mistake.

Each is reported at its word. What a definition with a mistake of its own would be called is known here, so that one mistake is
not reported twice; where a file could not be read, only what is nearly a known name is reported. A test that expects an error
may name what it likes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from kpidsl.catalog.asked import read_condition, read_value
from kpidsl.catalog.build import UNREAD
from kpidsl.catalog.catalog import Catalog, Kind, Value
from kpidsl.checks import messages
from kpidsl.checks.inspection import Inspection
from kpidsl.diagnostics import Diagnostic
from kpidsl.documents.model import Test, Written

_NAME = re.compile(r"\w+")
_ELSEWHERE = "definition-has-errors"


def tests_name_what_there_is(inspection: Inspection) -> Iterator[Diagnostic]:
    """`unknown-name` in the questions and the given rows of tests, and what is wrong with the formulas that are asked for."""
    catalog = inspection.catalog
    unread = any(finding.code in UNREAD for finding in catalog.diagnostics)
    for test in catalog.tests:
        if test.error is None:
            found = (*_asked(test, catalog), *_given(test, catalog))
            yield from (finding for finding in found if finding.edit or not unread)


def _asked(test: Test, catalog: Catalog) -> Iterator[Diagnostic]:
    values = [*catalog.values, *catalog.broken]
    parameters = [value.name for value in catalog.values.values() if value.kind is Kind.PARAMETER]
    dimensions = [*catalog.dimensions, *(each.name.value for each in catalog.definitions.dimensions)]
    names = [word for word in test.ask.kpis if _NAME.fullmatch(word.value.strip())]
    yield from _unknown(names, values, "measure, parameter or KPI")
    yield from _formulas(test, [word for word in test.ask.kpis if word not in names], catalog)
    yield from _unknown(test.ask.by, dimensions, "dimension")
    yield from _unknown(test.ask.scorecards, {each.name.value for each in catalog.definitions.scorecards}, "scorecard")
    set_ = [name for name, _ in test.ask.set.values() if name.value not in values]
    yield from _unknown(set_, parameters, "parameter")


def _formulas(test: Test, words: Iterable[Written[str]], catalog: Catalog) -> Iterator[Diagnostic]:
    """What is wrong with the formulas and the condition on values; mistakes of definitions are reported there."""
    asked: dict[str, Value] = {}
    whole = True
    for word in words:
        value, found = read_value(word.value, catalog)
        if value is not None:
            asked[value.name] = value
        whole = whole and value is not None
        yield from (messages.in_test(each, word.label()) for each in found if each.code != _ELSEWHERE)
    if whole and test.ask.having is not None and test.ask.having.tree is not None:
        _, found = read_condition(test.ask.having.text, catalog, asked)
        yield from (messages.in_test(each, test.ask.having.label()) for each in found if each.code != _ELSEWHERE)


def _given(test: Test, catalog: Catalog) -> Iterator[Diagnostic]:
    defined = {source.name.value: source for source in catalog.definitions.sources}
    names = [name for name, _ in test.given.values()]
    yield from _unknown(names, [*catalog.sources, *defined], "source")
    for name in names:
        source = catalog.sources.get(name.value)
        if source is None:
            continue
        data = {column for column, each in source.columns.items() if each.formula is None}
        written = {column.name.value for column in source.definition.columns} if source.definition else set()
        for column in test.columns.get(name.value, ()):
            if column.value not in data and (column.value in source.columns or column.value not in written):
                yield messages.unknown_column_in_test(column, name.value, data, column.value in source.columns)


def _unknown(names: Iterable[Written[str]], known: Collection[str], kind: str) -> Iterator[Diagnostic]:
    return (messages.unknown_name_in_test(name, kind, known) for name in names if name.value not in known)
