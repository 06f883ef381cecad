"""The first two arrows of the pipeline: texts to a catalog, a catalog to findings; what computes is not loaded for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from kpidsl.algebra.fingerprints import Print
from kpidsl.catalog.build import build_catalog
from kpidsl.catalog.catalog import Catalog
from kpidsl.checks.advice import wanted
from kpidsl.checks.check import inspect
from kpidsl.diagnostics import Diagnostic, Diagnostics
from kpidsl.documents.find import read_projects, read_texts
from kpidsl.documents.read import read
from kpidsl.errors import DefinitionError
from kpidsl.text import File


class Checked(Struct, frozen=True, eq=False):
    """A catalog, everything there is to say about it, and the fingerprint of each KPI that has one.

    With `left_open` there was not work enough for all proofs.
    """

    catalog: Catalog
    findings: Diagnostics
    prints: Mapping[str, Print]
    left_open: bool


def load(*paths: str | Path, texts: Mapping[str, str] | None = None, strict: bool = False) -> Catalog:
    """The catalog of the project that a folder or file belongs to, or of texts by file name.

    Never raises on what a text says: what is wrong is in `catalog.diagnostics`; with `strict` errors raise a DefinitionError.
    """
    files, found = read_projects(paths)
    catalog = resolve(tuple(dict.fromkeys((*read_texts(texts or {}), *files))), found)
    if strict and catalog.diagnostics.errors:
        raise DefinitionError(catalog.diagnostics)
    return catalog


def check(catalog: Catalog, *, fast: bool = False, cache: Path | bool = True) -> Diagnostics:
    """Everything there is to say about a catalog; `fast` leaves out what needs sympy, `cache` keeps proofs between runs.

    Advice is left out where the project has switched its rule off, or a comment ignores it.
    """
    return inspected(catalog, fast=fast, cache=cache).findings


def resolve(files: Sequence[File], earlier: Sequence[Diagnostic] = ()) -> Catalog:
    """The catalog of files that were read; `earlier` is what was found on the way to them."""
    definitions, found = read(files)
    return build_catalog(definitions, (*earlier, *found))


def inspected(catalog: Catalog, *, fast: bool = False, cache: Path | bool = True, part: bool = False) -> Checked:
    """As `check`. Of a `part` of a project the cache learns without forgetting the rest."""
    found, inspection = inspect(catalog, fast=fast, cache=cache, part=part)
    said = wanted(Diagnostics([*catalog.diagnostics, *found]), catalog.definitions, whole=not fast)
    prints = {kpi.name: each for kpi in catalog.kpis() if (each := inspection.prints.value(kpi.name)) is not None}
    return Checked(catalog, Diagnostics(said), prints, inspection.left_open is not None)
