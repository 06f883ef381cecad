"""The whole product on one screen: one function for each arrow.

    texts ── load ──▶ catalog ── check ──▶ findings
                         │
                      question ── make_plan ──▶ plan ── bind, run ──▶ slots ── judge ──▶ result

A stage returns its output and all its diagnostics; only this module raises, where the question itself means nothing or the host
asked to be strict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from kpidsl.catalog.build import build_catalog
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.check import check as run_checks
from kpidsl.diagnostics import Diagnostic, Diagnostics
from kpidsl.documents.bindings import Bindings
from kpidsl.documents.find import read_project, read_texts
from kpidsl.documents.read import read
from kpidsl.errors import AskError, DataError, DefinitionError
from kpidsl.periods.grain import Grain
from kpidsl.plan.ask import Moment, Setting, ask, read_settings
from kpidsl.plan.build import make_plan, sources_under
from kpidsl.plan.nodes import Question

if TYPE_CHECKING:  # what computes is imported where it is used: checking must load neither pandas nor numpy
    from kpidsl.data.given import Given
    from kpidsl.results.result import Result

Data = Mapping[str, object] | str | Path | Bindings


def load(*paths: str | Path, texts: Mapping[str, str] | None = None, strict: bool = False) -> Catalog:
    """The catalog of the project that a folder or file belongs to, or of texts by file name.

    Never raises on what a text says: what is wrong is in `catalog.diagnostics`; with `strict` errors raise a DefinitionError.
    """
    files = dict.fromkeys(read_texts(texts or {}))
    findings: list[Diagnostic] = []
    for path in paths:
        project, found = read_project(path)
        files.update(dict.fromkeys(project.files))
        findings.extend(found)
    definitions, found = read(tuple(files))
    catalog = build_catalog(definitions, (*findings, *found))
    if strict and catalog.diagnostics.errors:
        raise DefinitionError(catalog.diagnostics)
    return catalog


def check(catalog: Catalog, *, fast: bool = False, cache: bool = True) -> Diagnostics:
    """Everything there is to say about a catalog; `fast` leaves out what needs sympy, `cache` keeps proofs between runs."""
    return Diagnostics([*catalog.diagnostics, *run_checks(catalog, fast=fast, cache=cache)])


def evaluate(
    catalog: Catalog,
    kpis: Sequence[str] | str = (),
    *,
    data: Data | None = None,
    by: Sequence[str] | str = (),
    every: str | Grain | None = None,
    start: Moment = None,
    end: Moment = None,
    where: str | None = None,
    as_of: Moment = None,
    parameters: Mapping[str, Setting] | None = None,
    covers: Mapping[str, tuple[date | datetime, date | datetime]] | None = None,
    engine: str = "auto",
) -> Result:
    """Compute and judge KPIs and measures, all KPIs if none is named.

    `data` is frames by source name, a folder with files called like the sources, or a `data.yaml`; `start` and `end` are
    half-open; `where` is a condition on dimensions; `covers` says for which half-open time a frame is complete.
    Raises AskError where the question means nothing and DataError where `data` is nothing to read from; a source that cannot
    be used fails the KPIs that need it and no others.
    """
    from kpidsl.data.inputs import read_inputs

    given, settled, found = read_inputs(catalog, data, covers or {})
    if given is None:
        raise DataError(found)
    names, groups = ([each] if isinstance(each, str) else each or () for each in (kpis, by))
    asked = as_of if as_of is not None else settled
    question, problems = ask(
        catalog, names, by=groups, every=every, start=start, end=end, where=where, as_of=asked, parameters=parameters
    )
    if question is None:
        raise AskError([*found, *problems])
    return _answer(catalog, question, given, (*found, *problems), engine)


def _answer(
    catalog: Catalog, question: Question, given: Mapping[str, Given], found: Sequence[Diagnostic], engine: str
) -> Result:
    from kpidsl.data.bind import bind
    from kpidsl.engines.choose import choose
    from kpidsl.results.answer import answer

    began = perf_counter()
    plan, problems = make_plan(catalog, question)
    chosen, reason, refusals = choose(engine)
    if plan is None or chosen is None:
        raise AskError([*problems, *refusals])
    bound = bind(catalog, plan.needs, given)
    failures = {name: reasons for name in question.values if (reasons := _failure(name, catalog, question, bound.failed))}
    if failures:
        left = tuple(name for name in question.values if name not in failures)
        plan, _ = make_plan(catalog, replace(question, values=left))
        assert plan is not None
    if lacks := chosen.lacks(plan):
        raise AskError(lacks)
    slots = chosen.run(plan, bound.tables)
    if errors := Diagnostics(slots.notices).errors:
        raise AskError(errors)
    return answer(
        plan,
        slots,
        failures=failures,
        asked=question.values,
        notices=(*found, *bound.findings),
        engine=engine if engine != "auto" else chosen.NAME,
        reason=reason,
        seconds=perf_counter() - began,
    )


def _failure(name: str, catalog: Catalog, question: Question, failed: frozenset[str]) -> str:
    """Why a value cannot be computed from the sources that could be used; empty if it can."""
    missing = sorted(sources_under(name, catalog, question) & failed)
    return f"source {' and '.join(missing)} could not be used" if missing else ""


def calc(catalog: Catalog, kpi: str, given: Mapping[str, Setting]) -> Result:
    """Judge a KPI from plain numbers for the measures, parameters or KPIs that it uses; text is an amount such as `12%`."""
    from kpidsl.results.calc import calc as run_calc

    amounts, problems = read_settings(catalog, kpi, given)
    if problems:
        raise AskError(problems)
    result = run_calc(catalog, kpi, amounts)
    if result.diagnostics.errors:
        raise AskError(result.diagnostics)
    return result
